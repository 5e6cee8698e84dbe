"""A world's rate limit: so many requests a second of world time, for each carrier; then 429 in the vendor's words."""

import httpx
import pytest
from tests.conftest import Box, World
from tests.control.answers import good
from tests.shell.test_magic import ordinary
from tests.shell.ways import CARRIERS, READS, Way, is_vendors


def limit(world: World, per_second: int | None) -> None:
    body = {"rate_limit_per_second": per_second}
    settings = good(world.control.patch(f"/_box/worlds/{world.name}/settings", json=body))
    assert (per_second or None) == settings["rate_limit_per_second"]


@pytest.fixture(params=CARRIERS)
def sim(request: pytest.FixtureRequest, world: World) -> Way:
    way = Way(request.param, world, ordinary(world, request.param))
    assert way.api
    return way


def test_at_first_there_is_none(sim: Way) -> None:
    settings = sim.world.control.get(f"/_box/worlds/{sim.world.name}/settings").json()
    assert settings["rate_limit_per_second"] is None
    answers = [sim.read() for _ in range(20)]
    assert {200} == {answer.status_code for answer in answers}
    assert not [name for name in answers[0].headers if "ratelimit" in name]


@pytest.mark.parametrize("per_second", [1, 4])
def test_on_a_clock_that_stands_still_so_many_pass_and_no_more_until_it_moves(sim: Way, per_second: int) -> None:
    limit(sim.world, per_second)
    for _ in range(2):
        assert [200] * per_second == [sim.read().status_code for _ in range(per_second)]
        for _ in range(3):
            answer = sim.read()
            assert is_vendors(sim.carrier, answer, 429), answer.text
            assert ("1", "rate-limit") == (answer.headers["Retry-After"], answer.headers["X-Carrierbox-Fault"])
            assert READS[sim.carrier] == answer.headers["X-Carrierbox-Operation"]
        sim.world.advance(by=0.999)
        assert 429 == sim.read().status_code
        sim.world.advance(by=0.001)


def test_what_is_refused_has_done_nothing(sim: Way) -> None:
    before = sim.state
    limit(sim.world, 1)
    assert sim.read().is_success
    assert 429 == sim.change().status_code
    limit(sim.world, None)
    sim.world.advance(by="10m")
    assert before == sim.state
    assert sim.change().is_success


def test_each_carrier_counts_for_itself_and_tokens_count_with_theirs(world: World) -> None:
    limit(world, 1)
    for carrier, path in (("wing", "/api/v1/sim/1"), ("wgtwo", "/x"), ("dish", "/x"), ("stn", "/api/X")):
        assert [429 == status for status in (asked(world, carrier, path), asked(world, carrier, path))] == [False, True]
    token = f"{world.url}/uam/auth/realms/wdh-sitstg2/protocol/openid-connect/token"
    assert {"error": "HTTP 429 Too Many Requests"} == httpx.post(token, data={"grant_type": "password"}).json()
    assert 429 == httpx.post(f"{world.url}/oauth2/token", auth=("sandbox-partner", "sandbox-secret")).status_code


def asked(world: World, carrier: str, path: str) -> int:
    return world.control.get(f"{world.url}/{carrier}{path}").status_code


def test_the_box_itself_and_its_pages_have_no_limit(world: World) -> None:
    limit(world, 1)
    for path in ("/wing/openapi.json", f"/_box/worlds/{world.name}/clock", "/stn/docs"):
        assert [200] * 3 == [world.control.get(world.url + path).status_code for _ in range(3)]


def test_another_world_counts_for_itself(world: World, box: Box) -> None:
    limit(world, 1)
    assert [404, 429] == [asked(world, "wing", "/x") for _ in range(2)]
    assert [404, 404] == [world.control.get(f"{box.url}/wing/x").status_code for _ in range(2)]


def test_working_group_two_tells_on_every_answer_what_is_left(world: World) -> None:
    sim = Way("wgtwo", world, ordinary(world, "wgtwo"))
    assert sim.api
    limit(world, 3)
    told = []
    for _ in range(4):
        headers = sim.read().headers
        told.append([headers.get(f"X-RateLimit-{name}") for name in ("Limit", "Remaining", "Reset")])
    assert [["3", left, "1"] for left in ("2", "1", "0", "0")] == told
    other = Way("dish", world, ordinary(world, "dish"))
    assert not [name for name in other.read().headers if "ratelimit" in name]


def test_on_a_running_clock_a_second_is_a_second_of_the_world(world: World) -> None:
    limit(world, 1)
    world.clock(mode="running", rate=100.0)
    statuses = {asked(world, "wing", "/x") for _ in range(40)}
    assert 404 in statuses
    world.clock(mode="frozen")
    world.advance(by=1)
    assert [404, 429] == [asked(world, "wing", "/x") for _ in range(2)]


def test_zero_means_none_and_a_fork_takes_it_along(world: World, control: httpx.Client) -> None:
    limit(world, 2)
    fork = good(control.post("/_box/worlds", json={"from": world.name}), 201)
    path = f"/_box/worlds/{fork['name']}/settings"
    assert 2 == control.get(path).json()["rate_limit_per_second"]
    assert control.patch(path, json={"pace": "instant"}).json()["rate_limit_per_second"] == 2
    assert control.patch(path, json={"rate_limit_per_second": 0}).json()["rate_limit_per_second"] is None
    control.delete(f"/_box/worlds/{fork['name']}")
