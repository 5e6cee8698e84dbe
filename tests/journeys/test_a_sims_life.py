"""From a token request to a state change that resolves over time, by every address, in two worlds."""

from typing import Any

SIM = {"iccid": "8955644099890700001", "imsi": "234500001087001"}


def test_real_time_resolves_a_workflow_without_anybody_moving_the_clock(world: Any) -> None:
    world.control.patch(f"/_box/worlds/{world.name}/settings", json={"pace": "instant"})
    world.clock(mode="running")
    batch = world.change(SIM, "ACTIVE", 3).text
    assert "COMPLETED" == world.workflow(batch)["status"]
    assert "ACTIVE" == world.sim(SIM["iccid"])["stateName"]


def test_what_happens_in_one_world_stays_there(world: Any) -> None:
    before = world.sim(SIM["iccid"])
    other = world.control.post("/_box/worlds", json={"from": world.name}).json()
    twin = type(world)(other["name"], other["base_url"], world.control)
    twin.change(SIM, "ACTIVE", 3)
    twin.advance(by="1h")
    assert "ACTIVE" == twin.sim(SIM["iccid"])["stateName"]
    assert before == world.sim(SIM["iccid"])
    stranger = world.client(headers={**twin.wing.headers})
    assert 401 == stranger.get("/api/v1/subscription/sims/1169").status_code
    # and a world forked while work is under way finishes it by itself
    batch = world.change(SIM, "DEACTIVATED", 8).text
    later = world.control.post("/_box/worlds", json={"from": world.name}).json()
    fork = type(world)(later["name"], later["base_url"], world.control)
    fork.advance(until="idle")
    assert ("COMPLETED", "RUNNING") == (fork.workflow(batch)["status"], world.workflow(batch)["status"])
    for made in (twin, fork):
        made.close()
        world.control.delete(f"/_box/worlds/{made.name}")


def test_every_address_leads_to_the_same_sim(world: Any) -> None:
    path = "/api/v1/subscription/sims/1169"
    by_name = {"X-Carrierbox-World": world.name}
    root = world.url.removesuffix(f"/w/{world.name}")
    answers = [
        world.wing.get(path),
        world.wing.get(f"/wing{path}"),
        world.wing.get(f"{root}{path}", headers=by_name),
        world.wing.get(f"{root}/wing{path}", headers=by_name),
        world.wing.get(f"{root}{path}", headers={**by_name, "Host": "wdh-sitstg2.nokiawing.com"}),
    ]
    assert [200] * 5 == [answer.status_code for answer in answers]
    assert 1 == len({answer.text for answer in answers})
    assert {world.name} == {answer.headers["x-carrierbox-world"] for answer in answers}


def test_open_auth_lets_a_call_without_token_through_as_the_admin(world: Any) -> None:
    bare = world.client(headers={"Account-Context-Id": "3122"})
    assert 401 == bare.get("/gateway/echo").status_code
    world.control.patch(f"/_box/worlds/{world.name}/settings", json={"auth": "open"})
    assert "ok" == bare.get("/gateway/echo").text
    assert 401 == bare.get("/gateway/echo", headers={"Authorization": "Bearer nonsense"}).status_code
    batch = bare.post("/api/v1/sim/update_state", json={**SIM, "newState": "ACTIVE", "newStateId": 3})
    assert 202 == batch.status_code
