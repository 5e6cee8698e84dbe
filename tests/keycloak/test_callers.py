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


def signed(kc, token, claims):
    """A token that this world signs itself, with claims that it would not issue."""
    with kc.box() as box:
        return tokens.sign(box, claims_of(token) | claims)


def none(_, token):
    return f"{segment({'alg': 'none', 'typ': 'JWT', 'kid': header_of(token)['kid']})}.{segment(claims_of(token))}."


def none_with_a_signature(kc, token):
    return none(kc, token) + token.rpartition(".")[2]


def hs256_by_the_public_key(kc, token):
    (published,) = kc.get("/protocol/openid-connect/certs").json()["keys"]
    return jwt.encode(claims_of(token), published["n"], "HS256", {"kid": published["kid"]})


def rs512_by_our_key(kc, token):
    with kc.box() as box:
        private = tokens.signing_key(box).private.prepared_key
    return jwt.encode(claims_of(token), RSAKey(private, "RS512"), "RS512", {"kid": header_of(token)["kid"]})


def foreign_key(_, token):
    foreign = RSAKey(tokens.pool.take(), "RS256")
    return jwt.encode(claims_of(token), foreign, "RS256", {"kid": header_of(token)["kid"]})


def unknown_kid(_, token):
    return jwt.encode(claims_of(token), RSAKey(tokens.pool.take(), "RS256"), "RS256", {"kid": "unknown"})


def kid_that_is_no_text(_, token):
    return f"{segment({'alg': 'RS256', 'kid': ['a']})}.{token.partition('.')[2]}"


def header_that_is_no_object(_, token):
    return f"{segment(['RS256'])}.{token.partition('.')[2]}"


def header_of_another_token(kc, token):
    return f"{token.partition('.')[0]}.{kc.log_in()['refresh_token'].partition('.')[2]}"


def claims_changed(_, token):
    head, _, signature = token.split(".")
    return f"{head}.{segment(claims_of(token) | {'sub': 'somebody'})}.{signature}"


def signature_spelled_otherwise(_, token):
    """Sixteen characters stand for the same bits at the end of a signature; one of them is ours."""
    return token[:-1] + {"A": "B", "Q": "R", "g": "h", "w": "x"}[token[-1]]


FORGERIES = [
    none,
    none_with_a_signature,
    hs256_by_the_public_key,
    rs512_by_our_key,
    foreign_key,
    unknown_kid,
    kid_that_is_no_text,
    header_that_is_no_object,
    header_of_another_token,
    claims_changed,
    signature_spelled_otherwise,
]
CLAIMS = {
    "unknown realm": {"iss": "http://box.test/uam/auth/realms/nowhere"},
    "another realm": {"iss": "http://box.test/uam/auth/realms/acme-iot"},
    "issuer that is no realm": {"iss": "wdh-sitstg2"},
    "no issuer": {"iss": None},
    "another audience": {"aud": "web-app"},
    "other audiences": {"aud": ["web-app", "api-gateway"]},
    "no audience": {"aud": None},
    "not yet valid": {"nbf": 99_999_999_999},
    "expired": {"exp": 0},
    "another type": {"typ": "ID"},
    "no type": {"typ": None},
    "unknown user": {"sub": "nobody"},
    "unknown session": {"sid": "none"},
}
#: Braces stand for a good token.
JUNK = {
    "twice": "{0}.{0}",
    "blank": "{} ",
    "line end": "{}\n",
    "NUL": "{}\0",
    "lone surrogate": "{}\ud800",
    "empty": "",
    "dots": "..",
    "deep JSON": f"{urlsafe_b64encode(b'[' * 300_000).decode()}.e30.AA",
    "huge number": f"{urlsafe_b64encode(b'9' * 30_000).decode()}.e30.AA",
}


def is_refused(kc, token):
    """Whether nobody gets in by it, the second time neither."""
    for _ in range(2):
        with pytest.raises(keycloak.BadToken):
            kc.caller(token)
    return True


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
    elsewhere = signed(kc, token, {"iss": "https://wdh-sitstg2.nokiawing.com/uam/auth/realms/wdh-sitstg2"})
    assert "wdh-sitstg2" == kc.caller(elsewhere).realm


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_refuses_a_forged_token(kc, token, forge):
    assert is_refused(kc, forge(kc, token))


@pytest.mark.parametrize("claims", CLAIMS.values(), ids=CLAIMS)
def test_refuses_a_token_that_claims_something_else(kc, token, claims):
    assert is_refused(kc, signed(kc, token, claims))


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
def test_refuses_what_is_no_token(kc, token, junk):
    kc.caller(token)
    assert is_refused(kc, junk.format(token))


@pytest.mark.parametrize("field", ["id_token", "refresh_token"])
def test_refuses_a_token_of_another_type(kc, field):
    assert is_refused(kc, kc.log_in()[field])


def test_refuses_a_token_of_another_world_or_of_the_world_before_its_fork(kc, token, start):
    fork = start(source=kc.world.name)
    assert is_refused(fork, token)
    assert is_refused(start(), token)
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
    assert is_refused(kc, token)


def test_refuses_a_known_caller_once_the_key_is_removed(kc, token):
    kc.caller(token)
    with kc.box() as box:
        tokens.remove(box, header_of(token)["kid"])
    assert is_refused(kc, token)


def test_refuses_a_known_caller_once_logged_out(kc):
    session = kc.log_in()
    kc.caller(session["access_token"])
    kc.refresh(session["refresh_token"])
    kc.refresh(session["refresh_token"])
    assert is_refused(kc, session["access_token"])


def test_a_logout_that_is_rolled_back_has_logged_nobody_out(kc):
    session = kc.log_in()
    kc.caller(session["access_token"])

    def log_out_in_vain():
        with kc.box() as box:
            keycloak.sessions.end(box, session["session_state"])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        log_out_in_vain()
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
