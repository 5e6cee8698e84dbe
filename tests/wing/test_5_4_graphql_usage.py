"""WING 5.4, 5.5, 5.21 by GraphQL: what devices did until now, in the cycle that the world is in."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.wing.graphql_asking import BALANCE, RATED, SIM, VIEW, find
from tests.wing.usage import cdrs

#: ACTIVE, and no device is in it.
ICCID, IMSI, ID = "8955644099890137106", "234500001317106", 615055
BALANCES = f"""{{ {BALANCE}(where: {{subscription_id_data0: {{_eq: "{IMSI}"}}}}, order_by: {{id: desc}}) {{
    active accumulated_usage start_time end_time accumulator_type }} }}"""
RATINGS = f"""{{ {RATED}(where: {{imsi: {{_eq: "{IMSI}"}}}}, order_by: {{id: desc}}) {{
    active counter_data counter_sms_mo counter_sms_mt counter_voice_mo counter_voice_mt iccid account_id }} }}"""
ROW = f"""{{ {VIEW}(where: {{id: {{_eq: {ID}}}}}) {{
    last_used_imei session_states_id data_usage_online data_usage_online_radius_accumulated_usage }} }}"""
SESSIONS = f"""{{ {SIM}_by_pk(id: {ID}) {{
    session_states(limit: 1, order_by: {{id: desc}}) {{
        id session_start_time session_end_time input_usage_accumulation output_usage_accumulation rat_type sgsn_mcc_mnc
    }}
    session_states_aggregate {{ aggregate {{ count sum {{ input_usage_accumulation }} }} }}
    cdr_data(order_by: {{last_modified_date: desc}}, limit: 1) {{
        last_modified_date record_opening_time rat_type serving_node_plmn_identifier served_imeisv
    }}
    data_usage_online {{ accumulated_usage }}
}} }}"""


def event(world: Any, **event: Any) -> None:
    answer = world.control.post(f"/_box/worlds/{world.name}/sims/{ICCID}/events", json=event)
    assert 201 == answer.status_code, answer.text


def later(world: Any, **how_far: Any) -> None:
    """Move the clock, and log in again."""
    world.advance(**how_far)
    world.wing.headers["Authorization"] = f"Bearer {world.token()}"


def go_to(world: Any, when: datetime) -> None:
    later(world, to=f"{when:%Y-%m-%dT%H:%M:%SZ}")


@pytest.fixture
def cycle(world: Any) -> datetime:
    """When the next billing cycle begins."""
    now = datetime.fromisoformat(world.clock()["now"])
    return month_after(now.replace(hour=0, minute=0, second=0, microsecond=0))


def month_after(day: datetime) -> datetime:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def test_what_came_in_late_is_not_the_last_session(world: Any) -> None:
    now = datetime.fromisoformat(world.clock()["now"])
    event(world, kind="data", up_bytes=1, down_bytes=1)
    [before] = find(world, ROW)
    early = f"{now - timedelta(hours=3):%Y-%m-%dT%H:%M:%SZ}"
    event(world, kind="data", up_bytes=1, down_bytes=1, at=early)
    [after] = find(world, ROW)
    assert (before["session_states_id"], before["last_used_imei"]) == (
        after["session_states_id"], after["last_used_imei"],
    )  # fmt: skip
    assert 2 == find(world, SESSIONS)["session_states_aggregate"]["aggregate"]["count"]


def test_records_are_those_of_5_17(world: Any) -> None:
    event(world, kind="data", up_bytes=1, down_bytes=1)
    records = "cdr_data(order_by: {last_modified_date: desc}) { id served_pdp_pdn_address }"
    query = f"{{ {SIM}_by_pk(id: {ID}) {{ {records} }} }}"
    newest, first = find(world, query)["cdr_data"]  # of one instant, the later one is the newer
    assert newest["id"] > first["id"]
    told = [cdr["servedPDPPDNAddress"] for cdr in cdrs(world, msisdn=world.sim(ICCID)["msisdn"])]
    assert told == [cdr["served_pdp_pdn_address"] for cdr in (first, newest)]
    assert [False, True] == [cdr["served_pdp_pdn_address"] is None for cdr in (newest, first)]


@pytest.mark.parametrize(("table", "imsi"), [(BALANCE, "subscription_id_data0"), (RATED, "imsi")])
def test_an_accumulator_is_found_by_its_key(table: str, imsi: str, world: Any) -> None:
    where = f'where: {{{imsi}: {{_eq: "{IMSI}"}}}}, order_by: {{id: desc}}, limit: 1'
    [row] = find(world, f"{{ {table}({where}) {{ id {imsi} }} }}")
    assert row == find(world, f"{{ {table}_by_pk(id: {row['id']}) {{ id {imsi} }} }}")
    assert find(world, f"{{ {table}_by_pk(id: 1) {{ id }} }}") is None


def test_a_sim_that_used_nothing_has_an_empty_accumulator(world: Any, cycle: datetime) -> None:
    go_to(world, cycle)
    assert [
        {
            "active": "true",
            "accumulated_usage": None,
            "start_time": f"{cycle:%Y-%m}-01T00:00:00",
            "end_time": f"{month_after(cycle):%Y-%m}-01T00:00:00",
            "accumulator_type": "Billing-Cycle",
        }
    ] == find(world, BALANCES)
    [rated] = find(world, RATINGS)
    assert {"active": "true", "iccid": ICCID, "account_id": 3439} == {
        name: value for name, value in rated.items() if value is not None
    }
    assert {None} == {*find(world, ROW)[0].values()}
    found = find(world, SESSIONS)
    assert ([], [], []) == (found["session_states"], found["cdr_data"], found["data_usage_online"])
    nothing = {"count": 0, "sum": {"input_usage_accumulation": None}}
    assert nothing == found["session_states_aggregate"]["aggregate"]


def test_what_a_device_does_shows_in_all_of_them(world: Any, cycle: datetime) -> None:
    go_to(world, cycle)
    event(world, kind="attach", plmn="23410", imei="356938030010069")
    event(world, kind="data", up_bytes=1000, down_bytes=5000)
    later(world, by="1h")
    event(world, kind="data", up_bytes=24, down_bytes=0)
    event(world, kind="sms-mo", text="on")
    event(world, kind="sms-mt", text="off")
    event(world, kind="sms-mt", text="on")
    event(world, kind="voice", direction="mo", seconds=90)
    [balance], [rated], [row] = find(world, BALANCES), find(world, RATINGS), find(world, ROW)
    assert ("true", 6024) == (balance["active"], balance["accumulated_usage"])
    assert {
        "counter_data": 6024,
        "counter_sms_mo": 1,
        "counter_sms_mt": 2,
        "counter_voice_mo": 90,
        "counter_voice_mt": None,
    }.items() <= rated.items()
    assert (6024, 6024) == (row["data_usage_online"], row["data_usage_online_radius_accumulated_usage"])
    assert row["last_used_imei"].startswith("35693803001006")
    assert 16 == len(row["last_used_imei"])
    found = find(world, SESSIONS)
    [session], [cdr] = found["session_states"], found["cdr_data"]
    assert {
        "id": row["session_states_id"],
        "session_start_time": f"{cycle:%Y-%m-%d}T00:00:00",
        "session_end_time": None,
        "input_usage_accumulation": 1024,
        "output_usage_accumulation": 5000,
        "sgsn_mcc_mnc": "23410",
    }.items() <= session.items()
    assert {"count": 1, "sum": {"input_usage_accumulation": 1024}} == found["session_states_aggregate"]["aggregate"]
    assert (f"{cycle:%Y-%m-%d}T01:00:00", f"{cycle:%Y-%m-%d} 01:00:00+00") == (
        cdr["last_modified_date"],
        cdr["record_opening_time"],
    )
    assert (str(session["rat_type"]), "23410") == (cdr["rat_type"], cdr["serving_node_plmn_identifier"])
    assert row["last_used_imei"] == cdr["served_imeisv"]
    assert [{"accumulated_usage": 6024}] == found["data_usage_online"]


def test_a_new_cycle_begins_with_nothing_and_the_old_one_stays(world: Any, cycle: datetime) -> None:
    go_to(world, cycle - timedelta(hours=1))
    event(world, kind="data", up_bytes=1, down_bytes=99)
    event(world, kind="detach")
    go_to(world, cycle)
    assert [("true", None), ("false", 100)] == [
        (row["active"], row["accumulated_usage"]) for row in find(world, BALANCES)
    ]
    assert [None, 100] == [row["counter_data"] for row in find(world, RATINGS)]
    assert find(world, ROW)[0]["data_usage_online"] is None
    assert [{"accumulated_usage": 100}] == find(world, SESSIONS)["data_usage_online"]
    event(world, kind="attach")
    event(world, kind="data", up_bytes=3, down_bytes=4)
    assert [("true", 7), ("false", 100)] == [(row["active"], row["accumulated_usage"]) for row in find(world, BALANCES)]
    assert [{"accumulated_usage": 7}, {"accumulated_usage": 100}] == find(world, SESSIONS)["data_usage_online"]


def test_the_sum_over_the_active_accumulator_is_the_cycles(world: Any, cycle: datetime) -> None:
    query = f"""query Q($imsi: String!) {{ {BALANCE}_aggregate(order_by: {{id: desc}}, where: {{_and: [
        {{subscription_id_data0: {{_eq: $imsi}}}},
        {{accumulator_type: {{_eq: "Billing-Cycle"}}}},
        {{active: {{_eq: "true"}}}},
    ]}}) {{ aggregate {{ sum {{ accumulated_usage }} count }} }} }}"""
    go_to(world, cycle - timedelta(hours=1))
    event(world, kind="data", up_bytes=1, down_bytes=99)
    found = find(world, query, variables={"imsi": IMSI})
    assert {"sum": {"accumulated_usage": 100}, "count": 1} == found["aggregate"]
    later(world, by="2h")
    found = find(world, query, variables={"imsi": IMSI})
    assert {"sum": {"accumulated_usage": None}, "count": 1} == found["aggregate"]
    found = find(world, query, variables={"imsi": "1"})
    assert {"sum": {"accumulated_usage": None}, "count": 0} == found["aggregate"]


def test_devices_live_until_now_before_their_usage_is_read(world: Any, cycle: datetime) -> None:
    """A fleet's first SIMs have devices, which nobody else has asked about since the clock moved."""
    go_to(world, cycle)
    where = 'active: {_eq: "true"}'
    query = f"{{ {BALANCE}_aggregate(where: {{{where}}}) {{ aggregate {{ sum {{ accumulated_usage }} }} }} }}"
    assert find(world, query)["aggregate"]["sum"]["accumulated_usage"] is None
    later(world, by="2d")
    first = find(world, query)["aggregate"]["sum"]["accumulated_usage"]
    later(world, by="2d")
    assert 0 < first < find(world, query)["aggregate"]["sum"]["accumulated_usage"]


def test_sims_are_found_by_what_they_used(world: Any) -> None:
    event(world, kind="data", up_bytes=10**12, down_bytes=0)
    for where in (
        "data_usage_online: {_gte: 1000000000000}",
        "last_used_imei: {_is_null: false}, data_usage_online: {_gt: 999999999999}",
    ):
        assert {ID} == {row["id"] for row in find(world, f"{{ {VIEW}(where: {{{where}}}) {{ id }} }}")}
    where = "session_states: {input_usage_accumulation: {_gte: 1000000000000}, session_end_time: {_is_null: true}}"
    assert [{"id": ID}] == find(world, f"{{ {SIM}(where: {{{where}}}) {{ id }} }}")
    order = "{data_usage_online: desc_nulls_last}"
    assert [{"id": ID}] == find(world, f"{{ {VIEW}(order_by: {order}, limit: 1) {{ id }} }}")
