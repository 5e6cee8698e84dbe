"""Working Group Two in this process, in a world of its own for each test, so that a test can look into the store."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from tests.keycloak.conftest import InProcess

from carrierbox.carriers import wgtwo
from carrierbox.carriers.wgtwo import errors
from carrierbox.kernel import fixtures
from carrierbox.kernel.parts import Part
from carrierbox.kernel.world import Cause, Settings, World
from carrierbox.kernel.worlds import Origin, Worlds
from carrierbox.shell import Shell
from carrierbox.shell.sites import CarrierSite

SCOPES = "subscription.read subscription.write sim.import.write"
#: The document's subscription and its SIM, and the SIM that replaces it.
MSISDN = "46737678218"
ICCID = "2420198416000015720"
NEW_ICCID = "2420198412148748973"
TABLES = ("wgtwo_subscription", "wgtwo_sim", "wgtwo_imsi", "box_timeline", "box_job")


@dataclass
class Wgtwo:
    """A world's Working Group Two, as a client with a token of all scopes sees it."""

    world: World
    worlds: Worlds
    http: httpx.Client

    def log_in(self, client_id: str = "sandbox-client", scope: str = SCOPES) -> str:
        """A token."""
        answer = self.http.post(
            "/oauth2/token",
            data={"grant_type": "client_credentials", "scope": scope},
            auth=(client_id, "sandbox-secret"),
        )
        assert 200 == answer.status_code, answer.text
        return str(answer.json()["access_token"])

    def act_as(self, client_id: str, scope: str = SCOPES) -> None:
        """Call as this client from now on."""
        self.http.headers["Authorization"] = f"Bearer {self.log_in(client_id, scope)}"

    def read(self, msisdn: str = MSISDN, edition: str = "v2") -> httpx.Response:
        """GET a subscription."""
        return self.http.get(f"/subscription/{edition}/msisdn/{msisdn}")

    def show(self, msisdn: str = MSISDN, edition: str = "v2") -> dict[str, Any]:
        """A subscription that there is."""
        answer = self.read(msisdn, edition)
        assert 200 == answer.status_code, answer.text
        return dict(answer.json())

    def services(self, msisdn: str = MSISDN) -> dict[str, Any]:
        """A subscription's services with their config."""
        return {each["servicename"]: each.get("config") for each in self.show(msisdn)["services"]}

    def iccids(self, msisdn: str = MSISDN) -> list[str]:
        """The ICCIDs of a subscription's SIMs."""
        return [sim["iccid"] for sim in self.show(msisdn)["simcards"]]

    def ask(self, operation: str, /, **body: Any) -> httpx.Response:
        """POST to an operation: ``v2/block``; without the edition it is v2's."""
        path = operation if "/" in operation else f"v2/{operation}"
        return self.http.post(f"/provision/{path}", json=body)

    def do(self, operation: str, /, **body: Any) -> str:
        """The same, which has to succeed; answers the request id."""
        answer = self.ask(operation, **body)
        assert 201 == answer.status_code, answer.headers
        return str(answer.json()["requestid"])

    def free(self, name: str) -> list[str]:
        """What the world's description calls free."""
        with self.box() as box:
            assert wgtwo.part.free is not None
            return wgtwo.part.free(box)[name]

    def activate(self, n: int = 0, **more: Any) -> dict[str, Any]:
        """A new subscription; answers what was sent."""
        sent = {
            "bssid": "operator_name",
            "iccid": self.free("iccid")[n],
            "msisdn": self.free("msisdn")[n],
            "userid": f"new-user-{n}",
            **more,
        }
        self.do("activate", **sent)
        return sent

    def box(self) -> Any:
        """The world, opened for one transaction."""
        return self.world.transaction(Cause("rule", "test"))

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything that a request could have changed."""
        with self.box() as box:
            return {table: [tuple(row) for row in box.sql(f"SELECT * FROM {table}")] for table in TABLES}

    def timeline(self, iccid: str, platform: str = "wgtwo") -> list[tuple[str, str]]:
        """A SIM's state changes."""
        with self.box() as box:
            rows = box.sql(
                "SELECT before, after FROM box_timeline WHERE carrier = :platform AND iccid = :iccid ORDER BY id",
                platform=platform,
                iccid=iccid,
            )
            return [(row[0], row[1]) for row in rows]

    def wait(self, seconds: float) -> None:
        """Let the world's time pass."""
        self.world.clock.jump(self.world.clock.now() + timedelta(seconds=seconds))


def refused(answer: httpx.Response, status: int, reason: str = "") -> None:
    """Hold a refusal to the vendor's form: one field, or nothing at all; the box's own header says why."""
    assert status == answer.status_code, answer.text
    if status in {401, 403}:
        assert {"error": "invalid or missing credentials"} == answer.json()
        assert "application/json" == answer.headers["content-type"]
    else:
        assert b"" == answer.content
    said = answer.headers["x-carrierbox-reason"]
    assert said
    assert reason in said


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    """Worlds that hold a Working Group Two, and nothing of what the fixtures have for others."""
    sections = {name for path in Origin().all_files() for name in fixtures.read_yaml(path)}
    others = (Part(name, load=lambda box, section: None) for name in sorted(sections - {"wgtwo"}))  # noqa: ARG005
    worlds = Worlds(tmp_path_factory.mktemp("data"), (wgtwo.part, *others))
    worlds.start(Origin(sims=40), Settings())
    yield worlds
    worlds.close()


@pytest.fixture(scope="session")
def shell(worlds: Worlds) -> Shell:
    """Both hosts of the API, and nobody else's."""
    api = wgtwo.build()
    site = CarrierSite("wgtwo", api, "/wgtwo", carrier="wgtwo", find=api.state.find, refuse=errors.before)
    sandbox = replace(site, name="wgtwo-sandbox", app=wgtwo.in_sandbox(api), prefix="/wgtwo-sandbox")
    return Shell(worlds, (sandbox, site))


@pytest.fixture
def wg(worlds: Worlds, shell: Shell) -> Iterator[Wgtwo]:
    """The API in a world of its own, at a standing clock."""
    world = asyncio.run(worlds.create(source="default"))
    world.clock.freeze()
    base_url = f"http://box.test/w/{world.name}/wgtwo"
    with httpx.Client(transport=InProcess(shell, raises=True), base_url=base_url) as http:
        wg = Wgtwo(world, worlds, http)
        wg.act_as("sandbox-client")
        yield wg
    asyncio.run(worlds.drop(world.name))
