"""DISH, from a token to a ceased subscription and back, in real time, with a receiver that checks what it gets."""

from typing import Any

import httpx
from tests.receiver import is_signed, receiving

SAMPLE = {
    "subscriberId": "Sub001",
    "wholesalePlanId": "Plan001",
    "bucketRefId": ["1000001"],
    "location": {"address": {"addressLine1": "5701 SANTA FE DR", "city": "Littleton", "state": "CO", "zip": "80120"}},
}


def test_activate_suspend_resume_cease_reactivate(world: Any) -> None:
    described = world.control.get(f"/_box/worlds/{world.name}").json()
    iccid, gpsi = (described["free"]["dish"][name][0] for name in ("iccid", "gpsi"))
    world.clock(mode="running")
    with receiving() as receiver:
        settings = {"callback_url": {"dish": receiver.url}, "pace": "instant"}
        world.control.patch(f"/_box/worlds/{world.name}/settings", json=settings)
        order = {**SAMPLE, "partnerTransactionId": "T0", "iccid": iccid, "gpsi": gpsi}
        answer = world.dish.post("/dish/sps/v5/subscription/activate", json=order)
        assert {"status": "Success"} == answer.json()
        receiver.wait(1)
        steps = {"Suspend": "Suspended", "Resume": "Active", "Cease": "Ceased", "Reactivate": "Active"}
        for i, (action, state) in enumerate(steps.items(), 1):
            change = {"partnerTransactionId": f"T{i}", "iccid": iccid, "action": action}
            assert 200 == world.dish.post("/dish/sps/v5/subscription/status", json=change).status_code
            event = receiver.wait(i + 1)[i]
            # a query on receipt shows how it ended
            assert {"status": "Success"} == world.dish.get(f"/sps/v5/subscription/transactionStatus/T{i}").json()
            assert state == world.dish.get("/sps/v5/subscription-profile", params={"iccid": iccid}).json()["status"]
            assert (f"T{i}", action, gpsi) == (event["partnerTransactionId"], event["action"], event["gpsi"])
        assert all(is_signed(described["webhook_secret"], headers, body) for headers, body in receiver.got)
        assert 5 == len({event["eventId"] for event in receiver.events})


def test_a_port_in_is_rejected_then_accepted_and_done(world: Any) -> None:
    iccid = world.control.get(f"/_box/worlds/{world.name}").json()["free"]["dish"]["iccid"][0]
    with receiving() as receiver:
        world.control.patch(f"/_box/worlds/{world.name}/settings", json={"callback_url": {"dish": receiver.url}})

        def check(gpsi: str) -> httpx.Response:
            answer = world.dish.post("/sps/v5/port-in/eligibility", json={"gpsi": gpsi})
            assert 200 == answer.status_code
            return answer

        taken, other = "19459986891", "13035551111"
        assert ("Reject", "8A") == tuple(check(taken).json()[name] for name in ("eligibilityStatus", "reasonCode"))
        order = {**SAMPLE, "partnerTransactionId": "P1", "iccid": iccid}
        refused = world.dish.post("/sps/v5/port-in/create", json={**order, "gpsi": taken})
        assert (409, "GPSI_IN_USE") == (refused.status_code, refused.json()["reasonCode"])
        assert "Accept" == check(other).json()["eligibilityStatus"]
        assert 200 == world.dish.post("/sps/v5/port-in/create", json={**order, "gpsi": other}).status_code
        world.advance(until="idle")
        [event] = receiver.events
        assert ("CreatePortIn", "Success", other) == (event["eventType"], event["status"], event["gpsi"])
        assert "Reject" == check(other).json()["eligibilityStatus"]
