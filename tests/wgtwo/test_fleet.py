"""The fleet beside the document's subscriptions: made from the seed, realistic, and with SIMs to take."""

import asyncio
from typing import Any

import pytest

from carrierbox.carriers import wgtwo
from carrierbox.kernel import magic
from carrierbox.kernel.identifiers import is_iccid, is_imsi, is_msisdn
from carrierbox.kernel.sims import find, listed

FLEET = "SELECT m.iccid, m.imsis, s.msisdn, s.state, s.services FROM wgtwo_sim m"
JOIN = " LEFT JOIN wgtwo_subscription s ON s.id = m.subscription_id WHERE m.id > 10000000 ORDER BY m.id"


def fleet(world: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in world.store.sql(FLEET + JOIN)]


def test_identities_are_right_and_states_mixed(wg: Any, worlds: Any) -> None:
    world = asyncio.run(worlds.create(sims=400))
    rows = fleet(world)
    assert {"active", "blocked", "terminated", None} == {row[3] for row in rows}
    assert all(is_iccid(row[0]) and is_imsi(row[1][2:-2]) for row in rows)
    assert all(is_msisdn(row[2]) for row in rows if row[2])
    assert {400 + wgtwo.fixtures.STOCK + len(magic.ENDINGS)} == {len(rows)}
    assert 0 == len(fleet(wg.world)) - 40 - wgtwo.fixtures.STOCK - len(magic.ENDINGS)
    asyncio.run(worlds.drop(world.name))


def test_one_seed_makes_one_fleet_and_another_seed_another(worlds: Any) -> None:
    made = [asyncio.run(worlds.create(sims=60, seed=seed)) for seed in (1, 2)]
    assert fleet(made[0]) != fleet(made[1])
    for world in made:
        asyncio.run(worlds.drop(world.name))


@pytest.mark.parametrize("prefix", ["wgtwo", "wgtwo-sandbox"])
def test_what_is_called_free_can_be_used_on_either_host(wg: Any, prefix: str) -> None:
    free = {name: wg.free(name) for name in ("iccid", "imsi", "msisdn")}
    assert [10, 10, 10] == [len(values) for values in free.values()]
    if prefix == "wgtwo-sandbox":
        wg.http.headers.pop("Authorization")
    wg.http.base_url = f"http://box.test/w/{wg.world.name}/{prefix}/"
    for n, (iccid, msisdn) in enumerate(zip(free["iccid"], free["msisdn"], strict=True)):
        wg.do("activate", bssid="operator_name", iccid=iccid, msisdn=msisdn, userid=f"u{n}")
    if prefix == "wgtwo":
        assert not set(wg.free("iccid")) & set(free["iccid"])
    assert not set(wg.free("msisdn")) & set(free["msisdn"])


def test_a_free_imsi_can_be_imported(wg: Any) -> None:
    card = {"bssid": "operator_name", "iccid": "8947889999999999994", "imsis": wg.free("imsi"), "ki": "0" * 32}
    assert 201 == wg.http.post("/sim/v0/import", json=card).status_code
    assert not set(card["imsis"]) & set(wg.free("imsi"))


def test_sims_are_counted_by_state(wg: Any) -> None:
    assert wgtwo.part.count is not None
    before = wgtwo.part.count(wg.world.store._writer)
    wg.do("block", msisdn="46737678218")
    after = wgtwo.part.count(wg.world.store._writer)
    assert {**before, "active": before["active"] - 1, "blocked": before["blocked"] + 1} == after


def test_a_number_that_was_terminated_is_not_shown_with_the_sim_that_had_it(wg: Any) -> None:
    first = wg.activate(0)
    wg.do("terminate", msisdn=first["msisdn"])
    second = wg.activate(1, msisdn=first["msisdn"])
    with wg.box() as box:
        sims = [sim.shown() for sim in listed(box.world.store._writer, [wgtwo.fleet.FLEET], None, first["msisdn"], 9)]
        ended = find(box, [wgtwo.fleet.FLEET], first["iccid"]).shown()
    assert [(second["iccid"], "active", second["msisdn"])] == [
        tuple(sim[name] for name in ("iccid", "state", "msisdn")) for sim in sims
    ]
    assert ("terminated", None) == (ended["state"], ended.get("msisdn"))
