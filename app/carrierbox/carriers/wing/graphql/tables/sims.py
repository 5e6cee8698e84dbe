"""SIMs, twice: as the portal lists them, flat, and as they are, with what they are related to."""

import re
from collections.abc import Mapping

from carrierbox.carriers.wing.graphql import sight
from carrierbox.carriers.wing.graphql.model import Column, Relation, Table, number, text
from carrierbox.carriers.wing.graphql.scalars import Type
from carrierbox.carriers.wing.subscriptions.record import FIELDS, STATES

_STATES = " ".join(f"WHEN '{name}' THEN {state_id}" for name, state_id in STATES.states.items())
_STATE_ID = f"CASE {{t}}.state {_STATES} END"
_REQUIRED = {"id", "tenant_id", "account_id", "iccid", "imsi", "msisdn", "state_name"}
_TYPES: Mapping[str, Type] = {
    "number": "bigint", "string": "String", "boolean": "Boolean", "moment": "timestamp", "json": "jsonb",
}  # fmt: skip


def _of_sim(table: str, column: str) -> str:
    """The name of something that a SIM names by its id."""
    return f"(SELECT n.name FROM {table} n WHERE n.id = {{t}}.{column})"


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
_GROUP_ID = number("{t}.group_id")
_USED = "(SELECT sum(u.up_bytes + u.down_bytes) FROM wing_usage u WHERE u.sim_id = {t}.id AND u.cycle = :cycle)"
#: A private tag shows to its maker alone, one of an account to those who see that.
_TAG_SHOWS = f"(g.visibility = 'Public' OR g.user_id = :user){sight.mark_tag('g')}"
_TAGS = (
    "(SELECT group_concat(b.name, ',') FROM (SELECT g.name FROM wing_tag_association m JOIN wing_tag g"
    f" ON g.id = m.tag_id WHERE m.sim_id = {{t}}.id AND {_TAG_SHOWS} ORDER BY m.id) b)"
)
_BEARS = f"{{t}}.sim_id = {{p}}.id AND EXISTS (SELECT 1 FROM wing_tag g WHERE g.id = {{t}}.tag_id AND {_TAG_SHOWS})"


def _newest_session(column: str) -> str:
    """Of the session that 11.3 shows; what comes in late has the higher id, and is not it."""
    return (
        f"(SELECT d.{column} FROM wing_session d WHERE d.sim_id = {{t}}.id"
        " ORDER BY d.ended_at IS NULL DESC, d.started_at DESC, d.id DESC LIMIT 1)"
    )


VIEW = Table(
    "simlcmanagement_vw_subscription",
    "wing_sim {t}",
    {
        "account_account_state": text("(SELECT a.account_state FROM wing_account a WHERE a.id = {t}.account_id)"),
        "account_id": _RECORD["account_id"],
        "account_name": _RECORD["account_name"],
        "apn_group_id": _RECORD["apn_group_id"],
        "apn_group_name": text(
            "(SELECT n.name FROM wing_apn_group n WHERE n.id = {t}.apn_group_id AND n.account_id = {t}.account_id)"
        ),
        "custom_fields": _RECORD["custom_field"],
        "iccid": _RECORD["iccid"],
        "id": _RECORD["id"],
        "imsi": _RECORD["imsi"],
        "msisdn": _RECORD["msisdn"],
        "network_profile_id": _RECORD["network_profile_id"],
        "network_profile_name": text(_catalogued("name", "SERVICE-PROFILE", "network_profile_id")),
        "rate_plan_id": _RECORD["rate_plan_id"],
        "rate_plan_name": text(_catalogued("name", "RATE-PLAN", "rate_plan_id")),
        "rate_plan_subscription_type": text(_catalogued("subscription_type", "RATE-PLAN", "rate_plan_id")),
        "rate_plan_type": text(_catalogued("plan_type", "RATE-PLAN", "rate_plan_id")),
        "roaming_profile_id": _RECORD["roaming_profile_id"],
        "roaming_profile_rp_name": text(_catalogued("name", "ROAMING-PROFILE", "roaming_profile_id")),
        "session_states_id": Column("bigint", _newest_session("id"), live=True),
        "activation_time": _RECORD["initial_activation_date"],
        "state_model_id": _RECORD["state_model_id"],
        "state_change_lock": _RECORD["state_change_lock"],
        "state_change_reason": _RECORD["state_change_reason"],
        "state_id": _RECORD["state_id"],
        "state_name": _RECORD["state_name"],
        "tags": text(_TAGS),
        "tenant_id": _RECORD["tenant_id"],
        "ip_address": text("json_extract({t}.ip_addresses, '$[0]')"),
        "last_used_imei": Column("String", _newest_session("imeisv"), live=True),
        "data_usage_online": number(_USED, live=True),
        "data_usage_online_radius_accumulated_usage": number(_USED, live=True),
        "group_id": _GROUP_ID,
        "group_name": text(_of_sim("wing_group", "group_id")),
    },
    order="{t}.tenant_id, {t}.iccid",
    sight="sims",
    seen_by="{t}",
)

IDENTITY = Table(
    "simlcmanagement_subscription_identity",
    "wing_sim {t}",
    {**_RECORD, "group_id": _GROUP_ID},
    {
        "network_profile": Relation("network_profile", "{t}.realm = {p}.realm AND {t}.id = {p}.network_profile_id"),
        "apn_group": Relation("apn_group", "{t}.id = {p}.apn_group_id AND {t}.account_id = {p}.account_id"),
        "roaming_profile": Relation("roaming_profile", "{t}.realm = {p}.realm AND {t}.id = {p}.roaming_profile_id"),
        "rate_plan": Relation("rate_plan", "{t}.realm = {p}.realm AND {t}.id = {p}.rate_plan_id"),
        "state": Relation("state", "{t}.name = {p}.state"),
        "account": Relation("account", "{t}.id = {p}.account_id"),
        "subscription_tag_associations": Relation("subscription_tag_association", _BEARS, many=True),
        "session_states": Relation("session_states", "{t}.sim_id = {p}.id", many=True),
        "cdr_data": Relation("cdr_data", "{t}.sim_id = {p}.id", many=True),
        "data_usage_online": Relation("data_usage_online", "{t}.sim_id = {p}.id", many=True),
    },
    order="{t}.tenant_id, {t}.iccid",
    sight="sims",
    seen_by="{t}",
)
