"""A subscription of sTN from NewSubscription to its end, with its usage; a port-in that is changed and cancelled."""

from typing import Any

import httpx
from tests.conftest import World


class Partner:
    """A partner's client, which polls QueryActivation as the vendor tells it to."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.api: httpx.Client = world.stn

    def post(self, name: str, **body: Any) -> dict[str, Any]:
        answer = self.api.post(f"/api/{name}", json=body)
        assert 200 == answer.status_code, answer.text
        return dict(answer.json())

    def query(self, name: str, **params: Any) -> list[dict[str, Any]]:
        return list(self.api.get(f"/api/{name}", params=params).json()["results"])

    def ended(self, activation: dict[str, Any]) -> dict[str, Any]:
        """Wait until an activation has ended."""
        for _ in range(100):
            [now] = self.query("QueryActivation", id=activation["id"])
            if now["status"] not in {"INIT", "BUSY", "CANCELLING"}:
                return now
            self.world.advance(by="1s")
        raise AssertionError(now)


def test_from_new_over_services_suspend_resume_and_swap_to_a_termination_that_is_cancelled(world: World) -> None:
    partner = Partner(world)
    free = world.control.get(f"/_box/worlds/{world.name}").json()["free"]["stn"]["iccid"]
    new = partner.post("NewSubscription", simCardNumber=free[0], referenceNumber="story")
    assert "INIT" == new["status"]
    done = partner.ended(new)
    assert ("DONE", "story") == (done["status"], done["referenceNumber"])
    which = {"phoneNumber": done["phoneNumber"].replace("-", "")}

    def subscription() -> dict[str, Any]:
        [found] = partner.query("QuerySubscription", **which)
        return found

    assert ("ACTIVE", done["subscriptionId"]) == (subscription()["state"], subscription()["id"])
    services = {"internationalDialing": True, "dataRoamingLimitation": "Limit 100", "nonsense": True}
    changed = partner.post("SetServicesSubscription", **which, services=services)
    assert {"internationalDialing": True, "dataRoamingLimitation": "Limit 100"} == changed["info"]["services"]
    assert "DONE" == partner.ended(changed)["status"]
    assert (True, "Limit 100") == (
        subscription()["services"]["internationalDialing"], subscription()["services"]["dataRoamingLimitation"],
    )  # fmt: skip

    world.control.put(f"/_box/worlds/{world.name}/sims/{free[0]}/device", json={"profile": "phone"})
    world.advance(by="20d")
    assert "DONE" == partner.ended(partner.post("SuspendSubscription", **which))["status"]
    used = partner.query("QueryUsageSubscription", **which)
    assert used
    world.advance(by="20d")
    assert used == partner.query("QueryUsageSubscription", **which)
    assert "ERROR" == partner.ended(partner.post("SuspendSubscription", **which))["status"]
    assert "DONE" == partner.ended(partner.post("ResumeSubscription", **which))["status"]

    assert "DONE" == partner.ended(partner.post("SimSwapSubscription", **which, newSimCardNumber=free[1]))["status"]
    assert free[1] == subscription()["simCardNumber"]
    assert ["DISABLED"] == [card["status"] for card in partner.query("QuerySimcard", simCardNumber=free[0])]

    before = subscription()
    ending = partner.post("TerminateSubscription", **which, wishDate="2099-12-31T12:00:00+01:00")
    world.advance(by="1d")
    cancelled = partner.ended(partner.post("CancelTerminateSubscription", activationId=ending["id"]))
    assert (ending["id"], "CANCELLED") == (cancelled["id"], cancelled["status"])
    assert before == subscription()
    assert "DONE" == partner.ended(partner.post("TerminateSubscription", **which))["status"]
    assert "TERMINATED" == subscription()["state"]
    types = [each["activationType"] for each in partner.query("QueryActivation", subscriptionId=before["id"])]
    assert [
        "TERMINATE", "TERMINATE", "SIMSWAP", "RESUME", "SUSPEND", "SUSPEND", "SETSERVICES", "ACTIVATENEW",
    ] == types  # fmt: skip


def test_a_port_in_is_changed_and_then_cancelled(world: World) -> None:
    partner = Partner(world)
    free = world.control.get(f"/_box/worlds/{world.name}").json()["free"]["stn"]
    wish = {"phoneNumber": free["msisdn"][0], "donorCustomerNumber": "DON12345", "simCardNumber": free["iccid"][0]}
    sent = partner.post("InPortSubscription", **wish, portingWishDate="2099-02-20T01:00:00+01:00")
    early = partner.api.post("/api/CancelInPortSubscription", json={"activationId": sent["id"]})
    assert 400 == early.status_code
    world.advance(by="10s")
    changed = partner.post(
        "ChangeInPortSubscription",
        activationId=sent["id"],
        donorCustomerNumber="DON67890",
        portingWishDate="2099-07-01T10:00:00",
    )
    assert "2099-07-01T10:00:00+02:00" == changed["info"]["portingWishDate"]
    world.advance(by="10s")
    [waiting] = partner.query("QueryActivation", id=sent["id"])
    assert ("BUSY", "APPROVED", "2099-07-01T10:00:00+02:00") == (
        waiting["status"], waiting["info"]["portingStatus"], waiting["info"]["approvedDate"],
    )  # fmt: skip
    cancelling = partner.post("CancelInPortSubscription", activationId=sent["id"], note="services were not set yet")
    assert ("BUSY", "CANCELLING") == (cancelling["status"], cancelling["info"]["portingStatus"])
    world.advance(until="idle")
    [ended] = partner.query("QueryActivation", id=sent["id"])
    assert ("CANCELLED", "CANCELLED") == (ended["status"], ended["info"]["portingStatus"])
    assert [] == partner.query("QuerySubscription", phoneNumber=wish["phoneNumber"], state="ACTIVE")
    assert ["FREE"] == [card["status"] for card in partner.query("QuerySimcard", simCardNumber=free["iccid"][0])]


def test_an_impossible_service_value_is_init_first_and_error_later_and_changes_nothing(world: World) -> None:
    partner = Partner(world)
    [before] = partner.query("QuerySubscription", phoneNumber="0612345678")
    sent = partner.post(
        "SetServicesSubscription",
        phoneNumber="0612345678",
        services={"dataRoamingLimitation": "Limit 12.5", "voiceMail": False},
    )
    assert "INIT" == sent["status"]
    assert "ERROR" == partner.ended(sent)["status"]
    assert [before] == partner.query("QuerySubscription", phoneNumber="0612345678")


def test_work_under_way_goes_on_in_a_fork(world: World) -> None:
    partner = Partner(world)
    sent = partner.post("SuspendSubscription", phoneNumber="0612345678")
    made = world.control.post("/_box/worlds", json={"from": world.name}).json()
    fork = World(made["name"], made["base_url"], world.control)
    fork.advance(until="idle")
    [there] = Partner(fork).query("QueryActivation", id=sent["id"])
    [here] = partner.query("QueryActivation", id=sent["id"])
    assert ("DONE", "INIT") == (there["status"], here["status"])
    fork.close()
    world.control.delete(f"/_box/worlds/{fork.name}")
