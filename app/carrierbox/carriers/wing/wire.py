"""How WING's answers leave the box, and how what stands in a path is read."""

import json
from datetime import datetime
from typing import Any

import orjson
from fastapi import Response

from carrierbox.carriers.wing.errors import BadParameter
from carrierbox.kernel import clock


def json_response(content: Any, status: int = 200) -> Response:
    """JSON of plain values: times and ids are spelled as the wire has them already."""
    try:
        text = orjson.dumps(content)
    except TypeError:  # a number of more than 64 bits, which a client sent and is shown again
        text = json.dumps(content).encode()
    return Response(text, status, media_type="application/json")


def bare(text: str) -> Response:
    """A word or sentence without quotation marks, under JSON's name. Source: contract, key `bare_strings`."""
    return Response(text, media_type="application/json")


def number(name: str, spelled: str) -> int:
    """Read an id out of a path.

    Raises: BadParameter.
    """
    if not (spelled.isascii() and spelled.isdigit() and len(spelled) < 19):
        raise BadParameter(name=name, problem=f"'{spelled}' is not a whole number of at most 18 digits")
    return int(spelled)


def spelled(moment: datetime | str) -> str:
    """A moment as most of this API spells it: UTC, milliseconds, ``Z``."""
    text = moment if isinstance(moment, str) else clock.text(moment)
    return f"{text[:23]}Z"
