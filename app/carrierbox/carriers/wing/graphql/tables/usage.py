"""What SIMs used: accumulators of each billing cycle, sessions and their records."""

from collections.abc import Mapping

from carrierbox.carriers.wing.graphql.model import Column, Table, number, text, time

#: The present billing cycle, and every earlier one in which anything was used, found by steps along an index.
_CYCLES = (
    "(WITH RECURSIVE cycles(cycle) AS (SELECT min(cycle) FROM wing_usage UNION ALL"
    " SELECT (SELECT min(u.cycle) FROM wing_usage u WHERE u.cycle > cycles.cycle) FROM cycles WHERE cycle IS NOT NULL)"
    " SELECT :cycle AS cycle UNION SELECT cycle FROM cycles WHERE cycle < :cycle) {t}"
)
#: A SIM has an accumulator in the present cycle, and in those in which it used something.
_ACCUMULATORS = f"wing_sim {{t}}_sim CROSS JOIN {_CYCLES}"
_HAS_ACCUMULATOR = (
    "({t}.cycle = :cycle OR EXISTS (SELECT 1 FROM wing_usage f WHERE f.sim_id = {t}_sim.id AND f.cycle = {t}.cycle))"
)
#: An accumulator's id: it grows with the cycles.
_ACCUMULATOR_ID = "CAST(replace({t}.cycle, '-', '') AS INTEGER) * 10000000000 + {t}_sim.id"
_BY_ACCUMULATOR_ID = (
    "{t}_sim.id = {k} % 10000000000 AND {t}.cycle = printf('%d-%02d', {k} / 1000000000000, {k} / 10000000000 % 100)"
)
_IN_ORDER_OF_SIMS = "{t}_sim.tenant_id, {t}_sim.iccid, {t}.cycle"
_IS_ACTIVE = "CASE {t}.cycle WHEN :cycle THEN 'true' ELSE 'false' END"
_USED_BYTES = "u.up_bytes + u.down_bytes"
#: `wing_usage` has a row for each place and plan of a SIM in a cycle: the first of them stands for them all.
_FIRST_OF_CYCLE = "{t}.id = (SELECT min(f.id) FROM wing_usage f WHERE f.sim_id = {t}.sim_id AND f.cycle = {t}.cycle)"


def _sum(of: str, sim: str) -> str:
    return f"(SELECT sum({of}) FROM wing_usage u WHERE u.sim_id = {sim} AND u.cycle = {{t}}.cycle)"


def _counted(of: str) -> Column:
    """A counter; null where nothing was counted."""
    return number(f"nullif({_sum(of, '{t}_sim.id')}, 0)")


def _accumulators(name: str, columns: Mapping[str, Column]) -> Table:
    return Table(
        name,
        _ACCUMULATORS,
        columns,
        key=_ACCUMULATOR_ID,
        by_key=_BY_ACCUMULATOR_ID,
        order=_IN_ORDER_OF_SIMS,
        condition=_HAS_ACCUMULATOR,
        sight="sims",
        seen_by="{t}_sim",
        live=True,
    )


USAGE = (
    _accumulators(
        "restgw_tbl_subscriber_data_balance",
        {
            "id": number(_ACCUMULATOR_ID, required=True),
            "subscription_id_data0": text("{t}_sim.imsi", required=True),
            "accumulator_type": text("'Billing-Cycle'"),
            "active": text(_IS_ACTIVE),
            "accumulated_usage": number(_sum(_USED_BYTES, "{t}_sim.id")),
            "subscription_id_data1": text("{t}_sim.msisdn", required=True),
            "account_id": number("{t}_sim.account_id", required=True),
            "start_time": time("{t}.cycle || '-01T00:00:00.000000Z'"),
            "end_time": time("strftime('%Y-%m-%dT00:00:00.000000Z', {t}.cycle || '-01', '+1 month')"),
        },
    ),
    _accumulators(
        "rating_usage_accumulator",
        {
            "id": number(_ACCUMULATOR_ID, required=True),
            "counter_sms_mo": _counted("u.sms_mo"),
            "counter_sms_mt": _counted("u.sms_mt"),
            "counter_voice_mo": _counted("u.voice_mo"),
            "counter_voice_mt": _counted("u.voice_mt"),
            "counter_data": _counted(_USED_BYTES),
            "imsi": text("{t}_sim.imsi", required=True),
            "iccid": text("{t}_sim.iccid", required=True),
            "account_id": number("{t}_sim.account_id", required=True),
            "active": text(_IS_ACTIVE),
            "accumulator_type": text("'Billing-Cycle'"),
        },
    ),
    Table(
        "data_usage_online",
        "wing_usage {t}",
        {"accumulated_usage": number(_sum(_USED_BYTES, "{t}.sim_id"))},
        order="{t}.cycle DESC",
        condition=_FIRST_OF_CYCLE,
        live=True,
    ),
    Table(
        "session_states",
        "wing_session {t}",
        {
            "id": number("{t}.id", required=True),
            "session_id": text("{t}.session_id"),
            "session_start_time": time("{t}.started_at"),
            "session_end_time": time("{t}.ended_at"),
            "user_location_info": text("{t}.location"),
            "sgsn_address": text("{t}.sgsn_address"),
            "sgsn_mcc_mnc": text("{t}.plmn"),
            "pdp_address": text("{t}.pdp_address"),
            "rat_type": Column("Int", "{t}.rat_type"),
            "access_point_name": text("{t}.apn"),
            "input_usage_accumulation": number("{t}.up_bytes"),
            "output_usage_accumulation": number("{t}.down_bytes"),
        },
        live=True,
    ),
    Table(
        "cdr_data",
        "wing_cdr {t} JOIN wing_session {t}_session ON {t}_session.id = {t}.session_id",
        {
            "last_modified_date": time("ifnull({t}.modified_at, {t}.opened_at)"),
            "rat_type": text("CAST({t}_session.rat_type AS TEXT)"),
            "record_opening_time": text("replace(substr({t}.opened_at, 1, 19), 'T', ' ') || '+00'"),
            "served_imeisv": text("{t}_session.imeisv"),
            # as in 5.17: at the start there is none yet
            "served_pdp_pdn_address": text(
                "CASE {t}.record_type WHEN 'INITIATE_REQUEST' THEN NULL ELSE {t}_session.pdp_address END"
            ),
            "serving_node_plmn_identifier": text("{t}_session.plmn"),
            "id": number("{t}.id", required=True),
        },
        live=True,
    ),
)
