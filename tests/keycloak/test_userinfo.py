"""The userinfo endpoint: OpenID Connect Core 5.3."""

import pytest

USERINFO = "/protocol/openid-connect/userinfo"
ADMIN = {
    "sub": "5f0c9a1e-3b64-4d2a-8c7d-91e0b2f4a601",
    "email_verified": True,
    "name": "Sandbox Admin",
    "preferred_username": "sandbox-admin",
    "given_name": "Sandbox",
    "family_name": "Admin",
    "email": "sandbox-admin@example.com",
}


def test_says_who_the_token_speaks_of(kc):
    assert ADMIN == kc.userinfo(kc.log_in()["access_token"]).json()


def test_takes_a_post_with_the_token_in_header_or_form(kc):
    token = kc.log_in()["access_token"]
    assert ADMIN == kc.post(USERINFO, headers={"Authorization": f"bearer {token}"}).json()
    assert ADMIN == kc.post(USERINFO, data={"access_token": token}).json()


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer"}])
def test_wants_a_token(kc, headers):
    answer = kc.get(USERINFO, headers=headers)
    assert 401 == answer.status_code
    assert {"error": "invalid_request", "error_description": "Token not provided"} == answer.json()
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="wdh-sitstg2"')


def test_refuses_a_bad_token_and_says_so_in_the_challenge(kc):
    answer = kc.userinfo("x")
    assert 401 == answer.status_code
    assert {"error": "invalid_token", "error_description": "Token verification failed"} == answer.json()
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_refuses_a_token_without_the_scope_openid(kc):
    answer = kc.userinfo(kc.log_in(scope="")["access_token"])
    assert 403 == answer.status_code
    assert "insufficient_scope" == answer.json()["error"]


def test_refuses_a_token_of_another_realm(kc):
    token = kc.ask_by_password("acme-admin", realm="acme-iot", scope="openid").json()["access_token"]
    assert 401 == kc.userinfo(token).status_code
