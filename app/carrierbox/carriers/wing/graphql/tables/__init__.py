"""What can be asked for: the tables, their columns and how they hang together.

Source: contract `wing-subscription.yaml`, key `graphql`, `types` and `root_fields`.
"""

from collections.abc import Mapping

from carrierbox.carriers.wing.graphql.model import Root, Table
from carrierbox.carriers.wing.graphql.tables.named import GROUPS, NAMED
from carrierbox.carriers.wing.graphql.tables.sims import IDENTITY, VIEW
from carrierbox.carriers.wing.graphql.tables.usage import USAGE

TABLES: Mapping[str, Table] = {table.name: table for table in (VIEW, IDENTITY, *NAMED, GROUPS, *USAGE)}


ROOTS: tuple[Root, ...] = (
    Root(TABLES["restgw_tbl_subscriber_data_balance"], "wing-5.4.1", has_key=True),
    Root(TABLES["rating_usage_accumulator"], "wing-5.4.2", has_key=True),
    Root(VIEW, "wing-5.4.3"),
    Root(IDENTITY, "wing-5.5", has_key=True),
    Root(GROUPS, "wing-4.36", has_key=True),
)
