"""The shell finds the world by prefix, header or default, and the carrier by prefix, host name or the bare path."""

import httpx
import pytest
from tests.conftest import Box, World
from tests.control.answers import problem
from tests.shell.conftest import vendor_problem

SIMS = "/api/v1/subscription/sims?size=1"
REALM = "/uam/auth/realms/wdh-sitstg2"
VENDOR = "wdh-sitstg2.nokiawing.com"
OPERATION = "X-Carrierbox-Operation"


def credentials(world: World) -> dict[str, str]:
    """Headers that are good in this world, and in no other."""
    return {"Authorization": f"Bearer {world.token()}", "Account-Context-Id": "*"}


def world_of(answer: httpx.Response) -> str:
    return answer.headers["X-Carrierbox-World"]


# ------------------------------------------------------------------------------------------------------------ the world


def test_the_world_is_named_in_the_path(world: World, box: Box) -> None:
    answer = httpx.get(f"{box.url}/w/{world.name}{SIMS}", headers=credentials(world))
    assert (200, world.name) == (answer.status_code, world_of(answer))


def test_the_world_is_named_by_a_header(world: World, box: Box) -> None:
    answer = httpx.get(box.url + SIMS, headers=credentials(world) | {"X-Carrierbox-World": world.name})
    assert (200, world.name) == (answer.status_code, world_of(answer))


def test_the_world_is_the_default_one_where_none_is_named(world: World, box: Box) -> None:
    answer = httpx.get(box.url + SIMS, headers=credentials(world))
    assert (401, "default") == (answer.status_code, world_of(answer))


def test_the_default_world_may_be_named_as_well(box: Box) -> None:
    by_path = httpx.get(f"{box.url}/w/default{SIMS}")
    by_header = httpx.get(box.url + SIMS, headers={"X-Carrierbox-World": "default"})
    assert "default" == world_of(by_path) == world_of(by_header)
    assert httpx.get(box.url + SIMS).json() == by_path.json() == by_header.json()


def test_the_path_goes_before_the_header(world: World, box: Box) -> None:
    answer = httpx.get(f"{box.url}/w/{world.name}{SIMS}", headers={"X-Carrierbox-World": "default"})
    assert world.name == world_of(answer)


@pytest.mark.parametrize("name", ["nowhere", "DEFAULT", "", "a" * 64, "%00", "%2e%2e", "%ff", "default%2f"])
@pytest.mark.parametrize("prefix", ["", "/wing"])
def test_an_unknown_world_is_told_as_the_vendor_would(box: Box, prefix: str, name: str) -> None:
    answer = httpx.get(httpx.URL(f"{box.url}/w/{name}{prefix}/api/v1/sim/1"))
    assert 404 == answer.status_code
    if "%2f" not in name:
        assert vendor_problem(answer.json(), 404, "/api/v1/sim/1")
    assert "X-Carrierbox-World" not in answer.headers


@pytest.mark.parametrize("name", ["nowhere", "DEFAULT", "", "default,default", "../default"])
def test_an_unknown_world_in_a_header_is_told_as_the_vendor_would(box: Box, name: str) -> None:
    answer = httpx.get(f"{box.url}/api/v1/sim/1", headers={"X-Carrierbox-World": name})
    assert 404 == answer.status_code
    assert vendor_problem(answer.json(), 404, "/api/v1/sim/1")


def test_an_unknown_world_is_told_by_the_control_api_as_a_problem(box: Box) -> None:
    assert "nowhere" in problem(httpx.get(f"{box.url}/w/nowhere/_box/worlds"), 404)["detail"]


# ---------------------------------------------------------------------------------------------------------- the carrier


@pytest.mark.parametrize("prefix", ["", "/wing"], ids=["bare", "by prefix"])
def test_wing_is_found_by_its_prefix_and_by_its_paths(world: World, prefix: str) -> None:
    answer = httpx.get(world.url + prefix + SIMS, headers=credentials(world))
    assert (200, "wing-5.2.5") == (answer.status_code, answer.headers[OPERATION])


@pytest.mark.parametrize("host", [VENDOR, f"{VENDOR}:443", VENDOR.upper(), "nokiawing.com", "other.nokiawing.com"])
def test_wing_is_found_by_its_host_name(world: World, host: str) -> None:
    answer = httpx.get(world.url + SIMS, headers=credentials(world) | {"Host": host})
    assert (200, "wing-5.2.5") == (answer.status_code, answer.headers[OPERATION])


@pytest.mark.parametrize("host", [VENDOR, "nokiawing.com"])
def test_all_behind_wings_host_name_is_wings(box: Box, host: str) -> None:
    answer = httpx.get(f"{box.url}/nothing/of/ours", headers={"Host": host})
    assert 404 == answer.status_code
    assert vendor_problem(answer.json(), 404, "/nothing/of/ours")


@pytest.mark.parametrize(
    "host", ["nokiawing.com.evil.example", "notnokiawing.com", "a.b.nokiawing.com", "localhost", ""]
)
def test_another_host_name_is_nobodys(box: Box, host: str) -> None:
    problem(httpx.get(f"{box.url}/nothing/of/ours", headers={"Host": host}), 404)


def test_all_behind_wings_prefix_is_wings(box: Box) -> None:
    answer = httpx.get(f"{box.url}/wing/nothing/of/ours")
    assert 404 == answer.status_code
    assert vendor_problem(answer.json(), 404, "/nothing/of/ours")


@pytest.mark.parametrize("prefix", ["", "/wing"], ids=["bare", "by prefix"])
@pytest.mark.parametrize("host", ["localhost", VENDOR])
def test_the_keycloak_is_found_in_each_way(world: World, prefix: str, host: str) -> None:
    answer = httpx.get(world.url + prefix + REALM, headers={"Host": host})
    assert (200, "wdh-sitstg2") == (answer.status_code, answer.json()["realm"])


@pytest.mark.parametrize("host", ["localhost", VENDOR])
def test_control_is_found_under_any_host_name(box: Box, host: str) -> None:
    assert "ok" == httpx.get(f"{box.url}/_box/health", headers={"Host": host}).json()["status"]


def test_an_error_names_the_path_that_the_vendor_knows(world: World) -> None:
    for prefix in ("", "/wing"):
        answer = httpx.get(f"{world.url}{prefix}/api/v1/sim/1")
        assert vendor_problem(answer.json(), 401, "/api/v1/sim/1")


@pytest.mark.parametrize(
    "path", ["/", "", "/nothing", "/api", "/api/", "/wingx/api", "/w", "/_boxes", "/uam/authx", "/apix/v1"]
)
def test_what_is_nobodys_is_told_with_where_the_apis_are(box: Box, path: str) -> None:
    detail = problem(httpx.get(box.url + path), 404)["detail"]
    assert "/wing" in detail
    assert "/_box" in detail


def test_the_control_api_names_worlds_in_its_paths_alone(box: Box, world: World) -> None:
    answer = httpx.get(f"{box.url}/_box/worlds/{world.name}")
    assert (200, world.name) == (answer.status_code, answer.json()["name"])
    assert "X-Carrierbox-World" not in answer.headers
    assert answer.headers["X-Request-Id"]
