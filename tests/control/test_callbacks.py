"""The control API's callbacks: where they go, every attempt, sending one once more, plans, and the inbox."""

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from typing import Any

import httpx
import pytest
from tests.conftest import World
from tests.control.answers import good, problem
from tests.receiver import Receiver, is_signed, receiving

ICCID = "11986621644523024501"
TOP, BRAND = "920000108464", "920000108465"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def ask(world: World, method: str, path: str, **options: Any) -> httpx.Response:
    return world.control.request(method, f"/_box/worlds/{world.name}/{path}", **options)


def goes_to(world: World, url: Any, **more: Any) -> httpx.Response:
    return ask(world, "PATCH", "settings", json={"callback_url": {"dish": url}, **more})


def act(world: World, action: str = "Suspend", transaction: str = "T1", **headers: str) -> None:
    body = {"partnerTransactionId": transaction, "iccid": ICCID, "action": action}
    answer = world.dish.post("/sps/v5/subscription/status", json=body, headers=headers)
    assert 200 == answer.status_code, answer.text


def through(world: World, *actions: str) -> None:
    """Take actions one after the other, each ended before the next, without time for a retry in between."""
    for i, action in enumerate(actions):
        act(world, action, f"{action}{i}")
        world.advance(by="2s")


def callbacks(world: World, **criteria: Any) -> list[dict[str, Any]]:
    answer = ask(world, "GET", "callbacks", params=criteria)
    assert 200 == answer.status_code, answer.text
    return list(answer.json())


def plan(world: World, do: dict[str, Any], **more: Any) -> str:
    return str(good(ask(world, "POST", "callback-plans", json={"do": do, **more}), 201)["id"])


def test_a_callback_is_signed_and_stands_on_record(world: World, receiver: Receiver) -> None:
    good(goes_to(world, receiver.url))
    act(world, **{"X-Correlation-Id": "TQA1"})
    world.advance(until="idle")
    [(headers, body)] = receiver.got
    secret = good(world.control.get(f"/_box/worlds/{world.name}"))["webhook_secret"]
    assert secret.startswith("whsec_")
    assert is_signed(secret, headers, body)
    assert ("TQA1", "application/json") == (headers["x-correlation-id"], headers["content-type"])
    [shown] = callbacks(world)
    assert ("delivered", "dish", "UpdateSubscriptionStatus", ICCID, receiver.url) == tuple(
        shown[name] for name in ("state", "carrier", "event", "iccid", "url")
    )
    [attempt] = shown["attempts"]
    assert 204 == attempt["status"]
    assert body.decode() == attempt["request"]["body"]
    assert headers["webhook-signature"] == attempt["request"]["headers"]["webhook-signature"]
    assert shown == good(ask(world, "GET", f"callbacks/{shown['id']}"))


def test_each_world_signs_with_a_secret_of_its_own(world: World) -> None:
    other = world.control.post("/_box/worlds", json={"from": world.name}).json()
    mine = world.control.get(f"/_box/worlds/{world.name}").json()["webhook_secret"]
    assert mine == world.control.get(f"/_box/worlds/{world.name}").json()["webhook_secret"]
    assert mine != other["webhook_secret"]


def test_retries_follow_the_worlds_clock_until_it_is_given_up_and_can_be_sent_again(
    world: World, receiver: Receiver
) -> None:
    receiver.answer = 500
    good(goes_to(world, receiver.url))
    act(world)
    world.advance(until="idle")
    [shown] = callbacks(world)
    assert "given-up" == shown["state"]
    times = [time.mktime(time.strptime(each["at"][:19], "%Y-%m-%dT%H:%M:%S")) for each in shown["attempts"]]
    gaps = [round(later - before) for before, later in pairwise(times)]
    assert [1, 5, 25, 125, 625, 3125, 15625] == gaps
    assert {500} == {each["status"] for each in shown["attempts"]}
    assert 1 == len({headers["webhook-id"] for headers, _ in receiver.got})
    receiver.answer = 200
    again = ask(world, "POST", f"callbacks/{shown['id']}/resend")
    assert (202, "pending") == (again.status_code, again.json()["state"])
    receiver.wait(9)
    world.advance(until="idle")
    assert [("delivered", 9)] == [(each["state"], len(each["attempts"])) for each in callbacks(world)]


def cut(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def half(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
    handler.close_connection = True


def babble(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"this is not HTTP at all\r\n\r\n")
    handler.close_connection = True


def megabyte(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(8 * 1024 * 1024))
    handler.end_headers()
    try:
        for _ in range(128):
            handler.wfile.write(b"x" * 65536)
    except OSError:  # nobody listens that long
        handler.close_connection = True


def elsewhere(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(307)
    handler.send_header("Location", "http://169.254.169.254/latest")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


@pytest.mark.parametrize("answer", [cut, half, babble, elsewhere, 404, 500])
def test_a_receiver_that_fails_gets_it_later(world: World, receiver: Receiver, answer: Any) -> None:
    receiver.answer = answer
    good(goes_to(world, receiver.url))
    act(world)
    world.advance(by="2s")
    [failed] = callbacks(world)
    assert "pending" == failed["state"]
    assert failed["attempts"][0].get("error") or failed["attempts"][0]["status"] >= 300
    receiver.answer = 200
    world.advance(by="1m")
    assert "delivered" == callbacks(world)[0]["state"]


def test_what_may_still_arrive_is_pending(world: World, receiver: Receiver) -> None:
    receiver.answer = 500
    good(goes_to(world, receiver.url))
    world.clock(mode="frozen")
    act(world)
    world.advance(by="2s")
    [failed] = callbacks(world)
    clock, described = world.clock(), good(world.control.get(f"/_box/worlds/{world.name}"))
    assert (1, failed["due_at"]) == (clock["pending"], clock["next_due"])
    assert (1, failed["due_at"]) == (described["open_work"], described["next_due"])
    world.advance(until="idle")
    clock = world.clock()
    assert (0, None, "given-up") == (clock["pending"], clock["next_due"], callbacks(world)[0]["state"])


def test_of_a_long_answer_only_the_beginning_is_read(world: World, receiver: Receiver) -> None:
    receiver.answer = megabyte
    good(goes_to(world, receiver.url))
    act(world)
    world.advance(by="2s")
    [shown] = callbacks(world)
    assert "delivered" == shown["state"]
    assert 4096 == len(shown["attempts"][0]["answer"]["body"])


def test_a_receiver_that_hangs_is_in_nobodys_way(world: World, receiver: Receiver) -> None:
    receiver.answer = receiver.hang
    good(goes_to(world, receiver.url))
    good(ask(world, "PATCH", "settings", json={"pace": "instant"}))
    world.clock(mode="running")
    act(world)
    assert 1 == len(callbacks(world))
    receiver.wait(1)
    started = time.monotonic()
    for _ in range(50):
        assert 200 == world.dish.get("/sps/v5/subscription-profile", params={"iccid": ICCID}).status_code
    assert time.monotonic() - started < 5
    assert [] == callbacks(world)[0]["attempts"]
    receiver.let_go()
    world.advance(by=0)  # which waits for what is on its way
    assert 1 == len(callbacks(world)[0]["attempts"])


def test_those_of_one_subscription_arrive_in_order_and_others_pass(world: World, receiver: Receiver) -> None:
    receiver.answer = 500
    good(goes_to(world, receiver.url))
    through(world, "Suspend", "Resume", "Cease")
    order = {
        "partnerTransactionId": "A",
        "subscriberId": "S",
        "wholesalePlanId": "P",
        "location": {},
        "iccid": "11986621644523024502",
    }
    world.dish.post("/sps/v5/subscription/activate", json=order)
    world.advance(by="2s")
    assert {"Suspend", "ActivateSubscription"} == {event.get("action", event["eventType"]) for event in receiver.events}
    receiver.answer = 200
    receiver.got.clear()
    world.advance(by="1h")
    actions = [event["action"] for event in receiver.events if "action" in event]
    assert ["Suspend", "Resume", "Cease"] == actions
    assert {"delivered"} == {each["state"] for each in callbacks(world)}


def test_by_default_they_go_to_the_worlds_own_inbox(world: World) -> None:
    act(world)
    world.advance(until="idle")
    [shown] = callbacks(world)
    assert ("delivered", f"/_box/worlds/{world.name}/inbox/dish") == (shown["state"], shown["url"])
    [kept] = ask(world, "GET", "inbox", params={"name": "dish"}).json()
    assert ("POST", "dish", shown["body"]) == (kept["method"], kept["name"], kept["body"])


def test_the_inbox_keeps_whatever_it_is_sent(world: World) -> None:
    sent = [("POST", b'{"a": 1}', {"a": 1}), ("PUT", b"text", "text"), ("GET", b"", ""), ("DELETE", b"\xff", "\ufffd")]
    for method, content, _ in sent:
        assert 204 == ask(world, method, "inbox/mine?x=1", content=content).status_code
    kept = ask(world, "GET", "inbox").json()
    assert [(method, body, "x=1") for method, _, body in sent] == [
        (each["method"], each["body"], each["query"]) for each in kept
    ]
    assert [] == ask(world, "GET", "inbox", params={"name": "other"}).json()
    assert 204 == ask(world, "DELETE", "inbox").status_code
    assert [] == ask(world, "GET", "inbox").json()


def test_each_customer_may_have_an_address_of_its_own(world: World, receiver: Receiver) -> None:
    good(goes_to(world, {BRAND: receiver.url, TOP: None}))
    act(world)
    world.advance(until="idle")
    assert ([], []) == (callbacks(world), receiver.got)
    brand = world.dish_as("sandbox-partner", wholesaleCustomerId="920000108467")  # below the brand
    order = {"partnerTransactionId": "A", "subscriberId": "S", "wholesalePlanId": "P", "location": {}}
    assert (
        200 == brand.post("/sps/v5/subscription/activate", json=order | {"iccid": "11986621644523024502"}).status_code
    )
    world.advance(until="idle")
    assert ["920000108467"] == [event["wholesaleCustomerId"] for event in receiver.events]
    good(goes_to(world, "inbox"))
    act(world, "Resume", "T2")
    world.advance(until="idle")
    assert 1 == len(ask(world, "GET", "inbox").json())


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://[fe80::1]/x",
        "http://[::ffff:169.254.169.254]/x",
        "http://2852039166/",  # the same as one number
        "http://100.100.100.200/",
        "http://[fd00:ec2::254]/",
        "http://0.0.0.0/x",
        "http://192.0.2.1/x",
        "https://hooks.invalid/x",
        "ftp://127.0.0.1/x",
        "file:///etc/passwd",
        "http://user:password@127.0.0.1/",
        "http://",
        "http://127.0.0.1:99999/",
        "127.0.0.1/x",
        "",
    ],
)
def test_addresses_outside_of_the_fence_are_refused(world: World, url: str) -> None:
    before = good(ask(world, "GET", "settings"))
    problem(goes_to(world, url), 400)
    problem(goes_to(world, {TOP: url}), 400)
    assert before == good(ask(world, "GET", "settings"))


@pytest.mark.parametrize("url", ["http://169.254.169.254/", "http://[fe80::1]/", "http://100.100.100.200/"])
def test_no_list_opens_the_fence_for_metadata(world: World, url: str) -> None:
    problem(goes_to(world, url, allowed_callback_hosts=["*", "169.254.169.254"]), 400)


def test_a_list_opens_it_for_other_hosts(world: World) -> None:
    good(goes_to(world, "https://hooks.invalid/x", allowed_callback_hosts=["*.invalid"]))
    good(goes_to(world, "http://192.0.2.1/x", allowed_callback_hosts=["192.0.2.1"]))
    good(goes_to(world, "http://localhost:1/x", allowed_callback_hosts=[]))
    problem(goes_to(world, "http://192.0.2.1/x"), 400)
    problem(ask(world, "PATCH", "settings", json={"callback_url": {"nobody": "inbox"}}), 400)


def test_an_address_that_is_not_allowed_any_more_is_not_called(world: World) -> None:
    good(goes_to(world, "http://192.0.2.1/x", allowed_callback_hosts=["192.0.2.1"]))
    good(ask(world, "PATCH", "settings", json={"allowed_callback_hosts": []}))
    act(world)
    world.advance(by="2s")
    assert "allowed_callback_hosts" in callbacks(world)[0]["attempts"][0]["error"]


def test_a_plan_loses_notifications_so_many_times(world: World, receiver: Receiver) -> None:
    good(goes_to(world, receiver.url))
    plan(world, {"lose": True}, times=1, match={"carrier": "dish", "event": "UpdateSubscriptionStatus", "iccid": ICCID})
    plan(world, {"lose": True}, match={"carrier": "wing"})
    through(world, "Suspend", "Resume")
    assert ["Resume"] == [event["action"] for event in receiver.events]
    assert ["delivered", "lost"] == [each["state"] for each in callbacks(world)]
    assert [0, None] == [each["times"] for each in ask(world, "GET", "callback-plans").json()]
    assert 202 == ask(world, "POST", f"callbacks/{callbacks(world, state='lost')[0]['id']}/resend").status_code
    assert 2 == len(receiver.wait(2))


def test_a_plan_delays_and_the_next_ones_wait(world: World, receiver: Receiver) -> None:
    good(goes_to(world, receiver.url))
    plan(world, {"delay": "1h"}, times=1)
    through(world, "Suspend", "Resume")
    assert [] == receiver.got
    world.advance(by="1h")
    assert ["Suspend", "Resume"] == [event["action"] for event in receiver.events]


def test_a_plan_duplicates(world: World, receiver: Receiver) -> None:
    good(goes_to(world, receiver.url))
    plan(world, {"duplicate": 3})
    act(world)
    world.advance(until="idle")
    assert 3 == len(receiver.got)
    assert 1 == len({event["eventId"] for event in receiver.events})


def test_a_plan_lets_later_ones_overtake(world: World, receiver: Receiver) -> None:
    good(goes_to(world, receiver.url))
    plan(world, {"reorder": 2}, times=1)
    through(world, "Suspend", "Resume", "Cease")
    world.advance(by="2s")
    assert ["Resume", "Cease", "Suspend"] == [event["action"] for event in receiver.events]


def test_what_nothing_overtakes_goes_out_all_the_same(world: World, receiver: Receiver) -> None:
    good(goes_to(world, receiver.url))
    plan(world, {"reorder": 1}, times=1)
    act(world)
    world.advance(by="2m")
    assert 1 == len(receiver.got)


def test_plans_are_shown_and_dropped(world: World) -> None:
    first, second = plan(world, {"duplicate": 2}), plan(world, {"delay": 90})
    assert {"id": first, "match": {}, "times": None, "do": {"duplicate": 2}} == good(
        ask(world, "GET", f"callback-plans/{first}")
    )
    assert 204 == ask(world, "DELETE", f"callback-plans/{first}").status_code
    problem(ask(world, "DELETE", f"callback-plans/{first}"), 404)
    problem(ask(world, "GET", f"callback-plans/{first}"), 404)
    assert [second] == [each["id"] for each in ask(world, "GET", "callback-plans").json()]
    assert 204 == ask(world, "DELETE", "callback-plans").status_code
    assert [] == ask(world, "GET", "callback-plans").json()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"do": {}},
        {"do": {"lose": False}},
        {"do": {"lose": True, "delay": 1}},
        {"do": {"delay": "soon"}},
        {"do": {"delay": -1}},
        {"do": {"duplicate": 1}},
        {"do": {"reorder": 0}},
        {"do": {"lose": True}, "times": 0},
        {"do": {"lose": True}, "match": {"colour": "red"}},
        {"do": {"explode": True}},
    ],
    ids=repr,
)
def test_plans_that_make_no_sense_are_refused(world: World, body: Any) -> None:
    problem(ask(world, "POST", "callback-plans", json=body), 400)
    assert [] == ask(world, "GET", "callback-plans").json()


def test_what_is_not_there_is_not_found(world: World) -> None:
    problem(ask(world, "GET", "callbacks/nobody"), 404)
    problem(ask(world, "POST", "callbacks/nobody/resend"), 404)
    problem(ask(world, "GET", "callbacks", params={"state": "green"}), 400)
    problem(world.control.post("/_box/worlds/nobody/inbox/x"), 404)


def test_a_reset_forgets_what_was_to_be_sent(world: World, receiver: Receiver) -> None:
    receiver.answer = 500
    good(goes_to(world, receiver.url))
    act(world)
    world.advance(by="2s")
    good(ask(world, "POST", "reset"))
    assert [] == callbacks(world)


def test_the_inbox_wants_no_key_to_receive(locked: Any) -> None:
    assert 204 == httpx.post(f"{locked.url}/_box/worlds/default/inbox/x").status_code
    for path in ("inbox", "callbacks", "callback-plans"):
        problem(httpx.get(f"{locked.url}/_box/worlds/default/{path}"), 401)
