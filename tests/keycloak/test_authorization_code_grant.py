"""The login form, and grant `authorization_code` with PKCE: RFC 6749 4.1, RFC 7636."""

import re
from base64 import urlsafe_b64encode
from hashlib import sha256
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from jose import jwt

AUTH = "/protocol/openid-connect/auth"
CALLBACK = "http://localhost:3000/callback"
VERIFIER = "a-secret-of-the-client-that-is-43-characters-long"
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
WANTED = {
    "response_type": "code",
    "client_id": "web-app",
    "redirect_uri": CALLBACK,
    "scope": "openid",
    "state": "a b&c",
    "nonce": "n-1",
}
PERSON = {"username": "sandbox-admin", "password": "sandbox-pass"}


def sent_to(answer):
    """Where the browser is sent, and what it takes along."""
    assert 302 == answer.status_code, answer.text
    address = urlsplit(answer.headers["Location"])
    return address._replace(query="").geturl(), dict(parse_qsl(address.query))


def log_in(kc, **wanted):
    """Fill in the form; the code that the client gets."""
    form = kc.get(AUTH, params=WANTED | wanted)
    assert 200 == form.status_code
    assert "&state=" not in form.text, "an ampersand in an attribute is written &amp;"
    action = unescape(re.search('action="([^"]+)"', form.text)[1])
    return sent_to(kc.http.post(action, data=PERSON))[1]["code"]


def exchange(kc, code, **form):
    wanted = {"grant_type": "authorization_code", "client_id": "web-app", "code": code, "redirect_uri": CALLBACK}
    return kc.ask(**(wanted | form))


def is_refused(answer, description, error="invalid_grant"):
    return (400, {"error": error, "error_description": description}) == (answer.status_code, answer.json())


def test_the_form_sends_the_user_back_with_code_session_and_state(kc):
    address, taken = sent_to(kc.post(AUTH, params=WANTED, data=PERSON))
    assert CALLBACK == address
    assert ["state", "session_state", "code"] == list(taken)
    assert "a b&c" == taken["state"]


def test_the_code_becomes_the_tokens_of_that_session(kc):
    _, taken = sent_to(kc.post(AUTH, params=WANTED, data=PERSON))
    answer = exchange(kc, taken["code"])
    assert 200 == answer.status_code
    assert list(kc.log_in()) == list(answer.json())
    assert taken["session_state"] == answer.json()["session_state"]
    claims = jwt.get_unverified_claims(answer.json()["id_token"])
    assert ("n-1", "web-app", "sandbox-admin") == (claims["nonce"], claims["aud"], claims["preferred_username"])
    assert 200 == kc.userinfo(answer.json()["access_token"]).status_code
    assert 200 == kc.refresh(answer.json()["refresh_token"]).status_code


def test_a_code_works_once_and_ends_the_session_when_used_again(kc):
    code = log_in(kc)
    session = exchange(kc, code).json()
    assert is_refused(exchange(kc, code), "Code not valid")
    assert 401 == kc.userinfo(session["access_token"]).status_code
    assert is_refused(exchange(kc, code), "Code not valid")


def test_a_code_works_for_a_minute(kc):
    code = log_in(kc)
    kc.wait(61)
    assert is_refused(exchange(kc, code), "Code not valid")


def test_a_code_works_for_its_client_realm_world_and_address_only(kc, start):
    code = log_in(kc)
    gateway = {"client_id": "api-gateway", "client_secret": "sandbox-secret"}
    assert is_refused(exchange(kc, code, **gateway), "Client not allowed to exchange code", "unauthorized_client")
    assert is_refused(exchange(kc, code, realm="acme-iot"), "Code not valid")
    assert is_refused(exchange(start(), code), "Code not valid")
    assert is_refused(exchange(kc, code, redirect_uri="http://localhost:3000/other"), "Incorrect redirect_uri")
    assert is_refused(exchange(kc, code, redirect_uri=""), "Incorrect redirect_uri")
    assert 200 == exchange(kc, code).status_code


@pytest.mark.parametrize("code", ["x", "\0", "é", "a" * 10_000])
def test_refuses_an_unknown_code(kc, code):
    assert is_refused(exchange(kc, code), "Code not valid")


def test_wants_a_code(kc):
    assert is_refused(exchange(kc, ""), "Missing parameter: code", "invalid_request")


def test_a_code_of_a_user_disabled_meanwhile_is_worth_nothing(kc):
    code = log_in(kc)
    kc.change_user("sandbox-admin", "enabled", 0)
    assert is_refused(exchange(kc, code), "User disabled")


@pytest.mark.parametrize(
    "challenge",
    [
        {"code_challenge": CHALLENGE, "code_challenge_method": "S256"},
        {"code_challenge": VERIFIER, "code_challenge_method": "plain"},
        {"code_challenge": VERIFIER},
    ],
    ids=["S256", "plain", "plain by default"],
)
class TestPkce:
    def test_lets_the_client_go_on_that_knows_the_verifier(self, kc, challenge):
        assert 200 == exchange(kc, log_in(kc, **challenge), code_verifier=VERIFIER).status_code

    @pytest.mark.parametrize(
        ("verifier", "description"),
        [
            ("", "PKCE code verifier not specified"),
            ("short", "PKCE invalid code verifier"),
            ("é" * 50, "PKCE invalid code verifier"),
            (VERIFIER[::-1], "PKCE verification failed"),
        ],
    )
    def test_refuses_whoever_does_not(self, kc, challenge, verifier, description):
        code = log_in(kc, **challenge)
        assert is_refused(exchange(kc, code, code_verifier=verifier), description)


def test_pkce_refuses_the_challenge_itself_as_verifier_of_s256(kc):
    code = log_in(kc, code_challenge=CHALLENGE, code_challenge_method="S256")
    assert is_refused(exchange(kc, code, code_verifier=CHALLENGE), "PKCE verification failed")


def test_pkce_refuses_a_verifier_that_no_challenge_asked_for(kc):
    description = "PKCE code verifier specified but challenge not present in authorization"
    assert is_refused(exchange(kc, log_in(kc), code_verifier=VERIFIER), description)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"response_type": ""}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"client_id": "api-gateway"}, "unauthorized_client"),
        ({"scope": "openid foo"}, "invalid_scope"),
        ({"code_challenge": CHALLENGE, "code_challenge_method": "S512"}, "invalid_request"),
        ({"code_challenge": "short", "code_challenge_method": "S256"}, "invalid_request"),
        ({"code_challenge_method": "S256"}, "invalid_request"),
        ({"state": ["a", "b"]}, "invalid_request"),
    ],
)
def test_tells_the_client_what_is_wrong_with_its_request(kc, fault, error):
    for answer in (kc.get(AUTH, params=WANTED | fault), kc.post(AUTH, params=WANTED | fault, data=PERSON)):
        address, taken = sent_to(answer)
        assert CALLBACK == address
        assert error == taken["error"]
        assert "code" not in taken


def test_prompt_none_is_answered_without_a_form(kc):
    _, taken = sent_to(kc.get(AUTH, params=WANTED | {"prompt": "none"}))
    assert {"state": "a b&c", "error": "login_required"} == taken


@pytest.mark.parametrize(
    "uri",
    [
        "http://localhost",
        "http://127.0.0.2:3000/x",
        "http://localhost/",
        "http://127.0.0.1:1/a/b?c=d",
        "http://[::1]:65535/é",
        "https://localhost:8443/callback",
    ],
)
def test_sends_users_to_any_loopback_address(kc, uri):
    answer = kc.post(AUTH, params=WANTED | {"redirect_uri": uri}, data=PERSON)
    address, taken = sent_to(answer)
    assert urlsplit(address).hostname == urlsplit(uri).hostname
    assert 200 == exchange(kc, taken["code"], redirect_uri=uri).status_code


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "/callback",
        "http://example.com/",
        "http://localhost.example.com/",
        "http://127.0.0.1.example.com/",
        "http://127.1/",
        "http://localhost@example.com/",
        "http://example.com\\@localhost/",
        "http://localhost\\.example.com/",
        "http://localhost:3000#fragment",
        "http://localhost:3000/#fragment",
        "http://localhost/a b",
        "http://localhost/\\example.com",
        "http://localhost/\r\nSet-Cookie: a=b",
        "javascript:alert(1)//localhost",
        "http://[::1",
        "http://localhost:port/",
    ],
)
def test_sends_users_nowhere_else(kc, uri):
    for answer in (
        kc.get(AUTH, params=WANTED | {"redirect_uri": uri}),
        kc.post(AUTH, params=WANTED | {"redirect_uri": uri}, data=PERSON),
    ):
        assert 400 == answer.status_code
        assert "Location" not in answer.headers
        assert "Invalid parameter: redirect_uri" in answer.text


@pytest.mark.parametrize("client_id", ["", "nobody", "\0"])
def test_sends_users_of_an_unknown_client_nowhere(kc, client_id):
    answer = kc.get(AUTH, params=WANTED | {"client_id": client_id})
    assert 400 == answer.status_code
    assert "Client not found." in answer.text


@pytest.mark.parametrize(
    ("person", "told"),
    [
        ({}, "Invalid username or password."),
        ({"username": "nobody", "password": "x"}, "Invalid username or password."),
        ({"username": "sandbox-admin", "password": "x"}, "Invalid username or password."),
        ({"username": "janedoe01", "password": "Welcome-12345"}, "Account is not fully set up."),
    ],
)
def test_shows_the_form_again_when_the_login_fails(kc, person, told):
    answer = kc.post(AUTH, params=WANTED, data=person)
    assert 200 == answer.status_code
    assert told in answer.text


def test_shows_the_form_again_to_a_disabled_user(kc):
    kc.change_user("sandbox-admin", "enabled", 0)
    assert "Account is disabled" in kc.post(AUTH, params=WANTED, data=PERSON).text


def test_the_form_repeats_nothing_that_a_browser_would_run(kc):
    attack = '"><script>alert(1)</script>'
    answer = kc.post(AUTH, params=WANTED | {"state": attack}, data={"username": attack})
    assert 200 == answer.status_code
    assert "<script>" not in answer.text
