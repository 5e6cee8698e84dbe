"""A journal as an HTTP Archive, version 1.2, which browsers' developer tools open.

What the format has no place for stands under names with an underscore, as it asks for.
Source: the HAR 1.2 specification, w3c.github.io/web-performance/specs/HAR/Overview.html.
"""

from collections.abc import Iterable, Mapping
from http.client import responses
from typing import Any
from urllib.parse import parse_qsl

from carrierbox import __version__
from carrierbox.control import entries
from carrierbox.kernel import clock, redaction
from carrierbox.kernel.journal import Entry

HTTP = "HTTP/1.1"


def archive(oldest_first: Iterable[Entry], box_url: str) -> dict[str, Any]:
    """The whole file. Addresses in it are whole: of what went to a world's own inbox, they begin with the box's."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "carrierbox", "version": __version__},
            "entries": [_entry(entry, box_url) for entry in oldest_first],
        }
    }


def _entry(entry: Entry, box_url: str) -> dict[str, Any]:
    facts = {
        "_id": str(entry.number),
        "_direction": entry.direction,
        "_carrier": entry.carrier,
        "_operation": entry.operation,
        "_iccids": [*(entry.iccids or ())],
        "_actor": entry.actor,
        "_fault": entry.fault,
        "_error": entry.error,
    }
    took_ms = entry.seconds * 1000
    return {
        "startedDateTime": clock.text(entry.moment),
        "time": took_ms,
        "request": _request(entry, box_url),
        "response": _response(entry),
        "cache": {},
        "timings": {"send": 0, "wait": took_ms, "receive": 0},
        **{name: fact for name, fact in facts.items() if fact},
    }


def _request(entry: Entry, box_url: str) -> dict[str, Any]:
    headers = redaction.headers(entry.asked_headers)
    query, url = parse_qsl(entries.query(entry), keep_blank_values=True), entries.url(entry)
    asked = {
        "method": entry.method,
        "url": f"{box_url}{url}" if url.startswith("/") else url,
        "httpVersion": HTTP,
        "cookies": [],
        "headers": _named(headers),
        "queryString": _named(query),
        "headersSize": -1,
        "bodySize": entry.asked_bytes,
    }
    if entry.asked:
        media_type = dict(headers).get("content-type", "")
        asked["postData"] = {"mimeType": media_type, "text": redaction.body_text(entry.asked, media_type)}
    return asked


def _response(entry: Entry) -> dict[str, Any]:
    """The answer; where there was none, status 0, as browsers write it."""
    headers = redaction.headers(entry.answer_headers)
    read: Mapping[str, str] = dict(headers)
    media_type = read.get("content-type", "")
    return {
        "status": entry.status or 0,
        "statusText": responses.get(entry.status or 0, ""),
        "httpVersion": HTTP,
        "cookies": [],
        "headers": _named(headers),
        "content": {
            "size": entry.answer_bytes,
            "mimeType": media_type,
            "text": redaction.body_text(entry.answer, media_type),
        },
        "redirectURL": read.get("location", ""),
        "headersSize": -1,
        "bodySize": entry.answer_bytes if entry.status else -1,
    }


def _named(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]
