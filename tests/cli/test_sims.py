"""`carrierbox sim`, `explain`, `lifecycle`, `callbacks` and `settings`: what a tester sees and sets."""

import json

import httpx
import pytest

ICCID = "8955644099890700001"
DISH = "11986621644523024501"


@pytest.fixture
def there(ask):
    """A world apart, whose clock stands."""
    ask("world", "fork", "default", "there", "--pace", "instant")
    ask("clock", "freeze", "--in", "there")
    yield {"CARRIERBOX_WORLD": "there"}
    ask("world", "drop", "there")


def suspend(box):
    token = httpx.post(
        f"{box.url}/w/there/dish/oauth2/token",
        data={"grant_type": "client_credentials"},
        auth=("sandbox-partner", "sandbox-secret"),
    ).json()["access_token"]
    body = {"partnerTransactionId": "T1", "iccid": DISH, "action": "Suspend"}
    httpx.post(
        f"{box.url}/w/there/dish/sps/v5/subscription/status", json=body, headers={"Authorization": f"Bearer {token}"}
    )


def test_sims_are_listed_shown_and_forced(ask, say, there):
    found = ask("sim", "list", "--carrier", "wing", "--state", "TRIAL", "--limit", 2, **there)
    assert [("wing", "TRIAL")] * 2 == [(sim["carrier"], sim["state"]) for sim in found]
    assert [ICCID] == [sim["iccid"] for sim in ask("sim", "list", "--q", ICCID, **there)]
    forced = ask("sim", "force", ICCID, "RETIRED", **there)
    assert forced == ask("sim", "show", ICCID, **there)
    line, change = say("sim", "show", ICCID, **there)
    assert line.startswith(f"{ICCID}  wing   RETIRED")
    assert "ENTERPRISE-INVENTORY -> RETIRED  forced" in change


def test_a_sim_is_explained_in_words(ask, say, there):
    explained = ask("explain", ICCID, **there)
    assert explained["text"] == say("explain", ICCID, **there)
    assert "as it came into the world" in explained["text"][0]


def test_the_exercise_of_lifecycles_is_told_and_may_be_wanted(ask, say, here, box, there):
    suspend(box)
    ask("clock", "advance", "10s", **there)
    covered = ask("lifecycle", "--carrier", "dish", **there)
    assert (1, 7, 14.3) == (covered["taken"], covered["steps"], covered["percent"])
    model, missing, total = say("lifecycle", "--carrier", "dish", **there)
    assert ("dish", "14.3", "%", "1", "of", "7,", "0", "refused") == tuple(model.split())
    assert "Suspended -> Active" in missing
    assert "Active -> Suspended" not in missing
    assert total.endswith("1 of 7")
    assert ask("lifecycle", "--carrier", "dish")["taken"] >= 1, "without --in it is the whole box's"
    assert 0 == here("lifecycle", "--carrier", "dish", "--fail-under", 14, "--url", box.url, **there).code
    ended = here("lifecycle", "--carrier", "dish", "--fail-under", 15, "--url", box.url, "--json", **there)
    assert (3, "carrierbox: 14.3 % is under 15 %") == (ended.code, ended.error_line)
    assert covered == json.loads(ended.out)


def test_callbacks_are_listed_and_sent_once_more(ask, say, box, there):
    suspend(box)
    ask("clock", "advance", "10s", **there)
    [callback] = ask("callbacks", "list", "--carrier", "dish", "--iccid", DISH, "--state", "delivered", **there)
    [line] = say("callbacks", "list", **there)
    assert "delivered  UpdateSubscriptionStatus" in line
    assert line.endswith(f"1 attempts  {callback['id']}")
    assert callback["id"] == ask("callbacks", "resend", callback["id"], **there)["id"]
    ask("clock", "advance", "10s", **there)
    assert 2 == len(ask("callbacks", "list", **there)[0]["attempts"])


def test_settings_are_shown_and_changed(ask, say, there):
    before = ask("settings", "show", **there)
    assert "instant" == before["pace"]
    urls = ("--callback-url", "dish=http://127.0.0.1:9/hook", "--allow", "*.example.com")
    changed = ask("settings", "set", "--pace", "brisk", "--rate-limit", 50, *urls, **there)
    assert changed == ask("settings", "show", **there)
    expected = {"pace": "brisk", "rate_limit_per_second": 50, "allowed_callback_hosts": ["*.example.com"]}
    assert {**before, **expected, "callback_url": {"dish": "http://127.0.0.1:9/hook"}} == changed
    assert "pace                    brisk" in say("settings", "show", **there)
    assert ask("settings", "set", "--rate-limit", 0, **there)["rate_limit_per_second"] is None


@pytest.mark.parametrize(
    ("verb", "code"),
    [
        (("sim", "show", "1"), 1),
        (("sim", "list", "--carrier", "nobody"), 1),
        (("sim", "force", ICCID, "GONE"), 1),
        (("sim", "force", ICCID), 2),
        (("explain", "1"), 1),
        (("explain",), 2),
        (("lifecycle", "--fail-under", "101"), 2),
        (("lifecycle", "--carrier", "nobody"), 1),
        (("callbacks", "resend", "nothing"), 1),
        (("callbacks", "list", "--state", "gone"), 2),
        (("settings", "set", "--callback-url", "dish"), 2),
        (("settings", "set", "--callback-url", "nobody=inbox"), 1),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, tuple) else str(part),
)
def test_what_does_not_work_is_told_in_one_line(here, box, verb, code):
    ended = here(*verb, "--url", box.url)
    assert (code, "") == (ended.code, ended.out)
    assert ended.error_line
