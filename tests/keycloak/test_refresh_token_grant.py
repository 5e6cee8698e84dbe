"""Grant `refresh_token`: the session goes on, one refresh token at a time."""

import pytest
from jose import jwt


def is_refused(answer, description):
    return (400, {"error": "invalid_grant", "error_description": description}) == (answer.status_code, answer.json())


def test_answers_in_the_shape_of_the_login_with_new_tokens_of_the_same_session(kc):
    before = kc.log_in()
    after = kc.refresh(before["refresh_token"]).json()
    assert list(before) == list(after)
    assert before["session_state"] == after["session_state"]
    assert before["scope"] == after["scope"]
    assert not {before[name] for name in before if name.endswith("_token")} & set(map(str, after.values()))


def test_leaves_the_older_access_token_good(kc):
    before = kc.log_in()
    kc.refresh(before["refresh_token"])
    assert 200 == kc.userinfo(before["access_token"]).status_code


def test_goes_on_for_days_when_each_refresh_comes_in_time(kc):
    session = kc.log_in()
    for _ in range(100):
        kc.wait(1799)
        session = kc.refresh(session["refresh_token"]).json()
    assert 200 == kc.userinfo(session["access_token"]).status_code


def test_refuses_a_token_used_before_and_ends_the_session(kc):
    first = kc.log_in()
    second = kc.refresh(first["refresh_token"]).json()
    assert is_refused(kc.refresh(first["refresh_token"]), "Maximum allowed refresh token reuse exceeded")
    assert is_refused(kc.refresh(second["refresh_token"]), "Session not active")
    assert 401 == kc.userinfo(second["access_token"]).status_code


def test_refuses_an_expired_token(kc):
    token = kc.log_in()["refresh_token"]
    kc.wait(1801)
    assert is_refused(kc.refresh(token), "Token is not active")


def test_refuses_after_the_user_was_disabled(kc):
    token = kc.log_in()["refresh_token"]
    kc.change_user("sandbox-admin", "enabled", 0)
    assert is_refused(kc.refresh(token), "User disabled")


def test_refuses_after_the_user_was_deleted(kc):
    token = kc.log_in()["refresh_token"]
    with kc.box() as box:
        box.sql("DELETE FROM keycloak_user WHERE username = 'sandbox-admin'")
    assert is_refused(kc.refresh(token), "User not found")


@pytest.mark.parametrize("field", ["access_token", "id_token"])
def test_refuses_a_token_of_another_type(kc, field):
    assert is_refused(kc.refresh(kc.log_in()[field]), "Invalid refresh token")


@pytest.mark.parametrize("token", ["x", "a.b.c", "..", "é.é.é", "\0", "a" * 100_000, "WzFd.e30.AA"])
def test_refuses_what_is_no_token(kc, token):
    assert is_refused(kc.refresh(token), "Invalid refresh token")


def test_refuses_a_token_of_another_realm_or_world(kc, start):
    of_acme = kc.ask_by_password("acme-admin", realm="acme-iot").json()["refresh_token"]
    assert is_refused(kc.refresh(of_acme), "Invalid refresh token")
    assert is_refused(kc.refresh(start().log_in()["refresh_token"]), "Invalid refresh token")


def test_refuses_a_token_signed_with_the_secret_of_somebody_else(kc):
    token = kc.log_in()["refresh_token"]
    header, claims = jwt.get_unverified_header(token), jwt.get_unverified_claims(token)
    assert is_refused(kc.refresh(jwt.encode(claims, "guessed", "HS256", header)), "Invalid refresh token")


def test_refuses_another_clients_token(kc):
    token = kc.log_in()["refresh_token"]
    answer = kc.refresh(token, "api-gateway", client_secret="sandbox-secret")
    assert is_refused(answer, "Invalid refresh token. Token client and authorized client don't match")
    assert 200 == kc.refresh(token).status_code


def test_wants_a_token(kc):
    answer = kc.refresh("")
    assert 400 == answer.status_code
    assert {"error": "invalid_request", "error_description": "No refresh token"} == answer.json()
