"""The types of columns: how a value that a client sends is read, and how one that is stored is shown.

Hasura hands strings for its own types (bigint, timestamp) on to PostgreSQL, whose complaints therefore look unlike the
others: data-exception, and no place in the query. Source: contract `wing-subscription.yaml`, key `graphql`, `scalars`.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

import orjson

from carrierbox.carriers.wing.graphql.errors import Faulty, mismatch
from carrierbox.kernel import clock

Type = Literal["bigint", "Int", "String", "Boolean", "timestamp", "jsonb"]

_LARGEST = 2**63
_LARGEST_INT = 2**31
_TIMESTAMP = re.compile(
    r"\s*(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?))?(?:Z|[+-]\d\d(?::?\d\d)?)?\s*"
)
#: A name is taken whole (``*+``): what can be read in one way only is also refused at once.
_PATH = re.compile(r"""\$?((?:\.?[A-Za-z_][A-Za-z0-9_]*+|\[[0-9]{1,9}\]|\[(?:"[^"\\]*"|'[^'"\\]*')\])*)""")


def _int(raw: Any, path: str) -> int:
    return _whole(raw, path, "a 32-bit integer")


def _limit(raw: Any, path: str) -> int:
    if isinstance(raw, int | float) and raw < 0:
        raise mismatch(path, "a non-negative 32-bit integer", "Int", raw)
    return _whole(raw, path, "a non-negative 32-bit integer")


def _offset(raw: Any, path: str) -> int:
    """Where a list begins: it may have more than 32 bits, in a string."""
    if isinstance(raw, str) and re.fullmatch(r"[0-9]{1,18}", raw):
        return int(raw)
    return _limit(raw, path)


def _whole(raw: Any, path: str, wanted: str) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise mismatch(path, wanted, "Int", raw)
    if raw != raw or not -_LARGEST_INT <= raw < _LARGEST_INT or int(raw) != raw:  # noqa: PLR0124 - not a number
        raise Faulty(path, f"The value {raw} lies outside the bounds or is not an integer.", "parse-failed")
    return int(raw)


def _bigint(raw: Any, path: str) -> int:
    if isinstance(raw, str):
        if not re.fullmatch(r"\s*[+-]?[0-9]{1,40}\s*", raw):
            raise _unreadable("bigint", raw)
        raw = int(raw)
        if not -_LARGEST <= raw < _LARGEST:
            raise Faulty("$", f'value "{raw}" is out of range for type bigint', "data-exception")
    if isinstance(raw, bool) or not isinstance(raw, int) or not -_LARGEST <= raw < _LARGEST:
        raise mismatch(path, "a 64-bit integer", "bigint", raw)
    return raw


def _string(raw: Any, path: str) -> str:
    if not isinstance(raw, str):
        raise mismatch(path, "a string", "String", raw)
    return storable(raw)


def _boolean(raw: Any, path: str) -> bool:
    if not isinstance(raw, bool):
        raise mismatch(path, "a boolean", "Boolean", raw)
    return raw


def _timestamp(raw: Any, path: str) -> str:
    """A time as the store spells it; PostgreSQL drops the zone of a timestamp without one."""
    if not isinstance(raw, str):
        raise mismatch(path, "a timestamp", "timestamp", raw)
    if not (found := _TIMESTAMP.fullmatch(raw)):
        raise _unreadable("timestamp", raw)
    day, time = found.groups()
    try:
        return clock.text(clock.moment(f"{day}T{time or '00:00:00'}"))
    except ValueError as unreadable:
        raise _unreadable("timestamp", raw) from unreadable


def _jsonb(raw: Any, path: str) -> str:  # noqa: ARG001 - any value will do
    try:
        text = orjson.dumps(raw, option=orjson.OPT_SORT_KEYS, default=str).decode()
    except TypeError as unreadable:
        raise _unreadable("json", str(raw)) from unreadable
    return storable(text)


def _path(raw: Any, path: str) -> str:
    """A way into a jsonb column, as ``$.a[0]``, ``a[0]`` or ``["a"]``; in SQLite's spelling."""
    if not isinstance(raw, str):
        raise mismatch(path, "a string", "String", raw)
    if not (found := _PATH.fullmatch(raw)):
        raise Faulty(path, f"parse json path error: '{shortened(raw)}' is not a path", "parse-failed")
    steps = re.findall(r"""\.?([A-Za-z_][A-Za-z0-9_]*)|\[([0-9]+)\]|\[["']([^"']*)["']\]""", found[1])
    return storable("$" + "".join(f"[{position}]" if position else f'."{a or b}"' for a, position, b in steps))


#: By type, and by the names of three arguments that take more or less than their type says.
READERS: Mapping[str, Callable[[Any, str], Any]] = {
    "bigint": _bigint,
    "Int": _int,
    "String": _string,
    "Boolean": _boolean,
    "timestamp": _timestamp,
    "jsonb": _jsonb,
    "limit": _limit,
    "offset": _offset,
    "path": _path,
}


def shown(kind: Type, sql: str) -> str:
    """The SQL that makes of a stored value what stands in the answer."""
    match kind:
        case "Boolean":
            return f"json(CASE {sql} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)"
        case "jsonb":
            return f"json({sql})"
        case "timestamp":  # no zone, and no more decimals than it has
            return f"rtrim(rtrim(substr({sql}, 1, 26), '0'), '.')"
        case _:
            return sql


def storable(text: str) -> str:
    """Text that the database takes.

    Raises: Faulty.
    """
    if "\0" in text:
        raise Faulty("$", 'invalid byte sequence for encoding "UTF8": 0x00', "data-exception")
    try:
        text.encode()
    except UnicodeEncodeError as lone:
        raise Faulty("$", 'invalid byte sequence for encoding "UTF8"', "data-exception") from lone
    return text


def shortened(text: str) -> str:
    """A client's words as they may stand in an answer."""
    return text[:200].encode(errors="replace").decode()


def _unreadable(kind: str, text: str) -> Faulty:
    return Faulty("$", f'invalid input syntax for type {kind}: "{shortened(text)}"', "data-exception")
