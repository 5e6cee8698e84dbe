"""What our SQL calls that SQLite does not have: regular expressions, jsonb's operators, and deviations."""

import json
import math
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from carrierbox.carriers.wing.graphql.regex import matches
from carrierbox.kernel import store

#: Of so many values at least, and whether it is the root of the sum.
_DEVIATIONS = {"stddev_pop": (0, True), "stddev_samp": (1, True), "var_pop": (0, False), "var_samp": (1, False)}


def furnish(connection: sqlite3.Connection) -> None:
    """Give a connection these functions."""
    connection.create_function("wing_matches", 3, matches, deterministic=True)
    connection.create_function("wing_json", 3, _json, deterministic=True)
    for name, (missing, is_root) in _DEVIATIONS.items():
        connection.create_aggregate(f"wing_{name}", 1, _deviation(missing, is_root=is_root))


store.furnishers.append(furnish)


def _json(operator: str, text: str | None, wanted: str) -> bool | None:
    """What an operator of jsonb says of a JSON text; of nothing it is unknown."""
    return None if text is None else _OPERATORS[operator](json.loads(text), json.loads(wanted))


def _contains(whole: Any, part: Any) -> bool:
    """PostgreSQL's containment, which takes a bare value for a list of it at the top, and there alone."""
    if isinstance(whole, list) and not isinstance(part, list | dict):
        part = [part]
    return _includes(whole, part)


def _includes(whole: Any, part: Any) -> bool:
    """Objects by their members, lists by their elements, whatever the order."""
    match whole, part:
        case dict(), dict():
            return all(name in whole and _includes(whole[name], value) for name, value in part.items())
        case list(), list():
            return all(any(_includes(each, value) for each in whole) for value in part)
        case _:
            return _same(whole, part)


def _same(one: Any, other: Any) -> bool:
    """Equal; Python takes true for 1."""
    match one, other:
        case dict(), dict():
            return one.keys() == other.keys() and all(_same(value, other[name]) for name, value in one.items())
        case list(), list():
            return len(one) == len(other) and all(map(_same, one, other))
        case _:
            return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _keys(value: Any) -> set[str]:
    """An object's names, or the strings of a list."""
    names = value if isinstance(value, dict | list) else [value]
    return {name for name in names if isinstance(name, str)}


_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "same": _same,
    "among": lambda value, several: any(_same(value, json.loads(each)) for each in several),
    "contains": _contains,
    "within": lambda value, whole: _contains(whole, value),
    "any key": lambda value, names: bool(_keys(value) & {*names}),
    "all keys": lambda value, names: {*names} <= _keys(value),
}


def _deviation(missing: int, *, is_root: bool) -> type:
    """An aggregate over numbers; *missing* is 1 for that of a sample."""

    class Deviation:
        def __init__(self) -> None:
            self.count = 0
            self.mean = self.squares = 0.0

        def step(self, value: float | None) -> None:
            """Welford's way: the figures stay small however large the values are."""
            if value is not None:
                self.count += 1
                off = value - self.mean
                self.mean += off / self.count
                self.squares += off * (value - self.mean)

        def finalize(self) -> float | None:
            """None of too few values."""
            if self.count <= missing:
                return None
            variance = self.squares / (self.count - missing)
            return math.sqrt(variance) if is_root else variance

    return Deviation
