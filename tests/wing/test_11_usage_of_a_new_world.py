"""WING 11 and 5.4.1: a world has its seeded usage in the billing cycle in which it begins, whenever that is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.conftest import World
from tests.wing.graphql_asking import BALANCE, find
from tests.wing.usage import cdrs, in_zones, of_plan

from carrierbox import main
from carrierbox.kernel.fixtures import BadFixture
from carrierbox.kernel.world import Settings
from carrierbox.kernel.worlds import Origin, Worlds

USED = 2_144_643_861
IMSI_OF_5_4_1 = "234500001089020"


@pytest.fixture(params=["2022-03-31T12:00:00Z", "2031-05-20T12:00:00Z", None])
def new(request: Any, control: httpx.Client) -> Iterator[World]:
    """A world of the shipped fixtures that begins in the past, later than its template, or now."""
    made = control.post("/_box/worlds", json={"now": request.param}).json()
    world = World(made["name"], made["base_url"], control)
    world.clock(mode="frozen")
    yield world
    world.close()
    assert 204 == control.delete(f"/_box/worlds/{world.name}").status_code


def accumulated(world: World) -> Any:
    """What 5.4.1 answers."""
    where = f'{{subscription_id_data0: {{_eq: "{IMSI_OF_5_4_1}"}}, active: {{_eq: "true"}}}}'
    [row] = find(world, f"{{{BALANCE}(where: {where}) {{accumulated_usage}}}}")
    return row["accumulated_usage"]


def test_the_documents_figures_are_of_the_present_cycle(new: World) -> None:
    assert USED == accumulated(new)
    assert ["Rate Plan A, 1", "Rate Plan B, 2"] == list(in_zones(new, "8988217755520000031"))
    [zone, _] = of_plan(new, "Ram Plan", "RAM_TESTING_2023")["zones"]
    assert 771_005 + 5_397_040 == zone["subscriptions"][0]["usage"]["dataUsage"]


def test_the_fleets_devices_have_lived_since_the_month_before_and_not_longer(new: World) -> None:
    params = {"id.greaterThan": 10_000_000, "stateName.equals": "ACTIVE", "size": 1}
    [sim] = new.wing.get("/api/v1/subscription/sims", params=params).json()
    first, now = cdrs(new, sim["msisdn"])[0]["recordOpeningTime"], new.clock()["now"]
    months = [12 * int(at[:4]) + int(at[5:7]) for at in (first, now)]
    assert 1 == months[1] - months[0]


def test_what_the_document_shows_of_later_cycles_is_in_no_accumulator_yet(new: World) -> None:
    now = new.clock()["now"][:19]
    query = f'{{{BALANCE}(where: {{start_time: {{_gt: "{now}"}}}}) {{id start_time}}}}'
    assert [] == find(new, query)


def test_a_reset_brings_them_back_once(new: World) -> None:
    assert 200 == new.control.post(f"/_box/worlds/{new.name}/reset").status_code
    new.wing.headers["authorization"] = f"Bearer {new.token()}"
    assert USED == accumulated(new)


def test_a_fork_does_not_use_it_again(new: World) -> None:
    made = new.control.post("/_box/worlds", json={"from": new.name}).json()
    fork = World(made["name"], made["base_url"], new.control)
    assert USED == accumulated(fork)
    fork.close()
    assert 204 == new.control.delete(f"/_box/worlds/{fork.name}").status_code


@pytest.mark.parametrize(
    "section",
    [
        "devices: [{iccid: '1', profile: meter}]",
        "devices: [{iccid: '8955644099890137106', profile: toaster}]",
        "calls: [{iccid: '8955644099890137106', at: cycle+1h}]",
        "calls: [{iccid: '8955644099890137106', at: cycle+1, direction: mo, seconds: 1, peer: '1', country: GB}]",
    ],
)
def test_a_row_that_waits_and_does_not_fit_makes_a_bad_fixture(section: str, tmp_path: Path) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text(f"wing: {{{section}}}\n")
    house = Worlds(tmp_path / "data", main.PARTS)
    with pytest.raises(BadFixture, match=r"seed\.yaml:1: section wing"):
        house.start(Origin(files=(path,), sims=0), Settings())
    house.close()
