"""v1: its own shapes over the same subscriptions."""

from typing import Any

import pytest
from tests.wgtwo.conftest import ICCID, MSISDN, NEW_ICCID, refused

WHO = {"bssid": "operator_name", "msisdn": MSISDN, "userid": "random-userid-123"}


def test_what_one_edition_does_the_other_shows(wg: Any) -> None:
    wg.do("v1/block", **WHO)
    assert not wg.show()["active"]
    wg.do("unblock", msisdn=MSISDN)
    assert wg.show(edition="v1")["active"]
    wg.do("v1/update", **WHO, service={"name": "DATA_HIGHSPEED", "action": "ADD"})
    assert "DATA_HIGHSPEED" in wg.services()
    wg.do("update", msisdn=MSISDN, services={"add": [{"servicename": "DATA_5G"}], "delete": ["DATA_HIGHSPEED"]})
    services = wg.show(edition="v1")["services"]
    assert {} == services["DATA_5G"]  # v2 alone knows it, and v1 shows it
    assert "DATA_HIGHSPEED" not in services
    wg.do("v1/changesim", **WHO, oldIccid=ICCID, newIccid=NEW_ICCID)
    assert [NEW_ICCID] == wg.iccids()
    wg.do("v1/changemsisdn", **WHO, newMsisdn="46737678200")
    assert NEW_ICCID == wg.show("46737678200", "v1")["iccid"]
    moved = {**WHO, "msisdn": "46737678200"}
    wg.do("v1/disengagesim", **moved, iccid=NEW_ICCID)
    assert [] == wg.iccids("46737678200")
    wg.do("v1/refreshprofile", bssid="operator_name", msisdn="46737678200")
    wg.do("v1/terminate", **moved)
    refused(wg.read("46737678200"), 404)
    wg.do("v1/terminate", **moved)


def test_repeats_are_known_for_what_they_are(wg: Any) -> None:
    for operation, more in (
        ("v1/changesim", {"oldIccid": ICCID, "newIccid": NEW_ICCID}),
        ("v1/disengagesim", {"iccid": NEW_ICCID}),
        ("v1/changemsisdn", {"newMsisdn": "46737678200"}),
    ):
        wg.do(operation, **WHO, **more)
        before = wg.rows()
        wg.do(operation, **WHO, **more)
        assert before == wg.rows()


def test_numbers_may_be_json_numbers(wg: Any) -> None:
    wg.do("v1/changesim", **{**WHO, "msisdn": int(MSISDN)}, oldIccid=int(ICCID), newIccid=int(NEW_ICCID))
    assert [NEW_ICCID] == wg.iccids()


@pytest.mark.parametrize("msisdn", [1.5, True, [], {}, None], ids=repr)
def test_what_is_neither_text_nor_number_is_said_to_be_neither(wg: Any, msisdn: Any) -> None:
    refused(wg.ask("v1/block", **{**WHO, "msisdn": msisdn}), 400, "msisdn: is neither a text nor a whole number")


def test_a_config_goes_by_either_name(wg: Any) -> None:
    for name in ("configuration", "config"):
        service = {"name": "PRODUCT_BUNDLING", "action": "ADD", name: {"products": [name]}}
        wg.do("v1/update", **WHO, service=service)
        assert {"products": [name]} == wg.services()["PRODUCT_BUNDLING"]


OPERATIONS: dict[str, dict[str, Any]] = {
    "block": {},
    "unblock": {},
    "terminate": {},
    "changesim": {"oldIccid": ICCID, "newIccid": NEW_ICCID},
    "disengagesim": {"iccid": ICCID},
    "dissociateSim": {"iccid": ICCID},
    "changemsisdn": {"newMsisdn": "46737678200"},
    "update": {"service": {"name": "ROAMING", "action": "REMOVE"}},
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_tenant_number_and_user_are_needed_and_have_to_belong_together(wg: Any, operation: str) -> None:
    before = wg.rows()
    sent = {**WHO, **OPERATIONS[operation]}
    for name in sent:
        refused(wg.ask(f"v1/{operation}", **{other: sent[other] for other in sent if other != name}), 400)
    refused(wg.ask(f"v1/{operation}", **{**sent, "userid": "somebody"}), 400, "userid")
    refused(wg.ask(f"v1/{operation}", **{**sent, "msisdn": "46700000000"}), 404)
    refused(wg.ask(f"v1/{operation}", **{**sent, "bssid": "other_operator"}), 403)
    refused(wg.ask(f"v1/{operation}", **{**sent, "bssid": "operator_pilot"}), 404)
    assert before == wg.rows()


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"oldIccid": "2420198416000015803", "newIccid": NEW_ICCID}, 400),  # on another number
        ({"oldIccid": NEW_ICCID, "newIccid": "2420198416000099999"}, 404),
        ({"oldIccid": ICCID, "newIccid": "2420198416000015803"}, 400),
        ({"oldIccid": ICCID, "newIccid": "2420198416000099999"}, 404),
    ],
)
def test_a_sim_that_is_not_on_the_number_or_not_free_is_not_changed(wg: Any, more: Any, status: int) -> None:
    before = wg.rows()
    refused(wg.ask("v1/changesim", **WHO, **more), status)
    assert before == wg.rows()


@pytest.mark.parametrize(
    "service", [{}, {"name": "ROAMING"}, {"name": "ROAMING", "action": "add"}, {"action": "ADD"}, [], "ROAMING"]
)
def test_a_service_needs_name_and_action(wg: Any, service: Any) -> None:
    before = wg.rows()
    refused(wg.ask("v1/update", **WHO, service=service), 400, "service")
    assert before == wg.rows()


def test_the_java_client_reaches_it_with_an_operator_key(wg: Any) -> None:
    answer = wg.http.get(f"/subscription/v1/msisdn/{MSISDN}", auth=("sandbox-client", "sandbox-secret"))
    assert "ROAMING" in answer.json()["services"]
