"""The logout endpoint: by the browser with an ID token, or by the client with its refresh token."""

import pytest

LOGOUT = "/protocol/openid-connect/logout"
GOODBYE = "http://localhost:3000/goodbye"


def is_logged_out(kc, session):
    return (
        401 == kc.userinfo(session["access_token"]).status_code
        and "Session not active" == kc.refresh(session["refresh_token"]).json()["error_description"]
    )


def test_by_refresh_token_ends_the_session(kc):
    session = kc.log_in()
    answer = kc.post(LOGOUT, data={"client_id": "web-app", "refresh_token": session["refresh_token"]})
    assert (204, "") == (answer.status_code, answer.text)
    assert is_logged_out(kc, session)


def test_by_refresh_token_may_be_repeated_and_come_late(kc):
    session = kc.log_in()
    kc.wait(2000)
    for _ in range(2):
        answer = kc.post(LOGOUT, data={"client_id": "web-app", "refresh_token": session["refresh_token"]})
        assert 204 == answer.status_code
    assert 401 == kc.userinfo(session["access_token"]).status_code


def test_leaves_other_sessions_of_the_user_alone(kc):
    ended, other = kc.log_in(), kc.log_in()
    kc.post(LOGOUT, data={"client_id": "web-app", "refresh_token": ended["refresh_token"]})
    assert 200 == kc.userinfo(other["access_token"]).status_code


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"refresh_token": "x"}, 401, "invalid_client"),
        ({"client_id": "web-app"}, 400, "invalid_request"),
        ({"client_id": "web-app", "refresh_token": "x"}, 400, "invalid_grant"),
    ],
)
def test_by_refresh_token_refuses_a_request_that_is_not_in_order(kc, form, status, error):
    answer = kc.post(LOGOUT, data=form)
    assert (status, error) == (answer.status_code, answer.json()["error"])


def test_by_refresh_token_refuses_another_clients(kc):
    session = kc.log_in()
    form = {"client_id": "api-gateway", "client_secret": "sandbox-secret", "refresh_token": session["refresh_token"]}
    assert 400 == kc.post(LOGOUT, data=form).status_code
    assert 200 == kc.userinfo(session["access_token"]).status_code


@pytest.mark.parametrize("send", ["get", "post"])
def test_by_id_token_ends_the_session_and_sends_the_user_on(kc, send):
    session = kc.log_in()
    wanted = {"id_token_hint": session["id_token"], "post_logout_redirect_uri": GOODBYE, "state": "a b"}
    answer = kc.get(LOGOUT, params=wanted) if send == "get" else kc.post(LOGOUT, data=wanted)
    assert (302, f"{GOODBYE}?state=a+b") == (answer.status_code, answer.headers["Location"])
    assert is_logged_out(kc, session)


def test_by_id_token_says_goodbye_when_there_is_nowhere_to_go(kc):
    session = kc.log_in()
    kc.wait(40_000)
    answer = kc.get(LOGOUT, params={"id_token_hint": session["id_token"]})
    assert 200 == answer.status_code
    assert "You are logged out" in answer.text


@pytest.mark.parametrize(
    "wanted",
    [
        {"id_token_hint": "x"},
        {"id_token_hint": "access_token"},
        {"id_token_hint": "id_token", "post_logout_redirect_uri": "http://example.com/"},
        {"post_logout_redirect_uri": GOODBYE},
    ],
)
def test_by_browser_ends_nothing_when_the_request_is_not_in_order(kc, wanted):
    session = kc.log_in()
    answer = kc.get(LOGOUT, params={name: session.get(value, value) for name, value in wanted.items()})
    assert 400 == answer.status_code
    assert "text/html" in answer.headers["Content-Type"]
    assert 200 == kc.userinfo(session["access_token"]).status_code
