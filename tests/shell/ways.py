"""How each carrier is asked about a SIM, and asked to change it: the same stories are told of all four."""

from dataclasses import dataclass
from typing import Any

import httpx
from tests.conftest import World

from carrierbox.carriers import dish, wgtwo, wing
from carrierbox.carriers.stn import numbers
from carrierbox.kernel import magic
from carrierbox.kernel.identifiers import ICCID_LENGTH

CARRIERS = ("wing", "wgtwo", "dish", "stn")


@dataclass
class Way:
    """One carrier's API, seen from one SIM."""

    carrier: str
    world: World
    iccid: str

    @property
    def api(self) -> httpx.Client:
        """A client that is let in."""
        client: httpx.Client = getattr(self.world, self.carrier)
        return client

    @property
    def identities(self) -> dict[str, str]:
        """The SIM's other identities."""
        shown = self.world.control.get(f"/_box/worlds/{self.world.name}/sims/{self.iccid}").json()
        return {name: shown[name] for name in ("imsi", "msisdn") if name in shown}

    def read(self) -> httpx.Response:
        """Ask about the SIM, by an identity in the address."""
        match self.carrier:
            case "wing":
                return self.api.get(f"/wing/api/v1/subscription/sims/iccid/{self.iccid}")
            case "wgtwo":
                return self.api.get(f"/wgtwo/subscription/v2/msisdn/{self.identities['msisdn']}")
            case "dish":
                return self.api.get("/dish/sps/v5/subscription-sim/simDetails", params={"iccid": self.iccid})
            case _:
                return self.api.get("/stn/api/QuerySimcard", params={"simCardNumber": self.iccid})

    def change(self, number: int = 0) -> httpx.Response:
        """Ask for the SIM to be suspended, by an identity in the body."""
        match self.carrier:
            case "wing":
                body = {"iccid": self.iccid, "imsi": self.identities["imsi"], "newState": "SUSPENDED", "newStateId": 4}
                return self.api.post("/wing/api/v1/sim/update_state", json=body)
            case "wgtwo":
                return self.api.post("/wgtwo/provision/v2/block", json={"iccid": self.iccid})
            case "dish":
                body = {"partnerTransactionId": f"Order{number}", "action": "Suspend", "iccid": self.iccid}
                return self.api.post("/dish/sps/v5/subscription/status", json=body)
            case _:
                return self.api.post("/stn/api/SuspendSubscription", json={"phoneNumber": self.identities["msisdn"]})

    @property
    def state(self) -> str:
        """The SIM's state, or its subscription's where that is what changes."""
        shown = self.world.control.get(f"/_box/worlds/{self.world.name}/sims/{self.iccid}").json()
        return str(shown.get("subscription_state", shown["state"]))


#: The operation that `Way.read` and `Way.change` come to.
READS = {
    "wing": "wing-5.1.4",
    "wgtwo": "wgtwo-get-subscription",
    "dish": "dish-sim-details",
    "stn": "stn-querysimcard",
}
CHANGES = {
    "wing": "wing-5.7",
    "wgtwo": "wgtwo-block",
    "dish": "dish-update-subscription-status",
    "stn": "stn-suspendsubscription",
}

_ISSUERS = {
    "wing": (wing.fixtures.ISSUER, ICCID_LENGTH),
    "wgtwo": (wgtwo.fixtures.ISSUER, ICCID_LENGTH),
    "dish": (dish.fixtures.ISSUER, dish.fixtures.ICCID_LENGTH),
    "stn": (numbers.ISSUER, ICCID_LENGTH),
}


def magic_iccid(carrier: str, ending: str) -> str:
    """A carrier's SIM of that ending."""
    return str(magic.iccids(*_ISSUERS[carrier])[ending])


def is_vendors(carrier: str, answer: httpx.Response, status: int) -> bool:
    """Whether that is an error of that status as the carrier words it."""
    if answer.status_code != status:
        return False
    kind = answer.headers.get("Content-Type", "")
    match carrier:
        case "wing":
            return kind == "application/problem+json" and _fits(
                answer.json(), status=status, path=answer.request.url.path.partition("/wing")[2],
                message=f"error.http.{status}",
            )  # fmt: skip
        case "wgtwo":
            return answer.content == wgtwo_body(status) and bool(answer.headers["X-Carrierbox-Reason"])
        case "dish":
            return kind == "application/json" and _fits(answer.json(), status="Failure") and bool(
                answer.json()["reasonCode"] and answer.json()["reasonDesc"] and answer.headers["X-Correlation-Id"]
            )  # fmt: skip
        case _:
            refusal = answer.json()["responseStatus"]
            return kind.startswith("application/json") and bool(
                refusal["errorCode"] and refusal["message"] and refusal["errors"] == []
            )


def _fits(body: dict[str, Any], **members: Any) -> bool:
    return members.items() <= body.items()


def wgtwo_body(status: int) -> bytes:
    """The whole of an error of Working Group Two's."""
    match status:
        case 401 | 403:
            return b'{"error":"invalid or missing credentials"}'
        case 429:
            return b'"Too Many Requests"'
        case _:
            return b""
