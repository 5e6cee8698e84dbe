"""The lifecycle: its definition is the contract's, and no sequence of requests leads out of it."""

from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carrierbox import contracts
from carrierbox.carriers.wgtwo.provisioning.steps import STATES

MOVES = contracts.document("wgtwo")["lifecycle"]["subscription_moves"]
OURS = {"none": "unassigned"}  # a subscription that is not there is a SIM that is on none


def test_every_move_of_the_contract_is_a_step() -> None:
    for move in MOVES:
        for present in move["from"]:
            wanted = present if move["to"] == "same" else move["to"]
            assert (OURS.get(present, present), wanted) in STATES.steps, move


def test_a_step_names_operations_of_the_contract() -> None:
    for step in STATES.steps.values():
        assert {f"wgtwo-{name}" for name in step.facts["by"]} <= contracts.ids()


MSISDNS = ["46737678218", "46737678220", "46737678299"]
ICCIDS = ["2420198416000015720", "2420198412148748973", "2420198416000015829", "2420198416000015837"]
USERS = ["random-userid-123", "random-userid-125", "new-user"]
IDENTIFIERS = st.fixed_dictionaries({}, optional={"msisdn": st.sampled_from(MSISDNS), "iccid": st.sampled_from(ICCIDS)})
WISHES = st.one_of(
    st.tuples(st.sampled_from(["block", "unblock", "terminate", "disengagesim", "cancellocation"]), IDENTIFIERS),
    st.tuples(
        st.just("activate"),
        st.fixed_dictionaries(
            {
                "bssid": st.just("operator_name"),
                "userid": st.sampled_from(USERS),
                "iccid": st.sampled_from(ICCIDS),
                "msisdn": st.sampled_from(MSISDNS),
            }
        ),
    ),
    st.tuples(
        st.just("changesim"),
        st.fixed_dictionaries({"iccid": st.sampled_from(ICCIDS), "newIccid": st.sampled_from(ICCIDS)}),
    ),
    st.tuples(
        st.just("changemsisdn"),
        st.fixed_dictionaries({"msisdn": st.sampled_from(MSISDNS), "newMsisdn": st.sampled_from(MSISDNS)}),
    ),
    st.tuples(
        st.just("update"),
        st.fixed_dictionaries(
            {"msisdn": st.sampled_from(MSISDNS), "services": st.just({"delete": ["ROAMING"], "add": []})}
        ),
    ),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wishes=st.lists(WISHES, max_size=12))
def test_any_sequence_of_requests_keeps_to_it(wishes: list[tuple[str, dict[str, Any]]], wg: Any) -> None:
    for operation, body in wishes:
        before = wg.rows()
        answer = wg.ask(operation, **body)
        assert answer.status_code in {201, 400, 404}
        if answer.status_code == 201:
            settled = wg.rows()
            assert 201 == wg.ask(operation, **body).status_code, (operation, body)  # a repeat succeeds
            assert settled == wg.rows()  # and changes nothing
        else:
            assert before == wg.rows()  # as what is refused does
    states = {iccid: state_of(wg, iccid) for iccid in ICCIDS}
    for iccid in ICCIDS:
        steps = wg.timeline(iccid)
        assert set(steps) <= STATES.steps.keys()
        assert all(earlier[1] == later[0] for earlier, later in pairwise(steps))
        assert not steps or steps[-1][1] == states[iccid]
    for msisdn in MSISDNS:
        answer = wg.read(msisdn)
        if answer.status_code == 200:
            record = answer.json()
            expected = "active" if record["active"] else "blocked"
            assert {expected} >= {states[sim["iccid"]] for sim in record["simcards"]}


def state_of(wg: Any, iccid: str) -> str:
    with wg.box() as box:
        row = box.sql(
            "SELECT ifnull(s.state, 'unassigned') FROM wgtwo_sim m"
            " LEFT JOIN wgtwo_subscription s ON s.id = m.subscription_id WHERE m.iccid = :iccid AND NOT m.sandbox",
            iccid=iccid,
        ).fetchone()
        return str(row[0])
