"""A real box in a process of its own, and a world of its own for each test."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import pytest

# how long an example takes is the machine's affair, which may have other things to do
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

READY = "carrierbox ready on "
PATIENCE_SECONDS = 60
SIM_OF_5_7 = {"iccid": "8955644099890700001", "imsi": "234500001087001"}


@dataclass
class Box:
    """A running carrierbox."""

    process: subprocess.Popen[str]
    url: str

    def stop(self) -> int:
        """End it as Ctrl-C does; answers its exit code."""
        self.process.terminate()
        try:
            return self.process.wait(20)
        finally:
            self.process.kill()
            self.close()

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.kill()
        self.process.wait(20)
        self.close()

    def close(self) -> None:
        assert self.process.stdout is not None
        self.process.stdout.close()


def start_box(*arguments: str) -> Box:
    """Start a box on a free port and wait until it says that it is ready."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CARRIERBOX_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "carrierbox", "serve", "--port", "0", "--quiet", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(READY):
            return Box(process, line.removeprefix(READY).strip().rstrip("/"))
    raise AssertionError(f"the box ended with {process.wait()} before it was ready")


@dataclass
class World:
    """One world of a box, as a client sees it."""

    name: str
    url: str
    control: httpx.Client
    clients: list[httpx.Client] = field(default_factory=list)

    def client(self, **options: Any) -> httpx.Client:
        """A client of this world's addresses."""
        client = httpx.Client(base_url=self.url, timeout=PATIENCE_SECONDS, **options)
        self.clients.append(client)
        return client

    def token(
        self, username: str = "sandbox-admin", realm: str = "wdh-sitstg2", client_id: str = "web-app", **form: str
    ) -> str:
        """An access token of the fake Keycloak."""
        path = f"/uam/auth/realms/{realm}/protocol/openid-connect/token"
        wanted = {"grant_type": "password", "client_id": client_id, "username": username, "password": "sandbox-pass"}
        answer = httpx.post(self.url + path, data=wanted | form, timeout=PATIENCE_SECONDS)
        assert 200 == answer.status_code, answer.text
        return str(answer.json()["access_token"])

    def wing_as(self, username: str, realm: str = "wdh-sitstg2", account: str = "*") -> httpx.Client:
        """A WING client with somebody's token."""
        token = self.token(username, realm)
        return self.client(headers={"Authorization": f"Bearer {token}", "Account-Context-Id": account})

    @cached_property
    def wing(self) -> httpx.Client:
        """A WING client with the seeded admin's token, over all accounts."""
        return self.wing_as("sandbox-admin")

    def wgtwo_as(self, client_id: str, scope: str) -> httpx.Client:
        """A Working Group Two client with a token of these scopes."""
        answer = httpx.post(
            f"{self.url}/wgtwo/oauth2/token",
            data={"grant_type": "client_credentials", "scope": scope},
            auth=(client_id, "sandbox-secret"),
            timeout=PATIENCE_SECONDS,
        )
        assert 200 == answer.status_code, answer.text
        return self.client(headers={"Authorization": f"Bearer {answer.json()['access_token']}"})

    @cached_property
    def wgtwo(self) -> httpx.Client:
        """A Working Group Two client with a token of all scopes, for operator_name."""
        return self.wgtwo_as("sandbox-client", "subscription.read subscription.write sim.import.write")

    def dish_as(self, client_id: str, **headers: str) -> httpx.Client:
        """A DISH client with a token of its own."""
        answer = httpx.post(
            f"{self.url}/dish/oauth2/token",
            data={"grant_type": "client_credentials"},
            auth=(client_id, "sandbox-secret"),
            timeout=PATIENCE_SECONDS,
        )
        assert 200 == answer.status_code, answer.text
        return self.client(headers={"Authorization": f"Bearer {answer.json()['access_token']}", **headers})

    @cached_property
    def dish(self) -> httpx.Client:
        """A DISH client of the seeded wholesale customer."""
        return self.dish_as("sandbox-partner")

    @cached_property
    def stn(self) -> httpx.Client:
        """An sTN client with the sandbox's key."""
        return self.client(headers={"stn-api-key": "sandbox-api-key"})

    def sim(self, iccid: str) -> dict[str, Any]:
        """A SIM's plain record."""
        answer = self.wing.get(f"/api/v1/subscription/sims/iccid/{iccid}")
        assert 200 == answer.status_code, answer.text
        return dict(answer.json())

    def sim_in(self, state: str) -> dict[str, Any]:
        """Some SIM in that state."""
        answer = self.wing.get("/api/v1/subscription/sims", params={"stateName.equals": state, "size": 1})
        return dict(answer.json()[0])

    def change(self, sim: dict[str, Any], state: str, number: int) -> httpx.Response:
        """Ask for another billing state, by 5.7."""
        body = {"iccid": sim["iccid"], "imsi": sim["imsi"], "newState": state, "newStateId": number}
        return self.wing.post("/api/v1/sim/update_state", json=body)

    def workflow(self, batch_id: str) -> dict[str, Any]:
        """How a workflow stands, by 5.8."""
        return dict(self.wing.get(f"/api/v1/sim/{batch_id}").json())

    def clock(self, **change: Any) -> dict[str, Any]:
        """Set the clock."""
        answer = self.control.patch(f"/_box/worlds/{self.name}/clock", json=change)
        assert 200 == answer.status_code, answer.text
        return dict(answer.json())

    def advance(self, **how_far: Any) -> dict[str, Any]:
        """Move the clock, and let all that falls due happen."""
        answer = self.control.post(f"/_box/worlds/{self.name}/clock/advance", json=how_far)
        assert 200 == answer.status_code, answer.text
        return dict(answer.json())

    def close(self) -> None:
        for client in self.clients:
            client.close()


@pytest.fixture(scope="session")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    """A box that a whole test run shares; what it logs shows when a test fails."""
    box = start_box("--data", str(tmp_path_factory.mktemp("data")))
    yield box
    assert 0 == box.stop()


@pytest.fixture(scope="session")
def control(box: Box) -> Iterator[httpx.Client]:
    """A client of the box's control API."""
    with httpx.Client(base_url=box.url, timeout=PATIENCE_SECONDS) as client:
        yield client


@pytest.fixture
def world(control: httpx.Client) -> Iterator[World]:
    """A world forked from the default one, its clock frozen, and dropped afterwards."""
    made = control.post("/_box/worlds", json={"from": "default"}).json()
    world = World(made["name"], made["base_url"], control)
    world.clock(mode="frozen")
    yield world
    world.close()
    assert 204 == control.delete(f"/_box/worlds/{world.name}").status_code


@pytest.fixture
def fixtures_folder() -> Path:
    """Where the seed worlds lie."""
    return Path(__file__).parent.parent / "fixtures"
