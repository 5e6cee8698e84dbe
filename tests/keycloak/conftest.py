"""The fake Keycloak by itself, in a world of its own for each test, spoken to as a client speaks to it."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest

from carrierbox import edge, keycloak
from carrierbox.kernel import fixtures, tokens
from carrierbox.kernel.parts import Part
from carrierbox.kernel.world import Box, Cause, Settings, World
from carrierbox.kernel.worlds import Origin, Worlds

ADDRESS = "http://box.test"
REALM = "wdh-sitstg2"
OPENID_CONNECT = "/protocol/openid-connect"


class InProcess(httpx.BaseTransport):
    """Speaks to an ASGI application without a network."""

    def __init__(self, app: Any, *, raises: bool) -> None:
        self._transport = httpx.ASGITransport(app, raise_app_exceptions=raises)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return asyncio.run(self._send(request))

    async def _send(self, request: httpx.Request) -> httpx.Response:
        answer = await self._transport.handle_async_request(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())


@dataclass
class Keycloak:
    """A world's Keycloak, with the paths of one realm within reach."""

    world: World
    http: httpx.Client
    realm: str = REALM

    def path(self, endpoint: str, realm: str | None = None) -> str:
        return f"/uam/auth/realms/{realm or self.realm}{endpoint}"

    def get(self, endpoint: str, **options: Any) -> httpx.Response:
        return self.http.get(self.path(endpoint), **options)

    def post(self, endpoint: str, **options: Any) -> httpx.Response:
        return self.http.post(self.path(endpoint), **options)

    def ask(self, *, realm: str | None = None, **form: str) -> httpx.Response:
        """A token request."""
        return self.http.post(self.path(f"{OPENID_CONNECT}/token", realm), data=form)

    def ask_by_password(self, username: str = "sandbox-admin", **form: str) -> httpx.Response:
        wanted = {"grant_type": "password", "client_id": "web-app", "username": username, "password": "sandbox-pass"}
        return self.ask(**(wanted | form))

    def log_in(self, username: str = "sandbox-admin", scope: str = "openid", **form: str) -> dict[str, Any]:
        """The token response to a login that is in order."""
        answer = self.ask_by_password(username, scope=scope, **form)
        assert 200 == answer.status_code, answer.text
        return dict(answer.json())

    def refresh(self, refresh_token: str, client_id: str = "web-app", **form: str) -> httpx.Response:
        return self.ask(grant_type="refresh_token", client_id=client_id, refresh_token=refresh_token, **form)

    def service_token(self) -> str:
        """An access token of the confidential client itself."""
        answer = self.ask(grant_type="client_credentials", client_id="api-gateway", client_secret="sandbox-secret")
        assert 200 == answer.status_code, answer.text
        return str(answer.json()["access_token"])

    def userinfo(self, access_token: str) -> httpx.Response:
        return self.get(f"{OPENID_CONNECT}/userinfo", headers={"Authorization": f"Bearer {access_token}"})

    def introspect(self, token: str) -> dict[str, Any]:
        gateway = ("api-gateway", "sandbox-secret")
        answer = self.post(f"{OPENID_CONNECT}/token/introspect", data={"token": token}, auth=gateway)
        assert 200 == answer.status_code, answer.text
        return dict(answer.json())

    def box(self) -> AbstractContextManager[Box]:
        """The world, opened for one transaction."""
        return self.world.transaction(Cause("rule", "test"))

    def caller(self, access_token: str) -> keycloak.Caller:
        """Whom a carrier's API takes the bearer of the token for."""
        with self.box() as box:
            return keycloak.authenticate(box, access_token)

    def change_user(self, username: str, column: str, value: object) -> None:
        with self.box() as box:
            box.sql(f"UPDATE keycloak_user SET {column} = :value WHERE username = :name", value=value, name=username)
        keycloak.forget_callers(self.world)

    def despite_accidents(self) -> "Keycloak":
        """The same, with errors that nobody foresaw answered as they are to a client."""
        return Keycloak(self.world, serve(self.world, raises=False), self.realm)

    def wait(self, seconds: float) -> None:
        self.world.clock.jump(self.world.clock.now() + timedelta(seconds=seconds))


def serve(world: World, *, raises: bool = True) -> httpx.Client:
    """A client of a world's Keycloak; what its application did not foresee fails the test, unless it is not to."""
    application = keycloak.build()

    async def shell(scope: Any, receive: Any, send: Any) -> None:
        await application({**scope, "carrierbox": edge.Visit(world, "request-1", ADDRESS, ADDRESS)}, receive, send)

    return httpx.Client(transport=InProcess(shell, raises=raises), base_url=ADDRESS)


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    """Worlds that hold a Keycloak, and nothing of what the fixtures have for others."""
    tokens.pool.start()
    sections = {name for path in Origin().all_files() for name in fixtures.read_yaml(path)}
    others = (Part(name, load=lambda box, section: None) for name in sorted(sections - {"keycloak"}))  # noqa: ARG005
    worlds = Worlds(tmp_path_factory.mktemp("data"), (keycloak.part, *others))
    worlds.start(Origin(sims=0), Settings())
    yield worlds
    worlds.close()


@pytest.fixture
def start(worlds: Worlds) -> Iterator[Callable[..., Keycloak]]:
    """Makes a Keycloak in a new world: ``start()``, or ``start(source="w-1")`` for a fork of another."""
    started: list[Keycloak] = []

    def start(**choices: Any) -> Keycloak:
        world = asyncio.run(worlds.create(**choices))
        world.clock.freeze()
        started.append(Keycloak(world, serve(world)))
        return started[-1]

    yield start
    for kc in started:
        kc.http.close()
        asyncio.run(worlds.drop(kc.world.name))


@pytest.fixture
def kc(start: Callable[..., Keycloak]) -> Keycloak:
    """A Keycloak in a world of its own, at a standing clock."""
    return start()
