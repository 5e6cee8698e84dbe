"""Magic ICCIDs, without any rule: the last four digits say how a SIM is treated, in every carrier's fleet alike."""

import time
from datetime import timedelta

import httpx
import pytest
from tests.conftest import World
from tests.shell import raw
from tests.shell.ways import CARRIERS, CHANGES, READS, Way, is_vendors, magic_iccid

from carrierbox.kernel import clock, faults, magic
from carrierbox.shell import Shell

pytestmark = pytest.mark.parametrize("carrier", CARRIERS)


def way(world: World, carrier: str, ending: str) -> Way:
    return Way(carrier, world, magic_iccid(carrier, ending))


def ended(world: World, sim: Way) -> tuple[str, timedelta]:
    """How the last work on a SIM ended, and how long it took."""
    query = {"carrier": sim.carrier, "iccid": sim.iccid, "limit": 100}
    newest_first = world.control.get(f"/_box/worlds/{world.name}/workflows", params=query).json()
    work = next(each for each in newest_first if each["operation"] == CHANGES[sim.carrier])
    return work["status"], clock.moment(work["ended_at"]) - clock.moment(work["created_at"])


def test_0202_works_and_takes_three_times_as_long(world: World, carrier: str) -> None:
    slow = way(world, carrier, "0202")
    assert slow.change().is_success
    world.advance(by="10m")
    assert "active" != slow.state.lower()
    if carrier == "wgtwo":  # its changes are done when they are answered
        return
    other = Way(carrier, world, ordinary(world, carrier))
    assert other.change(1).is_success
    world.advance(by="10m")
    assert abs(3 * ended(world, other)[1] - ended(world, slow)[1]) < timedelta(milliseconds=10)


def ordinary(world: World, carrier: str) -> str:
    """A SIM of the fleet that can be suspended."""
    active = {"wing": "ACTIVE", "wgtwo": "active", "dish": "Active", "stn": "ACTIVE"}[carrier]
    path = f"/_box/worlds/{world.name}/sims"
    found = world.control.get(path, params={"carrier": carrier, "state": active, "limit": 500}).json()
    prefix = magic_iccid(carrier, "0202")[:7]
    return next(
        sim["iccid"] for sim in found if sim["iccid"].startswith(prefix) and sim["iccid"][-4:] not in magic.ENDINGS
    )


def test_0400_fails_where_work_can(world: World, carrier: str) -> None:
    sim = way(world, carrier, "0400")
    assert sim.change().is_success
    world.advance(by="10m")
    if carrier == "wgtwo":
        assert "blocked" == sim.state
    else:
        assert "active" == sim.state.lower()
        assert "failed" == ended(world, sim)[0]


def test_0409_is_refused_as_the_carrier_refuses_a_sim_under_change(world: World, carrier: str) -> None:
    sim = way(world, carrier, "0409")
    before = sim.state
    assert 200 == sim.read().status_code
    answer = sim.change()
    match carrier:
        case "wing":  # 5.7 takes all that can be read, and its workflow says why not
            assert 202 == answer.status_code
            world.advance(by="10s")
            told = world.workflow(answer.text)
            assert "FAILED" == told["status"]
            assert "under way" in told["reasonForIncompletion"]
        case "wgtwo":
            assert (400, b"") == (answer.status_code, answer.content)
            assert "under way" in answer.headers["X-Carrierbox-Reason"]
        case "dish":
            assert (409, "TRANSACTION_IN_PROGRESS") == (answer.status_code, answer.json()["reasonCode"])
        case _:
            assert (400, "BadRequest") == (answer.status_code, answer.json()["responseStatus"]["errorCode"])
    world.advance(by="10m")
    assert before == sim.state


@pytest.mark.parametrize(("ending", "status"), [("0429", 429), ("0503", 503)])
def test_0429_and_0503_are_refused_whatever_is_asked(world: World, carrier: str, ending: str, status: int) -> None:
    sim = way(world, carrier, ending)
    before = sim.state
    for ask, operation in ((sim.read, READS[carrier]), (sim.change, CHANGES[carrier])):
        for _ in range(2):
            answer = ask()
            assert is_vendors(carrier, answer, status), answer.text
            assert ("1" if status == 429 else None) == answer.headers.get("Retry-After")
            assert (f"magic-{ending}", operation) == (
                answer.headers["X-Carrierbox-Fault"],
                answer.headers["X-Carrierbox-Operation"],
            )
    world.advance(by="10m")
    assert before == sim.state


def test_each_identity_of_theirs_will_do(world: World, carrier: str) -> None:
    sim = way(world, carrier, "0429")
    for name, identity in sim.identities.items():
        assert 429 == by_identity(sim, name, identity).status_code


def by_identity(sim: Way, name: str, identity: str) -> httpx.Response:
    match sim.carrier:
        case "wing":
            return sim.api.get(f"/wing/api/v1/subscription/sims/{name}/{identity}")
        case "wgtwo":
            return sim.api.get(f"/wgtwo/subscription/v2/{name}/{identity}")
        case "dish":
            return sim.api.get("/dish/sps/v5/subscription-sim/simDetails", params={"gpsi": identity})
        case _:
            return sim.api.get("/stn/api/QuerySubscription", params={"phoneNumber": identity})


def test_0504_hangs_and_is_then_refused(shell: Shell, carrier: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert 30 == faults.HANG_SECONDS
    monkeypatch.setattr(faults, "HANG_SECONDS", 0.3)
    iccid = magic_iccid(carrier, "0504")
    path = {
        "wing": f"/wing/api/v1/subscription/sims/iccid/{iccid}",
        "wgtwo": f"/wgtwo/subscription/v2/iccid/{iccid}",
        "dish": f"/dish/sps/v5/anything/{iccid}",
        "stn": f"/stn/api/{iccid}",
    }[carrier]
    started = time.monotonic()
    answer = raw.straight(shell, "GET", path)
    assert 0.3 <= time.monotonic() - started < 5
    assert 504 == answer.status
    assert "magic-0504" == answer.headers["x-carrierbox-fault"]


def test_0999_never_ends_where_work_lasts(world: World, carrier: str) -> None:
    sim = way(world, carrier, "0999")
    assert sim.change().is_success
    world.advance(by="30d")
    assert ("blocked" if carrier == "wgtwo" else "active") == sim.state.lower()


def test_their_neighbours_are_treated_like_any_other(world: World, carrier: str) -> None:
    sim = Way(carrier, world, ordinary(world, carrier))
    answer = sim.read()
    assert 200 == answer.status_code
    assert "X-Carrierbox-Fault" not in answer.headers


def test_a_number_that_only_looks_magic_is_not(world: World, carrier: str) -> None:
    sim = Way(carrier, world, ordinary(world, carrier))
    answer = sim.api.get(f"/{carrier}/nothing/0429/10503/00504", params={"note": "costs 0429"})
    assert 404 == answer.status_code


def test_a_testers_rule_goes_before(world: World, carrier: str) -> None:
    sim = way(world, carrier, "0503")
    rule = {"match": {"iccid": sim.iccid}, "do": {"status": 502}}
    assert 201 == world.control.post(f"/_box/worlds/{world.name}/faults", json=rule).status_code
    assert is_vendors(carrier, sim.read(), 502)
