"""What a realm says about itself: its page, the discovery document, and the keys that verify its tokens."""

from base64 import b64decode

import pytest
from cryptography.hazmat.primitives.serialization import load_der_public_key
from jose import jwk, jws

from carrierbox.kernel import tokens

CERTS = "/protocol/openid-connect/certs"
DISCOVERY = "/.well-known/openid-configuration"


def verifies(key, token):
    try:
        jws.verify(token, key, ["RS256"])
    except jws.JWSError:
        return False
    return True


def test_the_realms_page_shows_the_key_that_signs(kc):
    page = kc.get("").json()
    public = load_der_public_key(b64decode(page["public_key"]))
    assert verifies(jwk.construct(public, "RS256"), kc.log_in()["access_token"])
    assert "wdh-sitstg2" == page["realm"]
    assert "http://box.test/uam/auth/realms/wdh-sitstg2/protocol/openid-connect" == page["token-service"]


def test_the_issuer_is_the_address_that_was_asked(kc):
    assert "http://box.test/uam/auth/realms/wdh-sitstg2" == kc.get(DISCOVERY).json()["issuer"]


def test_every_endpoint_that_discovery_names_is_there(kc):
    document = kc.get(DISCOVERY).json()
    endpoints = {value for name, value in document.items() if name.endswith("_endpoint") or name == "jwks_uri"}
    assert 7 == len(endpoints)
    for endpoint in endpoints:
        assert 404 != kc.http.get(endpoint).status_code


def test_discovery_names_every_grant(kc):
    grants = ["authorization_code", "client_credentials", "password", "refresh_token"]
    assert grants == kc.get(DISCOVERY).json()["grant_types_supported"]


def test_certs_verify_an_access_token_and_hold_no_secret(kc):
    (key,) = kc.get(CERTS).json()["keys"]
    assert {"kid", "use", "alg", "kty", "n", "e"} == key.keys()
    assert ("sig", "RS256", "RSA") == (key["use"], key["alg"], key["kty"])
    assert verifies(key, kc.log_in()["access_token"])


def test_certs_keep_the_old_key_after_a_rotation_until_it_is_removed(kc):
    (old,) = kc.get(CERTS).json()["keys"]
    before = kc.log_in()["access_token"]
    assert 200 == kc.userinfo(before).status_code
    with kc.box() as box:
        tokens.rotate(box)
    new, kept = kc.get(CERTS).json()["keys"]
    assert old == kept
    after = kc.log_in()["access_token"]
    assert (True, False) == (verifies(new, after), verifies(old, after))
    assert 200 == kc.userinfo(before).status_code
    with kc.box() as box:
        tokens.remove(box, old["kid"])
    assert [new] == kc.get(CERTS).json()["keys"]
    assert 401 == kc.userinfo(before).status_code
    assert 200 == kc.userinfo(after).status_code


def test_a_fork_has_other_keys(kc, start):
    assert kc.get(CERTS).json() != start(source=kc.world.name).get(CERTS).json()


@pytest.mark.parametrize("endpoint", ["", DISCOVERY, CERTS])
def test_an_unknown_realm_says_nothing(kc, endpoint):
    answer = kc.http.get(kc.path(endpoint, "nowhere"))
    assert (404, {"error": "Realm does not exist"}) == (answer.status_code, answer.json())


@pytest.mark.parametrize(("method", "status"), [("GET", 404), ("POST", 404)])
def test_an_unknown_path_is_refused_in_the_same_shape(kc, method, status):
    answer = kc.http.request(method, kc.path("/protocol/saml"))
    assert status == answer.status_code
    assert {"error"} == answer.json().keys()


def test_a_wrong_method_is_refused_in_the_same_shape(kc):
    answer = kc.get("/protocol/openid-connect/token")
    assert 405 == answer.status_code
    assert {"error": "HTTP 405 Method Not Allowed"} == answer.json()
    assert "POST" in answer.headers["Allow"]
