"""The introspection endpoint: RFC 7662."""

import pytest

INTROSPECT = "/protocol/openid-connect/token/introspect"
GATEWAY = ("api-gateway", "sandbox-secret")
INACTIVE = {"active": False}


@pytest.mark.parametrize("field", ["access_token", "refresh_token"])
def test_tells_what_an_active_token_claims(kc, field):
    session = kc.log_in()
    told = kc.introspect(session[field])
    assert told["active"] is True
    assert ("web-app", "sandbox-admin") == (told["client_id"], told["username"])
    assert (session["session_state"], "openid email profile") == (told["sid"], told["scope"])


def test_knows_a_service_account(kc):
    assert "service-account-api-gateway" == kc.introspect(kc.service_token())["username"]


def test_takes_the_secret_in_the_form_too(kc):
    form = {"token": kc.service_token(), "client_id": "api-gateway", "client_secret": "sandbox-secret"}
    assert kc.post(INTROSPECT, data=form).json()["active"]


def test_a_token_is_inactive_once_expired(kc):
    session = kc.log_in()
    kc.wait(1800)
    assert INACTIVE == kc.introspect(session["refresh_token"])
    assert kc.introspect(session["access_token"])["active"]
    kc.wait(34200)
    assert INACTIVE == kc.introspect(session["access_token"])


def test_a_refresh_token_is_inactive_once_used(kc):
    token = kc.log_in()["refresh_token"]
    kc.refresh(token)
    assert INACTIVE == kc.introspect(token)


@pytest.mark.parametrize(("column", "value"), [("enabled", 0), ("id", "other")])
def test_a_token_is_inactive_once_its_user_may_not_act(kc, column, value):
    token = kc.log_in()["access_token"]
    kc.change_user("sandbox-admin", column, value)
    assert INACTIVE == kc.introspect(token)


def test_a_token_of_another_realm_or_world_is_inactive(kc, start):
    assert INACTIVE == kc.introspect(start(source=kc.world.name).log_in()["access_token"])
    assert INACTIVE == kc.introspect(kc.ask_by_password("acme-admin", realm="acme-iot").json()["access_token"])


@pytest.mark.parametrize("token", ["x", "a.b.c", "\0", "[" * 100_000, "W1tb" * 50_000 + ".e30.AA", "é"])
def test_what_is_no_token_is_inactive(kc, token):
    assert INACTIVE == kc.introspect(token)


def test_wants_a_token(kc):
    answer = kc.post(INTROSPECT, auth=GATEWAY)
    assert 400 == answer.status_code
    assert {"error": "invalid_request", "error_description": "Token not provided"} == answer.json()


@pytest.mark.parametrize("auth", [None, ("api-gateway", "wrong"), ("nobody", "secret"), ("api-gateway", "")])
def test_refuses_whoever_is_not_a_client(kc, auth):
    answer = kc.post(INTROSPECT, data={"token": kc.service_token()}, auth=auth)
    assert 401 == answer.status_code
    assert {"error": "invalid_request", "error_description": "Authentication failed."} == answer.json()


def test_refuses_a_public_client(kc):
    answer = kc.post(INTROSPECT, data={"token": kc.service_token(), "client_id": "web-app"})
    assert 403 == answer.status_code
    assert {"error": "invalid_request", "error_description": "Client not allowed."} == answer.json()
