"""WING 11, what SIMs used in this billing cycle, and their sessions."""

from typing import Any

import pytest
from tests.wing.usage import (
    KB,
    SIM,
    ask,
    cdrs,
    data,
    event,
    force,
    in_zones,
    later,
    of_plan,
    problem,
    put_device,
    session,
    start_of_cycle,
    totals,
)

CHANNEL = "/api/v1/channel-manager"
OF_SIM = f"{CHANNEL}/subscription/{SIM['iccid']}"
PLAN = {"ratePlanName": "IoT 1 GB", "accountName": "DNT_MoveSIM"}
ZEROS = {"dataUsage": 0, "smsMoUsage": 0, "smsMtUsage": 0, "voiceMoUsage": 0, "voiceMtUsage": 0}


# ------------------------------------------------------------------------------------------------------- 11.1 and 11.2


def test_counts_bytes_messages_and_seconds_in_both_directions(world: Any) -> None:
    start_of_cycle(world)
    assert (0, 0, 0, None) == tuple(totals(world)[name] for name in ("dataUsage", "smsUsage", "voiceUsage", "imei"))
    data(world, up=KB, down=2 * KB)
    for kind in ("sms-mo", "sms-mt"):
        event(world, kind=kind)
    for direction in ("mo", "mt"):
        event(world, kind="voice", direction=direction, seconds=30)
    shown = totals(world)
    assert (3 * KB, 2, 60) == (shown["dataUsage"], shown["smsUsage"], shown["voiceUsage"])
    assert ("ACTIVE", "IoT 1 GB") == (shown["simState"], shown["ratePlan"])
    assert 15 == len(shown["imei"])


def test_begins_anew_with_each_month(world: Any) -> None:
    later(world, to="2031-01-31T23:59:59Z")
    data(world, up=1, down=0)
    assert 1 == totals(world)["dataUsage"]
    later(world, by="1s")
    assert 0 == totals(world)["dataUsage"]
    data(world, up=2, down=0)
    assert 2 == totals(world)["dataUsage"]
    shown = ask(world, f"{OF_SIM}/usageInZone")
    assert ("2031-02-01T00:00:00.000Z", "2031-02-28T23:59:59.000Z", "2031-02-01T00:00:00.000Z") == (
        shown["billCycleStartDate"], shown["billCycleEndDate"], shown["timeStamp"],
    )  # fmt: skip
    later(world, to="2031-12-15T00:00:00Z")
    assert "2031-12-31T23:59:59.000Z" == ask(world, f"{OF_SIM}/usageInZone")["billCycleEndDate"]


def test_shows_each_zone_of_the_present_plan_also_where_nothing_was_used(world: Any) -> None:
    assert ["IoT 1 GB, 1"] == list(in_zones(world))
    [zones] = in_zones(world).values()
    assert ["Default Zone", "Zone 1", "Zone 2"] == [zone["ratingZone"] for zone in zones]
    assert [0] * 3 == [zone["dataUsage"] for zone in zones]


def test_numbers_the_plans_of_the_cycle_in_the_order_of_their_use(world: Any) -> None:
    start_of_cycle(world)
    data(world, up=1, down=0)
    change_plan(world, 103752)
    data(world, up=2, down=0)
    change_plan(world, 1011)
    assert ["IoT 1 GB, 1", "IoT 10 GB, 2", "Pay per use, 3"] == list(in_zones(world))
    assert [1, 2, 0] == [sum(zone["dataUsage"] for zone in zones) for zones in in_zones(world).values()]
    assert ("Pay per use", 3) == (totals(world)["ratePlan"], totals(world)["dataUsage"])


def test_what_a_device_did_before_a_change_of_plan_is_the_old_plans(world: Any) -> None:
    start_of_cycle(world)
    put_device(world, SIM["iccid"], "camera")
    world.advance(by="2h")
    change_plan(world, 103752)
    (old, new) = (sum(zone["dataUsage"] for zone in zones) for zones in in_zones(world).values())
    assert (True, 0) == (old > 0, new)


def test_what_a_device_did_before_a_move_it_did_in_the_old_account(world: Any) -> None:
    start_of_cycle(world)
    put_device(world, SIM["iccid"], "camera")
    world.advance(by="2h")
    move_away(world)
    assert {"3439"} == {record["brandId"] for record in cdrs(world)}


def move_away(world: Any) -> None:
    """5.14, to an account that has no rate plan."""
    move = {
        "accountId": 4906,
        "fromAccountId": 3439,
        "useImsi": True,
        "range": {"from": SIM["imsi"], "to": SIM["imsi"]},
    }
    assert 202 == world.wing.post("/api/v1/resources/batch/sims/assign", json=move).status_code
    later(world, until="idle")
    assert 4906 == world.sim(SIM["iccid"])["accountId"]


def change_plan(world: Any, plan: int) -> None:
    """5.11."""
    body = {"iccid": SIM["iccid"], "accountId": 3439, "ratePlanId": plan}
    answer = world.wing.put("/api/v1/subscription/sims/rateplan", json=body)
    assert 200 == answer.status_code, answer.text
    later(world, until="idle")
    assert plan == world.sim(SIM["iccid"])["ratePlanId"]


def test_a_sim_that_a_move_left_without_a_plan_has_none_to_show(world: Any) -> None:
    start_of_cycle(world)
    move_away(world)
    assert 0 == world.sim(SIM["iccid"])["ratePlanId"]
    assert (None, {}) == (totals(world)["ratePlan"], in_zones(world))
    data(world, up=1, down=0)
    assert [", 1"] == list(in_zones(world))
    assert (None, 1) == (totals(world)["ratePlan"], totals(world)["dataUsage"])


# ----------------------------------------------------------------------------------------------------------------- 11.3


def test_a_sim_without_a_session_has_none_to_show(world: Any) -> None:
    problem(world.wing.get(f"{OF_SIM}/sessionInfo"), 404)


def test_shows_the_running_session_and_afterwards_the_last_one(world: Any) -> None:
    start_of_cycle(world)
    data(world)
    shown = session(world)
    assert ["iccid", "sessionId", "sessionStatus", "sessionEndTime", "ipAddress", "apnName", "deviceLocation",
            "ratType", "sgsnAddress"] == list(shown)  # fmt: skip
    assert ("Active", "2031-02-01T12:00:00.000+00:00", 6) == (
        shown["sessionStatus"], shown["sessionEndTime"], shown["ratType"],
    )  # fmt: skip
    host, drawn, start, subscriber = shown["sessionId"].split(";")
    assert ("3gppnetwork.org", 8, f"{1927713600:08x}", SIM["imsi"]) == (
        host[-15:], len(drawn), start, subscriber.partition("-")[0],
    )  # fmt: skip
    later(world, by="1h")
    event(world, kind="detach")
    assert {**shown, "sessionStatus": "Inactive", "sessionEndTime": "2031-02-01T13:00:00.000+00:00"} == session(world)


def test_a_static_address_is_the_one_that_a_session_has(world: Any) -> None:
    iccid = "1955644099890010269"  # 16's
    data(world, iccid)
    assert "10.21.120.96" == session(world, iccid)["ipAddress"]
    assert {"0"} == {record["dynamicAddressFlag"] for record in cdrs(world, "882362009020269")}
    data(world)
    assert {"1"} == {record["dynamicAddressFlag"] for record in cdrs(world)}


# ----------------------------------------------------------------------------------------------------------------- 11.4


def test_shows_every_sim_of_the_plan_in_every_zone(world: Any) -> None:
    start_of_cycle(world)
    data(world, up=5, down=6)
    sims = world.wing.get(
        "/api/v1/subscription/sims", params={"accountId.equals": 3439, "ratePlanId.equals": 65362}
    ).json()
    shown = of_plan(world, "IoT 1 GB", "DNT_MoveSIM", size=2000)
    assert (65362, 3439, "DNT_MoveSIM", 0) == tuple(
        shown[name] for name in ("ratePlanId", "accountId", "accountName", "pageNumber")
    )
    assert ["Default Zone", "Zone 1", "Zone 2"] == [zone["zone"] for zone in shown["zones"]]
    for zone in shown["zones"]:
        assert [sim["iccid"] for sim in sims] == [each["iccid"] for each in zone["subscriptions"]]
        used = {each["iccid"]: each["usage"] for each in zone["subscriptions"]}
        expected = ZEROS | ({"dataUsage": 11} if zone["zone"] == "Default Zone" else {})
        assert expected == used[SIM["iccid"]]


def test_pages_are_the_same_sims_in_each_zone(world: Any) -> None:
    whole = iccids(of_plan(world, "IoT 1 GB", "Fleet Metering North", size=2000))
    assert len(whole) > 12
    pages = [
        iccids(of_plan(world, "IoT 1 GB", "Fleet Metering North", page=page, size=5))
        for page in range(len(whole) // 5 + 2)
    ]
    assert whole == [iccid for page in pages for iccid in page]
    assert [] == pages[-1]
    assert whole[:10] == iccids(of_plan(world, "IoT 1 GB", "Fleet Metering North"))
    assert 3 == of_plan(world, "IoT 1 GB", "Fleet Metering North", page=3)["pageNumber"]


def iccids(shown: dict[str, Any]) -> list[str]:
    [found] = {tuple(each["iccid"] for each in zone["subscriptions"]) for zone in shown["zones"]}
    return list(found)


def test_a_sim_that_left_the_plan_stays_with_what_it_used_there_in_this_cycle(world: Any) -> None:
    start_of_cycle(world)
    data(world, up=1, down=0)
    change_plan(world, 103752)
    data(world, up=2, down=0)
    for plan, used in (("IoT 1 GB", 1), ("IoT 10 GB", 2)):
        zone = of_plan(world, plan, "DNT_MoveSIM", size=2000)["zones"][0]
        [mine] = [each for each in zone["subscriptions"] if each["iccid"] == SIM["iccid"]]
        assert used == mine["usage"]["dataUsage"]
    later(world, to="2031-03-01T00:00:00Z")
    assert SIM["iccid"] not in iccids(of_plan(world, "IoT 1 GB", "DNT_MoveSIM", size=2000))
    assert SIM["iccid"] in iccids(of_plan(world, "IoT 10 GB", "DNT_MoveSIM", size=2000))


# ------------------------------------------------------------------------------------------------------------ bad input

PATHS = [f"{OF_SIM}/usages", f"{OF_SIM}/usageInZone", f"{OF_SIM}/sessionInfo", f"{CHANNEL}/usages"]


@pytest.mark.parametrize("path", PATHS)
def test_usage_types_are_online_and_offline_however_they_are_written(path: str, world: Any) -> None:
    data(world)
    answers = [
        world.wing.get(path, params={**PLAN, **({"usageType": given} if given else {})})
        for given in (None, "Online", "Offline", "OFFLINE", "online")
    ]
    assert {200} == {answer.status_code for answer in answers}
    assert 1 == len({answer.text for answer in answers})
    for given in ("", "Both", "On line", "Online "):
        answer = world.wing.get(path, params={**PLAN, "usageType": given})
        assert "usageType" in problem(answer, 400)["detail"]


@pytest.mark.parametrize("what", ["usages", "usageInZone", "sessionInfo"])
def test_an_iccid_that_the_caller_does_not_see_is_404(what: str, world: Any) -> None:
    data(world)
    for iccid in ("8955644099890199999", "nobody", "8955644099890137106'"):
        problem(world.wing.get(f"{CHANNEL}/subscription/{iccid}/{what}"), 404)
    problem(world.wing_as("acme-admin", "acme-iot").get(f"{OF_SIM}/{what}"), 404)
    problem(world.wing_as("sandbox-admin", account="7420").get(f"{OF_SIM}/{what}"), 404)
    assert 200 == world.wing_as("sandbox-reader").get(f"{OF_SIM}/{what}").status_code


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"ratePlanName": "No such plan"}, 404),
        ({"ratePlanName": ""}, 404),
        ({"accountName": "No such account"}, 404),
        ({"accountName": "Acme IoT"}, 404),  # another realm's
        ({"page": "-1"}, 400),
        ({"page": "1.5"}, 400),
        ({"size": "0"}, 400),
        ({"size": "many"}, 400),
    ],
)
def test_plans_accounts_and_pages_that_are_not_there_are_refused(
    change: dict[str, str], status: int, world: Any
) -> None:
    problem(world.wing.get(f"{CHANNEL}/usages", params=PLAN | change), status)


@pytest.mark.parametrize("missing", [*PLAN])
def test_plan_and_account_are_wanted(missing: str, world: Any) -> None:
    params = {name: value for name, value in PLAN.items() if name != missing}
    said = problem(world.wing.get(f"{CHANNEL}/usages", params=params), 400)
    assert [missing] == [each["field"] for each in said["fieldErrors"]]


def test_an_account_that_the_caller_does_not_see_is_404(world: Any) -> None:
    problem(world.wing_as("acme-admin", "acme-iot").get(f"{CHANNEL}/usages", params=PLAN), 404)
    problem(world.wing_as("sandbox-admin", account="7420").get(f"{CHANNEL}/usages", params=PLAN), 404)


# ------------------------------------------------------------------------------------------------------------- invoices


def test_an_invoice_counts_what_devices_used_until_now(world: Any) -> None:
    start_of_cycle(world)
    before = invoice(world)
    data(world, up=0, down=3 * 1024**2)
    assert round(before["dataUsage"] + 3, 2) == invoice(world)["dataUsage"]
    force(world, "SUSPENDED")
    assert before["activeSubscribers"] - 1 == invoice(world)["activeSubscribers"]


def invoice(world: Any) -> dict[str, Any]:
    return dict(ask(world, "/api/v1/invoice-data/invoice-data/v1/getInvoiceDetails/3439"))
