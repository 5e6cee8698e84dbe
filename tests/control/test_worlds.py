"""The control API's worlds: made, forked, described, reset and dropped over HTTP; each apart from all others."""

import asyncio
import errno
import re
import shutil
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from tests.conftest import Box, World
from tests.control.answers import good, problem
from tests.control.conftest import KEY

from carrierbox import main
from carrierbox.control import worlds
from carrierbox.kernel.identifiers import is_iccid
from carrierbox.kernel.worlds import Worlds

Make = Callable[..., World]
REALMS = {"wdh-sitstg2": "sandbox-admin", "acme-iot": "acme-admin"}


def names(control: httpx.Client) -> list[str]:
    return [world["name"] for world in control.get("/_box/worlds").json()]


def described(control: httpx.Client, name: str) -> dict[str, Any]:
    return good(control.get(f"/_box/worlds/{name}"))


def to_active(world: World) -> dict[str, Any]:
    """Ask for a SIM in the inventory to be activated."""
    sim = world.sim_in("ENTERPRISE-INVENTORY")
    assert 202 == world.change(sim, "ACTIVE", 3).status_code
    return sim


# ------------------------------------------------------------------------------------------------------------- creation


def test_a_world_is_made_and_answered(control: httpx.Client, box: Box) -> None:
    name = f"t-{uuid.uuid4().hex[:12]}"
    made = good(control.post("/_box/worlds", json={"name": name, "sims": 7, "seed": 5, "now": None}), 201)
    assert (name, f"{box.url}/w/{name}") == (made["name"], made["base_url"])
    assert {"pace": "brisk", "auth": "strict", "seed": 5}.items() <= made["settings"].items()
    assert made.keys() == described(control, name).keys()
    assert name in names(control)
    assert 204 == control.delete(f"/_box/worlds/{name}").status_code


@pytest.mark.parametrize("content", [b"", b"{}", b"null"], ids=["no body", "an empty one", "null"])
def test_a_world_may_be_asked_for_without_a_wish(control: httpx.Client, content: bytes) -> None:
    made = good(control.post("/_box/worlds", content=content, headers={"Content-Type": "application/json"}), 201)
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", made["name"])
    assert described(control, "default")["settings"] == made["settings"]
    assert 204 == control.delete(f"/_box/worlds/{made['name']}").status_code


def test_a_world_has_the_pace_auth_and_time_that_were_wished_for(control: httpx.Client, make: Make) -> None:
    made = described(control, make(pace="instant", auth="open", now="2030-01-01T00:00:00+01:00", sims=0).name)
    assert {"pace": "instant", "auth": "open"}.items() <= made["settings"].items()
    assert made["created_at"].startswith("2029-12-31T23:00:00.")
    assert made["created_at"] < made["clock"]["now"] < "2029-12-31T23:30"


@pytest.mark.parametrize("now", ["1970-01-01", "8999-12-31T23:00:00Z"])
def test_a_world_may_begin_at_either_end_of_time(control: httpx.Client, make: Make, now: str) -> None:
    world = make(now=now)
    assert described(control, world.name)["clock"]["now"].startswith(now[:10])
    assert 200 == world.wing.get("/api/v1/subscription/sims").status_code


def test_one_seed_makes_one_fleet_and_another_seed_another(make: Make) -> None:
    one, same, another = (make(sims=30, seed=seed).wing.get("/api/v1/subscription/sims").json() for seed in (5, 5, 6))
    assert one == same
    assert len(one) == len(another)
    assert one != another


def test_a_world_is_made_from_the_fixture_that_is_named(stranger: httpx.Client) -> None:
    stranger.headers["Authorization"] = f"Bearer {KEY}"

    def realms(prefix: str) -> list[str]:
        names = ("wdh-sitstg2", "realm-of-one", "realm-of-other")
        return [name for name in names if stranger.get(f"{prefix}/uam/auth/realms/{name}").status_code == 200]

    assert ["wdh-sitstg2", "realm-of-one", "realm-of-other"] == realms("")
    name = good(stranger.post("/_box/worlds", json={"fixture": "one"}), 201)["name"]
    assert ["wdh-sitstg2", "realm-of-one"] == realms(f"/w/{name}")
    assert "one, other" in problem(stranger.post("/_box/worlds", json={"fixture": "another"}), 400)["detail"]


def test_a_name_is_given_once(control: httpx.Client, make: Make) -> None:
    name = make(sims=3).name
    before = described(control, name)["sims"]
    for wish in ({"name": name}, {"name": name, "from": "default"}):
        assert name in problem(control.post("/_box/worlds", json=wish), 409)["detail"]
    assert before == described(control, name)["sims"]


# ---------------------------------------------------------------------------------------------------------- description


def test_a_description_has_what_a_client_needs(world: World, control: httpx.Client) -> None:
    shown = described(control, world.name)
    assert {
        "name",
        "base_url",
        "urls",
        "token_urls",
        "credentials",
        "free",
        "settings",
        "created_at",
        "clock",
        "sims",
        "open_work",
        "next_due",
    } <= shown.keys()
    assert world.url == shown["base_url"]
    assert f"{world.url}/wing" == shown["urls"]["wing"]
    assert good(control.get(f"/_box/worlds/{world.name}/clock")) == shown["clock"]


def test_the_default_worlds_address_is_the_boxs(control: httpx.Client, box: Box) -> None:
    shown = described(control, "default")
    assert (box.url, f"{box.url}/wing") == (shown["base_url"], shown["urls"]["wing"])


def test_a_description_is_the_same_wherever_it_is_asked_for(world: World, control: httpx.Client) -> None:
    direct = described(control, world.name)
    for prefix in (f"/w/{world.name}", "/w/default"):
        assert direct == good(control.get(f"{prefix}/_box/worlds/{world.name}"))
    by_header = control.get(f"/_box/worlds/{world.name}", headers={"X-Carrierbox-World": world.name})
    assert direct == good(by_header)


def test_its_addresses_are_those_that_the_caller_used(world: World, control: httpx.Client) -> None:
    shown = control.get(f"/_box/worlds/{world.name}", headers={"Host": "box.localhost:8080"})
    assert f"http://box.localhost:8080/w/{world.name}/wing" == good(shown)["urls"]["wing"]


def test_with_a_key_the_caller_may_use_any_name_of_the_box(stranger: httpx.Client) -> None:
    headers = {"Host": "box.example:8080", "Authorization": f"Bearer {KEY}"}
    shown = stranger.get("/_box/worlds/default", headers=headers)
    assert "http://box.example:8080/wing" == good(shown)["urls"]["wing"]


def test_its_credentials_work_at_its_addresses(world: World, control: httpx.Client) -> None:
    shown = described(control, world.name)
    told = shown["credentials"]["wing"]
    form = {"grant_type": "password"} | {field: told[field] for field in ("client_id", "username", "password")}
    token = good(httpx.post(shown["token_urls"]["wing"], data=form))["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Account-Context-Id": told["account_context_id"]}
    answer = httpx.get(f"{shown['urls']['wing']}/api/v1/subscription/sims?size=1", headers=headers)
    assert (200, 1) == (answer.status_code, len(answer.json()))


def test_its_other_credentials_work_too(world: World, control: httpx.Client) -> None:
    told = described(control, world.name)["credentials"]["wing"]
    assert world.token(told["reader"]["username"])
    assert world.token(told["other_realm"]["username"], told["other_realm"]["realm"])
    form = {"grant_type": "client_credentials", **told["confidential_client"]}
    assert "access_token" in good(httpx.post(described(control, world.name)["token_urls"]["wing"], data=form))


@pytest.mark.parametrize("kind", ["iccid", "imsi", "msisdn"])
def test_its_free_values_are_ten_and_really_free(world: World, control: httpx.Client, kind: str) -> None:
    free = described(control, world.name)["free"]["wing"][kind]
    assert 10 == len(set(free))
    for realm, user in REALMS.items():
        client = world.wing_as(user, realm)
        taken = [sim[kind] for sim in client.get("/api/v1/subscription/sims").json()]
        assert taken
        assert not set(taken) & set(free)
        assert {404} == {client.get(f"/api/v1/subscription/sims/{kind}/{value}").status_code for value in free}


@pytest.mark.parametrize("carrier", ["wing", "wgtwo", "dish", "stn"])
def test_its_free_iccids_have_right_check_digits(world: World, control: httpx.Client, carrier: str) -> None:
    free = described(control, world.name)["free"][carrier]["iccid"]
    assert 10 == len(free)
    assert [] == [iccid for iccid in free if not is_iccid(iccid)]


def test_its_counts_add_up_to_its_sims(world: World, control: httpx.Client) -> None:
    counted: Counter[str] = Counter()
    for realm, user in REALMS.items():
        counted.update(sim["stateName"] for sim in world.wing_as(user, realm).get("/api/v1/subscription/sims").json())
    assert dict(counted) == described(control, world.name)["sims"]["wing"]


def test_its_counts_follow_its_sims(world: World, control: httpx.Client) -> None:
    before = described(control, world.name)
    to_active(world)
    under_way = described(control, world.name)
    assert (before["sims"], 1) == (under_way["sims"], under_way["open_work"])
    assert under_way["clock"]["next_due"] == under_way["next_due"] > under_way["clock"]["now"]
    world.advance(until="idle")
    after = described(control, world.name)
    assert (0, None) == (after["open_work"], after["next_due"])
    moved = {state: count - before["sims"]["wing"][state] for state, count in after["sims"]["wing"].items()}
    assert {"ENTERPRISE-INVENTORY": -1, "ACTIVE": 1} == {state: by for state, by in moved.items() if by}


def test_the_list_has_every_world_with_its_description(world: World, control: httpx.Client) -> None:
    shown = control.get("/_box/worlds").json()
    assert sorted(each["name"] for each in shown) == [each["name"] for each in shown]
    assert described(control, world.name) in shown
    assert "default" in names(control)


# ----------------------------------------------------------------------------------------------------- forks, isolation


def test_a_fork_takes_all_of_its_parents_state_along(world: World, control: httpx.Client, make: Make) -> None:
    sim = to_active(world)
    world.advance(until="idle")
    pending = to_active(world)
    control.patch(f"/_box/worlds/{world.name}/settings", json={"pace": "realistic"})
    fork = make(from_=world.name)
    parent, child = described(control, world.name), described(control, fork.name)
    for same in ("clock", "settings", "sims", "open_work", "next_due", "free"):
        assert parent[same] == child[same]
    assert "ACTIVE" == fork.sim(sim["iccid"])["stateName"]
    assert "ENTERPRISE-INVENTORY" == fork.sim(pending["iccid"])["stateName"]
    fork.advance(until="idle")
    assert "ACTIVE" == fork.sim(pending["iccid"])["stateName"]
    assert "ENTERPRISE-INVENTORY" == world.sim(pending["iccid"])["stateName"]


def test_two_worlds_share_nothing(world: World, control: httpx.Client, make: Make) -> None:
    other = make(from_="default")
    other.clock(mode="frozen")
    untouched = described(control, other.name)
    sim = to_active(world)
    world.advance(until="idle")
    assert "ACTIVE" == world.sim(sim["iccid"])["stateName"]
    batch = world.change(world.sim(sim["iccid"]), "SUSPENDED", 4).text
    world.advance(by="35d")
    world.clock(rate=60)
    control.patch(f"/_box/worlds/{world.name}/settings", json={"pace": "instant", "auth": "open"})
    assert "ENTERPRISE-INVENTORY" == other.sim(sim["iccid"])["stateName"]
    assert 404 == other.wing.get(f"/api/v1/sim/{batch}").status_code
    assert untouched == described(control, other.name)


def test_a_worlds_token_is_good_in_that_world_only(world: World, box: Box, make: Make) -> None:
    headers = {"Authorization": f"Bearer {world.token()}", "Account-Context-Id": "*"}
    path = "/api/v1/subscription/sims?size=1"
    assert 200 == httpx.get(f"{world.url}{path}", headers=headers).status_code
    for elsewhere in (make(from_=world.name).url, box.url):
        assert 401 == httpx.get(f"{elsewhere}{path}", headers=headers).status_code


# ---------------------------------------------------------------------------------------------------------- reset, drop


def test_reset_goes_back_to_what_a_world_was_created_from(control: httpx.Client, make: Make) -> None:
    world = make(sims=20, pace="instant", auth="open", seed=9, now="2030-01-01T00:00:00Z")
    before = described(control, world.name)
    sim = to_active(world)
    assert "ACTIVE" == world.sim(sim["iccid"])["stateName"]
    world.clock(mode="frozen", now="2031-01-01T00:00:00Z")
    control.patch(f"/_box/worlds/{world.name}/settings", json={"pace": "realistic", "auth": "strict", "seed": 10})
    reset = good(control.post(f"/_box/worlds/{world.name}/reset"))
    for same in ("sims", "settings", "open_work", "base_url", "free"):
        assert before[same] == reset[same]
    assert ("running", True) == (reset["clock"]["mode"], reset["clock"]["now"] < "2030-01-02")
    again = world.wing_as("sandbox-admin").get(f"/api/v1/subscription/sims/iccid/{sim['iccid']}")
    assert "ENTERPRISE-INVENTORY" == again.json()["stateName"]


def test_a_fork_is_reset_to_where_it_was_forked(world: World, control: httpx.Client, make: Make) -> None:
    sim = to_active(world)
    world.advance(until="idle")
    fork = make(from_=world.name)
    forked_at = described(control, fork.name)["clock"]
    fork.change(fork.sim(sim["iccid"]), "SUSPENDED", 4)
    fork.advance(until="idle")
    assert "SUSPENDED" == fork.sim(sim["iccid"])["stateName"]
    assert forked_at == good(control.post(f"/_box/worlds/{fork.name}/reset"))["clock"]
    again = fork.wing_as("sandbox-admin").get(f"/api/v1/subscription/sims/iccid/{sim['iccid']}")
    assert "ACTIVE" == again.json()["stateName"]


def test_what_was_pending_is_not_after_a_reset(world: World, control: httpx.Client) -> None:
    to_active(world)
    assert (0, None) == tuple(
        good(control.post(f"/_box/worlds/{world.name}/reset"))[told] for told in ("open_work", "next_due")
    )
    assert [] == world.advance(by="1h")["ran"]


def test_a_dropped_world_is_gone(control: httpx.Client, make: Make) -> None:
    name = make(from_="default").name
    answer = control.delete(f"/_box/worlds/{name}")
    assert (204, b"") == (answer.status_code, answer.content)
    problem(control.get(f"/_box/worlds/{name}"), 404)
    problem(control.delete(f"/_box/worlds/{name}"), 404)
    assert 404 == control.get(f"/w/{name}/api/v1/subscription/sims").status_code
    assert name not in names(control)


def test_a_world_that_is_dropped_while_worlds_are_listed_is_left_out(
    house: Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    describe = worlds.describe

    async def dropping(*asked: Any) -> dict[str, Any]:
        if "t1" in house.names():
            await house.drop("t1")
        return await describe(*asked)

    async def listed() -> Any:
        await house.create("t1")
        async with httpx.AsyncClient(transport=httpx.ASGITransport(main.build(house)), base_url="http://box") as client:
            return (await client.get("/_box/worlds", headers={"Host": "localhost"})).json()

    monkeypatch.setattr(worlds, "describe", dropping)
    [world] = asyncio.run(listed())
    assert "default" == world["name"]


def damage(house: Worlds, name: str) -> None:
    """Let a world that is not open have a page that means nothing."""
    path = house.folder / f"{name}.db"
    content = bytearray(path.read_bytes())
    content[4096:8192] = b"\xa5" * 4096
    path.write_bytes(content)
    house.check_when_opened([name])


def test_a_damaged_world_says_so_and_spoils_no_other(house: Worlds) -> None:
    asyncio.run(house.create("keep"))
    house.close()
    damage(house, "keep")

    async def ask() -> list[httpx.Response]:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(main.build(house)), base_url="http://localhost"
        ) as c:
            asked = [("GET", "/_box/worlds/keep"), ("GET", "/w/keep/stn/api/QuerySimCard"), ("GET", "/_box/worlds")]
            return [await c.request(*each) for each in (*asked, ("DELETE", "/_box/worlds/keep"))]

    shown, vendors, listed, dropped = asyncio.run(ask())
    assert "keep.db: is damaged" in problem(shown, 503)["detail"]
    assert 503 == vendors.status_code
    assert ["default"] == [world["name"] for world in listed.json()]
    assert 204 == dropped.status_code


def test_a_disk_that_is_full_is_507_and_leaves_no_world(house: Worlds, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(main.build(house), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            asked = ("/_box/worlds", "/_box/worlds/default/reset")
            return [*[await client.post(path) for path in asked], await client.get("/_box/worlds")]

    monkeypatch.setattr(shutil, "copyfile", refuse)
    made, reset, listed = asyncio.run(ask())
    for answer in (made, reset):
        assert f"the disk is full on which {house.folder}" in problem(answer, 507)["detail"]
    assert ["default"] == [world["name"] for world in listed.json()]


def test_the_default_world_is_not_dropped(control: httpx.Client) -> None:
    problem(control.delete("/_box/worlds/default"), 409)
    assert "default" in names(control)
