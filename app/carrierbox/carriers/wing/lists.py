"""JHipster's lists: criteria, page from 0, size, sort; the total in X-Total-Count, the ways onward in Link.

Source: contract `wing-accounts.yaml`, keys `filters` and `headers`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request, Response

from carrierbox import edge
from carrierbox.carriers.wing import criteria
from carrierbox.carriers.wing.criteria import Field
from carrierbox.carriers.wing.errors import BadParameter
from carrierbox.carriers.wing.wire import json_response
from carrierbox.kernel.world import Box

PAGE = 20  # what Spring gives when nobody says how much

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows that can be listed: where they come from, and what they can be filtered and sorted by."""

    columns: str
    source: str
    fields: Mapping[str, Field]
    key: str  # the order where nothing else decides


@dataclass(frozen=True, slots=True)
class Search:
    """What a list request asks for."""

    conditions: tuple[str, ...]
    values: tuple[Any, ...]
    order: tuple[str, ...]
    page: int
    size: int | None  # None is the whole list


def answer(  # noqa: PLR0913 - a list has that many sides
    box: Box,
    request: Request,
    listed: Listed,
    where: tuple[str, Sequence[Any]],
    show: Callable[[Sequence[Row]], list[Any]],
    *,
    size: int | None = PAGE,
) -> Response:
    """One page of the rows that *where* lets through, a condition and what it binds; shown by *show*.

    *size* is what a request gets that does not say, None the whole list.

    Raises: BadParameter.
    """
    search = read(request.query_params.multi_items(), listed.fields, size)
    condition, bound = where
    conditions = " AND ".join(f"({each})" for each in (condition, *search.conditions))
    values = (*bound, *search.values)
    statement = f"FROM {listed.source} WHERE {conditions}"
    total = box.world.store.sql(f"SELECT count(*) {statement}", values).fetchone()[0]
    limit = -1 if search.size is None else search.size  # SQLite's word for no limit
    rows = box.world.store.sql(
        f"SELECT {listed.columns} {statement} ORDER BY {', '.join((*search.order, listed.key))} LIMIT ? OFFSET ?",
        (*values, limit, search.page * max(limit, 0)),
    ).fetchall()
    response = json_response(show(rows))
    response.headers["X-Total-Count"] = str(total)
    if search.size is not None:
        response.headers["Link"] = _link(request, search.page, search.size, total)
    return response


def read(query: Sequence[tuple[str, str]], fields: Mapping[str, Field], size: int | None) -> Search:
    """Read a query string; a criterion on a field that is not there is ignored.

    Raises: BadParameter, which names the parameter.
    """
    page = 0
    order = []
    for name, value in query:
        if name == "page":
            page, size = criteria.page(value), size or PAGE
        elif name == "size":
            size = criteria.size(value)
        elif name == "sort":
            order.append(_order(value, fields))
    conditions, values = [], []
    for name, given in criteria.collect(query):
        parameter, _, operator = name.partition(".")
        if field := fields.get(parameter):
            condition, bound = _criterion(name, field, operator, given)
            conditions.append(condition)
            values += bound
    return Search(tuple(conditions), tuple(values), tuple(order), page, size)


def _criterion(name: str, field: Field, operator: str, given: list[str]) -> tuple[str, list[Any]]:
    if operator == "specified":
        return f"{field.expression} IS {'NOT NULL' if criteria.flag(name, given[0]) else 'NULL'}", []
    return criteria.condition(name, field, operator, given)


def _order(value: str, fields: Mapping[str, Field]) -> str:
    name, _, direction = value.partition(",")
    if name not in fields:
        raise BadParameter(name="sort", problem=f"there is no field '{name}' to sort by")
    if direction.lower() not in {"", "asc", "desc"}:
        raise BadParameter(name="sort", problem=f"'{direction}' is neither asc nor desc")
    return f"{fields[name].expression} {direction.upper()}"


def _link(request: Request, page: int, size: int, total: int) -> str:
    """As JHipster writes it: next, prev, last, first, each where there is one."""
    last = max(0, (total - 1) // size)
    ways = {"next": page + 1, "prev": page - 1, "last": last, "first": 0}
    visit = edge.visit(request)
    address = visit.base_url + quote(request.scope["path"].removeprefix(request.scope.get("root_path", "")))
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in {"page", "size"}]
    return ",".join(
        f'<{address}?{urlencode([*kept, ("page", number), ("size", size)])}>; rel="{name}"'
        for name, number in ways.items()
        if 0 <= number <= last
    )
