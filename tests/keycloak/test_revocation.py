"""The revocation endpoint: RFC 7009."""

import pytest

REVOKE = "/protocol/openid-connect/revoke"


def revoke(kc, token, client_id="web-app", **form):
    return kc.post(REVOKE, data={"client_id": client_id, "token": token, **form})


def test_a_revoked_refresh_token_takes_its_session_with_it(kc):
    session = kc.log_in()
    answer = revoke(kc, session["refresh_token"], token_type_hint="refresh_token")
    assert (200, "") == (answer.status_code, answer.text)
    assert "Session not active" == kc.refresh(session["refresh_token"]).json()["error_description"]
    assert 401 == kc.userinfo(session["access_token"]).status_code


def test_a_revoked_access_token_leaves_its_session_alone(kc):
    session = kc.log_in()
    kc.caller(session["access_token"])
    assert 200 == revoke(kc, session["access_token"], token_type_hint="access_token").status_code
    assert 200 == revoke(kc, session["access_token"]).status_code
    assert 401 == kc.userinfo(session["access_token"]).status_code
    assert {"active": False} == kc.introspect(session["access_token"])
    renewed = kc.refresh(session["refresh_token"]).json()
    assert 200 == kc.userinfo(renewed["access_token"]).status_code


@pytest.mark.parametrize("token", ["x", "a.b.c", "\0"])
def test_what_is_no_token_is_as_good_as_revoked(kc, token):
    assert 200 == revoke(kc, token).status_code


@pytest.mark.parametrize("field", ["access_token", "refresh_token"])
def test_refuses_another_clients_token(kc, field):
    session = kc.log_in()
    answer = revoke(kc, session[field], "api-gateway", client_secret="sandbox-secret")
    assert (400, "Unmatching clients") == (answer.status_code, answer.json()["error_description"])
    assert 200 == kc.userinfo(session["access_token"]).status_code


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"token": "x"}, 401, "invalid_client"),
        ({"client_id": "api-gateway", "token": "x"}, 401, "unauthorized_client"),
        ({"client_id": "web-app"}, 400, "invalid_request"),
        ({"client_id": "web-app", "token": ["x", "y"]}, 400, "invalid_request"),
        ({"client_id": "web-app", "token": "x", "token_type_hint": "id_token"}, 400, "unsupported_token_type"),
    ],
)
def test_refuses_a_request_that_is_not_in_order(kc, form, status, error):
    answer = kc.post(REVOKE, data=form)
    assert (status, error) == (answer.status_code, answer.json()["error"])
