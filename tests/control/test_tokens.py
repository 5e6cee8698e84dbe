"""control/keys: tokens made to order let in, or are refused as the carrier refuses them."""

from typing import Any

import httpx
import pytest

READS = {
    "wing": ("GET", "/wing/api/v1/subscription/sims?size=1&page=1"),
    "wgtwo": ("GET", "/wgtwo/subscription/v2/msisdn/46737647759"),
    "dish": ("GET", "/dish/sps/v5/subscription-sim/simCheck?iccid=11986621644523024501"),
    "stn": ("GET", "/stn/api/QuerySimCard?take=1"),
}
#: What each carrier's tokens can be like, and what a call with one is told.
KINDS = [
    *(("wing", kind, 401) for kind in ("expired", "not-yet-valid", "unknown-key", "wrong-audience", "alg-none")),
    ("wing", "no-roles", 403),
    *(("wgtwo", kind, 401) for kind in ("expired", "unknown-key", "wrong-audience")),
    ("wgtwo", "no-roles", 403),
    *(("dish", kind, 401) for kind in ("expired", "unknown-key", "wrong-audience")),
    ("stn", "unknown-key", 401),
]
NONE_SUCH = [
    *((carrier, kind) for carrier in ("wgtwo", "dish", "stn") for kind in ("not-yet-valid", "alg-none")),
    ("dish", "no-roles"), ("stn", "expired"), ("stn", "wrong-audience"), ("keycloak", "valid"), ("nobody", "valid"),
]  # fmt: skip


def mint(world: Any, **wanted: Any) -> httpx.Response:
    answer = world.control.post(f"/_box/worlds/{world.name}/tokens", json=wanted)
    assert isinstance(answer, httpx.Response)
    return answer


def call(world: Any, carrier: str, kind: str = "valid") -> int:
    minted = mint(world, carrier=carrier, kind=kind)
    assert 201 == minted.status_code, minted.text
    method, path = READS[carrier]
    return int(world.client().request(method, path, headers=minted.json()["headers"]).status_code)


@pytest.mark.parametrize("carrier", READS)
def test_a_valid_one_lets_in(world: Any, carrier: str) -> None:
    assert call(world, carrier) not in {401, 403}


@pytest.mark.parametrize(("carrier", "kind", "status"), KINDS)
def test_a_bad_one_is_refused(world: Any, carrier: str, kind: str, status: int) -> None:
    assert status == call(world, carrier, kind)


@pytest.mark.parametrize(("carrier", "kind"), NONE_SUCH)
def test_what_a_carriers_tokens_cannot_be_like_is_said(world: Any, carrier: str, kind: str) -> None:
    answer = mint(world, carrier=carrier, kind=kind)
    assert (400, True) == (answer.status_code, kind in answer.json()["detail"])


@pytest.mark.parametrize("wanted", [{}, {"carrier": 1}, {"carrier": "wing", "kind": "x"}, {"carrier": "wing", "a": 1}])
def test_what_is_no_wish_is_refused(world: Any, wanted: dict[str, Any]) -> None:
    assert 400 == mint(world, **wanted).status_code


def test_one_holds_in_its_world_only(world: Any) -> None:
    other = world.control.post("/_box/worlds", json={"from": world.name}).json()
    headers = mint(world, carrier="wing").json()["headers"]
    path = READS["wing"][1].removeprefix("/wing")
    assert 200 == httpx.get(f"{world.url}/wing{path}", headers=headers).status_code
    assert 401 == httpx.get(f"{other['base_url']}/wing{path}", headers=headers).status_code
    world.control.delete(f"/_box/worlds/{other['name']}")


def test_a_readers_key_may_not_write(world: Any) -> None:
    headers = mint(world, carrier="stn", kind="no-roles").json()["headers"]
    assert 403 == world.client().post("/stn/api/NewSubscription", json={}, headers=headers).status_code
