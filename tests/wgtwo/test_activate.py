"""Activate new user."""

from typing import Any

import pytest
from tests.wgtwo.conftest import ICCID, MSISDN, NEW_ICCID, refused

from carrierbox import contracts
from carrierbox.carriers.wgtwo.services.catalogue import DEFAULT_V1, DEFAULT_V2

PRINTED = contracts.operation("wgtwo-activate").request


def test_makes_an_active_subscription_with_the_tenants_default_services(wg: Any) -> None:
    sent = wg.activate()
    shown = wg.show(sent["msisdn"])
    assert (True, sent["userid"], sent["bssid"]) == (shown["active"], shown["userId"], shown["bss"])
    assert [sent["iccid"]] == wg.iccids(sent["msisdn"])
    assert dict.fromkeys(DEFAULT_V2) == wg.services(sent["msisdn"])
    assert shown["created"] == shown["lastModified"] == shown["simcards"][0]["lastModified"]
    assert [("unassigned", "active")] == wg.timeline(sent["iccid"])


def test_with_services_it_gets_exactly_those(wg: Any) -> None:
    assert PRINTED is not None
    full = PRINTED.raw["examples"]["full"]
    sent = wg.activate(services=full["services"], roamingprofile="r1", apnprofile="a1")
    shown = wg.show(sent["msisdn"])
    assert full["services"]["add"] == shown["services"]
    assert ("r1", "a1") == (shown["roamingprofile"], shown["apnprofile"])


@pytest.mark.parametrize("services", [None, {}, {"add": []}])
def test_an_empty_list_is_none(wg: Any, services: Any) -> None:
    assert dict.fromkeys(DEFAULT_V2) == wg.services(wg.activate(services=services)["msisdn"])


def test_v1_gives_its_own_defaults(wg: Any) -> None:
    sent = {"bssid": "operator_name", "userid": "u", "iccid": wg.free("iccid")[0], "msisdn": wg.free("msisdn")[0]}
    wg.do("v1/activate", **sent)
    assert list(DEFAULT_V1) == list(wg.show(sent["msisdn"], "v1")["services"])
    wg.do("v1/activate", **sent)


def test_the_printed_request_names_what_is_there_and_so_is_a_repeat(wg: Any) -> None:
    assert PRINTED is not None
    before = wg.rows()
    assert wg.do("activate", **PRINTED.example) != wg.do("activate", **PRINTED.example)
    assert before == wg.rows()


def test_a_repeat_with_services_and_profiles_is_one_too(wg: Any) -> None:
    more = {"services": {"add": [{"servicename": "VOICE_CALLWAITING"}, {"servicename": "DATA"}]}, "apnprofile": "a1"}
    sent = wg.activate(**more)
    before = wg.rows()
    wg.do("activate", **sent)
    assert before == wg.rows()
    refused(wg.ask("activate", **{**sent, "apnprofile": "a2"}), 400, sent["msisdn"])
    refused(wg.ask("activate", **{**sent, "services": {"add": [{"servicename": "DATA"}]}}), 400, sent["msisdn"])
    assert before == wg.rows()


@pytest.mark.parametrize(
    ("other", "status", "reason"),
    [
        ({"iccid": ICCID}, 400, "SIM 2420198416000015720 is on a subscription"),
        ({"msisdn": MSISDN}, 400, "MSISDN 46737678218 is in use"),
        ({"msisdn": "46737678222"}, 400, "MSISDN 46737678222 is in use"),  # another tenant's
        ({"userid": "random-userid-123"}, 400, "userid random-userid-123 is in use"),
        ({"msisdn": MSISDN, "userid": "random-userid-123"}, 400, "MSISDN 46737678218 is in use"),  # it has a SIM
        ({"msisdn": MSISDN, "iccid": ICCID}, 400, "MSISDN 46737678218 is in use"),  # of another user
        ({"iccid": "2420198416000099999"}, 404, "no SIM"),
        ({"iccid": "2420198416000015886"}, 404, "no SIM"),  # another customer's
        ({"iccid": "2420198416000015878"}, 404, "no SIM"),  # the caller's, but not of this bssid
        ({"bssid": "operator_pilot"}, 404, "no SIM"),
        ({"bssid": "other_operator"}, 403, "other_operator"),
        ({"bssid": "nobody"}, 403, "nobody"),
    ],
)
def test_what_is_in_use_or_not_the_tenants_is_refused(wg: Any, other: Any, status: int, reason: str) -> None:
    sent = {"bssid": "operator_name", "iccid": NEW_ICCID, "msisdn": "46737678299", "userid": "new-user"}
    before = wg.rows()
    refused(wg.ask("activate", **{**sent, **other}), status, reason)
    assert before == wg.rows()


def test_gives_a_sim_to_a_subscription_that_has_none_left(wg: Any) -> None:
    before = wg.show()
    wg.do("disengagesim", msisdn=MSISDN)
    wg.do("block", msisdn=MSISDN)
    sent = {"bssid": "operator_name", "iccid": NEW_ICCID, "msisdn": MSISDN, "userid": "random-userid-123"}
    refused(wg.ask("activate", **{**sent, "userid": "somebody"}), 400)
    refused(wg.ask("activate", **{**sent, "iccid": "2420198416000015803"}), 400, "is on a subscription")
    wg.do("activate", **sent)
    assert [NEW_ICCID] == wg.iccids()
    assert [("unassigned", "blocked")] == wg.timeline(NEW_ICCID)
    assert (before["id"], before["services"], False) == (wg.show()["id"], wg.show()["services"], wg.show()["active"])


def test_a_userid_is_one_tenants_own(wg: Any) -> None:
    sent = {"bssid": "operator_pilot", "iccid": "2420198416000015878", "msisdn": "46737678299"}
    wg.do("activate", **sent, userid="random-userid-123")
    assert "operator_pilot" == wg.show("46737678299")["bss"]


@pytest.mark.parametrize("missing", ["bssid", "userid", "iccid", "msisdn"])
@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_all_four_are_needed(wg: Any, edition: str, missing: str) -> None:
    sent = {"bssid": "operator_name", "iccid": NEW_ICCID, "msisdn": "46737678299", "userid": "new-user"}
    before = wg.rows()
    refused(wg.ask(f"{edition}/activate", **{name: sent[name] for name in sent if name != missing}), 400, missing)
    assert before == wg.rows()
