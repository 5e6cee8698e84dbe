"""Block, unblock, change SIM, change MSISDN, remove a SIM, terminate: what each does, and that repeats do nothing."""

from typing import Any

import pytest
from tests.wgtwo.conftest import ICCID, MSISDN, NEW_ICCID, refused

from carrierbox import contracts

TWO_SIMS = "46737678220"
FIRST, SECOND = "2420198416000015829", "2420198416000015837"
NEW_MSISDN = "46727678209"


def test_block_keeps_everything_and_lets_nothing_work(wg: Any) -> None:
    before = wg.read()
    wg.wait(60)
    wg.do("block", msisdn=MSISDN)
    after = wg.read()
    assert {**before.json(), "active": False, "lastModified": after.json()["lastModified"]} == after.json()
    assert before.json()["lastModified"] < after.json()["lastModified"]
    assert ("", "active", "blocked") == (after.headers["x-carrierbox-working-services"], *wg.timeline(ICCID)[-1])
    wg.do("unblock", msisdn=MSISDN)
    header = "x-carrierbox-working-services"
    assert (before.json()["services"], before.headers[header]) == (wg.show()["services"], wg.read().headers[header])


@pytest.mark.parametrize("operation", ["block", "unblock"])
def test_blocking_what_is_blocked_and_unblocking_what_is_not_change_nothing(wg: Any, operation: str) -> None:
    wg.do(operation, msisdn=MSISDN)
    before = wg.rows()
    assert wg.do(operation, msisdn=MSISDN) != wg.do(operation, msisdn=MSISDN)
    assert before == wg.rows()


@pytest.mark.parametrize("who", [{"msisdn": MSISDN}, {"iccid": ICCID}, {"imsi": "242016000015722"}])
@pytest.mark.parametrize("operation", ["block", "unblock", "terminate", "cancellocation"])
def test_any_identifier_leads_to_the_subscription(wg: Any, operation: str, who: Any) -> None:
    wg.do(operation, **who)
    wg.do(operation, bssid="operator_name", **who)


def test_all_sims_of_a_subscription_are_blocked(wg: Any) -> None:
    wg.do("block", iccid=SECOND)
    assert [("active", "blocked")] == wg.timeline(FIRST) == wg.timeline(SECOND)


def test_change_sim_puts_the_new_one_in_the_olds_place(wg: Any) -> None:
    before = wg.show()
    wg.do("changesim", bssid="operator_name", iccid=ICCID, newIccid=NEW_ICCID)
    assert [NEW_ICCID] == wg.iccids()
    assert [before[name] for name in ("id", "userId", "services", "active")] == [
        wg.show()[name] for name in ("id", "userId", "services", "active")
    ]
    assert 404 == wg.http.get("/subscription/v2/imsi/242016000015721").status_code
    assert ([("active", "unassigned")], [("unassigned", "active")]) == (wg.timeline(ICCID), wg.timeline(NEW_ICCID))


def test_change_sim_leaves_a_blocked_subscription_blocked_and_its_other_sim_where_it_is(wg: Any) -> None:
    wg.do("block", msisdn=TWO_SIMS)
    wg.do("changesim", iccid=FIRST, newIccid=NEW_ICCID)
    assert {SECOND, NEW_ICCID} == set(wg.iccids(TWO_SIMS))
    assert not wg.show(TWO_SIMS)["active"]
    assert [("unassigned", "blocked")] == wg.timeline(NEW_ICCID)


def test_a_repeated_change_of_sim_changes_nothing_also_after_an_unblock(wg: Any) -> None:
    wg.do("block", msisdn=MSISDN)
    wg.do("changesim", iccid=ICCID, newIccid=NEW_ICCID)
    wg.do("unblock", msisdn=MSISDN)
    before = wg.rows()
    wg.do("changesim", iccid=ICCID, newIccid=NEW_ICCID)
    wg.do("changesim", iccid=NEW_ICCID, newIccid=NEW_ICCID)
    assert before == wg.rows()


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        (ICCID, "2420198416000015803", 400),  # on another's
        (FIRST, SECOND, 400),  # on the same
        (ICCID, "2420198416000099999", 404),
        (NEW_ICCID, "2420198416000099999", 404),
        (NEW_ICCID, ICCID, 404),  # the old one is on no subscription
        ("2420198416000099999", NEW_ICCID, 404),
    ],
)
def test_a_sim_in_use_or_unknown_replaces_none(wg: Any, old: str, new: str, status: int) -> None:
    before = wg.rows()
    refused(wg.ask("changesim", iccid=old, newIccid=new), status)
    assert before == wg.rows()


def test_the_old_sim_can_be_used_again(wg: Any) -> None:
    wg.do("changesim", iccid=ICCID, newIccid=NEW_ICCID)
    wg.do("activate", bssid="operator_name", iccid=ICCID, msisdn="46737678299", userid="u")
    refused(wg.ask("changesim", iccid=ICCID, newIccid=NEW_ICCID), 400, NEW_ICCID)


def test_release_1_2_1s_spelling_of_change_sim_is_v1s_alone(wg: Any) -> None:
    refused(wg.ask("changesim", msisdn=MSISDN, oldIccid=ICCID, newIccid=NEW_ICCID, userid="random-userid-123"), 400)
    assert [ICCID] == wg.iccids()


@pytest.mark.parametrize("who", [{"msisdn": MSISDN}, {"iccid": ICCID}, {"imsi": "242016000015721"}])
def test_change_msisdn_frees_the_old_number_at_once(wg: Any, who: Any) -> None:
    before = wg.show()
    wg.do("changemsisdn", **who, newMsisdn=NEW_MSISDN)
    refused(wg.read(), 404)
    after = wg.show(NEW_MSISDN)
    assert {**before, "msisdn": NEW_MSISDN, "lastModified": after["lastModified"]} == after
    repeat = wg.rows()
    wg.do("changemsisdn", **who, newMsisdn=NEW_MSISDN)
    assert repeat == wg.rows()
    wg.activate(msisdn=MSISDN)


def test_a_number_in_use_cannot_be_taken_whoever_has_it(wg: Any) -> None:
    before = wg.rows()
    refused(wg.ask("changemsisdn", msisdn=MSISDN, newMsisdn=TWO_SIMS), 400, TWO_SIMS)
    refused(wg.ask("changemsisdn", msisdn=MSISDN, newMsisdn="46737678222"), 400)
    refused(wg.ask("changemsisdn", msisdn="46700000000", newMsisdn=NEW_MSISDN), 404)
    refused(wg.ask("changemsisdn", newMsisdn=NEW_MSISDN), 400, "required")
    wg.do("changemsisdn", msisdn=MSISDN, newMsisdn=MSISDN)
    assert before == wg.rows()


def test_a_change_of_number_that_others_undid_is_no_repeat(wg: Any) -> None:
    wg.do("changemsisdn", msisdn=MSISDN, newMsisdn=NEW_MSISDN)
    wg.do("changemsisdn", msisdn=NEW_MSISDN, newMsisdn="46727678210")
    refused(wg.ask("changemsisdn", msisdn=MSISDN, newMsisdn=NEW_MSISDN), 404)


def test_disengage_leaves_the_subscription_without_the_sim(wg: Any) -> None:
    before = wg.show()
    wg.do("disengagesim", bssid="operator_name", msisdn=MSISDN, iccid=ICCID)
    after = wg.show()
    assert {**before, "simcards": [], "lastModified": after["lastModified"]} == after
    assert [("active", "unassigned")] == wg.timeline(ICCID)
    repeat = wg.rows()
    wg.do("disengagesim", bssid="operator_name", msisdn=MSISDN, iccid=ICCID)
    assert repeat == wg.rows()
    refused(wg.ask("disengagesim", msisdn=MSISDN), 400)


def test_disengage_without_iccid_takes_the_only_sim(wg: Any) -> None:
    refused(wg.ask("disengagesim", msisdn=TWO_SIMS), 400)
    wg.do("disengagesim", msisdn=TWO_SIMS, iccid=FIRST)
    wg.do("disengagesim", msisdn=TWO_SIMS)
    wg.do("disengagesim", msisdn=TWO_SIMS)
    assert [] == wg.iccids(TWO_SIMS)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"msisdn": MSISDN, "iccid": FIRST}, 400),
        ({"msisdn": MSISDN, "iccid": NEW_ICCID}, 400),
        ({"msisdn": MSISDN, "iccid": "2420198416000099999"}, 400),
        ({"msisdn": MSISDN, "iccid": ICCID, "userid": "somebody"}, 400),
        ({"msisdn": "46700000000", "iccid": ICCID}, 404),
        ({"msisdn": "46737678222", "iccid": ICCID}, 404),
        ({"iccid": ICCID}, 400),
    ],
)
def test_a_sim_that_is_not_on_the_number_is_not_taken_off(wg: Any, sent: Any, status: int) -> None:
    before = wg.rows()
    refused(wg.ask("disengagesim", **sent), status)
    assert before == wg.rows()


def test_a_blocked_subscription_without_sim_can_be_unblocked(wg: Any) -> None:
    wg.do("disengagesim", msisdn=MSISDN)
    wg.do("block", msisdn=MSISDN)
    assert not wg.show()["active"]
    wg.do("unblock", msisdn=MSISDN)
    assert wg.show()["active"]


@pytest.mark.parametrize("first", [[], ["block"]])
def test_terminate_ends_it_for_every_later_call(wg: Any, first: list[str]) -> None:
    for operation in first:
        wg.do(operation, msisdn=MSISDN)
    wg.do("terminate", bssid="operator_name", msisdn=MSISDN)
    refused(wg.read(), 404)
    refused(wg.http.get("/subscription/v2/imsi/242016000015721"), 404)
    after = wg.rows()
    for operation in ("block", "unblock", "cancellocation", "update"):
        refused(wg.ask(operation, msisdn=MSISDN), 404)
    refused(wg.ask("changesim", iccid=ICCID, newIccid=NEW_ICCID), 404)
    refused(wg.ask("changemsisdn", iccid=ICCID, newMsisdn=NEW_MSISDN), 404)
    refused(wg.ask("disengagesim", msisdn=MSISDN), 404)
    assert after == wg.rows()
    assert "terminated" == wg.timeline(ICCID)[-1][1]


def test_terminating_again_is_a_repeat_by_any_identifier(wg: Any) -> None:
    wg.do("terminate", msisdn=MSISDN)
    before = wg.rows()
    for who in ({"msisdn": MSISDN}, {"iccid": ICCID}, {"imsi": "242016000015722"}, {"msisdn": MSISDN, "iccid": ICCID}):
        wg.do("terminate", **who)
    refused(wg.ask("terminate", msisdn="46700000000"), 404)
    refused(wg.ask("terminate", iccid=NEW_ICCID), 404)
    assert before == wg.rows()


def test_number_user_and_sim_of_a_terminated_one_are_free_for_a_new_subscription(wg: Any) -> None:
    old = wg.show()
    wg.do("terminate", msisdn=MSISDN)
    sent = {"bssid": "operator_name", "iccid": ICCID, "msisdn": MSISDN, "userid": "random-userid-123"}
    wg.do("activate", **sent)
    new = wg.show()
    assert (True, [ICCID]) == (new["id"] > old["id"], wg.iccids())
    assert old["services"] != new["services"]
    assert [("active", "terminated"), ("terminated", "active")] == wg.timeline(ICCID)


@pytest.mark.parametrize("reused", [{"iccid": ICCID}, {"msisdn": MSISDN}])
def test_once_number_or_sim_is_in_use_again_terminating_is_no_repeat(wg: Any, reused: Any) -> None:
    wg.do("terminate", msisdn=MSISDN)
    sent = wg.activate(**reused)
    before = wg.rows()
    other = {"msisdn": MSISDN} if "iccid" in reused else {"iccid": ICCID}
    refused(wg.ask("terminate", **other), 404)
    assert before == wg.rows()
    wg.do("terminate", msisdn=sent["msisdn"])


def test_a_request_of_the_document_works_whatever_its_name(wg: Any) -> None:
    for operation in ("wgtwo-update", "wgtwo-v1-update"):
        request = contracts.operation(operation).request
        assert request is not None
        for name, body in request.raw["examples"].items():
            user = {"userid": wg.show(body["msisdn"])["userId"]} if "userid" in body else {}
            path = contracts.operation(operation).path
            answer = wg.http.post(path, json={**body, **user})
            assert 201 == answer.status_code, (name, answer.headers)
