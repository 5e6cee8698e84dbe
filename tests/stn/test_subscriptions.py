"""Chapters c and e: what each change does when it is DONE, and how it is cancelled."""

import re
from typing import Any

import pytest
from tests.conftest import World
from tests.stn.conftest import CARDS, NUMBER, SUBSCRIPTION, Stn, refusal

CARD = "893####4077444062"  # of SUBSCRIPTION
ESIM = {"eSim": True, "email": "a@example.com", "confirmationCode": "8E9!#"}


def test_a_new_subscription_has_its_id_at_once_and_its_number_when_done(stn: Stn, world: World) -> None:
    sent = stn.post("NewSubscription", simCardNumber=CARDS[0], services={"voiceMail": False, "nonsense": 1})
    assert "phoneNumber" not in sent
    assert ("INIT", "ACTIVATENEW", {"voiceMail": False}) == (
        sent["status"], sent["activationType"], sent["info"]["services"],
    )  # fmt: skip
    pending = stn.subscription(sent["subscriptionId"])
    assert ("PENDING", CARDS[0]) == (pending["state"], pending["simCardNumber"])
    assert not {"phoneNumber", "activationDate"} & pending.keys()
    assert "BUSY" == stn.card(CARDS[0])["status"]
    world.advance(by="10s")
    active = stn.subscription(sent["subscriptionId"])
    assert "ACTIVE" == active["state"]
    assert re.fullmatch(r"06-\d{8}", active["phoneNumber"])
    assert active["activationDate"] == stn.activation(sent["id"])["activatedDate"][:10]
    assert active["phoneNumber"] == stn.activation(sent["id"])["phoneNumber"]
    assert not active["services"]["voiceMail"]
    card = stn.card(CARDS[0])
    assert ("ACTIVATED", active["id"], active["phoneNumber"]) == (
        card["status"], card["subscriptionId"], card["phoneNumber"],
    )  # fmt: skip


def test_a_new_esim_gets_a_card_of_the_platforms_own_when_done(stn: Stn) -> None:
    sent = stn.post(
        "NewSubscription", **ESIM, simCardNumber=CARDS[0], subscriptionType="DATAONLY", accessType="MOBILEPAY"
    )
    assert {**ESIM, "subscriptionType": "DATAONLY", "accessType": "MOBILEPAY"}.items() <= sent["info"].items()
    assert "simCardNumber" not in sent["info"]
    assert "simCardNumber" not in stn.subscription(sent["subscriptionId"])
    stn.world.advance(by="10s")
    active = stn.subscription(sent["subscriptionId"])
    assert (True, True) == (active["isEsim"], active["isDataSim"])
    assert ("Mobile Pay", False, True) == tuple(
        active["services"][name] for name in ("accessType", "internetAccess", "mobilePay")
    )
    assert active["id"] == stn.card(active["simCardNumber"])["subscriptionId"]
    assert "FREE" == stn.card(CARDS[0])["status"]


def test_an_impossible_service_ends_a_new_subscription_and_frees_its_card(stn: Stn) -> None:
    before = stn.card(CARDS[0])
    ended = stn.done("NewSubscription", simCardNumber=CARDS[0], services={"dataRoamingLimitation": "Limit 12.5"})
    assert "ERROR" == ended["status"]
    assert "TERMINATED" == stn.subscription(ended["subscriptionId"])["state"]
    assert before == stn.card(CARDS[0])
    assert "ACTIVE" == stn.new(CARDS[0])["state"]


def test_waits_for_its_wish_date(stn: Stn, world: World) -> None:
    world.clock(now="2031-03-01T11:00:00Z")
    sent = stn.post("NewSubscription", simCardNumber=CARDS[0], wishDate="2031-03-30T12:00:00")
    assert "2031-03-30T12:00:00+02:00" == sent["info"]["wishDate"]  # that night summer time began
    world.advance(to="2031-03-30T09:59:59Z")
    assert "BUSY" == stn.activation(sent["id"])["status"]
    world.advance(to="2031-03-30T10:00:00Z")
    assert ("DONE", "2031-03-30T12:00:00+02:00") == (
        stn.activation(sent["id"])["status"], stn.activation(sent["id"])["activatedDate"],
    )  # fmt: skip


def test_without_a_wish_date_or_with_a_past_one_it_is_the_moment_of_the_request(stn: Stn, world: World) -> None:
    world.clock(now="2031-07-01T10:00:00.5Z")
    for card, wish in ((CARDS[0], {}), (CARDS[1], {"wishDate": "2020-01-01T00:00:00+01:00"})):
        assert (
            "2031-07-01T12:00:00+02:00" == stn.post("NewSubscription", simCardNumber=card, **wish)["info"]["wishDate"]
        )


@pytest.mark.parametrize("seconds", [0, 1])
def test_a_new_subscription_is_cancelled_before_it_is_done(seconds: int, stn: Stn, world: World) -> None:
    sent = stn.post("NewSubscription", simCardNumber=CARDS[0], wishDate="2099-01-01")
    world.advance(by=seconds)
    cancelling = stn.post("CancelNewSubscription", activationId=sent["id"], note="not any more")
    assert ("CANCELLING", "ACTIVATENEW", sent["id"]) == (
        cancelling["status"], cancelling["activationType"], cancelling["id"],
    )  # fmt: skip
    assert re.fullmatch(r".*\.\d{1,3}\+0\d:00|.*:\d\d\+0\d:00", cancelling["createdAt"])
    assert re.fullmatch(r".*\.\d{7}\+0\d:00", cancelling["modifiedAt"])
    refusal(stn.ask("CancelNewSubscription", {"activationId": sent["id"]}), 400, "BadRequest")
    world.advance(until="idle")
    assert "CANCELLED" == stn.activation(sent["id"])["status"]
    assert "TERMINATED" == stn.subscription(sent["subscriptionId"])["state"]
    assert ("FREE", 4) == (stn.card(CARDS[0])["status"], len(stn.card(CARDS[0])))
    assert world.clock()["now"] < "2099"


def test_suspend_and_resume_show_when_done(stn: Stn) -> None:
    for name, kind, state in (
        ("SuspendSubscription", "SUSPEND", "SUSPENDED"),
        ("ResumeSubscription", "RESUME", "ACTIVE"),
    ):
        before = stn.subscription()["state"]
        sent = stn.post(name, subscriptionId=SUBSCRIPTION, referenceNumber="Simcard gotlost")
        assert ("INIT", kind, {}) == (sent["status"], sent["activationType"], sent["info"])
        assert before == stn.subscription()["state"]
        stn.world.advance(by="10s")
        assert state == stn.subscription()["state"]


@pytest.mark.parametrize("name", ["SuspendSubscription", "ResumeSubscription"])
def test_a_state_that_is_there_already_is_taken_in_and_ends_in_error(name: str, stn: Stn) -> None:
    if name == "SuspendSubscription":
        stn.done(name, subscriptionId=SUBSCRIPTION)
    before = stn.subscription()
    assert "ERROR" == stn.done(name, subscriptionId=SUBSCRIPTION)["status"]
    assert before == stn.subscription()


def test_changes_of_one_subscription_are_worked_through_in_their_order(stn: Stn, world: World) -> None:
    world.control.patch(f"/_box/worlds/{world.name}/settings", json={"pace": "realistic"})
    names = ("SuspendSubscription", "ResumeSubscription") * 4
    sent = [stn.post(name, subscriptionId=SUBSCRIPTION)["id"] for name in names]
    world.advance(until="idle")
    ended = [stn.activation(each) for each in sent]
    assert ["DONE"] * 8 == [each["status"] for each in ended]
    assert sorted(each["activatedDate"] for each in ended) == [each["activatedDate"] for each in ended]
    assert "ACTIVE" == stn.subscription()["state"]


def test_one_that_waits_for_its_date_lets_others_pass(stn: Stn) -> None:
    stn.post("TerminateSubscription", subscriptionId=SUBSCRIPTION, wishDate="2099-01-01")
    assert "DONE" == stn.done("SuspendSubscription", subscriptionId=SUBSCRIPTION)["status"]


def test_a_sim_swap_puts_the_new_card_to_use_and_the_old_one_out_of_it(stn: Stn) -> None:
    sent = stn.post("SimSwapSubscription", subscriptionId=SUBSCRIPTION, newSimCardNumber=CARDS[0])
    assert {"eSim": False, "newSimCardNumber": CARDS[0]} == sent["info"]
    assert ("BUSY", "ACTIVATED") == (stn.card(CARDS[0])["status"], stn.card(CARD)["status"])
    stn.world.advance(by="10s")
    swapped = stn.subscription()
    assert (CARDS[0], False, NUMBER) == (swapped["simCardNumber"], swapped["isEsim"], swapped["phoneNumber"])
    assert ("ACTIVATED", "DISABLED") == (stn.card(CARDS[0])["status"], stn.card(CARD)["status"])
    assert "subscriptionId" not in stn.card(CARD)


def test_a_swap_to_an_esim_shows_mail_and_code_in_clear(stn: Stn) -> None:
    sent = stn.post("SimSwapSubscription", phoneNumber="0612345678", newSimCardNumber=CARDS[0], **ESIM)
    assert ESIM == sent["info"]
    stn.world.advance(by="10s")
    swapped = stn.subscription("SUB12345")
    assert swapped["isEsim"]
    assert swapped["simCardNumber"].startswith("893108")
    assert "FREE" == stn.card(CARDS[0])["status"]


def test_a_swap_whose_subscription_ends_meanwhile_frees_its_card(stn: Stn) -> None:
    stn.post("TerminateSubscription", subscriptionId=SUBSCRIPTION)
    swap = stn.done("SimSwapSubscription", subscriptionId=SUBSCRIPTION, newSimCardNumber=CARDS[0])
    assert ("ERROR", "FREE", "DISABLED") == (swap["status"], stn.card(CARDS[0])["status"], stn.card(CARD)["status"])


def test_a_subscription_moves_its_environment_once_in_two_months(stn: Stn, world: World) -> None:
    world.clock(now="2031-01-31T12:00:00Z")

    def move(to: str) -> Any:
        return stn.ask("MoveEnvironmentSubscription", {"subscriptionId": SUBSCRIPTION, "newProviderEnvironment": to})

    moved = move("SP16002").json()
    assert ("MOVEENVIRONMENT", "SP16001", {"newProviderEnvironment": "SP16002"}) == (
        moved["activationType"], moved["providerEnvironment"], moved["info"],
    )  # fmt: skip
    assert "two months" in refusal(move("SP16002"), 400, "BadRequest")["message"]
    world.advance(by="10s")
    assert ("DONE", "SP16002", "SP16002") == (
        stn.activation(moved["id"])["status"], stn.activation(moved["id"])["providerEnvironment"],
        stn.subscription()["providerEnvironment"],
    )  # fmt: skip
    assert "already" in refusal(move("SP16002"), 400, "BadRequest")["message"]
    world.advance(to="2031-03-31T11:59:59Z")
    refusal(move("SP16001"), 400, "BadRequest")
    world.advance(to="2031-03-31T12:00:10Z")
    assert 200 == move("SP16001").status_code


def test_a_termination_takes_the_card_out_of_use_and_ends_all_changes(stn: Stn, world: World) -> None:
    world.clock(now="2031-02-01T00:00:00Z")
    sent = stn.post("TerminateSubscription", subscriptionId=SUBSCRIPTION, wishDate="2031-03-01T12:00:00+01:00")
    assert ("TERMINATE", {"wishDate": "2031-03-01T12:00:00+01:00"}) == (sent["activationType"], sent["info"])
    world.advance(to="2031-03-01T10:59:59Z")
    assert "ACTIVE" == stn.subscription()["state"]
    world.advance(to="2031-03-01T11:00:00Z")
    assert ("TERMINATED", "DISABLED") == (stn.subscription()["state"], stn.card(CARD)["status"])
    for name in ("SuspendSubscription", "ResumeSubscription", "TerminateSubscription", "PortingOutSubscription"):
        told = refusal(stn.ask(name, {"subscriptionId": SUBSCRIPTION}), 400, "BadRequest")
        assert "TERMINATED" in told["message"]


@pytest.mark.parametrize(
    ("start", "cancel"),
    [
        ("TerminateSubscription", "CancelTerminateSubscription"),
        ("PortingOutSubscription", "CancelPortingOutSubscription"),
    ],
)
@pytest.mark.parametrize("seconds", [0, 1])
def test_an_end_is_cancelled_and_the_subscription_stays_as_it_was(
    start: str, cancel: str, seconds: int, stn: Stn, world: World
) -> None:
    before = stn.subscription()
    sent = stn.post(start, subscriptionId=SUBSCRIPTION, wishDate="2099-01-01")
    world.advance(by=seconds)
    cancelling = stn.post(cancel, activationId=sent["id"], note="customer stays")
    assert ("BUSY", sent["id"], sent["info"]) == (cancelling["status"], cancelling["id"], cancelling["info"])
    refusal(stn.ask(cancel, {"activationId": sent["id"]}), 400, "BadRequest")
    world.advance(until="idle")
    assert "CANCELLED" == stn.activation(sent["id"])["status"]
    assert before == stn.subscription()
    refusal(stn.ask(cancel, {"activationId": sent["id"]}), 400, "BadRequest")


def test_a_number_that_leaves_takes_its_subscription_with_it(stn: Stn) -> None:
    done = stn.done("PortingOutSubscription", subscriptionId=SUBSCRIPTION)
    assert ("DONE", "OUTPORT", {}) == (done["status"], done["activationType"], done["info"])
    assert ("TERMINATED", "DISABLED") == (stn.subscription()["state"], stn.card(CARD)["status"])


def test_instant_pace_shows_init_in_the_answer_and_done_right_after(stn: Stn, world: World) -> None:
    world.control.patch(f"/_box/worlds/{world.name}/settings", json={"pace": "instant"})
    sent = stn.post("SuspendSubscription", subscriptionId=SUBSCRIPTION)
    assert ("INIT", "DONE") == (sent["status"], stn.activation(sent["id"])["status"])
