"""Chapter d: numbers that come in, on their dates."""

from typing import Any

import pytest
from tests.conftest import World
from tests.stn.conftest import CARDS, Stn, refusal

WISH: dict[str, Any] = {
    "phoneNumber": "0639000001",
    "donorCustomerNumber": "DON12345",
    "simCardNumber": CARDS[0],
    "portingWishDate": "2031-02-20T01:00:00+01:00",
    "note": "Inport request",
}


@pytest.fixture(autouse=True)
def in_february(world: World) -> None:
    world.clock(now="2031-02-06T11:26:41.9Z")


def status(stn: Stn, activation_id: str) -> tuple[str, str]:
    now = stn.activation(activation_id)
    return now["status"], now["info"]["portingStatus"]


def until(stn: Stn, activation_id: str, porting: str) -> dict[str, Any]:
    """Let time pass until the porting has that state."""
    for _ in range(60):
        if porting == status(stn, activation_id)[1]:
            return stn.activation(activation_id)
        stn.world.advance(by=0.1)
    raise AssertionError(status(stn, activation_id))


def test_a_number_comes_in_over_all_states_at_the_date_wished_for(stn: Stn, world: World) -> None:
    sent = stn.post("InPortSubscription", **WISH, services={"voiceMail": False})
    assert ("INIT", "INPORT", "06-39000001") == (sent["status"], sent["activationType"], sent["phoneNumber"])
    assert {
        "isdn": "06-39000001", "eSim": False, "simCardNumber": CARDS[0], "subscriptionType": "VOICEDATA",
        "accessType": "INTERNETACCESS", "portingStatus": "INIT", "stnCustomerId": "###Sc3iA###MQCmA89",
        "portingWishDate": "2031-02-20T01:00:00+01:00", "donorCustomerNumber": "DON12345", "note": "Inport request",
    } == sent["info"]  # fmt: skip
    seen = []
    for _ in range(60):
        if (now := status(stn, sent["id"])) not in seen:
            seen.append(now)
        world.advance(by=0.1)
    assert [("INIT", "INIT"), ("BUSY", "INIT"), ("BUSY", "REQUESTED"), ("BUSY", "APPROVED")] == seen
    approved = stn.activation(sent["id"])["info"]
    assert "2031-02-20T01:00:00+01:00" == approved["approvedDate"]
    assert approved["firstPossibleDate"].startswith("2031-02-06T12:26:")
    assert "PENDING" == stn.subscription(sent["subscriptionId"])["state"]
    world.advance(to="2031-02-19T23:59:59Z")
    assert ("BUSY", "APPROVED") == status(stn, sent["id"])
    world.advance(to="2031-02-20T00:00:00Z")
    assert ("DONE", "DONE") == status(stn, sent["id"])
    assert approved["approvedDate"] == stn.activation(sent["id"])["activatedDate"]
    subscription = stn.subscription(sent["subscriptionId"])
    assert ("ACTIVE", "06-39000001", "2031-02-20", False) == (
        subscription["state"], subscription["phoneNumber"], subscription["activationDate"],
        subscription["services"]["voiceMail"],
    )  # fmt: skip
    assert (
        "in use"
        in refusal(stn.ask("InPortSubscription", {**WISH, "simCardNumber": CARDS[1]}), 400, "BadRequest")["message"]
    )


@pytest.mark.parametrize("pace", ["instant", "brisk", "realistic"])
@pytest.mark.parametrize("wish", [None, "2031-02-01T01:00:00+01:00"])
def test_without_a_wish_to_come_it_comes_in_at_the_first_date_that_is_possible(
    wish: str | None, pace: str, stn: Stn, world: World
) -> None:
    world.control.patch(f"/_box/worlds/{world.name}/settings", json={"pace": pace})
    sent = stn.post("InPortSubscription", **{**WISH, "portingWishDate": wish})
    world.advance(until="idle")
    done = stn.activation(sent["id"])
    assert ("DONE", "DONE") == (done["status"], done["info"]["portingStatus"])
    assert done["info"]["firstPossibleDate"] == done["info"]["approvedDate"] == done["activatedDate"]
    assert wish == done["info"].get("portingWishDate")


@pytest.mark.parametrize("porting", ["INIT", "REQUESTED", "APPROVED"])
def test_a_port_in_is_changed_while_it_waits(porting: str, stn: Stn, world: World) -> None:
    sent = stn.post("InPortSubscription", **WISH)
    until(stn, sent["id"], porting)
    changed = stn.post(
        "ChangeInPortSubscription",
        activationId=sent["id"],
        donorCustomerNumber="DON67890",
        portingWishDate="2031-02-15T10:00:00+01:00",
    )
    assert sent["id"] == changed["id"]
    assert ("DON67890", "2031-02-15T10:00:00+01:00") == (
        changed["info"]["donorCustomerNumber"], changed["info"]["portingWishDate"],
    )  # fmt: skip
    assert ("INIT" if porting == "INIT" else "REQUESTED") == changed["info"]["portingStatus"]
    assert "approvedDate" not in changed["info"]
    assert "2031-02-15T10:00:00+01:00" == until(stn, sent["id"], "APPROVED")["info"]["approvedDate"]
    world.advance(to="2031-02-15T09:00:00Z")
    assert ("DONE", "DONE") == status(stn, sent["id"])
    refusal(
        stn.ask("ChangeInPortSubscription", {"activationId": sent["id"], "donorCustomerNumber": "1"}), 400, "BadRequest"
    )


def test_one_of_the_two_can_be_changed_alone(stn: Stn) -> None:
    sent = stn.post("InPortSubscription", **WISH)
    changed = stn.post("ChangeInPortSubscription", activationId=sent["id"], donorCustomerNumber="DON67890")
    assert {**sent["info"], "donorCustomerNumber": "DON67890"} == changed["info"]


@pytest.mark.parametrize("porting", ["REQUESTED", "APPROVED"])
def test_a_cancel_stays_busy_until_the_donor_confirms(porting: str, stn: Stn, world: World) -> None:
    sent = stn.post("InPortSubscription", **WISH)
    until(stn, sent["id"], porting)
    cancelling = stn.post("CancelInPortSubscription", activationId=sent["id"], note="changed their mind")
    assert ("BUSY", "CANCELLING", "Inport request") == (
        cancelling["status"], cancelling["info"]["portingStatus"], cancelling["info"]["note"],
    )  # fmt: skip
    for name, body in (
        ("CancelInPortSubscription", {}),
        ("ChangeInPortSubscription", {"donorCustomerNumber": "1"}),
    ):
        refusal(stn.ask(name, {"activationId": sent["id"], **body}), 400, "BadRequest")
    world.advance(until="idle")
    assert ("CANCELLED", "CANCELLED") == status(stn, sent["id"])
    assert "TERMINATED" == stn.subscription(sent["subscriptionId"])["state"]
    assert "FREE" == stn.card(CARDS[0])["status"]
    assert world.clock()["now"] < "2031-02-07"


def test_a_cancel_is_refused_while_the_porting_is_init(stn: Stn) -> None:
    sent = stn.post("InPortSubscription", **WISH)
    assert (
        "INIT"
        in refusal(stn.ask("CancelInPortSubscription", {"activationId": sent["id"]}), 400, "BadRequest")["message"]
    )
    assert ("INIT", "INIT") == status(stn, sent["id"])


def test_of_two_port_ins_of_one_number_the_second_is_rejected(stn: Stn, world: World) -> None:
    first, second = (stn.post("InPortSubscription", **{**WISH, "simCardNumber": card})["id"] for card in CARDS[:2])
    world.advance(until="idle")
    assert ("DONE", "DONE") == status(stn, first)
    assert ("ERROR", "REJECTED") == status(stn, second)
    assert ("ACTIVATED", "FREE") == tuple(stn.card(card)["status"] for card in CARDS[:2])


def test_a_number_that_left_can_come_back(stn: Stn, world: World) -> None:
    stn.done("PortingOutSubscription", phoneNumber="0612345678")
    back = stn.post("InPortSubscription", **{**WISH, "phoneNumber": "0612345678"})
    world.advance(until="idle")
    assert ("DONE", "DONE") == status(stn, back["id"])
    assert back["subscriptionId"] == stn.post("SuspendSubscription", phoneNumber="0612345678")["subscriptionId"]
