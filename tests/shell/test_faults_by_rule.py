"""A fault rule lets requests go wrong: refused in the vendor's words, held up, or cut off; and only those it is for."""

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from tests.conftest import Box, World, start_box
from tests.control.answers import good, problem
from tests.shell import raw
from tests.shell.test_magic import ordinary
from tests.shell.ways import CARRIERS, CHANGES, READS, Way, is_vendors

from carrierbox.kernel import clock
from carrierbox.kernel import faults as kernel_faults
from carrierbox.kernel.world import Cause
from carrierbox.kernel.world import World as KernelWorld
from carrierbox.shell import Shell

STATUSES = [400, 401, 403, 404, 405, 409, 413, 415, 418, 422, 429, 451, 499, 500, 501, 502, 503, 504, 520, 599]


def faults(world: World) -> str:
    return f"/_box/worlds/{world.name}/faults"


def add(world: World, do: dict[str, Any], when: dict[str, Any] | None = None, **match: str) -> dict[str, Any]:
    """Let requests go wrong."""
    return good(world.control.post(faults(world), json={"match": match, "when": when or {}, "do": do}), 201)


def applied(world: World, rule: dict[str, Any]) -> int:
    return int(good(world.control.get(f"{faults(world)}/{rule['id']}"))["applied"])


@pytest.fixture(params=CARRIERS)
def sim(request: pytest.FixtureRequest, world: World) -> Way:
    """An ordinary SIM of each carrier that can be suspended, and a client that is logged in."""
    way = Way(request.param, world, ordinary(world, request.param))
    assert way.api
    return way


@pytest.fixture
def make(control: httpx.Client) -> Iterator[Callable[..., World]]:
    """Make a world that is dropped after the test; what is wished for is the request's body."""
    made: list[World] = []

    def make(**wish: Any) -> World:
        answer = good(control.post("/_box/worlds", json={name.rstrip("_"): fact for name, fact in wish.items()}), 201)
        made.append(World(answer["name"], answer["base_url"], control))
        return made[-1]

    yield make
    for world in made:
        control.delete(f"/_box/worlds/{world.name}")


# --------------------------------------------------------------------------------------------------- what they answer


def test_any_status_is_answered_as_the_vendor_words_it(sim: Way) -> None:
    before = sim.state
    for status in STATUSES:
        rule = add(sim.world, {"status": status, "retry_after": 7}, when={"times": 2})
        for ask, operation in ((sim.read, READS[sim.carrier]), (sim.change, CHANGES[sim.carrier])):
            answer = ask()
            assert is_vendors(sim.carrier, answer, status), (status, answer.headers, answer.text)
            assert ("7", rule["id"], operation) == tuple(
                answer.headers[name] for name in ("Retry-After", "X-Carrierbox-Fault", "X-Carrierbox-Operation")
            )
        assert 2 == applied(sim.world, rule)
    sim.world.advance(by="10m")
    assert before == sim.state


def test_codes_and_texts_are_those_of_the_contracts(world: World) -> None:
    add(world, {"status": 429})
    told = httpx.get(f"{world.url}/dish/sps/v5/x").json()
    assert {"status": "Failure", "reasonCode": "TOO_MANY_REQUESTS", "reasonDesc": "Rate limit exceeded"} == told
    told = httpx.get(f"{world.url}/stn/api/x").json()["responseStatus"]
    assert {"errorCode": "TooManyRequests", "message": "Too many requests", "errors": []} == told
    assert "Too Many Requests" == httpx.get(f"{world.url}/wgtwo/x").json()
    told = httpx.get(f"{world.url}/wing/api/v1/accounts/account").json()
    assert ["type", "title", "status", "path", "message"] == list(told)
    assert ("Too Many Requests", "/api/v1/accounts/account", "error.http.429") == tuple(
        told[name] for name in ("title", "path", "message")
    )


def test_a_correlation_id_comes_back_from_dish_all_the_same(world: World) -> None:
    add(world, {"status": 500})
    answer = httpx.get(f"{world.url}/dish/sps/v5/x", headers={"X-Correlation-Id": "mine"})
    assert "mine" == answer.headers["X-Correlation-Id"]


def test_tokens_fail_in_the_words_of_their_servers(world: World) -> None:
    add(world, {"status": 503}, when={"times": 4})
    wing = httpx.post(f"{world.url}/uam/auth/realms/wdh-sitstg2/protocol/openid-connect/token", data={"a": "b"})
    assert {"error": "HTTP 503 Service Unavailable"} == wing.json()
    for path, client in (("/wgtwo/oauth2/token", "sandbox-client"), ("/oauth2/token", "sandbox-client")):
        answer = httpx.post(world.url + path, data={"grant_type": "client_credentials"}, auth=(client, "x"))
        assert (503, b"") == (answer.status_code, answer.content)
    dish = httpx.post(f"{world.url}/oauth2/token", data={"client_id": "sandbox-partner"})
    assert (503, "INTERNAL_ERROR") == (dish.status_code, dish.json()["reasonCode"])
    add(world, {"status": 401})
    for path in ("/wgtwo/oauth2/token", "/dish/oauth2/token"):
        answer = httpx.post(world.url + path, data={"grant_type": "client_credentials"})
        assert (401, "invalid_client", "Basic") == (
            answer.status_code,
            answer.json()["error"],
            answer.headers["WWW-Authenticate"],
        )


def test_whoever_calls_is_not_looked_at(world: World) -> None:
    add(world, {"status": 500})
    for carrier, path in (("wing", "/api/v1/sim/1"), ("wgtwo", "/x"), ("dish", "/x"), ("stn", "/api/X")):
        assert is_vendors(carrier, httpx.get(f"{world.url}/{carrier}{path}"), 500)


def test_the_box_itself_and_its_pages_stay_well(world: World) -> None:
    add(world, {"reset": True})
    for path in ("/wing/docs", "/wing/openapi.json", "/dish/docs", f"/_box/worlds/{world.name}", "/_box/health"):
        assert 200 == httpx.get(world.url + path).status_code


# ------------------------------------------------------------------------------------------------ whom they are for


def test_a_rule_for_an_operation_leaves_others_alone(sim: Way) -> None:
    add(sim.world, {"status": 503}, operation=CHANGES[sim.carrier])
    assert sim.read().is_success
    assert 503 == sim.change().status_code


def test_a_rule_for_a_method_leaves_others_alone(sim: Way) -> None:
    add(sim.world, {"status": 503}, method="post")
    assert sim.read().is_success
    assert 503 == sim.change().status_code


def test_a_rule_for_a_path_leaves_others_alone(sim: Way) -> None:
    read = sim.read()
    path = read.request.url.path.partition(f"/{sim.carrier}")[2]
    add(sim.world, {"status": 503}, path=path)
    assert 503 == sim.read().status_code
    assert sim.change().is_success


@pytest.mark.parametrize(
    ("path", "fits"), [("*", True), ("/api/v1/sim/*", True), ("/api/*/1", True), ("/api/v1/sim", False), ("*/2", False)]
)
def test_a_star_stands_for_anything(world: World, path: str, fits: bool) -> None:
    add(world, {"status": 503}, path=path)
    assert (503 if fits else 401) == ask(world)


@pytest.mark.parametrize("named", ["iccid", "msisdn"])
def test_a_rule_for_a_sim_knows_it_by_whatever_is_named(sim: Way, named: str) -> None:
    other = Way(sim.carrier, sim.world, another(sim))
    identities = sim.identities | {"iccid": sim.iccid}
    add(sim.world, {"status": 503}, **{named: identities[named]})
    assert [503, 503] == [sim.read().status_code, sim.change().status_code]
    assert other.read().is_success
    assert other.change().is_success


def another(sim: Way) -> str:
    path = f"/_box/worlds/{sim.world.name}/sims"
    state = sim.state
    found = sim.world.control.get(path, params={"carrier": sim.carrier, "state": state, "limit": 500}).json()
    return str(next(each["iccid"] for each in reversed(found) if each["iccid"] != sim.iccid and "msisdn" in each))


def test_a_wing_sim_is_known_by_its_id_in_address_and_body(world: World) -> None:
    wing = world.wing
    add(world, {"status": 503}, iccid="8955644500001089020")
    assert 503 == wing.get("/api/v1/subscription/sims/1169").status_code
    assert 503 == wing.get("/api/v1/subscription/sims", params={"imsi.in": "1,234500001089020"}).status_code
    assert 503 == wing.post("/api/v1/graphql", json={"query": '{sims(where:{iccid:{_eq:"8955644500001089020"}}){id}}'})\
        .status_code  # fmt: skip
    assert 503 == wing.post("/api/v1/sim/x", json={"deep": [{"subscriptionIds": [7, 1169]}]}).status_code
    assert 405 == wing.post("/api/v1/sim/x", json={"deep": [{"accountIds": [7, 1169]}]}).status_code
    assert 200 == wing.get("/api/v1/subscription/sims").status_code


def test_a_wing_sim_is_known_by_an_id_that_is_named_as_one(world: World) -> None:
    wing, table = world.wing, "simlcmanagement_subscription_identity"
    add(world, {"status": 503}, iccid="8955644500001089020")
    assert 503 == wing.get("/api/v1/subscription/sims", params={"id.equals": 1169}).status_code
    assert 503 == wing.put("/api/v1/customfield/updateSubscriptionCustomField/1169", json={}).status_code
    assert 200 == wing.get("/api/v1/accounts/account", params={"id.equals": 1169}).status_code

    def asked(query: str, **variables: int) -> int:
        answer = wing.post("/api/v1/graphql", json={"query": query, "variables": variables})
        return int(answer.status_code)

    assert 503 == asked(f"{{{table}_by_pk(id: 1169) {{id}}}}")
    assert 503 == asked(f'{{{table}(limit: 1, where: {{_and: [{{id: {{_eq: "1169"}}}}]}}) {{id}}}}')
    assert 503 == asked(f"query ($sim: bigint!) {{{table}_by_pk(id: $sim) {{id}}}}", sim=1169)
    assert 200 == asked(f"{{{table}_by_pk(id: 1170) {{id}}}}")
    assert 200 == asked("{accmgmt_tbl_groups_by_pk(id: 1169) {id}}")


def test_a_number_that_no_sim_has_is_known_as_it_is(world: World) -> None:
    add(world, {"status": 503}, msisdn="46799999999")
    assert 503 == world.wgtwo.get("/subscription/v2/msisdn/46799999999").status_code
    assert 404 == world.wgtwo.get("/subscription/v2/msisdn/46799999998").status_code


def test_another_world_knows_nothing_of_it(world: World, control: httpx.Client) -> None:
    add(world, {"status": 503})
    assert 401 == httpx.get(f"{control.base_url}/wing/api/v1/sim/1").status_code


def test_a_fork_takes_the_rules_along(world: World, control: httpx.Client) -> None:
    rule = add(world, {"status": 503}, when={"times": 2})
    assert 503 == ask(world)
    fork = good(control.post("/_box/worlds", json={"from": world.name}), 201)
    [taken] = control.get(f"/_box/worlds/{fork['name']}/faults").json()
    assert rule | {"applied": 1} == taken
    control.delete(f"/_box/worlds/{fork['name']}")


# ------------------------------------------------------------------------------------------------------ when they apply


@pytest.mark.parametrize("times", [1, 3])
def test_a_rule_applies_so_many_times_and_no_more(sim: Way, times: int) -> None:
    rule = add(sim.world, {"status": 503}, when={"times": times})
    assert [503] * times + [200] * 2 == [sim.read().status_code for _ in range(times + 2)]
    assert times == applied(sim.world, rule)


def test_a_rule_is_in_force_from_one_moment_of_world_time_to_another(world: World) -> None:
    now = clock.moment(world.clock()["now"])
    begin, end = (clock.text(now + timedelta(seconds=seconds)) for seconds in (60, 120))
    add(world, {"status": 503}, when={"after": begin, "until": end})
    seen = [ask(world)]
    for seconds in (59, 1, 59, 1):
        world.advance(by=seconds)
        seen.append(ask(world))
    assert [401, 401, 503, 503, 401] == seen


def test_the_first_rule_that_applies_is_the_only_one(world: World) -> None:
    first = add(world, {"status": 500}, when={"times": 1}, operation="wing-5.8")
    second = add(world, {"status": 501}, carrier="wing")
    assert [500, 501] == [ask(world), ask(world)]
    assert (1, 1) == (applied(world, first), applied(world, second))


@pytest.mark.parametrize("share", [0.0001, 0.4, 1.0])
def test_under_one_seed_a_share_of_requests_is_hit_in_the_same_order_everywhere(
    make: Callable[..., World], share: float
) -> None:
    def story(world: World, before: int) -> list[bool]:
        world.clock(mode="frozen")
        for _ in range(before):  # what else a world has gone through does not matter
            add(world, {"status": 500}, when={"times": 1})
            ask(world)
        add(world, {"status": 503}, when={"share": share}, carrier="wing")
        return [ask(world) == 503 for _ in range(60)]

    one, other = (story(make(from_="default", seed=11), before) for before in (0, 3))
    assert one == other
    assert pytest.approx(60 * share, abs=14) == sum(one)
    if 0.1 < share < 1:
        assert one != story(make(from_="default", seed=12), 0)


def test_a_share_and_times_go_together(world: World) -> None:
    rule = add(world, {"status": 503}, when={"share": 0.5, "times": 5})
    seen = [ask(world) for _ in range(60)]
    assert (5, 5) == (seen.count(503), applied(world, rule))
    assert seen[:5] != [503] * 5


def test_rules_outlast_a_restart_with_what_is_left_of_them(tmp_path: Path) -> None:
    box = start_box("--data", str(tmp_path), "--sims", "0")
    httpx.post(f"{box.url}/_box/worlds/default/faults", json={"do": {"status": 503}, "when": {"times": 2}})
    assert 503 == httpx.get(f"{box.url}/wing/api/v1/sim/1").status_code
    box.kill()
    box = start_box("--data", str(tmp_path), "--sims", "0")
    assert [503, 401] == [httpx.get(f"{box.url}/wing/api/v1/sim/1").status_code for _ in range(2)]
    assert 0 == box.stop()


def test_a_rule_that_is_removed_applies_no_more(world: World, control: httpx.Client) -> None:
    kept, removed = add(world, {"status": 500}, method="GET"), add(world, {"status": 501}, method="GET")
    assert [kept, removed] == control.get(faults(world)).json()
    assert 204 == control.delete(f"{faults(world)}/{kept['id']}").status_code
    assert 501 == ask(world)
    assert [removed["id"]] == [rule["id"] for rule in control.get(faults(world)).json()]
    assert 204 == control.delete(faults(world)).status_code
    assert (401, []) == (ask(world), control.get(faults(world)).json())
    problem(control.get(f"{faults(world)}/{removed['id']}"), 404)
    problem(control.delete(f"{faults(world)}/{removed['id']}"), 404)


def test_a_reset_world_has_no_rules(world: World, control: httpx.Client) -> None:
    add(world, {"status": 500})
    control.post(f"/_box/worlds/{world.name}/reset")
    assert [] == control.get(faults(world)).json()


def ask(world: World) -> int:
    """Ask without a token, which is refused."""
    return world.control.get(f"{world.url}/wing/api/v1/sim/1").status_code


# ------------------------------------------------------------------------------------------------- held up and cut off


def test_latency_goes_before_an_answer_that_is_like_any(sim: Way) -> None:
    rule = add(sim.world, {"latency_ms": 300}, carrier=sim.carrier)
    started = time.monotonic()
    answer = sim.read()
    assert 0.3 <= time.monotonic() - started
    assert (200, rule["id"]) == (answer.status_code, answer.headers["X-Carrierbox-Fault"])


def test_latency_goes_before_a_refusal_too(sim: Way) -> None:
    add(sim.world, {"latency_ms": 200, "status": 503}, carrier=sim.carrier)
    started = time.monotonic()
    assert is_vendors(sim.carrier, sim.read(), 503)
    assert 0.2 <= time.monotonic() - started


def test_others_are_answered_while_one_is_held_up(world: World) -> None:
    add(world, {"latency_ms": 1500}, path="/api/v1/sim/1")
    with ThreadPoolExecutor() as pool:
        held_up = pool.submit(ask, world)
        started = time.monotonic()
        while not held_up.done():
            assert 401 == httpx.get(f"{world.url}/wing/api/v1/sim/2").status_code  # on a connection of its own
        assert 0.5 <= time.monotonic() - started


@pytest.mark.parametrize(("do", "status"), [({"hang": 0.3}, 504), ({"hang": "PT0.3S", "status": 502}, 502)])
def test_what_hangs_is_refused_at_last_and_has_done_nothing(sim: Way, do: dict[str, Any], status: int) -> None:
    before = sim.state
    sim.read()
    add(sim.world, do, operation=CHANGES[sim.carrier])
    started = time.monotonic()
    assert is_vendors(sim.carrier, sim.change(), status)
    assert 0.3 <= time.monotonic() - started
    sim.world.advance(by="10m")
    assert before == sim.state


def test_a_client_without_patience_gets_nothing(world: World) -> None:
    add(world, {"hang": True})
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{world.url}/wing/api/v1/sim/1", timeout=0.3)


def test_a_box_that_stops_keeps_nobody_waiting() -> None:
    box = start_box("--data", "memory", "--sims", "0")
    rules = f"{box.url}/_box/worlds/default/faults"
    httpx.post(rules, json={"do": {"hang": 60}})
    with ThreadPoolExecutor() as pool:
        wait = {"for": {"callback": "*"}, "timeout": 60}
        waits = pool.submit(httpx.post, f"{box.url}/_box/worlds/default/wait", json=wait, timeout=60)
        time.sleep(1)
        hangs = pool.submit(httpx.get, f"{box.url}/wing/api/v1/sim/1", timeout=60)
        while not httpx.get(rules).json()[0]["applied"]:
            time.sleep(0.05)
        assert [False, False] == [hangs.done(), waits.done()]
        assert 0 == box.stop()
        assert [504, 408] == [hangs.result().status_code, waits.result().status_code]


def test_a_world_that_is_dropped_under_a_request_that_waits_is_not_found(world: World, control: httpx.Client) -> None:
    made = good(control.post("/_box/worlds", json={"from": world.name}), 201)
    control.post(f"/_box/worlds/{made['name']}/faults", json={"do": {"latency_ms": 700}})
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(httpx.get, f"{made['base_url']}/wing/api/v1/sim/1")
        time.sleep(0.2)
        control.delete(f"/_box/worlds/{made['name']}")
        assert is_vendors("wing", waiting.result(), 404)


def over_socket(answer: httpx.Response, url: str) -> tuple[bytes, bool]:
    """Send a request again over a bare socket: what comes back, and whether the connection was reset."""
    asked, at = answer.request, urlsplit(url)
    headers = "".join(f"{name}: {value}\r\n" for name, value in asked.headers.items() if name != "connection")
    head = f"{asked.method} {asked.url.raw_path.decode()} HTTP/1.1\r\n{headers}\r\n".encode()
    received = b""
    with socket.create_connection((at.hostname, at.port), 20) as connection:
        connection.sendall(head + asked.content)
        try:
            while piece := connection.recv(65536):
                received += piece
        except ConnectionResetError:
            return received, True
    return received, False


def test_a_reset_comes_as_one_without_a_byte_and_nothing_is_done(sim: Way, box: Box) -> None:
    add(sim.world, {"status": 503}, when={"times": 1})
    asked = sim.change(1)
    rule = add(sim.world, {"reset": True}, operation=CHANGES[sim.carrier], when={"times": 1})
    before = sim.state
    assert (b"", True) == over_socket(asked, box.url)
    assert 1 == applied(sim.world, rule)
    sim.world.advance(by="10m")
    assert before == sim.state
    assert sim.change(1).is_success


def test_after_the_work_is_done_only_the_answer_is_lost(sim: Way, box: Box) -> None:
    add(sim.world, {"status": 503}, when={"times": 1})
    asked = sim.change(1)
    before = sim.state
    add(sim.world, {"reset": "after"}, operation=CHANGES[sim.carrier], when={"times": 1})
    assert (b"", True) == over_socket(asked, box.url)
    sim.world.advance(by="10m")
    assert before != sim.state


@pytest.mark.parametrize(("truncate", "kept"), [(True, None), (0, 0), (10, 10), (10**6, None)])
def test_what_is_truncated_announces_all_and_brings_a_part(
    sim: Way, box: Box, truncate: int | bool, kept: int | None
) -> None:
    whole = sim.read()
    add(sim.world, {"truncate": truncate}, operation=READS[sim.carrier])
    received, was_reset = over_socket(whole, box.url)
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    length = len(whole.content)
    assert f"content-length: {length}".encode() in head.lower()
    expected = kept if kept is not None else length if truncate is not True else length // 2
    assert (expected, False) == (len(body), was_reset)
    assert whole.content.startswith(body) or sim.carrier == "stn"


def test_a_truncated_change_has_happened(sim: Way) -> None:
    before = sim.state
    add(sim.world, {"truncate": 1}, operation=CHANGES[sim.carrier])
    with pytest.raises(httpx.RemoteProtocolError):
        sim.change()
    sim.world.advance(by="10m")
    assert before != sim.state


def test_an_error_can_be_truncated_as_well(world: World) -> None:
    add(world, {"status": 503, "truncate": True}, carrier="wing")
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
        ask(world)


def test_the_next_request_of_the_client_is_answered(world: World) -> None:
    add(world, {"reset": True}, when={"times": 1})
    client = world.client()
    with pytest.raises(httpx.TransportError):
        client.get("/wing/api/v1/sim/1")
    assert 401 == client.get("/wing/api/v1/sim/1").status_code


def test_a_box_without_marks_keeps_the_vendors_headers(plain: Box) -> None:
    control = f"{plain.url}/_box/worlds/default"
    httpx.post(f"{control}/faults", json={"do": {"status": 429, "retry_after": 3}, "when": {"times": 1}})
    answer = httpx.get(f"{plain.url}/wing/api/v1/sim/1")
    assert (429, "3", None) == (
        answer.status_code,
        answer.headers["Retry-After"],
        answer.headers.get("X-Carrierbox-Fault"),
    )


def test_within_one_process_whoever_calls_is_told_of_a_cut(shell: Shell, default: KernelWorld) -> None:
    with default.transaction(Cause("rule", "test")) as box:
        kernel_faults.add(box, {}, {"times": 1}, {"reset": True})
    with pytest.raises(ConnectionResetError):
        raw.straight(shell, "GET", "/wing/api/v1/sim/1")
