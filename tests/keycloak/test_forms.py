"""Whatever is sent to an endpoint is answered in Keycloak's own shape, and never by an accident."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ENDPOINTS = ["token", "token/introspect", "revoke", "logout", "userinfo", "auth"]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NAMES = [
    "grant_type", "client_id", "client_secret", "username", "password", "scope", "refresh_token", "token", "code",
    "redirect_uri", "code_verifier", "id_token_hint", "post_logout_redirect_uri", "token_type_hint", "access_token",
]  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(["password", "refresh_token", "client_credentials", "authorization_code", "web-app", "api-gateway",
                     "sandbox-secret", "sandbox-admin", "sandbox-pass", "openid", "http://localhost/", "\0", "a.b.c"]),
    st.text(),
)  # fmt: skip
RELAXED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def is_answered(answer):
    if answer.status_code >= 400 and "json" in answer.headers.get("Content-Type", ""):
        assert {"error"} <= answer.json().keys() <= {"error", "error_description"}
    return answer.status_code < 500


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@RELAXED
@given(form=st.lists(st.tuples(st.sampled_from(NAMES), VALUES)))
def test_any_fields(kc, endpoint, form):
    fields: dict[str, list[str]] = {}
    for name, value in form:
        fields.setdefault(name, []).append(value)
    assert is_answered(kc.post(f"/protocol/openid-connect/{endpoint}", data=fields))


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@RELAXED
@given(body=st.binary(), query=st.binary().map(lambda raw: "".join(f"%{byte:02x}" for byte in raw)))
def test_any_bytes(kc, endpoint, body, query):
    assert is_answered(kc.post(f"/protocol/openid-connect/{endpoint}?{query}", content=body, headers=FORM))


@RELAXED
@given(authorization=st.binary().filter(lambda raw: not set(raw) & set(b"\r\n\0")))
def test_any_authorization_header(kc, authorization):
    for endpoint in ("token", "token/introspect", "userinfo"):
        headers = [(b"Authorization", authorization), *((k.encode(), v.encode()) for k, v in FORM.items())]
        answer = kc.post(f"/protocol/openid-connect/{endpoint}", headers=headers, content=b"grant_type=password")
        assert is_answered(answer)
        assert answer.status_code >= 400


@pytest.mark.parametrize(
    "body",
    [
        b"grant_type=password&client_id=web-app&username=%00&password=%00",
        b"grant_type=password&client_id=web-app&username=%ED%A0%80&password=%ED%A0%80",
        b"grant_type=password&client_id=web-app&username=%&password=%zz",
        b"grant_type=password&client_id=web-app&password=x&username=" + b"a" * 900_000,
        b"grant_type=password&client_id=web-app&scope=%ED%A0%80",
        b"\xff\xfe&grant_type=password&client_id=\xff",
        b"grant_type",
        b"=&=&=",
        b"{}",
    ],
)
def test_junk_is_refused(kc, body):
    answer = kc.post("/protocol/openid-connect/token", content=body, headers=FORM)
    assert answer.status_code in (400, 401)
    assert {"error", "error_description"} == answer.json().keys()


def test_more_fields_than_anybody_needs_are_refused(kc):
    answer = kc.post("/protocol/openid-connect/token", content=b"a=b&" * 2000, headers=FORM)
    assert 400 == answer.status_code
    assert {"error": "invalid_request", "error_description": "Too many parameters"} == answer.json()


def test_an_accident_is_told_in_the_same_shape(kc, monkeypatch):
    monkeypatch.setattr("carrierbox.keycloak.issuance.for_session", lambda *_: 1 / 0)
    answer = kc.despite_accidents().ask_by_password()
    assert (500, {"error": "unknown_error"}) == (answer.status_code, answer.json())
