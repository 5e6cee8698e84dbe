"""Who may call Working Group Two: tokens, operator keys, scopes, tenants, and the sandbox host, which asks nobody."""

import re
from typing import Any

import pytest
from tests.wgtwo.conftest import MSISDN, SCOPES, refused

KEY = ("sandbox-client", "sandbox-secret")


def token_request(wg: Any, auth: Any = KEY, **form: Any) -> Any:
    return wg.http.post("/oauth2/token", data=form, headers={"Authorization": ""} if auth is None else {}, auth=auth)


def test_a_token_is_opaque_text_with_the_scopes_that_were_asked_for(wg: Any) -> None:
    answer = token_request(wg, grant_type="client_credentials", scope="subscription.write subscription.read")
    assert (200, "no-store") == (answer.status_code, answer.headers["cache-control"])
    body = answer.json()
    assert re.fullmatch(r"[\w-]{43}\.[\w-]{43}", body.pop("access_token"))
    assert {"expires_in": 3599, "scope": "subscription.write subscription.read", "token_type": "bearer"} == body


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": ["client_credentials", "client_credentials"]}, "invalid_request"),
        ({"grant_type": "client_credentials", "scope": "phone"}, "invalid_scope"),
        ({"grant_type": "client_credentials", **{f"n{i}": "1" for i in range(200)}}, "invalid_request"),
    ],
)
def test_a_token_request_that_is_wrong_is_told_in_the_words_of_rfc_6749(wg: Any, form: Any, error: str) -> None:
    answer = token_request(wg, **form)
    assert (400, error) == (answer.status_code, answer.json()["error"])
    assert {"error", "error_description"} == set(answer.json())


@pytest.mark.parametrize("auth", [None, ("sandbox-client", "wrong"), ("nobody", "sandbox-secret"), ("", "")])
def test_only_a_client_with_its_secret_in_http_basic_gets_a_token(wg: Any, auth: Any) -> None:
    form = {"grant_type": "client_credentials", "client_id": KEY[0], "client_secret": KEY[1]}
    answer = token_request(wg, auth, **form)
    assert 401 == answer.status_code
    assert {"error": "invalid_client", "error_description": "client authentication failed"} == answer.json()


def test_a_json_body_is_no_token_request(wg: Any) -> None:
    answer = wg.http.post("/oauth2/token", json={"grant_type": "client_credentials"}, auth=KEY)
    assert (400, "invalid_request") == (answer.status_code, answer.json()["error"])


def test_a_token_lasts_3599_seconds_of_the_worlds_time(wg: Any) -> None:
    wg.wait(3598)
    assert 200 == wg.read().status_code
    wg.wait(1)
    refused(wg.read(), 401, "expired")
    wg.act_as("sandbox-client")
    assert 200 == wg.read().status_code


def test_an_operator_key_works_straight_on_the_api(wg: Any) -> None:
    assert 200 == wg.http.get(f"/subscription/v2/msisdn/{MSISDN}", auth=KEY).status_code
    assert 201 == wg.http.post("/provision/v2/block", json={"msisdn": MSISDN}, auth=KEY).status_code


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer nonsense",
        "Bearer ",
        "Basic",
        "Basic !!!",
        "Basic bm9ib2R5",
        "Basic /w==",
        "Basic c2FuZGJveC1jbGllbnQ6d3Jvbmc=",
        "Digest username=sandbox-client",
        "",
    ],
)
def test_other_credentials_are_refused(wg: Any, header: str) -> None:
    before = wg.rows()
    refused(wg.http.get(f"/subscription/v2/msisdn/{MSISDN}", headers={"Authorization": header}), 401)
    refused(wg.http.post("/provision/v2/block", content=b"{", headers={"Authorization": header}), 401)
    assert before == wg.rows()


@pytest.mark.parametrize("scope", ["", "subscription.read", "subscription.write", "sim.import.write"])
def test_each_operation_needs_its_scope(wg: Any, scope: str) -> None:
    wg.act_as("sandbox-client", scope)
    before = wg.rows()
    answers = {
        "subscription.read": wg.read(),
        "subscription.write": wg.ask("block", msisdn="46700000000"),
        "sim.import.write": wg.http.post("/sim/v0/import", json={}),
    }
    for needed, answer in answers.items():
        if needed == scope:
            assert 403 != answer.status_code
        else:
            refused(answer, 403, needed)
    assert before == wg.rows()


def test_an_operator_key_has_the_scopes_of_its_client(wg: Any) -> None:
    key = ("sandbox-reader", "sandbox-secret")
    assert 200 == wg.http.get(f"/subscription/v2/msisdn/{MSISDN}", auth=key).status_code
    refused(wg.http.post("/provision/v2/block", json={"msisdn": MSISDN}, auth=key), 403)


def test_a_client_acts_for_its_own_tenants_only(wg: Any) -> None:
    before = wg.rows()
    refused(wg.ask("block", bssid="other_operator", msisdn="46737678222"), 403, "other_operator")
    refused(wg.ask("block", bssid="nobody", msisdn=MSISDN), 403, "nobody")
    refused(wg.ask("block", msisdn="46737678222"), 404)
    refused(wg.ask("block", bssid="operator_pilot", msisdn=MSISDN), 404)
    refused(wg.read("46737678222"), 404)
    refused(wg.ask("changesim", iccid="2420198416000015720", newIccid="2420198416000015886"), 404)
    refused(wg.ask("changesim", iccid="2420198416000015720", newIccid="2420198416000015878"), 404)
    wg.act_as("other-client")
    refused(wg.read(), 404)
    assert before == wg.rows()
    assert 200 == wg.read("46737678222").status_code


def test_a_fork_does_not_know_its_parents_tokens(wg: Any, worlds: Any) -> None:
    import asyncio

    fork = asyncio.run(worlds.create(source=wg.world.name))
    wg.http.base_url = f"http://box.test/w/{fork.name}/wgtwo/"
    refused(wg.read(), 401)
    wg.act_as("sandbox-client")
    assert 200 == wg.read().status_code
    asyncio.run(worlds.drop(fork.name))


def test_open_auth_lets_a_call_without_credentials_through_and_none_that_are_wrong(wg: Any) -> None:
    from carrierbox.kernel.world import Settings

    wg.http.headers.pop("Authorization")
    refused(wg.read(), 401)
    with wg.box() as box:
        wg.world.change_settings(box, Settings(auth="open"))
    assert 200 == wg.read().status_code
    refused(wg.http.get(f"/subscription/v2/msisdn/{MSISDN}", headers={"Authorization": "Bearer x"}), 401)


@pytest.fixture
def sandbox(wg: Any) -> Any:
    """The same world by the sandbox host's prefix, without credentials."""
    wg.http.base_url = f"http://box.test/w/{wg.world.name}/wgtwo-sandbox/"
    wg.key = wg.http.headers.pop("Authorization")
    return wg


def test_the_sandbox_host_answers_without_credentials(sandbox: Any) -> None:
    assert 200 == sandbox.read().status_code
    sent = sandbox.activate(bssid="any_bssid")
    assert "any_bssid" == sandbox.show(sent["msisdn"])["bss"]
    sandbox.do("block", bssid="another", msisdn=sent["msisdn"])
    assert not sandbox.show(sent["msisdn"])["active"]
    assert [("unassigned", "active"), ("active", "blocked")] == sandbox.timeline(sent["iccid"], "wgtwo-sandbox")


def test_what_happens_on_the_sandbox_host_stays_there(sandbox: Any) -> None:
    sent = sandbox.activate()
    sandbox.do("terminate", msisdn=MSISDN)
    sandbox.http.headers["Authorization"] = sandbox.key
    assert 404 == sandbox.read(sent["msisdn"]).status_code
    assert 200 == sandbox.read().status_code  # with credentials one is at home on either host
    assert [] == sandbox.timeline(sent["iccid"])


@pytest.mark.parametrize("header", ["Bearer nonsense", "Basic eA=="])
def test_credentials_shown_on_the_sandbox_host_must_be_valid(sandbox: Any, header: str) -> None:
    refused(sandbox.http.get(f"/subscription/v2/msisdn/{MSISDN}", headers={"Authorization": header}), 401)


def test_scopes_of_a_client_are_those_of_the_contract() -> None:
    from carrierbox import contracts

    assert set(SCOPES.split()) == set(contracts.document("wgtwo")["authentication"]["schemes"][0]["scopes"])
