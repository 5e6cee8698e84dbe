"""The tables that queries may ask for, their columns, and the SQL that they come from.

Source: WING guide 4.36; contract `wing-subscription.yaml`, key `graphql`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Type = Literal["bigint", "String"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its SQL expression, and its type in GraphQL."""

    expression: str
    type: Type


@dataclass(frozen=True, slots=True)
class Table:
    """A root field that lists rows; `account` is the column that decides whether one is seen."""

    source: str
    columns: Mapping[str, Column]
    account: str


TABLES: Mapping[str, Table] = {
    "accmgmt_tbl_groups": Table(
        "wing_group g JOIN wing_account a ON a.id = g.account_id",
        {
            "id": Column("g.id", "bigint"),
            "name": Column("g.name", "String"),
            "description": Column("g.description", "String"),
            "account_master_id": Column("g.account_id", "bigint"),
            "tenant_id": Column("a.tenant_id", "String"),
        },
        "g.account_id",
    ),
}
