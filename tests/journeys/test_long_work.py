"""Long work leaves the box answering: a fleet is loaded, and SIMs move, while others are served."""

from concurrent.futures import ThreadPoolExecutor

import httpx
from tests.conftest import World


def test_the_box_answers_while_a_large_world_is_made(control: httpx.Client) -> None:
    answered = 0
    with ThreadPoolExecutor(1) as other, httpx.Client(base_url=control.base_url, timeout=120) as client:
        making = other.submit(client.post, "/_box/worlds", json={"sims": 40_000, "seed": 40_000})
        while not making.done():
            assert 200 == control.get("/_box/health").status_code
            answered += 1
        made = making.result()
    assert 201 == made.status_code
    assert answered > 10
    assert sum(made.json()["sims"]["wing"].values()) > 40_000
    assert 204 == control.delete(f"/_box/worlds/{made.json()['name']}").status_code


def test_the_box_answers_while_some_thousand_sims_move(control: httpx.Client) -> None:
    made = control.post("/_box/worlds", json={"sims": 20_000, "seed": 514}).json()
    world = World(made["name"], made["base_url"], control)
    world.clock(mode="frozen")
    sims = world.wing.get("/api/v1/subscription/sims", params={"accountId.equals": 3501, "size": 1}).json()
    body = {"accountId": 3502, "fromAccountId": 3501, "useImsi": True}
    body["range"] = {"from": "234502000000000", "to": "234502000099999"}
    batch = world.wing.post("/api/v1/resources/batch/sims/assign", json=body).text
    seen = []
    with ThreadPoolExecutor(1) as other, httpx.Client(base_url=control.base_url, timeout=120) as client:
        place = f"/_box/worlds/{world.name}/clock/advance"
        moving = other.submit(client.post, place, json={"until": "idle"})
        while not moving.done():
            assert sims[0]["iccid"] == world.sim(sims[0]["iccid"])["iccid"]
            seen.append(world.workflow(batch)["output"].get("succeeded", 0))
    assert 200 == moving.result().status_code
    assert "COMPLETED" == world.workflow(batch)["status"]
    assert len({*seen}) > 2  # read while it went on, not only before and after; how often is the machine's doing
    world.close()
    assert 204 == control.delete(f"/_box/worlds/{world.name}").status_code
