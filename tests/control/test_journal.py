"""The journal: what was asked and answered, and what was sent, decoded and without secrets."""

import json
from typing import Any

import httpx
import pytest
from tests.conftest import World, start_box
from tests.control.answers import good, problem
from tests.shell.test_addresses import REALM
from tests.shell.test_magic import ordinary
from tests.shell.ways import CARRIERS, CHANGES, READS, Way

ICCID, IMSI, MSISDN = "8955644500001089020", "234500001089020", "882362000349020"


def entries(world: World, **query: Any) -> list[dict[str, Any]]:
    answer = world.control.get(f"/_box/worlds/{world.name}/journal", params=query)
    assert 200 == answer.status_code, answer.text
    assert "application/json" == answer.headers["Content-Type"]
    return list(answer.json())


def operations(world: World, **query: Any) -> list[Any]:
    return [entry.get("operation") for entry in entries(world, **query)]


@pytest.fixture(params=CARRIERS)
def sim(request: pytest.FixtureRequest, world: World) -> Way:
    way = Way(request.param, world, ordinary(world, request.param))
    assert way.api
    world.control.delete(f"/_box/worlds/{world.name}/journal")
    return way


def test_every_carriers_requests_are_there_newest_first(sim: Way) -> None:
    read, change = sim.read(), sim.change()
    assert [CHANGES[sim.carrier], READS[sim.carrier]] == operations(sim.world, direction="in")
    changed, was_read = entries(sim.world, direction="in")
    for entry, answer in ((was_read, read), (changed, change)):
        assert {sim.carrier} == {entry["carrier"]}
        assert [sim.iccid] == entry["iccids"]
        assert ("in", sim.world.name, answer.status_code) == tuple(
            entry[name] for name in ("direction", "world", "status")
        )
        asked = answer.request
        assert (asked.method, str(asked.url)) == (entry["method"], entry["url"])
        assert asked.url.path.endswith(entry["path"])
        assert not entry["path"].startswith(("/w/", f"/{sim.carrier}"))
        assert entry["request_id"] == answer.headers["X-Request-Id"]
        assert entry["actor"]
        assert 0 < entry["duration_ms"] < 10_000
        assert entry["at"] == sim.world.clock()["now"]
        assert len(answer.content) == entry["response"]["bytes"]
    assert json.loads(change.request.content) == changed["request"]["body"]
    assert (None, 0) == (was_read["request"]["body"], was_read["request"]["bytes"])
    assert int(changed["id"]) == int(was_read["id"]) + 1


def test_what_was_answered_can_be_read(world: World) -> None:
    record = world.sim(ICCID)
    [entry] = entries(world, operation="wing-5.1.4")
    assert {**record, **dict.fromkeys(("pin1", "pin2", "puk1", "puk2"), "[cut]")} == entry["response"]["body"]
    assert "application/json" == entry["response"]["headers"]["content-type"]
    assert world.name == entry["response"]["headers"]["x-carrierbox-world"]
    assert "5.1.4" == entry["section"]


def test_operations_that_share_an_address_are_told_apart(world: World) -> None:
    world.wing.get("/api/v1/subscription/sims", params={"stateName.equals": "ACTIVE", "size": 1})
    assert "wing-5.2.1" == operations(world)[0]


def test_what_nobody_answers_to_is_there_too(world: World) -> None:
    world.wing.get("/wing/api/v1/nothing?a=b%20c")
    [entry] = entries(world, limit=1)
    assert (404, "/api/v1/nothing", "a=b%20c") == (entry["status"], entry["path"], entry["query"])
    assert "operation" not in entry


def test_the_box_itself_is_not_in_it(world: World) -> None:
    for path in ("/wing/docs", "/wing/openapi.json", f"/_box/worlds/{world.name}", "/nothing"):
        world.control.get(world.url + path)
    assert [] == entries(world)


def test_tokens_are_asked_for_and_given_but_not_shown(world: World) -> None:
    token = world.token()
    answer = httpx.post(f"{world.url}/dish/oauth2/token", auth=("sandbox-partner", "sandbox-secret"),
                        data={"grant_type": "client_credentials"})  # fmt: skip
    dish, wing = entries(world)
    assert ("wing", "wing-2", 200) == (wing["carrier"], wing["operation"], wing["status"])
    assert ("dish", "dish-oauth2-token") == (dish["carrier"], dish["operation"])
    assert "grant_type=password&client_id=web-app&username=sandbox-admin&password=[cut]" == wing["request"]["body"]
    assert ("[cut]", "[cut]") == (wing["response"]["body"]["access_token"], wing["response"]["body"]["refresh_token"])
    assert "Basic [cut]" == dish["request"]["headers"]["authorization"]
    shown = json.dumps([dish, wing])
    for secret in (token, answer.json()["access_token"], "sandbox-pass", "sandbox-secret"):
        assert secret not in shown


def test_a_password_is_not_shown_either_where_curl_sends_the_form_as_multipart(world: World) -> None:
    fields = {"grant_type": "password", "username": "sandbox-admin", "password": "sandbox-pass"}
    parts = {name: (None, value) for name, value in fields.items()}
    httpx.post(f"{world.url}{REALM}/protocol/openid-connect/token", files=parts)
    for path in ("journal", "journal.har"):
        shown = world.control.get(f"/_box/worlds/{world.name}/{path}").text
        assert "sandbox-pass" not in shown
        assert "sandbox-admin" in shown


def test_no_key_of_a_sim_is_shown(world: World) -> None:
    body = {"bssid": "operator_name", "iccid": "89100423481445593695", "imsis": ["310170845466094"],
            "ki": "0123456789ABCDEF0123456789ABCDEF", "opc": "FEDCBA9876543210FEDCBA9876543210",
            "pin1": "7391", "puk1": "73917391", "adm": "ADM73917"}  # fmt: skip
    world.wgtwo.post("/sim/v0/import", json=body)
    [entry] = entries(world, operation="wgtwo-sim-import")
    shown = json.dumps(entry)
    assert not [name for name in ("ki", "opc", "pin1", "puk1", "adm") if str(body[name]) in shown]
    assert body["imsis"] == entry["request"]["body"]["imsis"]
    world.stn.get("/api/QuerySimcard", headers={"stn-api-key": "sandbox-api-key"})
    assert "sandbox-api-key" not in json.dumps(entries(world))


def test_a_large_body_is_cut_and_its_size_told(world: World) -> None:
    world.wing.post("/api/v1/sim/update_state", json={"iccid": ICCID, "note": "x" * 100_000, "password": "geheim"})
    [entry] = entries(world, operation="wing-5.7")
    assert 100_000 < entry["request"]["bytes"]
    assert 60_000 < len(entry["request"]["body"]) <= 64 * 1024
    assert [ICCID] == entry["iccids"]


# -------------------------------------------------------------------------------------------------------------- filters


@pytest.mark.parametrize("path", [f"iccid/{ICCID}", f"imsi/{IMSI}", f"msisdn/{MSISDN}", "1169"])
def test_requests_are_found_by_the_sim_whatever_of_it_they_named(world: World, path: str) -> None:
    world.wing.get(f"/api/v1/subscription/sims/{path}")
    world.wing.get("/api/v1/subscription/sims/1")
    [entry] = entries(world, iccid=ICCID)
    assert (f"/api/v1/subscription/sims/{path}", [ICCID]) == (entry["path"], entry["iccids"])


def test_filters_go_together(world: World) -> None:
    world.wing.get("/api/v1/sim/1")
    then = world.advance(by="1m")["now"]
    world.wing.get("/api/v1/sim/2")
    world.wing.get("/api/v1/subscription/sims/1169")
    world.dish.get("/sps/v5/subscription-sim/simCheck")
    assert ["wing-5.8"] == operations(world, carrier="wing", status="404", since=then)
    assert ["wing-5.8", "wing-5.8"] == operations(world, operation="wing-5.8")
    assert ["wing-5.8"] == operations(world, operation="wing-5.8", limit=1)
    assert ["dish-sim-check", "wing-5.8", "wing-5.8"] == operations(world, status="4xx")
    assert ["dish-sim-check", "dish-oauth2-token"] == operations(world, carrier="dish")
    assert [] == operations(world, direction="out")
    assert [] == operations(world, status="5xx")


@pytest.mark.parametrize(
    "query",
    [
        {"carrier": "nobody"},
        {"operation": "wing-99"},
        {"status": "4x"},
        {"status": "999"},
        {"since": "soon"},
        {"direction": "up"},
        {"limit": 0},
        {"limit": 100_001},
        {"limit": "many"},
    ],
)
@pytest.mark.parametrize("path", ["journal", "journal.har"])
def test_a_filter_that_cannot_be_read_is_refused(world: World, path: str, query: dict[str, Any]) -> None:
    refused = problem(world.control.get(f"/_box/worlds/{world.name}/{path}", params=query), 400)
    assert any(str(said) in refused["detail"] for said in (*query, *query.values()))


# ----------------------------------------------------------------------------------------------------------- what it is


def test_faults_are_told(world: World) -> None:
    faults = f"/_box/worlds/{world.name}/faults"
    rule = good(world.control.post(faults, json={"do": {"status": 503}, "when": {"times": 1}}), 201)
    cut = good(world.control.post(faults, json={"do": {"reset": True}, "when": {"times": 1}}), 201)
    world.control.get(f"{world.url}/wing/api/v1/sim/1")
    with pytest.raises(httpx.TransportError):
        world.control.get(f"{world.url}/wing/api/v1/sim/1")
    was_cut, refused = entries(world)
    assert (rule["id"], 503, "wing-5.8") == tuple(refused[name] for name in ("fault", "status", "operation"))
    assert (cut["id"], None, None) == tuple(was_cut[name] for name in ("fault", "status", "response"))


def test_notifications_are_there_as_they_went_out(world: World) -> None:
    sim = Way("dish", world, ordinary(world, "dish"))
    assert sim.change().is_success
    world.advance(by="1m")
    [entry] = entries(world, direction="out")
    assert ("dish", "dish-notification", [sim.iccid], "POST", 204) == tuple(
        entry[name] for name in ("carrier", "operation", "iccids", "method", "status")
    )
    [told] = world.control.get(f"/_box/worlds/{world.name}/inbox").json()
    assert told["body"] == entry["request"]["body"]
    assert "webhook-signature" in entry["request"]["headers"]
    assert [entry] == entries(world, iccid=sim.iccid, direction="out")


def test_a_notification_that_nobody_takes_says_why(world: World) -> None:
    nowhere = {"callback_url": {"dish": "http://127.0.0.1:9/hook"}}
    good(world.control.patch(f"/_box/worlds/{world.name}/settings", json=nowhere))
    Way("dish", world, ordinary(world, "dish")).change()
    world.advance(by="20s")
    failed = entries(world, direction="out")
    assert 2 <= len(failed)
    assert (None, None, "http://127.0.0.1:9/hook") == tuple(failed[0][name] for name in ("status", "response", "url"))
    assert failed[0]["error"]


def test_it_can_be_emptied(world: World) -> None:
    world.control.get(f"{world.url}/wing/api/v1/sim/1")
    assert 1 == len(entries(world))
    assert 204 == world.control.delete(f"/_box/worlds/{world.name}/journal").status_code
    assert [] == entries(world)


def test_a_fork_begins_without_and_a_reset_loses_it(world: World) -> None:
    world.control.get(f"{world.url}/wing/api/v1/sim/1")
    fork = good(world.control.post("/_box/worlds", json={"from": world.name}), 201)
    assert [] == world.control.get(f"/_box/worlds/{fork['name']}/journal").json()
    world.control.delete(f"/_box/worlds/{fork['name']}")
    world.control.post(f"/_box/worlds/{world.name}/reset")
    assert [] == entries(world)


def test_two_worlds_with_one_seed_and_one_script_have_equal_journals(world: World, control: httpx.Client) -> None:
    def script(name: str) -> list[Any]:
        made = good(control.post("/_box/worlds", json={"from": world.name, "name": name, "seed": 4}), 201)
        twin = World(name, made["base_url"], control)
        sim = Way("stn", twin, ordinary(world, "stn"))
        sim.change()
        twin.advance(by="1m")
        sim.read()
        told = entries(twin)
        twin.close()
        control.delete(f"/_box/worlds/{name}")
        return [
            (entry["at"], entry["method"], entry["path"], entry["status"], entry["request"]["body"],
             entry["response"]["body"], entry["iccids"])
            for entry in told
        ]  # fmt: skip

    assert script("twin-1") == script("twin-2")


def test_a_box_can_be_told_to_keep_less_or_nothing() -> None:
    for most in (0, 3):
        box = start_box("--data", "memory", "--sims", "0", "--journal", str(most))
        for _ in range(5):
            httpx.get(f"{box.url}/wing/api/v1/sim/1")
        kept = httpx.get(f"{box.url}/_box/worlds/default/journal").json()
        assert most == len(kept)
        assert 0 == box.stop()
