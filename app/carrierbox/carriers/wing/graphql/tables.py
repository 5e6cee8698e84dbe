"""What can be asked for: the tables, their columns and how they hang together.

Source: contract `wing-subscription.yaml`, key `graphql`, `types` and `root_fields`.
"""

import re
from collections.abc import Mapping

from carrierbox.carriers.wing.graphql.model import Column, Relation, Root, Table
from carrierbox.carriers.wing.graphql.scalars import Type
from carrierbox.carriers.wing.subscriptions.record import FIELDS, STATES


def _text(sql: str, *, required: bool = False) -> Column:
    return Column("String", sql, required)


def _number(sql: str, *, required: bool = False, live: bool = False) -> Column:
    return Column("bigint", sql, required, live)


def _time(sql: str) -> Column:
    return Column("timestamp", sql)


# ---- SIMs -----------------------------------------------------------------------------------------------------------

_STATES = " ".join(f"WHEN '{name}' THEN {number}" for name, number in STATES.states.items())
_STATE_ID = f"CASE {{t}}.state {_STATES} END"
_STATE_ROWS = ", ".join(f"('{name}', {number})" for name, number in STATES.states.items())
_REQUIRED = {"id", "tenant_id", "account_id", "iccid", "imsi", "msisdn", "state_name"}
_TYPES: Mapping[str, Type] = {
    "number": "bigint", "string": "String", "boolean": "Boolean", "moment": "timestamp", "json": "jsonb",
}  # fmt: skip


def _of_sim(name: str, sql: str) -> str:
    """The name of something that a SIM names by its id."""
    return f"(SELECT n.name FROM {name} n WHERE n.id = {{t}}.{sql})"


def _catalogued(column: str, resource_type: str, sim_column: str) -> str:
    return (
        f"(SELECT c.{column} FROM wing_catalogue c WHERE c.realm = {{t}}.realm"
        f" AND c.resource_type = '{resource_type}' AND c.id = {{t}}.{sim_column})"
    )


_ELSEWHERE = {"account_name": _of_sim("wing_account", "account_id"), "state_id": _STATE_ID}


def _record() -> dict[str, Column]:
    """Every field of the REST record in snake case."""
    columns = {}
    for each in FIELDS:
        name = re.sub(r"([A-Z])", r"_\1", each.wire).lower()
        sql = _ELSEWHERE.get(name) or "{t}." + each.expression.removeprefix("s.")
        columns[name] = Column(_TYPES[each.kind], sql, name in _REQUIRED)
    return columns


_RECORD = _record()
_GROUP_ID = _number("{t}.group_id")
_USED = (
    "(SELECT sum(u.up_bytes + u.down_bytes) FROM wing_usage u WHERE u.sim_id = {t}.id AND u.cycle = :cycle)"
)  # fmt: skip
_TAGS = (
    "(SELECT group_concat(b.name, ',') FROM (SELECT g.name FROM wing_tag_association m JOIN wing_tag g"
    " ON g.id = m.tag_id WHERE m.sim_id = {t}.id ORDER BY m.id) b)"
)


def _newest_session(column: str) -> str:
    return f"(SELECT d.{column} FROM wing_session d WHERE d.sim_id = {{t}}.id ORDER BY d.id DESC LIMIT 1)"


_VIEW = Table(
    "simlcmanagement_vw_subscription",
    "wing_sim {t}",
    {
        "account_account_state": _text("(SELECT a.account_state FROM wing_account a WHERE a.id = {t}.account_id)"),
        "account_id": _RECORD["account_id"],
        "account_name": _RECORD["account_name"],
        "apn_group_id": _RECORD["apn_group_id"],
        "apn_group_name": _text(_of_sim("wing_apn_group", "apn_group_id")),
        "custom_fields": _RECORD["custom_field"],
        "iccid": _RECORD["iccid"],
        "id": _RECORD["id"],
        "imsi": _RECORD["imsi"],
        "msisdn": _RECORD["msisdn"],
        "network_profile_id": _RECORD["network_profile_id"],
        "network_profile_name": _text(_catalogued("name", "SERVICE-PROFILE", "network_profile_id")),
        "rate_plan_id": _RECORD["rate_plan_id"],
        "rate_plan_name": _text(_catalogued("name", "RATE-PLAN", "rate_plan_id")),
        "rate_plan_subscription_type": _text(_catalogued("subscription_type", "RATE-PLAN", "rate_plan_id")),
        "rate_plan_type": _text(_catalogued("plan_type", "RATE-PLAN", "rate_plan_id")),
        "roaming_profile_id": _RECORD["roaming_profile_id"],
        "roaming_profile_rp_name": _text(_catalogued("name", "ROAMING-PROFILE", "roaming_profile_id")),
        "session_states_id": Column("bigint", _newest_session("id"), live=True),
        "activation_time": _RECORD["initial_activation_date"],
        "state_model_id": _RECORD["state_model_id"],
        "state_change_lock": _RECORD["state_change_lock"],
        "state_change_reason": _RECORD["state_change_reason"],
        "state_id": _RECORD["state_id"],
        "state_name": _RECORD["state_name"],
        "tags": _text(_TAGS),
        "tenant_id": _RECORD["tenant_id"],
        "ip_address": _text("json_extract({t}.ip_addresses, '$[0]')"),
        "last_used_imei": Column("String", _newest_session("imeisv"), live=True),
        "data_usage_online": _number(_USED, live=True),
        "data_usage_online_radius_accumulated_usage": _number(_USED, live=True),
        "group_id": _GROUP_ID,
        "group_name": _text(_of_sim("wing_group", "group_id")),
    },
    order="{t}.tenant_id, {t}.iccid",
    sight="sims",
    seen_by="{t}",
)

_IDENTITY = Table(
    "simlcmanagement_subscription_identity",
    "wing_sim {t}",
    {**_RECORD, "group_id": _GROUP_ID},
    {
        "network_profile": Relation("network_profile", "{t}.realm = {p}.realm AND {t}.id = {p}.network_profile_id"),
        "apn_group": Relation("apn_group", "{t}.id = {p}.apn_group_id"),
        "roaming_profile": Relation("roaming_profile", "{t}.realm = {p}.realm AND {t}.id = {p}.roaming_profile_id"),
        "rate_plan": Relation("rate_plan", "{t}.realm = {p}.realm AND {t}.id = {p}.rate_plan_id"),
        "state": Relation("state", "{t}.name = {p}.state"),
        "account": Relation("account", "{t}.id = {p}.account_id"),
        "subscription_tag_associations": Relation("subscription_tag_association", "{t}.sim_id = {p}.id", many=True),
        "session_states": Relation("session_states", "{t}.sim_id = {p}.id", many=True),
        "cdr_data": Relation("cdr_data", "{t}.sim_id = {p}.id", many=True),
        "data_usage_online": Relation("data_usage_online", "{t}.sim_id = {p}.id", many=True),
    },
    order="{t}.tenant_id, {t}.iccid",
    sight="sims",
    seen_by="{t}",
)

# ---- what SIMs name -------------------------------------------------------------------------------------------------


def _catalogue(name: str, resource_type: str, columns: Mapping[str, str]) -> Table:
    return Table(
        name,
        "wing_catalogue {t}",
        {**{shown: _text(f"{{t}}.{column}") for shown, column in columns.items()}, "id": _number("{t}.id")},
        key="{t}.rowid",
        condition=f"{{t}}.resource_type = '{resource_type}'",
    )


_NAMED = (
    _catalogue("network_profile", "SERVICE-PROFILE", {"name": "name", "rat_type": "rat_type"}),
    _catalogue("roaming_profile", "ROAMING-PROFILE", {"rp_name": "name"}),
    _catalogue(
        "rate_plan", "RATE-PLAN", {"name": "name", "plan_type": "plan_type", "subscription_type": "subscription_type"}
    ),
    Table(
        "apn_group", "wing_apn_group {t}", {"apn_group_name": _text("{t}.name", required=True), "id": _number("{t}.id")}
    ),
    Table(
        "state",
        f"(SELECT column1 AS name, column2 AS id FROM (VALUES {_STATE_ROWS})) {{t}}",
        {"name": _text("{t}.name", required=True), "id": _number("{t}.id")},
    ),
    Table(
        "account",
        "wing_account {t}",
        {"account_state": _text("{t}.account_state"), "name": _text("{t}.name"), "id": _number("{t}.id")},
        {"tbl_groups": Relation("accmgmt_tbl_groups", "{t}.account_id = {p}.id", many=True)},
    ),
    Table(
        "subscription_tag_association",
        "wing_tag_association {t}",
        {"id": _number("{t}.id", required=True)},
        {"tag": Relation("tag", "{t}.id = {p}.tag_id")},
    ),
    Table("tag", "wing_tag {t}", {"id": _number("{t}.id", required=True), "name": _text("{t}.name", required=True)}),
)

# ---- usage ----------------------------------------------------------------------------------------------------------

#: `wing_usage` has a row for each place and plan of a SIM in a cycle: the first of them stands for them all.
_FIRST_OF_CYCLE = (
    "{t}.id = (SELECT min(f.id) FROM wing_usage f WHERE f.sim_id = {t}.sim_id AND f.cycle = {t}.cycle)"
)  # fmt: skip
#: Grows with the cycle, whenever its row was written.
_CYCLE_KEY = "CAST(replace({t}.cycle, '-', '') AS INTEGER) * 10000000000 + {t}.sim_id"
_IS_ACTIVE = "CASE {t}.cycle WHEN :cycle THEN 'true' ELSE 'false' END"
_USAGE_AND_SIM = "wing_usage {t} JOIN wing_sim {t}_sim ON {t}_sim.id = {t}.sim_id"


def _sum(of: str) -> str:
    return f"(SELECT sum({of}) FROM wing_usage u WHERE u.sim_id = {{t}}.sim_id AND u.cycle = {{t}}.cycle)"


def _counted(of: str) -> Column:
    """A counter; null where nothing was counted."""
    return _number(f"nullif({_sum(of)}, 0)")


_USAGE = (
    Table(
        "restgw_tbl_subscriber_data_balance",
        _USAGE_AND_SIM,
        {
            "id": _number(_CYCLE_KEY, required=True),
            "subscription_id_data0": _text("{t}_sim.imsi", required=True),
            "accumulator_type": _text("'Billing-Cycle'"),
            "active": _text(_IS_ACTIVE),
            "accumulated_usage": _number(_sum("u.up_bytes + u.down_bytes")),
            "subscription_id_data1": _text("{t}_sim.msisdn", required=True),
            "account_id": _number("{t}_sim.account_id", required=True),
            "start_time": _time("{t}.cycle || '-01T00:00:00.000000Z'"),
            "end_time": _time("strftime('%Y-%m-%dT00:00:00.000000Z', {t}.cycle || '-01', '+1 month')"),
        },
        order="{t}.cycle, {t}.sim_id",
        condition=_FIRST_OF_CYCLE,
        sight="sims",
        seen_by="{t}_sim",
        live=True,
    ),
    Table(
        "rating_usage_accumulator",
        _USAGE_AND_SIM,
        {
            "id": _number(_CYCLE_KEY, required=True),
            "counter_sms_mo": _counted("u.sms_mo"),
            "counter_sms_mt": _counted("u.sms_mt"),
            "counter_voice_mo": _counted("u.voice_mo"),
            "counter_voice_mt": _counted("u.voice_mt"),
            "counter_data": _counted("u.up_bytes + u.down_bytes"),
            "imsi": _text("{t}_sim.imsi", required=True),
            "iccid": _text("{t}_sim.iccid", required=True),
            "account_id": _number("{t}_sim.account_id", required=True),
            "active": _text(_IS_ACTIVE),
            "accumulator_type": _text("'Billing-Cycle'"),
        },
        order="{t}.cycle, {t}.sim_id",
        condition=_FIRST_OF_CYCLE,
        sight="sims",
        seen_by="{t}_sim",
        live=True,
    ),
    Table(
        "data_usage_online",
        "wing_usage {t}",
        {"accumulated_usage": _number(_sum("u.up_bytes + u.down_bytes"))},
        order="{t}.cycle DESC",
        condition=_FIRST_OF_CYCLE,
        live=True,
    ),
    Table(
        "session_states",
        "wing_session {t}",
        {
            "id": _number("{t}.id", required=True),
            "session_id": _text("{t}.session_id"),
            "session_start_time": _time("{t}.started_at"),
            "session_end_time": _time("{t}.ended_at"),
            "user_location_info": _text("{t}.location"),
            "sgsn_address": _text("{t}.sgsn_address"),
            "sgsn_mcc_mnc": _text("{t}.plmn"),
            "pdp_address": _text("{t}.pdp_address"),
            "rat_type": Column("Int", "{t}.rat_type"),
            "access_point_name": _text("{t}.apn"),
            "input_usage_accumulation": _number("{t}.up_bytes"),
            "output_usage_accumulation": _number("{t}.down_bytes"),
        },
        live=True,
    ),
    Table(
        "cdr_data",
        "wing_cdr {t} JOIN wing_session {t}_session ON {t}_session.id = {t}.session_id",
        {
            "last_modified_date": _time("{t}.opened_at"),
            "rat_type": _text("CAST({t}_session.rat_type AS TEXT)"),
            "record_opening_time": _text("replace(substr({t}.opened_at, 1, 19), 'T', ' ') || '+00'"),
            "served_imeisv": _text("{t}_session.imeisv"),
            "served_pdp_pdn_address": _text("{t}_session.pdp_address"),
            "serving_node_plmn_identifier": _text("{t}_session.plmn"),
            "id": _number("{t}.id", required=True),
        },
        live=True,
    ),
)

# ---- groups ---------------------------------------------------------------------------------------------------------

_GROUPS = Table(
    "accmgmt_tbl_groups",
    "wing_group {t}",
    {
        "id": _number("{t}.id", required=True),
        "name": _text("{t}.name", required=True),
        "account_master_id": _number("{t}.account_id", required=True),
        "tenant_id": _text("(SELECT a.tenant_id FROM wing_account a WHERE a.id = {t}.account_id)"),
        "description": _text("{t}.description"),
    },
    sight="accounts",
    seen_by="{t}.account_id",
)

TABLES: Mapping[str, Table] = {table.name: table for table in (_VIEW, _IDENTITY, *_NAMED, *_USAGE, _GROUPS)}


ROOTS: tuple[Root, ...] = (
    Root(TABLES["restgw_tbl_subscriber_data_balance"], "wing-5.4.1"),
    Root(TABLES["rating_usage_accumulator"], "wing-5.4.2"),
    Root(_VIEW, "wing-5.4.3"),
    Root(_IDENTITY, "wing-5.5", has_key=True),
    Root(_GROUPS, "wing-4.36", has_key=True),
)
