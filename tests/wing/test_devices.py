"""Devices in WING's SIMs: when a session begins, goes on and ends, and what else follows from what they do."""

from typing import Any

import pytest
from tests.wing.usage import (
    KB,
    SIM,
    cdrs,
    data,
    event,
    force,
    in_zones,
    kinds,
    later,
    of_plan,
    put_device,
    registration,
    send,
    session,
    start_of_cycle,
    totals,
)

from carrierbox.carriers.wing.subscriptions.record import STATES
from carrierbox.carriers.wing.usage.network import ADMITTED

ICCID = SIM["iccid"]


# ------------------------------------------------------------------------------------------------------------ a session


def test_a_session_begins_with_the_first_data(world: Any) -> None:
    followed = data(world)
    [begun] = [each["session"] for each in followed if "session" in each]
    assert ["INITIATE_REQUEST", "UPDATE_REQUEST"] == [each["cdr"]["record_type"] for each in followed if "cdr" in each]
    shown = session(world)
    assert ("Active", begun["session_id"]) == (shown["sessionStatus"], shown["sessionId"])
    assert [each["cdr"]["id"] for each in followed if "cdr" in each] == [record["id"] for record in cdrs(world)]


def test_it_goes_on_while_data_comes_and_ends_by_itself_after_eight_hours_without(world: Any) -> None:
    start_of_cycle(world)
    data(world)
    first = session(world)
    later(world, by="7h")
    data(world)
    later(world, by="7h59m")
    assert (first["sessionId"], "Active", "2031-02-01T19:00:00.000+00:00") == _shown(session(world))
    later(world, by="1m")
    assert (first["sessionId"], "Inactive", "2031-02-02T03:00:00.000+00:00") == _shown(session(world))
    assert ["I", "U", "U", "T"] == kinds(cdrs(world))
    data(world)
    assert first["sessionId"] != session(world)["sessionId"]


def _shown(shown: dict[str, Any]) -> tuple[str, str, str]:
    return shown["sessionId"], shown["sessionStatus"], shown["sessionEndTime"]


def test_none_grows_older_than_a_day_however_busy_its_device(world: Any) -> None:
    start_of_cycle(world)
    put_device(world, ICCID, "camera")
    later(world, by="5d")
    records = cdrs(world)
    begun = [record["startTime"] for record in records if record["recordType"] == "INITIATE_REQUEST"]
    ended = [record for record in records if record["recordType"] == "TERMINATE_REQUEST"]
    assert (5, 4) == (len(begun), len(ended))
    assert {"86400"} == {record["duration"] for record in ended}


@pytest.mark.parametrize(
    "what",
    [
        {"kind": "detach"},
        {"kind": "location", "country": "FR"},
        {"kind": "location", "plmn": "23415"},
        {"kind": "imei-change", "imei": "356938035643809"},
        {"kind": "attach"},
        {"kind": "attach", "rat": "NB-IoT"},
    ],
)
def test_it_ends_when_the_device_goes_or_is_elsewhere_or_another_one(what: dict[str, Any], world: Any) -> None:
    data(world)
    later(world, by="1h")
    event(world, **what)
    assert "Inactive" == session(world)["sessionStatus"]
    assert ("3600", "T") == (cdrs(world)[-1]["duration"], kinds(cdrs(world))[-1])


@pytest.mark.parametrize(
    "more", [{"country": "FR"}, {"plmn": "26201"}, {"zone": "Zone 2"}], ids=["country", "network", "zone"]
)
def test_another_begins_when_data_comes_from_elsewhere(more: dict[str, Any], world: Any) -> None:
    data(world)
    data(world, **more)
    assert ["I", "U", "T", "I", "U"] == kinds(cdrs(world))
    assert "Active" == session(world)["sessionStatus"]


def test_it_goes_on_where_nothing_has_changed(world: Any) -> None:
    event(world, kind="location", country="FR")
    data(world, zone="Zone 2")
    event(world, kind="sms-mo", text="on")
    data(world, country="FR", zone="Zone 2")
    event(world, kind="location", country="FR")
    assert ["I", "U", "U"] == kinds(cdrs(world))


def test_data_that_comes_in_late_counts_in_the_session_of_its_time_or_in_one_of_its_own(world: Any) -> None:
    start_of_cycle(world)
    data(world, at="2031-02-01T10:00:00Z")
    data(world, at="2031-02-01T11:00:00Z")
    running = session(world)
    data(world, at="2031-02-01T10:30:00Z")
    assert ["I", "U", "U", "U"] == kinds(cdrs(world))
    data(world, at="2031-02-01T09:00:00Z")
    assert ["I", "U", "U", "U", "I", "U", "T"] == kinds(cdrs(world))
    assert running == session(world)
    assert 16 * KB == totals(world)["dataUsage"]


# ------------------------------------------------------------------------------------------------- who may, and who not


@pytest.mark.parametrize("state", STATES.states)
def test_a_sim_may_use_the_network_when_active_or_on_trial(state: str, world: Any) -> None:
    force(world, state)
    answer = send(world, ICCID, kind="data", up_bytes=1, down_bytes=1)
    assert (201 if state in ADMITTED else 409) == answer.status_code, answer.text
    assert {"ACTIVE", "TRIAL"} == ADMITTED


def test_a_sim_used_nothing_before_its_first_activation(world: Any) -> None:
    use = {"kind": "data", "up_bytes": 1, "down_bytes": 1}
    assert 409 == send(world, ICCID, **use, at="2022-11-01T17:46:34Z").status_code
    assert 201 == send(world, ICCID, **use, at="2022-11-01T17:46:35Z").status_code


def test_a_suspension_ends_the_session_and_the_registration_and_keeps_the_device_still(world: Any) -> None:
    start_of_cycle(world)
    put_device(world, ICCID, "meter")
    later(world, by="3d")
    used = totals(world)["dataUsage"]
    assert used > 0
    assert "United Kingdom" == registration(world)["country"]
    world.change(SIM, "SUSPENDED", 4)
    later(world, until="idle")
    assert "Inactive" == session(world)["sessionStatus"]
    assert (None, None) == (registration(world)["country"], registration(world)["mme"])
    assert registration(world)["lastRegistered4G"] is not None
    later(world, by="3d")
    assert used == totals(world)["dataUsage"]
    world.change(SIM, "ACTIVE", 3)
    later(world, by="1d")
    assert used < totals(world)["dataUsage"]
    assert "United Kingdom" == registration(world)["country"]


def test_unknown_radio_technologies_networks_and_sims_are_refused(world: Any) -> None:
    assert 400 == send(world, ICCID, kind="attach", rat="Telegraph").status_code
    assert 400 == send(world, ICCID, kind="attach", plmn="99999").status_code
    assert 404 == send(world, "8955644099890199999", kind="attach").status_code
    event(world, kind="detach")
    assert 409 == send(world, ICCID, kind="data", up_bytes=1, down_bytes=1).status_code


# ----------------------------------------------------------------------------------------------------- places and zones


def test_usage_counts_in_the_zone_of_the_country_or_in_the_one_that_is_named(world: Any) -> None:
    start_of_cycle(world)
    data(world, up=1, down=0)
    data(world, up=10, down=0, country="FR")
    data(world, up=100, down=0, country="US")
    data(world, up=1000, down=0, country="US", zone="Zone 1")
    data(world, up=10_000, down=0, zone="Nowhere")
    [zones] = in_zones(world).values()
    assert {"Default Zone": 1, "Zone 1": 1010, "Zone 2": 100, "Nowhere": 10_000} == {
        zone["ratingZone"]: zone["dataUsage"] for zone in zones
    }
    shown = of_plan(world, "IoT 1 GB", "DNT_MoveSIM", size=2000)["zones"]
    assert ["Default Zone", "Zone 1", "Zone 2", "Nowhere"] == [zone["zone"] for zone in shown]


def test_a_country_without_a_zone_of_its_own_counts_in_the_last_one(world: Any) -> None:
    iccid = "8955644099890132791"  # 11.4's, whose plan has no zone for elsewhere
    data(world, iccid, up=7, down=0, country="BR")
    [zones] = in_zones(world, iccid).values()
    assert 7 == next(zone["dataUsage"] for zone in zones if zone["ratingZone"] == "Default Zone")


def test_messages_and_calls_are_counted_where_they_happen(world: Any) -> None:
    start_of_cycle(world)
    [sms] = [each["sms"] for each in event(world, kind="sms-mo", text="42 C", peer="1234") if "sms" in each]
    assert ("MO/AT", "42 C", SIM["msisdn"], "1234", "Message Sent") == (
        sms["message_type"], sms["text"], sms["origination"], sms["destination"], sms["status"],
    )  # fmt: skip
    [sms] = [each["sms"] for each in event(world, kind="sms-mt") if "sms" in each]
    assert ("AO/MT", "1234", SIM["msisdn"]) == (sms["message_type"], sms["origination"], sms["destination"])
    event(world, kind="location", country="FR")
    [call] = [each["call"] for each in event(world, kind="voice", direction="mo", seconds=61) if "call" in each]
    assert ("mo", 61, "FR", "Zone 1") == (call["direction"], call["seconds"], call["country"], call["zone"])
    event(world, kind="voice", direction="mt", seconds=30)
    event(world, kind="sms-mo")
    [zones] = in_zones(world).values()
    figures = ("smsMoUsage", "smsMtUsage", "voiceMoUsage", "voiceMtUsage")
    assert {"Default Zone": (1, 1, 0, 0), "Zone 1": (1, 0, 61, 30), "Zone 2": (0, 0, 0, 0)} == {
        zone["ratingZone"]: tuple(zone[figure] for figure in figures) for zone in zones
    }
    assert (3, 91) == (totals(world)["smsUsage"], totals(world)["voiceUsage"])


def test_a_policy_event_uses_nothing(world: Any) -> None:
    assert [] == event(world, kind="policy", service="data")
    assert [] == event(world, kind="policy", service="sms")
    assert (0, 0) == (totals(world)["dataUsage"], totals(world)["smsUsage"])
    assert 400 == send(world, ICCID, kind="policy", service="voice").status_code


# ------------------------------------------------------------------------------------------------------------ the fleet


def test_a_fleet_has_devices_which_have_lived_since_the_month_before(world: Any) -> None:
    fleet = world.wing.get(
        "/api/v1/subscription/sims",
        params={"id.greaterThan": 10_000_000, "stateName.equals": "ACTIVE", "size": 14},
    ).json()
    used = [totals(world, sim["iccid"])["imei"] for sim in fleet]
    assert ([True] * 5 + [False]) * 2 + [False] * 2 == [imei is not None for imei in used]
    assert all(cdrs(world, fleet[i]["msisdn"]) for i in range(5))


def test_profiles_are_taken_and_others_refused(world: Any) -> None:
    for profile in ("phone", "meter", "tracker", "camera", "idle"):
        put_device(world, ICCID, profile)
    answer = world.control.put(f"/_box/worlds/{world.name}/sims/{ICCID}/device", json={"profile": "toaster"})
    assert 400 == answer.status_code
