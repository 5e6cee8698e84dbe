"""Who may call: the check that every WING request passes."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from json import dumps
from timeit import timeit

import pytest
from jose import jwt
from jose.backends import RSAKey

from carrierbox import keycloak
from carrierbox.kernel import tokens
from carrierbox.keycloak import callers


def claims_of(token):
    return jwt.get_unverified_claims(token)


def header_of(token):
    return jwt.get_unverified_header(token)


def segment(content):
    return urlsafe_b64encode(dumps(content).encode()).rstrip(b"=").decode()


def signed(kc, claims, **changes):
    """A token that this world signs itself, with claims that it would not issue."""
    with kc.box() as box:
        return tokens.sign(box, {**claims, **changes})


def none(kc, token):
    return f"{segment({'alg': 'none', 'typ': 'JWT', 'kid': header_of(token)['kid']})}.{segment(claims_of(token))}."


def none_with_a_signature(kc, token):
    return none(kc, token) + token.rpartition(".")[2]


def hs256_by_the_public_key(kc, token):
    with kc.box() as box:
        public = tokens.signing_key(box).public.prepared_key
    numbers = public.public_numbers().n.to_bytes(256, "big").hex()
    return jwt.encode(claims_of(token), numbers, "HS256", {"kid": header_of(token)["kid"]})


def rs512(kc, token):
    with kc.box() as box:
        private = tokens.signing_key(box).private.prepared_key
    return jwt.encode(claims_of(token), RSAKey(private, "RS512"), "RS512", {"kid": header_of(token)["kid"]})


def foreign_key(kc, token):
    foreign = RSAKey(tokens.pool.take(), "RS256")
    return jwt.encode(claims_of(token), foreign, "RS256", {"kid": header_of(token)["kid"]})


def unknown_kid(kc, token):
    foreign = RSAKey(tokens.pool.take(), "RS256")
    return jwt.encode(claims_of(token), foreign, "RS256", {"kid": "unknown"})


def kid_of_another_type(kc, token):
    return f"{segment({'alg': 'RS256', 'kid': ['a']})}.{token.partition('.')[2]}"


def header_that_is_no_object(kc, token):
    return f"{segment(['RS256'])}.{token.partition('.')[2]}"


def refresh_secrets_kid(kc, token):
    return f"{token.partition('.')[0]}.{kc.log_in()['refresh_token'].partition('.')[2]}"


def other_claims(kc, token):
    head, _, signature = token.split(".")
    return f"{head}.{segment(claims_of(token) | {'sub': 'somebody'})}.{signature}"


def another_last_character(kc, token):
    """Two characters stand for the same bits at the end of a signature; one of them is not ours."""
    return token[:-1] + {"A": "B", "Q": "R", "g": "h", "w": "x"}[token[-1]]


BAD = {
    "none": none,
    "none, with a signature": none_with_a_signature,
    "HS256 by the public key": hs256_by_the_public_key,
    "RS512 by our key": rs512,
    "foreign key": foreign_key,
    "unknown kid": unknown_kid,
    "kid of another type": kid_of_another_type,
    "header that is no object": header_that_is_no_object,
    "body of another token": refresh_secrets_kid,
    "claims changed": other_claims,
    "signature spelled otherwise": another_last_character,
    "unknown realm": lambda kc, token: signed(
        kc, claims_of(token), iss="http://box.test/uam/auth/realms/nowhere"
    ),
    "another realm": lambda kc, token: signed(kc, claims_of(token), iss="http://box.test/uam/auth/realms/acme-iot"),
    "another issuer": lambda kc, token: signed(kc, claims_of(token), iss="wdh-sitstg2"),
    "another audience": lambda kc, token: signed(kc, claims_of(token), aud="web-app"),
    "other audiences": lambda kc, token: signed(kc, claims_of(token), aud=["web-app", "api-gateway"]),
    "no audience": lambda kc, token: signed(kc, {k: v for k, v in claims_of(token).items() if k != "aud"}),
    "not yet valid": lambda kc, token: signed(kc, claims_of(token), nbf=claims_of(token)["iat"] + 60),
    "expired": lambda kc, token: signed(kc, claims_of(token), exp=claims_of(token)["iat"]),
    "another type": lambda kc, token: signed(kc, claims_of(token), typ="ID"),
    "unknown user": lambda kc, token: signed(kc, claims_of(token), sub="nobody"),
    "unknown session": lambda kc, token: signed(kc, claims_of(token), sid="none"),
    "ID token": lambda kc, token: kc.log_in()["id_token"],
    "refresh token": lambda kc, token: kc.log_in()["refresh_token"],
    "twice": lambda kc, token: f"{token}.{token}",
    "with a blank": lambda kc, token: f"{token} ",
    "with a line end": lambda kc, token: f"{token}\n",
    "with a NUL": lambda kc, token: f"{token}\0",
    "lone surrogate": lambda kc, token: f"{token}\ud800",
    "empty": lambda kc, token: "",
    "dots": lambda kc, token: "..",
    "deep JSON": lambda kc, token: f"{urlsafe_b64encode(b'[' * 300_000).decode()}.e30.AA",
    "huge number": lambda kc, token: f"{urlsafe_b64encode(b'9' * 30_000).decode()}.e30.AA",
}


@pytest.fixture
def token(kc):
    return kc.log_in()["access_token"]


def test_a_good_token_says_who_calls(kc, token):
    caller = kc.caller(token)
    assert ("sandbox-admin", "wdh-sitstg2", "web-app") == (caller.username, caller.realm, caller.client_id)
    assert "5f0c9a1e-3b64-4d2a-8c7d-91e0b2f4a601" == caller.user_id
    assert "wing-admin" in caller.roles
    assert caller.account_id is None
    assert datetime.fromtimestamp(claims_of(token)["exp"], UTC) == caller.expires_at


def test_a_user_brings_the_account_whose_subtree_is_theirs(kc, token):
    kc.change_user("sandbox-admin", "account_id", 4376)
    assert 4376 == kc.caller(token).account_id


def test_the_host_of_the_issuer_may_be_any(kc, token):
    elsewhere = signed(kc, claims_of(token), iss="https://wdh-sitstg2.nokiawing.com/uam/auth/realms/wdh-sitstg2")
    assert "wdh-sitstg2" == kc.caller(elsewhere).realm


@pytest.mark.parametrize("spoil", BAD.values(), ids=BAD)
def test_refuses_a_bad_token(kc, token, spoil):
    bad = spoil(kc, token)
    for _ in range(2):
        with pytest.raises(keycloak.BadToken):
            kc.caller(bad)
    assert "sandbox-admin" == kc.caller(token).username


def test_refuses_a_token_of_another_world_or_of_the_world_before_its_fork(kc, token, start):
    fork = start(source=kc.world.name)
    for other in (fork, start()):
        with pytest.raises(keycloak.BadToken):
            other.caller(token)
    assert "sandbox-admin" == kc.caller(token).username


def test_refuses_a_token_once_the_worlds_clock_has_passed_its_expiry(kc, token):
    kc.caller(token)
    kc.wait(35_999)
    kc.caller(token)
    kc.wait(1)
    with pytest.raises(tokens.ExpiredToken):
        kc.caller(token)


@pytest.mark.parametrize(
    "change",
    [
        lambda kc: kc.change_user("sandbox-admin", "enabled", 0),
        lambda kc: kc.change_user("sandbox-admin", "id", "other"),
        lambda kc: kc.change_user("sandbox-admin", "realm", "acme-iot"),
    ],
    ids=["disabled", "deleted", "moved"],
)
def test_refuses_a_known_caller_once_the_user_may_not_act(kc, token, change):
    kc.caller(token)
    change(kc)
    with pytest.raises(keycloak.BadToken):
        kc.caller(token)


def test_refuses_a_known_caller_once_the_key_is_removed(kc, token):
    kc.caller(token)
    with kc.box() as box:
        tokens.remove(box, header_of(token)["kid"])
    with pytest.raises(keycloak.BadToken):
        kc.caller(token)


def test_refuses_a_known_caller_once_logged_out(kc):
    session = kc.log_in()
    kc.caller(session["access_token"])
    kc.refresh(session["refresh_token"])
    kc.refresh(session["refresh_token"])
    with pytest.raises(keycloak.BadToken):
        kc.caller(session["access_token"])


def test_a_logout_that_is_rolled_back_has_logged_nobody_out(kc):
    session = kc.log_in()
    kc.caller(session["access_token"])
    with pytest.raises(ZeroDivisionError), kc.box() as box:
        keycloak.sessions.end(box, session["session_state"])
        1 / 0  # noqa: B018
    assert "sandbox-admin" == kc.caller(session["access_token"]).username


def test_remembers_no_more_callers_than_it_should(kc, monkeypatch):
    monkeypatch.setattr(callers, "MOST_REMEMBERED", 2)
    shown = [kc.log_in()["access_token"] for _ in range(4)]
    for token in shown * 2:
        kc.caller(token)
    assert 2 == len(kc.world.memo(keycloak.sessions.CALLERS, dict))


def test_a_known_caller_is_looked_up_rather_than_verified(kc, token):
    with kc.box() as box:
        keycloak.authenticate(box, token)
        seconds = min(timeit(lambda: keycloak.authenticate(box, token), number=1000) for _ in range(5))
    assert seconds / 1000 < 10e-6
