"""The figures that can be asked over a column, by Hasura's names, and their SQL."""

from collections.abc import Iterator, Mapping

from carrierbox.carriers.wing.graphql.model import Column, Table

_OVER_NUMBERS: Mapping[str, str] = {
    "avg": "avg",
    "stddev": "wing_stddev_samp",
    "stddev_pop": "wing_stddev_pop",
    "stddev_samp": "wing_stddev_samp",
    "sum": "sum",
    "var_pop": "wing_var_pop",
    "var_samp": "wing_var_samp",
    "variance": "wing_var_samp",
}
_OVER_ORDERED: Mapping[str, str] = {"max": "max", "min": "min"}

#: Figures that are of the column's own type; the others are Float.
KEEP_TYPE = {"sum", "max", "min"}


def figure(name: str, expression: str) -> str:
    """A figure over an expression."""
    return f"{_OVER_NUMBERS.get(name) or _OVER_ORDERED[name]}({expression})"


def over(table: Table) -> Iterator[tuple[str, Mapping[str, Column]]]:
    """Each figure that can be asked over a table, and the columns that have it."""
    columns = dict(sorted(table.columns.items()))
    numbers = {name: column for name, column in columns.items() if column.type in {"bigint", "Int"}}
    ordered = {name: column for name, column in columns.items() if column.type not in {"Boolean", "jsonb"}}
    if numbers:
        yield from ((name, numbers) for name in _OVER_NUMBERS)
    if ordered:
        yield from ((name, ordered) for name in _OVER_ORDERED)
