"""One SQL statement in the making: names for its tables, what it binds, and how much it asks for."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from carrierbox.carriers.wing.graphql import sight
from carrierbox.carriers.wing.graphql.errors import too_much
from carrierbox.carriers.wing.graphql.leaves import Leaf
from carrierbox.carriers.wing.graphql.limits import MOST_CONDITIONS
from carrierbox.carriers.wing.graphql.model import Relation, Table
from carrierbox.carriers.wing.graphql.tables import TABLES

Bound = Callable[[Any, str], Any]


@dataclass(frozen=True, slots=True)
class Way:
    """How a table is reached: by a relation of another one, which has that alias."""

    relation: Relation
    parent: str

    @property
    def table(self) -> Table:
        """Where it leads."""
        return TABLES[self.relation.table]


class Statement:
    """Collects what a statement needs while its text is put together."""

    def __init__(self) -> None:
        self.bound: dict[str, tuple[Leaf, Bound | None]] = {}
        self.is_live = False
        self._names = count()
        self._conditions = 0

    def alias(self, kind: str = "t") -> str:
        """A name for one more table, or for the keys of its rows."""
        return f"{kind}{next(self._names)}"

    def bind(self, leaf: Leaf, bound: Bound | None = None) -> str:
        """The parameter that stands for a value; *bound* makes of it what SQLite is given."""
        name = f"v{len(self.bound)}"
        self.bound[name] = (leaf, bound)
        return f":{name}"

    def count_condition(self) -> None:
        """Take note of one more condition.

        Raises: Faulty.
        """
        self._conditions += 1
        if self._conditions > MOST_CONDITIONS:
            raise too_much("$", f"a field has at most {MOST_CONDITIONS} conditions here")

    def source(self, table: Table, alias: str) -> str:
        """A table as it stands behind FROM."""
        self.is_live = self.is_live or table.live
        return table.source.replace("{t}", alias)

    def column(self, table: Table, name: str, alias: str) -> str:
        """A column's value as it is stored."""
        column = table.columns[name]
        self.is_live = self.is_live or column.live
        return column.over(alias)

    def conditions(self, table: Table, alias: str, way: Way | None, *, in_order: bool = True) -> list[str]:
        """What is true of each row that is meant, whatever the query says."""
        found = sight.mark(table, alias, in_order=in_order)
        if way is not None:
            found.append(way.relation.on.replace("{t}", alias).replace("{p}", way.parent))
        if table.condition:
            found.append(table.condition.replace("{t}", alias))
        return found
