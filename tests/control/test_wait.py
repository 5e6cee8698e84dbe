"""Waiting in real time until something has happened in a world: answered at once when it has, 408 when not in time."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from tests.conftest import World
from tests.control.answers import good, problem
from tests.receiver import receiving
from tests.shell.test_magic import ordinary
from tests.shell.ways import CARRIERS, Way, magic_iccid

from carrierbox.control.app import REFUSALS
from carrierbox.kernel import bell

WORKERS = [carrier for carrier in CARRIERS if carrier != "wgtwo"]
SUSPENDED = {"wing": "SUSPENDED", "wgtwo": "blocked", "dish": "Suspended", "stn": "SUSPENDED"}


def wait(world: World, timeout: float | str = 20, **what: Any) -> httpx.Response:
    return world.control.post(f"/_box/worlds/{world.name}/wait", json={"for": what, "timeout": timeout})


@contextmanager
def waiting(world: World, **what: Any) -> Any:
    """Somebody who waits, until the block has made it happen."""
    with ThreadPoolExecutor() as pool, httpx.Client(base_url=world.control.base_url, timeout=60) as client:
        path = f"/_box/worlds/{world.name}/wait"
        answer: Future[httpx.Response] = pool.submit(client.post, path, json={"for": what, "timeout": 30})
        time.sleep(0.3)
        assert not answer.done()
        yield answer


def work_of(world: World, sim: Way) -> str:
    """The id of the work that a change of a SIM has led to."""
    path = f"/_box/worlds/{world.name}/workflows"
    [work, *_] = world.control.get(path, params={"carrier": sim.carrier, "iccid": sim.iccid}).json()
    return str(work["id"])


@pytest.fixture
def sim(request: pytest.FixtureRequest, world: World) -> Way:
    return Way(request.param, world, ordinary(world, request.param))


@pytest.mark.parametrize("sim", WORKERS, indirect=True)
def test_work_is_waited_for_until_it_ends(sim: Way, world: World) -> None:
    sim.change()
    work = work_of(world, sim)
    with waiting(world, workflow=work) as answer:
        world.advance(by="10m")
        told = good(answer.result(10))["workflow"]
    assert (work, "completed", sim.iccid) == (told["id"], told["status"], told["iccid"])
    started = time.monotonic()
    assert told == good(wait(world, workflow=work))["workflow"]
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("sim", CARRIERS, indirect=True)
def test_a_sim_is_waited_for_until_it_is_in_a_state(sim: Way, world: World) -> None:
    with waiting(world, sim=sim.iccid, state=SUSPENDED[sim.carrier], carrier=sim.carrier) as answer:
        sim.change()
        world.advance(by="10m")
        told = good(answer.result(10))["sim"]
    assert (sim.iccid, sim.carrier) == (told["iccid"], told["carrier"])
    assert told == good(wait(world, sim=sim.iccid, state=SUSPENDED[sim.carrier]))["sim"]


def test_on_a_running_clock_it_happens_by_itself(world: World) -> None:
    sim = Way("wing", world, ordinary(world, "wing"))
    world.clock(mode="running")
    sim.change()
    started = time.monotonic()
    good(wait(world, sim=sim.iccid, state="SUSPENDED"))
    assert time.monotonic() - started < 15


def test_a_forced_state_counts(world: World) -> None:
    sim = Way("wing", world, ordinary(world, "wing"))
    with waiting(world, sim=sim.iccid, state="RETIRED") as answer:
        world.control.post(f"/_box/worlds/{world.name}/sims/{sim.iccid}/force", json={"state": "RETIRED"})
        good(answer.result(10))


def test_a_callback_is_waited_for_until_it_has_arrived(world: World) -> None:
    sim = Way("dish", world, ordinary(world, "dish"))
    with receiving() as receiver:
        url = {"callback_url": {"dish": receiver.url}}
        good(world.control.patch(f"/_box/worlds/{world.name}/settings", json=url))
        with waiting(world, callback=sim.iccid) as answer:
            sim.change()
            world.advance(by="10m")
            told = good(answer.result(10))["callback"]
    assert ("delivered", sim.iccid, "dish") == (told["state"], told["iccid"], told["carrier"])
    for what in ({"callback": told["id"]}, {"callback": told["event"]}, {"callback": "*"}, {"callback": "*",
                 "iccid": sim.iccid, "event": told["event"], "carrier": "dish", "state": "delivered"}):  # fmt: skip
        assert told["id"] == good(wait(world, **what))["callback"]["id"]


def test_callbacks_from_before_a_moment_do_not_count(world: World) -> None:
    sim = Way("dish", world, ordinary(world, "dish"))
    sim.change()
    now = world.advance(by="10m")["now"]
    good(wait(world, callback="*"))
    told = problem(wait(world, 0.1, callback="*", since=now), 408)
    assert "there is no such callback yet" in told["detail"]


def test_a_callback_that_was_lost_has_not_arrived(world: World) -> None:
    good(world.control.post(f"/_box/worlds/{world.name}/callback-plans", json={"do": {"lose": True}}), 201)
    Way("dish", world, ordinary(world, "dish")).change()
    world.advance(by="10m")
    assert "is lost" in problem(wait(world, 0.1, callback="*"), 408)["detail"]
    assert "lost" == good(wait(world, callback="*", state="lost"))["callback"]["state"]


# ------------------------------------------------------------------------------------------------------------- in vain


@pytest.mark.parametrize("timeout", [0, 0.3, "300ms", "PT0.3S"])
def test_what_does_not_happen_in_time_is_told_with_how_it_stands(world: World, timeout: float | str) -> None:
    sim = Way("wing", world, magic_iccid("wing", "0999"))
    work = sim.change().text
    started = time.monotonic()
    told = problem(wait(world, timeout, workflow=work), 408)
    assert (0.3 if timeout else 0) <= time.monotonic() - started < 10
    assert f"workflow {work} is running, and due never" in told["detail"]
    state = problem(wait(world, 0, sim=sim.iccid, state="SUSPENDED"), 408)
    assert f"SIM {sim.iccid} is ACTIVE" in state["detail"]


def test_others_are_served_while_many_wait(world: World) -> None:
    sim = Way("wing", world, ordinary(world, "wing"))
    what = {"for": {"sim": sim.iccid, "state": "RETIRED"}, "timeout": 3}
    with ThreadPoolExecutor(20) as pool:
        path = f"{world.control.base_url}/_box/worlds/{world.name}/wait"
        waits = [pool.submit(httpx.post, path, json=what, timeout=60) for _ in range(20)]
        started = time.monotonic()
        while not all(each.done() for each in waits):
            assert sim.read().is_success
        assert 2 < time.monotonic() - started
        assert [408] * 20 == [each.result().status_code for each in waits]


def test_there_is_room_for_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 100 == bell.MOST_WAITING
    assert 429 == REFUSALS[bell.TooManyWaits]
    monkeypatch.setattr(bell, "MOST_WAITING", 1)
    one = bell.Bell()
    with one.waiting(), pytest.raises(bell.TooManyWaits), one.waiting():
        pass
    with one.waiting():
        assert one.is_waited_for
    assert not one.is_waited_for


def test_a_client_that_goes_away_gives_its_place_back(world: World) -> None:
    what = {"for": {"callback": "*"}, "timeout": 600}
    path = f"{world.control.base_url}/_box/worlds/{world.name}/wait"
    for _ in range(3):
        with ThreadPoolExecutor(50) as pool:
            gone = [pool.submit(give_up, path, what) for _ in range(50)]
            assert all(each.result() for each in gone)
    assert 408 == wait(world, 0, callback="*").status_code


def give_up(path: str, what: dict[str, Any]) -> bool:
    try:
        httpx.post(path, json=what, timeout=0.5)
    except httpx.TimeoutException:
        return True
    return False


def test_a_world_that_is_dropped_or_reset_lets_nobody_wait_for_ever(world: World, control: httpx.Client) -> None:
    fork = good(control.post("/_box/worlds", json={"from": world.name}), 201)
    other = World(fork["name"], fork["base_url"], control)
    with waiting(other, callback="*") as answer:
        control.delete(f"/_box/worlds/{other.name}")
        problem(answer.result(10), 404)
    sim = Way("wing", world, ordinary(world, "wing"))
    control.post(f"/_box/worlds/{world.name}/sims/{sim.iccid}/force", json={"state": "RETIRED"})
    with waiting(world, sim=sim.iccid, state="ACTIVE") as answer:
        control.post(f"/_box/worlds/{world.name}/reset")
        good(answer.result(10))


# ------------------------------------------------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({}, 400, "body.for"),
        ({"for": {}}, 400, "say one of workflow, sim and callback"),
        ({"for": "workflow"}, 400, "body.for"),
        ({"for": []}, 400, "body.for"),
        ({"for": {"workflow": 5}}, 400, "body.for.workflow.workflow"),
        ({"for": {"workflow": "x", "state": "y"}}, 400, "body.for.workflow.state"),
        ({"for": {"sim": "x"}}, 400, "body.for.sim.state"),
        ({"for": {"sim": "x", "state": "DANCING"}}, 400, "no state 'DANCING'"),
        ({"for": {"sim": "8955644500001089020", "state": "Active", "carrier": "wing"}}, 400, "no state 'Active'"),
        ({"for": {"sim": "x", "state": "ACTIVE", "carrier": "nobody"}}, 400, "no carrier 'nobody'"),
        ({"for": {"callback": "*", "state": "late"}}, 400, "body.for.callback.state"),
        ({"for": {"callback": "*", "since": "soon"}}, 400, "'soon'"),
        ({"for": {"callback": "*", "carrier": "nobody"}}, 400, "no carrier 'nobody'"),
        ({"for": {"callback": "*"}, "timeout": -1}, 400, "not a duration"),
        ({"for": {"callback": "*"}, "timeout": "soon"}, 400, "not a duration"),
        ({"for": {"callback": "*"}, "timeout": 601}, 400, "at most 600 s"),
        ({"for": {"callback": "*"}, "timeout": True}, 400, "timeout"),
        ({"for": {"callback": "*"}, "until": 1}, 400, "body.until"),
        ({"for": {"workflow": "nothing"}}, 404, "no workflow 'nothing'"),
        ({"for": {"sim": "1", "state": "ACTIVE"}}, 404, "1"),
    ],
)
def test_what_cannot_be_waited_for_is_refused_at_once(world: World, body: Any, status: int, told: str) -> None:
    answer = world.control.post(f"/_box/worlds/{world.name}/wait", json=body)
    assert told in problem(answer, status)["detail"]
