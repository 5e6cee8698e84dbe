"""``<field>.<operator>=<value>`` as SQL conditions: JHipster's criteria, which all lists of this API share.

Source: WING guide 5.3, its table of operators; contract `wing-accounts.yaml`, key `filters`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from carrierbox.carriers.wing.errors import BadParameter
from carrierbox.kernel import clock

Kind = Literal["number", "string", "boolean", "moment", "json"]

LISTS = ("equals", "notEquals", "in", "notIn")
TEXTS = ("contains", "doesNotContain")
RANGES = ("greaterThan", "lessThan", "greaterThanOrEqual", "lessThanOrEqual")
OPERATORS: dict[Kind, tuple[str, ...]] = {
    "string": LISTS + TEXTS,
    "number": LISTS + RANGES,
    "moment": LISTS + RANGES,
    "boolean": LISTS,
}
#: Operators whose values come in a comma list, and add up when the parameter is repeated.
MANY = (".in", ".notIn")
#: What is absent is unlike any value: the negations keep it.
_CONDITIONS = {
    "equals": "{column} = ?",
    "notEquals": "{column} IS NOT ?",
    "in": "{column} IN ({marks})",
    "notIn": "({column} IS NULL OR {column} NOT IN ({marks}))",
    "contains": "instr(lower({column}), lower(?)) > 0",
    "doesNotContain": "ifnull(instr(lower({column}), lower(?)), 0) = 0",
    "greaterThan": "{column} > ?",
    "lessThan": "{column} < ?",
    "greaterThanOrEqual": "{column} >= ?",
    "lessThanOrEqual": "{column} <= ?",
}

MOST_CONDITIONS = 200  # SQLite nests at most 1000 expressions
MOST_VALUES = 20_000  # and binds at most 32,766 values
LARGEST_PAGE = 2_000
LAST_PAGE = 1_000_000_000

_BOOLEANS = {"true": 1, "false": 0, "1": 1, "0": 0}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record: its name on the wire, the SQL expression it comes from, and what it is."""

    wire: str
    expression: str
    kind: Kind


def collect(query: Sequence[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """The criteria of a query string: all its parameters with a dot, in order; lists last.

    Raises: BadParameter when there are more than a statement takes.
    """
    lists: dict[str, list[str]] = {}
    singles: list[tuple[str, list[str]]] = []
    for name, value in query:
        if name.endswith(MANY):
            lists.setdefault(name, []).extend(value.split(","))
        elif "." in name:
            singles.append((name, [value]))
    criteria = [*singles, *lists.items()]
    if len(criteria) > MOST_CONDITIONS or sum(len(values) for _, values in criteria) > MOST_VALUES:
        raise BadParameter(name=criteria[-1][0], problem="more conditions or values than one request may have")
    return criteria


def condition(name: str, field: Field, operator: str, given: list[str]) -> tuple[str, list[Any]]:
    """One criterion as an SQL condition and the values that it binds; *name* is what a refusal calls it.

    Raises: BadParameter.
    """
    if operator not in OPERATORS[field.kind]:
        allowed = ", ".join(OPERATORS[field.kind])
        raise BadParameter(name=name, problem=f"'{field.wire}' has no operator '{operator}', only {allowed}")
    values = [_value(name, field, spelled) for spelled in given]
    column = field.expression
    if field.kind == "moment" and all("." not in value for value in values):
        column, values = f"substr({column}, 1, 19)", [value[:19] for value in values]
    marks = ", ".join("?" * len(values))
    return _CONDITIONS[operator].format(column=column, marks=marks), values


def flag(name: str, spelled: str) -> bool:
    """Read a parameter that is true or false.

    Raises: BadParameter.
    """
    if spelled not in _BOOLEANS:
        raise BadParameter(name=name, problem=f"'{spelled}' is not true or false")
    return bool(_BOOLEANS[spelled])


def page(spelled: str) -> int:
    """Read which page is wanted; far behind any last one, how far makes no difference.

    Raises: BadParameter.
    """
    return min(LAST_PAGE, _count("page", spelled, 0))


def size(spelled: str) -> int:
    """Read how large a page is wanted; more than the largest is as much as that.

    Raises: BadParameter.
    """
    return min(LARGEST_PAGE, _count("size", spelled, 1))


def _count(name: str, spelled: str, least: int) -> int:
    if not re.fullmatch(r"-?[0-9]+", spelled):
        raise BadParameter(name=name, problem=f"'{spelled}' is not a whole number")
    count = int(spelled[:1000])  # Python reads no number of any length
    if count < least:
        raise BadParameter(name=name, problem=f"must be at least {least}")
    return count


def _value(name: str, field: Field, spelled: str) -> Any:
    if spelled == "":
        raise BadParameter(name=name, problem="has no value")
    try:
        return _READERS[field.kind](spelled)
    except ValueError as unreadable:
        raise BadParameter(name=name, problem=f"'{spelled}' is not {_WANTED[field.kind]}") from unreadable


def _string(spelled: str) -> str:
    spelled.encode()  # a lone surrogate cannot be looked for
    return spelled


def _number(spelled: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,19}", spelled) or not -(2**63) <= int(spelled) < 2**63:
        raise ValueError(spelled)
    return int(spelled)


def _boolean(spelled: str) -> int:
    if spelled not in _BOOLEANS:
        raise ValueError(spelled)
    return _BOOLEANS[spelled]


def _moment(spelled: str) -> str:
    """Epoch milliseconds, or either spelling of the record, whose ``+`` may have become a blank on its way.

    Without a fraction the answer has none either, and is compared to the second, as the extended record shows times.
    """
    if re.fullmatch(r"-?[0-9]{1,15}", spelled):
        return clock.text(_since_epoch(int(spelled)))
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,6})?(?:Z|[ +]00:?00|)", spelled)
    if found is None:
        raise ValueError(spelled)
    day, time, fraction = found.groups()
    text = clock.text(clock.moment(f"{day}T{time}{fraction or ''}"))
    return text if fraction else f"{text[:19]}Z"


def _since_epoch(milliseconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(0, tz=UTC) + timedelta(milliseconds=milliseconds)
    except OverflowError as beyond:
        raise ValueError(milliseconds) from beyond


_READERS: dict[Kind, Callable[[str], Any]] = {
    "string": _string,
    "number": _number,
    "boolean": _boolean,
    "moment": _moment,
}
_WANTED: dict[Kind, str] = {
    "string": "text",
    "number": "a whole number of 64 bits",
    "boolean": "true or false",
    "moment": "a time: epoch milliseconds, 2022-09-24T10:35:19Z or 2022-09-24 10:35:19+0000",
}
