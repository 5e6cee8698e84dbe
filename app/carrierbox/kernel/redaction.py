"""Cuts secrets out of what is shown of requests and answers: passwords, tokens, keys, PINs and PUKs.

A secret is known by the name under which it stands, in JSON, forms, queries and plain text alike; a signed token by its
looks as well. What it was cannot be told from what is left.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_plus

CUT = "[cut]"
TOO_DEEP = "[cut: nested too deep]"
#: Bodies that are nested deeper are shown so deep only.
DEEPEST = 64

Headers = Iterable[tuple[bytes, bytes]]

FORM = "application/x-www-form-urlencoded"

#: Secrets by their names, letters and digits only.
_SECRET = re.compile(
    r".*(password|passwd|passphrase|secret).*"
    r"|.*(tokens?|apikeys?|privatekeys?|credentials?|assertion|codeverifier|authorization|cookies?)"
    r"|pwd|(pin|puk)[12]?|e?ki|e?opc|adm1?"
)
#: At a token's address, in forms and in the addresses of redirections only: elsewhere a code is no secret.
_SECRET_IN_FORMS = frozenset({"code"})
#: Any name in running text, and what stands between it and the beginning of its value.
_NAMED = re.compile(r"(?<![\w.-])(?P<name>[\w.-]+)[\\\"']*\s*[:=]\s*(?P<opening>\\*[\"']|[\[{]|)", re.ASCII)
_PLAIN = re.compile(r"(?:(?:basic|bearer|digest)\s+)?[^\s&,;}\])\"'<]*", re.IGNORECASE)
_SIGNED = re.compile(r"eyJ[\w-]{4,}\.[\w-]+(?:\.[\w-]*)?", re.ASCII)
_SCHEME = re.compile(r"(?:basic|bearer|digest) |", re.IGNORECASE)


@lru_cache(maxsize=4096)
def is_secret(name: str) -> bool:
    """Whether what stands under a name is shown to nobody: a name as a whole, or a part of it between dots."""
    return any(_SECRET.fullmatch("".join(filter(str.isalnum, part)).lower()) for part in (name, *name.split(".")))


def header(name: str, value: str) -> str:
    """A header's value as it may be shown; of an Authorization the scheme is left."""
    if is_secret(name) and (scheme := _SCHEME.match(value)):
        return f"{scheme[0]}{CUT}"
    return text(value, in_form=True)


def body(content: bytes, media_type: str) -> Any:
    """A body as it may be shown: JSON as what it says, a form and all else as text; nothing as None."""
    if not content:
        return None
    try:
        return value(_read(content))
    except (ValueError, RecursionError):
        return _no_json(content, media_type)


def body_text(content: bytes, media_type: str) -> str:
    """A body as it may be shown, as text; spelled as it was where nothing is cut."""
    try:
        read = _read(content)
    except (ValueError, RecursionError):
        return _no_json(content, media_type)
    shown = value(read)
    return content.decode(errors="replace") if shown == read else json.dumps(shown)


def _no_json(content: bytes, media_type: str) -> str:
    read = content.decode(errors="replace")
    return form(read) if media_type.partition(";")[0].strip().lower() == FORM else text(read)


def _read(spelled: str | bytes) -> Any:
    """JSON as Python reads it; what only Python takes for JSON, and a number that it cannot hold, stays text."""
    return json.loads(spelled, parse_constant=str, parse_float=_number)


def _number(spelled: str) -> float | str:
    number = float(spelled)
    return number if math.isfinite(number) else spelled


def value(given: Any, depth: int = 0) -> Any:
    """A JSON value as it may be shown."""
    if isinstance(given, str):
        return _text_in_json(given, depth)
    if not isinstance(given, dict | list):
        return given
    if depth == DEEPEST:
        return TOO_DEEP
    if isinstance(given, list):
        return [value(each, depth + 1) for each in given]
    return {text(name): CUT if is_secret(name) else value(each, depth + 1) for name, each in given.items()}


def _text_in_json(given: str, depth: int) -> str:
    """A text, which may hold JSON in turn."""
    if given[:1] in {"{", "["}:
        with suppress(ValueError, RecursionError):
            return json.dumps(value(_read(given), min(depth + 1, DEEPEST)))
    return text(given)


def form(encoded: str) -> str:
    """A form or a query as it may be shown, spelled as it was."""
    return "&".join(_field(field) for field in encoded.split("&"))


def _field(field: str) -> str:
    name, equals, given = field.partition("=")
    plain = unquote_plus(name)
    if given and (is_secret(plain) or plain.lower() in _SECRET_IN_FORMS):
        return f"{_unless_cut(name)}{equals}{CUT}"
    return _unless_cut(field)


def _unless_cut(encoded: str) -> str:
    """A piece of a form as it was, unless something has to be cut out of it."""
    read = unquote_plus(encoded)
    return encoded if (shown := text(read)) == read else shown


def text(given: str, *, in_form: bool = False) -> str:
    """Running text as it may be shown: an address, a GraphQL query, JSON that was cut off."""
    shown: list[str] = []
    done = 0
    for found in _NAMED.finditer(given):
        name = found["name"]
        if found.start() < done or not (is_secret(name) or (in_form and name.lower() in _SECRET_IN_FORMS)):
            continue
        start = found.start("opening")
        shown += given[done:start], CUT
        done = _end(given, start, found["opening"])
    return _SIGNED.sub(CUT, "".join([*shown, given[done:]]))


def _end(given: str, start: int, opening: str) -> int:
    """Where the value ends that begins at *start*; of one that was cut off, the end of all."""
    if not opening:
        plain = _PLAIN.match(given, start)
        return plain.end() if plain else start
    if opening[-1] in "\"'":
        return _end_of_quoted(given, start + len(opening), opening)
    depth, at = 0, start
    while at < len(given):
        sign = given[at]
        if sign in "\"'":
            at = _end_of_quoted(given, at + 1, sign)
            continue
        depth += (sign in "[{") - (sign in "]}")
        at += 1
        if not depth:
            return at
    return len(given)


def _end_of_quoted(given: str, at: int, quote: str) -> int:
    """Behind the quote that ends a text; where backslashes make that doubtful, a later one: rather too much is cut."""
    while (found := given.find(quote, at)) >= 0:
        backslashes = 0
        while given[found - backslashes - 1 : found - backslashes] == "\\":
            backslashes += 1
        if not backslashes or (len(quote) == 1 and backslashes % 2 == 0):
            return found + len(quote)
        at = found + 1
    return len(given)


def headers(given: Headers) -> list[tuple[str, str]]:
    """Headers as they may be shown."""
    read = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in given]
    return [(name, header(name, value)) for name, value in read]


def joined(given: Headers) -> Mapping[str, str]:
    """Headers by their names, as they may be shown; those of one name are joined."""
    shown: dict[str, str] = {}
    for name, value in headers(given):
        shown[name] = f"{shown[name]}, {value}" if name in shown else value
    return shown
