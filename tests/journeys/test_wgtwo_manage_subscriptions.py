"""How to manage subscriptions: the document's headings in order, its requests sent with curl as they are printed."""

import json
import subprocess
from typing import Any

import httpx
import pytest

from carrierbox import contracts

ACTIVATE, BLOCK, CHANGE_SIM, UNBLOCK, UPDATE, TERMINATE, CHANGE_MSISDN, DISENGAGE = (
    f"wgtwo-{name}"
    for name in ("activate", "block", "changesim", "unblock", "update", "terminate", "changemsisdn", "disengagesim")
)
HIGHSPEED = {
    "bssid": "operator_name",
    "msisdn": "46737678218",
    "services": {"add": [{"servicename": "DATA_HIGHSPEED"}]},
}


class Shell:
    """A terminal in which ACCESS_TOKEN is set."""

    def __init__(self, host: str, token: str | None) -> None:
        self.host = host
        self.token = token

    def paste(self, operation_id: str, body: Any = None) -> tuple[int, Any]:
        """Send a printed request, the host replaced; answers status and body."""
        operation = contracts.operation(operation_id)
        sent = ""
        if operation.request is not None:
            printed = json.dumps(body or operation.request.example, indent=2)
            sent = f"-H 'Content-Type: application/json' \\\n-d '\n{printed}\n' \\\n"
        login = '-H "Authorization: Bearer ${ACCESS_TOKEN}" \\\n' if self.token else ""
        path = operation.path.format(msisdn="46737678218")
        script = f"curl -s -w '\\n%{{http_code}}' \\\n{login}{sent}{self.host}{path}"
        run = subprocess.run(
            ["bash", "-euc", script], capture_output=True, text=True, check=True, env={"ACCESS_TOKEN": self.token or ""}
        )
        content, _, status = run.stdout.rpartition("\n")
        return int(status), json.loads(content) if content else None

    def do(self, operation_id: str, body: Any = None) -> None:
        """The same, which has to succeed."""
        status, answer = self.paste(operation_id, body)
        assert 201 == status
        assert 32 == len(answer["requestid"])

    def update(self, name: str) -> None:
        """One of the printed updates."""
        request = contracts.operation(UPDATE).request
        assert request is not None
        self.do(UPDATE, request.raw["examples"][name])

    def show(self) -> dict[str, Any] | None:
        """Get subscription info."""
        status, answer = self.paste("wgtwo-get-subscription")
        assert status == (404 if answer is None else 200)
        return answer if answer is None else dict(answer)

    def services(self) -> dict[str, Any]:
        """The services of the document's subscription."""
        shown = self.show()
        assert shown is not None
        return {each["servicename"]: each.get("config") for each in shown["services"]}

    def iccids(self) -> list[str]:
        """The SIMs of the document's subscription."""
        shown = self.show()
        assert shown is not None
        return [sim["iccid"] for sim in shown["simcards"]]


@pytest.fixture(params=["wgtwo", "wgtwo-sandbox"])
def shell(request: pytest.FixtureRequest, world: Any) -> Shell:
    """With a token on the API's host; without any on the sandbox host, as the document's tip says."""
    with_token = request.param == "wgtwo"
    token = world.wgtwo.headers["authorization"].removeprefix("Bearer ") if with_token else None
    return Shell(f"{world.url}/{request.param}", token)


def test_every_heading_in_its_order(shell: Shell) -> None:
    # Get subscription info; Activate new user, who is there already
    documented = contracts.operation("wgtwo-get-subscription").success.example
    assert {**documented, "id": 0} == {**(shell.show() or {}), "id": 0}
    shell.do(ACTIVATE)
    assert documented["services"] == (shell.show() or {})["services"]

    # Provision replacement SIM: block, change SIM, unblock; Freeze and Unfreeze
    for block, unblock in ((BLOCK, UNBLOCK), ("wgtwo-freeze", "wgtwo-unfreeze")):
        shell.do(block)
        assert not (shell.show() or {})["active"]
        shell.do(CHANGE_SIM)
        shell.do(unblock)
        assert (shell.show() or {})["active"]
    assert ["2420198412148748973"] == shell.iccids()

    # Restrict highspeed data
    shell.do(UPDATE, HIGHSPEED)
    assert "DATA_HIGHSPEED" in shell.services()
    shell.update("restrict_highspeed_data")
    assert "DATA_HIGHSPEED" not in shell.services()

    # Disable roaming, Enable roaming
    shell.update("remove_roaming")
    shell.update("remove_roaming_data")
    assert not {"ROAMING", "ROAMING_DATA"} & shell.services().keys()
    shell.update("add_roaming")
    shell.update("add_roaming_data")
    assert shell.services().keys() >= {"ROAMING", "ROAMING_DATA"}

    # Terminate subscription; what was in use is free for a new one
    shell.do(TERMINATE)
    assert shell.show() is None
    assert 404 == shell.paste(BLOCK)[0]
    shell.do(ACTIVATE)
    assert ["2420198416000015720"] == shell.iccids()

    # Change MSISDN for a SIM, and back
    shell.do(CHANGE_MSISDN)
    assert shell.show() is None
    shell.do(CHANGE_MSISDN, {"msisdn": "46727678209", "newMsisdn": "46737678218"})

    # Remove a SIM from subscription
    shell.do(DISENGAGE)
    assert [] == shell.iccids()

    # Add a bundled product
    shell.update("add_bundled_product")
    assert {"products": ["some_product_id"]} == shell.services()["PRODUCT_BUNDLING"]


def test_the_vendors_host_names_lead_here(world: Any) -> None:
    root = world.url.removesuffix(f"/w/{world.name}")
    path = "/subscription/v2/msisdn/46737678218"
    by_name = {"X-Carrierbox-World": world.name}
    form = {"grant_type": "client_credentials", "scope": "subscription.read"}
    token = httpx.post(
        f"{root}/oauth2/token",
        data=form,
        auth=("sandbox-client", "sandbox-secret"),
        headers={**by_name, "Host": "id.wgtwo.com"},
    ).json()["access_token"]
    login = {"Authorization": f"Bearer {token}"}
    for url, headers in (
        (f"{root}{path}", {**by_name, **login, "Host": "api.wgtwo.com"}),
        (f"{root}{path}", {**by_name, **login, "Host": "api.shamrock.wgtwo.com"}),
        (f"{root}{path}", {**by_name, **login, "Host": "sandbox.api.wgtwo.com"}),
        (f"{root}{path}", {**by_name, "Host": "sandbox.api.wgtwo.com"}),
        (f"{world.url}{path}", login),
        (f"{world.url}/wgtwo{path}", login),
        (f"{world.url}/wgtwo-sandbox{path}", {}),
    ):
        answer = httpx.get(url, headers=headers)
        assert (200, world.name) == (answer.status_code, answer.headers["x-carrierbox-world"]), (url, headers)
    for host, sent in (("api.wgtwo.com", {}), ("sandbox.api.wgtwo.com", {"Authorization": "Bearer nonsense"})):
        assert 401 == httpx.get(f"{root}{path}", headers={**by_name, **sent, "Host": host}).status_code


def test_the_vendors_client_of_release_1_2_1_works_with_a_key(world: Any) -> None:
    with world.client(auth=("sandbox-client", "sandbox-secret")) as client:
        assert "ROAMING_DATA" in client.get("/subscription/v1/msisdn/46737678218").json()["services"]
        body = {
            "bssid": "operator_name",
            "msisdn": "46737678218",
            "userid": "random-userid-123",
            "service": {"name": "ROAMING_DATA", "action": "REMOVE"},
        }
        assert 201 == client.post("/provision/v1/update", json=body).status_code
        assert "ROAMING_DATA" not in client.get("/subscription/v1/msisdn/46737678218").json()["services"]


def test_an_unknown_world_is_404_without_a_word(world: Any) -> None:
    answer = world.client().get("/wgtwo/subscription/v2/msisdn/1", headers={"X-Carrierbox-World": "nowhere"})
    assert 401 == answer.status_code  # the path names the world
    root = world.url.removesuffix(f"/w/{world.name}")
    answer = httpx.get(f"{root}/w/nowhere/wgtwo/subscription/v2/msisdn/1")
    assert (404, b"") == (answer.status_code, answer.content)


def test_a_world_says_what_is_free_and_how_to_log_in(world: Any) -> None:
    described = world.control.get(f"/_box/worlds/{world.name}").json()
    assert f"{world.url}/wgtwo/oauth2/token" == described["token_urls"]["wgtwo"]
    credentials, free = described["credentials"]["wgtwo"], described["free"]["wgtwo"]
    body = {"bssid": credentials["bssid"], "userid": "u", "iccid": free["iccid"][0], "msisdn": free["msisdn"][0]}
    key = (credentials["client_id"], credentials["client_secret"])
    assert 201 == httpx.post(f"{described['urls']['wgtwo']}/provision/v2/activate", json=body, auth=key).status_code
