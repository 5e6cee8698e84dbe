"""WING 2, Authorization Token: who gets a token, and what everybody else is told."""

import json

import pytest
from jose import jwt

from carrierbox.contracts import document

AUTHENTICATION = document("wing-accounts")["authentication"]
TOKEN = "/protocol/openid-connect/token"
GOOD = {
    "grant_type": "password",
    "scope": "openid",
    "client_id": "web-app",
    "username": "apiuser01",
    "password": "Secret-12345",
}


def without(*names, **others):
    return {name: value for name, value in (GOOD | others).items() if name not in names}


def disable_realm(kc):
    with kc.box() as box:
        box.sql("UPDATE keycloak_realm SET enabled = 0")
        box.world.forget()


def forbid_password_grant(kc):
    with kc.box() as box:
        box.sql("UPDATE keycloak_client SET direct_access_grants = 0")
        box.world.forget()


def disable_client(kc):
    with kc.box() as box:
        box.sql("UPDATE keycloak_client SET enabled = 0")
        box.world.forget()


def form(**fields):
    return lambda kc: kc.ask(**fields)


def after(change, **fields):
    def ask(kc):
        change(kc)
        return kc.ask(**fields)

    return ask


#: How to bring about each row of the contract's `errors`, all of whose ways have to be refused in the same words.
CAUSES = {
    "unknown realm": [form(**GOOD, realm="nowhere"), lambda kc: kc.ask(realm="nowhere")],
    "realm disabled": [after(disable_realm, **GOOD), after(disable_realm)],
    "no grant_type (also when the body is JSON or the parameters stand in the query)": [
        form(**without("grant_type")),
        form(**without("client_id", grant_type="")),
        lambda kc: kc.post(TOKEN, json=GOOD),
        lambda kc: kc.post(TOKEN, params=GOOD),
        lambda kc: kc.post(TOKEN, content=b"grant_type=password", headers={"Content-Type": "text/plain"}),
        lambda kc: kc.post(TOKEN),
    ],
    "grant_type unknown": [form(**without("client_id", grant_type="implicit")), form(**GOOD | {"grant_type": "\0"})],
    "a form key sent twice": [lambda kc: kc.post(TOKEN, data={**without("username"), "username": ["a", "b"]})],
    "client_id missing or unknown": [
        form(**without("client_id")),
        form(**GOOD | {"client_id": "nobody"}),
        after(disable_client, **GOOD),
        lambda kc: kc.post(TOKEN, data={**GOOD, "client_id": ["nobody", "web-app"]}),
        lambda kc: kc.post(TOKEN, data=GOOD, auth=("nobody", "secret")),
    ],
    "client may not use the password grant": [
        after(forbid_password_grant, **GOOD | {"scope": "foo"}),
        form(**without("username", client_id="api-gateway", client_secret="sandbox-secret")),
    ],
    "scope unknown to the client": [
        form(**GOOD | {"scope": "openid foo"}),
        form(**without("username", scope="openid foo")),
    ],
    "no username": [form(**without("username")), form(**without("password", username=""))],
    "unknown user or wrong or missing password": [
        form(**GOOD | {"username": "nobody"}),
        form(**GOOD | {"password": "wrong"}),
        form(**without("password")),
        form(**GOOD | {"username": "service-account-api-gateway", "password": ""}),
        form(**GOOD, realm="acme-iot"),
    ],
    "user disabled (enabled false in chapter 3)": [
        after(lambda kc: kc.change_user("apiuser01", "enabled", 0), **GOOD),
        after(lambda kc: kc.change_user("apiuser01", "enabled", 0), **GOOD | {"password": "wrong"}),
    ],
    "password is temporary (3.20 temporary true) or never changed": [
        form(**GOOD | {"username": "janedoe01", "password": "Welcome-12345"}),
        after(lambda kc: kc.change_user("apiuser01", "required_actions", '["UPDATE_PASSWORD"]'), **GOOD),
    ],
}
ROWS = [
    pytest.param(row, cause, id=f"{row['when']}-{number}")
    for row in AUTHENTICATION["errors"]
    for number, cause in enumerate(CAUSES[row["when"]], 1)
]


def test_answers_with_every_documented_field_in_the_documented_order(kc):
    answer = kc.ask(**GOOD)
    example = AUTHENTICATION["token_response"]["example"]
    assert 200 == answer.status_code
    assert "application/json" == answer.headers["Content-Type"]
    assert list(example) == list(answer.json())
    tokens = {"access_token", "refresh_token", "id_token", "session_state"}
    assert {name: value for name, value in example.items() if name not in tokens} == {
        name: value for name, value in answer.json().items() if name not in tokens
    }


def test_lets_nobody_store_the_answer(kc):
    for answer in (kc.ask(**GOOD), kc.ask(**without("username"))):
        documented = AUTHENTICATION["token_response"]["headers"]
        assert documented == {name: answer.headers[name] for name in documented}


def test_claims_what_is_documented_in_the_documented_order(kc):
    claims = jwt.get_unverified_claims(kc.ask(**GOOD).json()["access_token"])
    assert AUTHENTICATION["access_token_claims"] == list(claims)
    assert ("Bearer", "web-app", "apiuser01") == (claims["typ"], claims["azp"], claims["preferred_username"])
    assert "http://box.test/uam/auth/realms/wdh-sitstg2" == claims["iss"]
    assert 36000 == claims["exp"] - claims["iat"]
    assert int(kc.world.clock.now().timestamp()) == claims["iat"]


def test_signs_access_and_id_token_with_rs256_and_the_refresh_token_with_hs256(kc):
    answer = kc.ask(**GOOD).json()
    algorithms = {name: jwt.get_unverified_header(answer[name])["alg"] for name in answer if name.endswith("_token")}
    assert {"access_token": "RS256", "refresh_token": "HS256", "id_token": "RS256"} == algorithms


@pytest.mark.parametrize(
    ("username", "realm"),
    [("sandbox-admin", None), ("sandbox-reader", None), ("apiuser01", None), ("acme-admin", "acme-iot")],
)
@pytest.mark.parametrize("scope", ["", "openid"])
def test_gives_each_user_an_access_token_of_documented_length(kc, username, realm, scope):
    password = "Secret-12345" if username == "apiuser01" else "sandbox-pass"
    answer = kc.ask_by_password(username, password=password, scope=scope, realm=realm)
    assert 1024 <= len("Bearer " + answer.json()["access_token"]) <= 4096
    assert 1024 <= len(answer.json()["access_token"])


def test_gives_a_service_account_a_token_of_documented_length(kc):
    assert 1024 <= len(kc.service_token()) <= 4096


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        ("", "email profile"),
        ("profile", "email profile"),
        ("openid", "openid email profile"),
        (" profile  openid ", "openid email profile"),
    ],
)
def test_grants_openid_and_an_id_token_only_when_asked_for(kc, asked, granted):
    answer = kc.ask(**GOOD | {"scope": asked}).json()
    assert granted == answer["scope"]
    assert ("openid" in granted) == ("id_token" in answer)
    assert granted == jwt.get_unverified_claims(answer["access_token"])["scope"]


def test_takes_a_username_in_any_case(kc):
    assert 200 == kc.ask(**GOOD | {"username": "ApiUser01"}).status_code


@pytest.mark.parametrize(("row", "cause"), ROWS)
def test_refuses_as_documented(kc, row, cause):
    answer = cause(kc)
    assert row["status"] == answer.status_code
    assert row["body"] == answer.json()
    assert "application/json" == answer.headers["Content-Type"]


def test_brings_about_every_documented_refusal():
    assert {row["when"] for row in AUTHENTICATION["errors"]} == CAUSES.keys()


def test_looks_at_things_in_the_documented_order(kc):
    """Each mend of a request with every fault brings the next refusal to light."""
    faulty = {"grant_type": "", "client_id": "nobody", "scope": "foo", "username": ["", ""], "password": "wrong"}
    mends = [
        ("Realm does not exist", {}),
        ("Missing form parameter: grant_type", {}),
        ("Unsupported grant_type", {"grant_type": "implicit"}),
        ("Invalid client or Invalid client credentials", {"grant_type": "password"}),
        ("duplicated parameter", {"client_id": "api-gateway", "client_secret": "sandbox-secret"}),
        ("Client not allowed for direct access grants", {"username": ""}),
        ("Invalid scopes: foo", {"client_id": "web-app"}),
        ("Missing parameter: username", {"scope": "openid"}),
        ("Invalid user credentials", {"username": "janedoe01"}),
        ("Account is not fully set up", {"password": "Welcome-12345"}),
    ]
    for step, (wanted, mend) in enumerate(mends):
        faulty |= mend
        body = kc.http.post(kc.path(TOKEN, "nowhere" if step == 0 else None), data=faulty).json()
        assert wanted == body.get("error_description", body["error"]), json.dumps(faulty)
