"""The query language of all operations whose name starts with Query: ServiceStack's AutoQuery.

A record's fields stand in a table; each field takes the suffixes of its kind. Names are matched without regard to case;
a parameter that names no field is ignored. Source: contract `stn.yaml`, key `query_language`.
"""

import json
import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from carrierbox.carriers.stn import numbers, times
from carrierbox.carriers.stn.errors import BadParameter
from carrierbox.kernel import clock
from carrierbox.kernel.clock import BadTime
from carrierbox.kernel.world import Box

Kind = Literal["text", "phone", "number", "boolean", "moment", "second", "utc", "date", "json"]

#: Each condition on a column, by what the parameter's name ends in. ``{values}`` are as many as a list has.
CONDITIONS: Mapping[str, str] = {
    "": "{column} = ?",
    "In": "{column} IN ({values})",
    "GreaterThan": "{column} > ?",
    "GreaterThanOrEqual": "{column} >= ?",
    "LessThan": "{column} < ?",
    "LessThanOrEqual": "{column} <= ?",
    "Between": "{column} BETWEEN ? AND ?",
    "StartsWith": "lower(substr({column}, 1, length(?1))) = lower(?1)",
    "EndsWith": "lower(substr({column}, -length(?1))) = lower(?1)",
    "Contains": "instr(lower({column}), lower(?1)) > 0",
    # ServiceStack's own spellings of two of them
    "GreaterThanOrEqualTo": "{column} >= ?",
    "LessThanOrEqualTo": "{column} <= ?",
}
LISTS = frozenset({"In", "Between"})
TEXTS = frozenset({"StartsWith", "EndsWith", "Contains"})
SUFFIXES: Mapping[Kind, frozenset[str]] = {
    **dict.fromkeys(("text", "phone", "utc", "date"), frozenset(CONDITIONS)),  # kept as they are shown
    **dict.fromkeys(("number", "moment", "second"), frozenset(CONDITIONS) - TEXTS),
    "boolean": frozenset({"", "In"}),
    "json": frozenset(),
}
RESERVED = frozenset({"skip", "take", "orderby", "orderbydesc", "fields", "include", "meta"})

MOST_CONDITIONS = 200  # SQLite nests at most 1000 expressions
MOST_VALUES = 20_000  # and binds at most 32,766 values
LARGEST = 2**63 - 1

_AGGREGATE = re.compile(r"(?P<function>COUNT|MIN|MAX|SUM|AVG)\((?P<field>\*|\w+)\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record: its name on the wire, the SQL that it comes from, what it is, and how it is written."""

    wire: str
    expression: str
    kind: Kind = "text"
    #: How a stored value leaves; each kind has its own way.
    write: Callable[[Any], Any] | None = None
    is_shown: bool = True  # else it can be asked for only

    def spell(self, value: Any) -> Any:
        """A stored value as the wire has it."""
        return (self.write or _WRITERS.get(self.kind, _as_it_is))(value)


@dataclass(frozen=True)
class Record:
    """What a Query operation lists."""

    fields: tuple[Field, ...]
    source: str
    partner: str  # the column that says whose it is
    order: str
    #: Fields that also take ``...From`` and ``...To``, both days inside.
    ranges: tuple[str, ...] = ()

    @cached_property
    def shown(self) -> tuple[Field, ...]:
        """The fields that an answer has, in its order."""
        return tuple(each for each in self.fields if each.is_shown)

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """Every field by its name in lower case."""
        return {each.wire.lower(): each for each in self.fields}

    @cached_property
    def parameters(self) -> Mapping[str, tuple[Field, str]]:
        """Every parameter in lower case: its field and suffix."""
        return {f"{each.wire}{suffix}".lower(): (each, suffix) for each in self.fields for suffix in CONDITIONS} | {
            f"{name}{end}".lower(): (self.by_name[name.lower()], end) for name in self.ranges for end in ("From", "To")
        }


@dataclass(frozen=True)
class Search:
    """What a query asks for."""

    conditions: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()
    order: tuple[str, ...] = ()
    skip: int = 0
    take: int = -1
    fields: tuple[Field, ...] = ()
    aggregates: tuple[Field, ...] = ()


def read(record: Record, query: Sequence[tuple[str, str]]) -> Search:
    """Read a query string's pairs; a parameter without a value counts as not sent.

    Raises: BadParameter, which names the parameter.
    """
    given = {name.lower(): value for name, value in query if value and name.lower() in RESERVED}
    conditions: list[str] = []
    values: list[Any] = []
    for name, value in query:
        if value and (found := record.parameters.get(name.lower())):
            condition, bound = _condition(name, *found, value)
            conditions.append(condition)
            values += bound
            if len(conditions) > MOST_CONDITIONS or len(values) > MOST_VALUES:
                raise BadParameter(name=name, problem="more conditions or values than one query may have")
    wanted = {name.strip().lower() for name in given.get("fields", "").split(",")}
    return Search(
        tuple(conditions),
        tuple(values),
        _order(record, given),
        _count("skip", given.get("skip", "0")),
        _count("take", given["take"]) if "take" in given else -1,
        tuple(each for each in record.shown if each.wire.lower() in wanted) or record.shown,
        _aggregates(record, given.get("include", "")),
    )


def page(reader: sqlite3.Connection, record: Record, partner: str, search: Search) -> dict[str, Any]:
    """The envelope with one page of what a partner has; one statement beside the one that counts."""
    where = " AND ".join((f"{record.partner} = ?", *search.conditions))
    values = (partner, *search.values)
    counts = ", ".join(("count(*)", *(each.expression for each in search.aggregates)))
    total, *aggregates = reader.execute(f"SELECT {counts} FROM {record.source} WHERE {where}", values).fetchone()
    columns = ", ".join(each.expression for each in search.fields)
    order = ", ".join((*search.order, record.order))
    rows = reader.execute(
        f"SELECT {columns} FROM {record.source} WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?",
        (*values, search.take, search.skip),
    )
    return {
        "offset": search.skip,
        "total": total,
        "results": [spell(search.fields, row) for row in rows],
        "meta": {name: _as_text(value) for name, value in spell(search.aggregates, aggregates).items()},
    }


def one(box: Box, record: Record, condition: str, **values: Any) -> dict[str, Any]:
    """The one record that meets a condition, as the wire has it."""
    columns = ", ".join(each.expression for each in record.shown)
    return spell(record.shown, box.sql(f"SELECT {columns} FROM {record.source} WHERE {condition}", **values).fetchone())


def spell(fields: Sequence[Field], row: Sequence[Any]) -> dict[str, Any]:
    """A row as the wire has it: fields without a value are left out."""
    return {each.wire: each.spell(value) for each, value in zip(fields, row, strict=True) if value is not None}


def _condition(name: str, of: Field, suffix: str, value: str) -> tuple[str, list[Any]]:
    if suffix in {"From", "To"}:
        return _end_of_range(name, of, suffix, value)
    if suffix not in SUFFIXES[of.kind]:
        raise BadParameter(name=name, problem=f"{of.wire} cannot be asked for so")
    spelled = [part for part in value.split(",") if part] if suffix in LISTS else [value]
    if suffix == "Between" and len(spelled) != 2:
        raise BadParameter(name=name, problem="wants two values with a comma between them")
    if of.kind == "phone" and suffix == "":
        return f"{of.expression} = ?", [numbers.read(value) or value]
    condition = CONDITIONS[suffix]
    if suffix in TEXTS:
        bound: list[Any] = spelled * condition.count("?1")
        condition = condition.replace("?1", "?")
    else:
        bound = [_value(name, of, part) for part in spelled]
    return condition.format(column=of.expression, values=", ".join("?" * len(bound))), bound


def _end_of_range(name: str, of: Field, end: str, value: str) -> tuple[str, list[Any]]:
    """A day with all of its hours, or a time as it is."""
    try:
        if end == "To" and times.is_date(value):
            return f"{of.expression} < ?", [_stored(of.kind, times.after(value))]
        return f"{of.expression} {'>=' if end == 'From' else '<='} ?", [_stored(of.kind, value)]
    except BadTime as unreadable:
        raise BadParameter(name=name, problem=unreadable) from unreadable


def _value(name: str, of: Field, spelled: str) -> Any:
    try:
        return _stored(of.kind, spelled)
    except ValueError as unreadable:
        raise BadParameter(name=name, problem=f"'{spelled[:50]}' is not {_WANTED[of.kind]}") from unreadable


def _stored(kind: Kind, spelled: str) -> Any:
    """A value as the store has it. Raises: ValueError."""
    match kind:
        case "number":
            return _number(spelled)
        case "boolean":
            return _boolean(spelled)
        case "moment" | "second":
            return clock.text(times.read(spelled))
        case "utc":
            return f"{clock.text(times.read(spelled))[:19]}Z"
        case "date":
            return times.day_of(times.read(spelled))
        case _:
            return spelled


def _boolean(spelled: str) -> bool:
    if spelled.lower() not in {"true", "false", "1", "0"}:
        raise ValueError(spelled)
    return spelled.lower() in {"true", "1"}


def _number(spelled: str) -> int | float:
    if re.fullmatch(r"-?[0-9]{1,19}", spelled) and -LARGEST - 1 <= int(spelled) <= LARGEST:
        return int(spelled)
    if re.fullmatch(r"-?[0-9]{1,19}\.[0-9]{1,19}", spelled):
        return float(spelled)
    raise ValueError(spelled)


def _count(name: str, value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,19}", value) or int(value) > LARGEST:
        raise BadParameter(name=name, problem=f"'{value[:50]}' is not a whole number of 0 or more")
    return int(value)


def _order(record: Record, given: Mapping[str, str]) -> tuple[str, ...]:
    """Each field once, where it is named first."""
    terms: dict[str, str] = {}
    for parameter, turned in (("orderBy", False), ("orderByDesc", True)):
        for name in filter(None, map(str.strip, given.get(parameter.lower(), "").split(","))):
            of = record.by_name.get(name.lstrip("-").lower())
            if of is None or of.kind == "json":
                raise BadParameter(name=parameter, problem=f"there is no field '{name[:50]}' to order by")
            down = turned != name.startswith("-")
            terms.setdefault(of.expression, f"{of.expression} {'DESC' if down else 'ASC'}")
    return tuple(terms.values())


def _aggregates(record: Record, include: str) -> tuple[Field, ...]:
    """What ``include`` asks to be counted up, each named and spelled as meta answers it; unknown words are ignored.

    Only numbers have a sum and an average; the least and the greatest of a field are spelled as the field is.
    """
    found: dict[str, Field] = {}
    for term in map(str.strip, include.split(",")):
        if (asked := _AGGREGATE.fullmatch(term)) is None:
            continue
        function, of = asked["function"].upper(), record.by_name.get(asked["field"].lower())
        if function == "COUNT" and asked["field"] == "*":
            found[term] = Field(term, "count(*)", "number")
        elif of is None or of.kind == "json":
            continue
        elif function in {"MIN", "MAX"}:
            found[term] = replace(of, wire=term, expression=f"{function}({of.expression})")
        elif function == "COUNT" or of.kind == "number":
            found[term] = Field(term, f"{function}({of.expression})", "number")
    return tuple(found.values())[:MOST_CONDITIONS]


def _as_text(value: Any) -> str:
    """A value in meta, where all are texts."""
    return value if isinstance(value, str) else json.dumps(value)


def _as_it_is(value: Any) -> Any:
    return value


def number(value: float) -> int | float:
    """A number without a fraction that is none."""
    return int(value) if value == int(value) else value


_WRITERS: Mapping[Kind, Callable[[Any], Any]] = {
    "number": number,
    "boolean": bool,
    "moment": lambda spelled: times.read_back(clock.moment(spelled)),
    "second": lambda spelled: times.whole(clock.moment(spelled)),
    "json": json.loads,
}
_WANTED: Mapping[Kind, str] = {
    "number": "a number",
    "boolean": "true or false",
    **dict.fromkeys(("moment", "second", "utc"), "a time such as 2025-01-31T12:00:00+01:00"),
    "date": "a date such as 2025-01-31",
}
