"""What a table is made of: columns, relations, and the SQL that they come from.

In SQL texts ``{t}`` stands for the table's alias and ``{p}`` for that of the table which it is reached from; ``:cycle``
is the billing cycle that the world is in, ``:user`` who asks. What is marked `live` changes with what devices do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from carrierbox.carriers.wing.graphql.scalars import Type

#: How rows are held to what the caller sees: as SIMs, by an account id in a column, or not at all, since they are
#: reached from what is seen only.
Sight = Literal["sims", "accounts", "through"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its type in GraphQL and its SQL; a `required` one is never null."""

    type: Type
    sql: str
    required: bool = False
    live: bool = False

    def over(self, alias: str) -> str:
        """Its SQL over a table of that alias."""
        return self.sql.replace("{t}", alias)


def text(sql: str, *, required: bool = False) -> Column:
    """A column of text."""
    return Column("String", sql, required)


def number(sql: str, *, required: bool = False, live: bool = False) -> Column:
    """A column of whole numbers."""
    return Column("bigint", sql, required, live)


def time(sql: str) -> Column:
    """A column of times."""
    return Column("timestamp", sql)


@dataclass(frozen=True, slots=True)
class Relation:
    """A way from one table's rows to another's: to one of them, or to many."""

    table: str
    on: str
    many: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one kind."""

    name: str
    source: str
    columns: Mapping[str, Column]
    relations: Mapping[str, Relation] = field(default_factory=dict)
    key: str = "{t}.id"
    by_key: str = "{t}.id = {k}"  # how the row of a key is found
    order: str = "{t}.id"  # where nobody asks for another
    condition: str = ""  # which rows of the source are rows of this table
    sight: Sight = "through"
    seen_by: str = ""  # with sight "accounts": the account; with "sims": the SIM's alias
    live: bool = False


@dataclass(frozen=True, slots=True)
class Root:
    """A table that a query may begin with; views have no primary key. `section` is the document's."""

    table: Table
    section: str
    has_key: bool = False
