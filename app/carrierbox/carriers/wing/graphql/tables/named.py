"""What SIMs name: profiles, plans, states, accounts and their groups, tags."""

from collections.abc import Mapping

from carrierbox.carriers.wing.graphql.model import Relation, Table, number, text
from carrierbox.carriers.wing.subscriptions.record import STATES

_STATE_ROWS = ", ".join(f"('{name}', {state_id})" for name, state_id in STATES.states.items())


def _catalogue(name: str, resource_type: str, columns: Mapping[str, str]) -> Table:
    return Table(
        name,
        "wing_catalogue {t}",
        {**{shown: text(f"{{t}}.{column}") for shown, column in columns.items()}, "id": number("{t}.id")},
        key="{t}.rowid",
        by_key="{t}.rowid = {k}",
        condition=f"{{t}}.resource_type = '{resource_type}'",
    )


NAMED = (
    _catalogue("network_profile", "SERVICE-PROFILE", {"name": "name", "rat_type": "rat_type"}),
    _catalogue("roaming_profile", "ROAMING-PROFILE", {"rp_name": "name"}),
    _catalogue(
        "rate_plan", "RATE-PLAN", {"name": "name", "plan_type": "plan_type", "subscription_type": "subscription_type"}
    ),
    Table(
        "apn_group", "wing_apn_group {t}", {"apn_group_name": text("{t}.name", required=True), "id": number("{t}.id")}
    ),
    Table(
        "state",
        f"(SELECT column1 AS name, column2 AS id FROM (VALUES {_STATE_ROWS})) {{t}}",
        {"name": text("{t}.name", required=True), "id": number("{t}.id")},
    ),
    Table(
        "account",
        "wing_account {t}",
        {"account_state": text("{t}.account_state"), "name": text("{t}.name"), "id": number("{t}.id")},
        {"tbl_groups": Relation("accmgmt_tbl_groups", "{t}.account_id = {p}.id", many=True)},
    ),
    Table(
        "subscription_tag_association",
        "wing_tag_association {t}",
        {"id": number("{t}.id", required=True)},
        {"tag": Relation("tag", "{t}.id = {p}.tag_id")},
    ),
    Table("tag", "wing_tag {t}", {"id": number("{t}.id", required=True), "name": text("{t}.name", required=True)}),
)

GROUPS = Table(
    "accmgmt_tbl_groups",
    "wing_group {t}",
    {
        "id": number("{t}.id", required=True),
        "name": text("{t}.name", required=True),
        "account_master_id": number("{t}.account_id", required=True),
        "tenant_id": text("(SELECT a.tenant_id FROM wing_account a WHERE a.id = {t}.account_id)"),
        "description": text("{t}.description"),
    },
    sight="accounts",
    seen_by="{t}.account_id",
)
