"""Grant `client_credentials`: a confidential client acts for itself."""

from base64 import b64encode

import pytest
from jose import jwt

GRANT = {"grant_type": "client_credentials"}
TOKEN = "/protocol/openid-connect/token"


def test_answers_without_a_session_and_without_a_refresh_token(kc):
    answer = kc.ask(**GRANT, client_id="api-gateway", client_secret="sandbox-secret")
    assert 200 == answer.status_code
    assert ["access_token", "expires_in", "refresh_expires_in", "token_type", "not-before-policy", "scope"] == list(
        answer.json()
    )
    assert 0 == answer.json()["refresh_expires_in"]
    claims = jwt.get_unverified_claims(answer.json()["access_token"])
    assert ("service-account-api-gateway", "api-gateway") == (claims["preferred_username"], claims["azp"])
    assert not {"sid", "session_state"} & claims.keys()


def test_takes_the_credentials_in_the_basic_header_too(kc):
    assert 200 == kc.post(TOKEN, data=GRANT, auth=("api-gateway", "sandbox-secret")).status_code


def test_lets_the_service_account_call_with_its_roles(kc):
    caller = kc.caller(kc.service_token())
    assert "api-gateway" == caller.client_id
    assert "wing-admin" in caller.roles


@pytest.mark.parametrize("secret", ["", "wrong", "sandbox-secret ", "é"])
def test_refuses_a_wrong_secret(kc, secret):
    for answer in (
        kc.ask(**GRANT, client_id="api-gateway", client_secret=secret),
        kc.post(TOKEN, data=GRANT, auth=("api-gateway", secret)),
    ):
        assert 401 == answer.status_code
        assert "unauthorized_client" == answer.json()["error"]


@pytest.mark.parametrize("encoded", ["", "!", "=", b64encode(b"\xff\xff").decode(), b64encode(b"api-gateway").decode()])
def test_refuses_a_broken_basic_header(kc, encoded):
    answer = kc.post(TOKEN, data=GRANT, headers={"Authorization": f"Basic {encoded}"})
    assert 401 == answer.status_code
    assert {"error", "error_description"} == answer.json().keys()


def test_refuses_a_public_client(kc):
    answer = kc.ask(**GRANT, client_id="web-app")
    assert 401 == answer.status_code
    assert "Public client not allowed to retrieve service account" == answer.json()["error_description"]


def test_refuses_a_client_without_a_service_account(kc):
    with kc.box() as box:
        box.sql("DELETE FROM keycloak_user WHERE service_account_of IS NOT NULL")
    answer = kc.ask(**GRANT, client_id="api-gateway", client_secret="sandbox-secret")
    assert 401 == answer.status_code
    assert "Client not enabled to retrieve service account" == answer.json()["error_description"]
