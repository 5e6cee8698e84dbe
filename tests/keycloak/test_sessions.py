"""Sessions: what the world keeps of logins, and for how long."""

import pytest

KEPT = ("keycloak_session", "keycloak_code", "keycloak_revoked")
CODE = {"response_type": "code", "client_id": "web-app", "redirect_uri": "http://localhost/"}


@pytest.fixture
def busy(kc):
    """A Keycloak with a session, a code and a revoked token."""
    token = kc.log_in()["access_token"]
    kc.post("/protocol/openid-connect/revoke", data={"client_id": "web-app", "token": token})
    person = {"username": "sandbox-admin", "password": "sandbox-pass"}
    assert 302 == kc.post("/protocol/openid-connect/auth", params=CODE, data=person).status_code
    assert [2, 1, 1] == rows(kc)
    return kc


def rows(kc):
    with kc.box() as box:
        return [box.sql(f"SELECT count(*) FROM {table}").fetchone()[0] for table in KEPT]


def test_a_fork_takes_over_none(busy, start):
    assert [0, 0, 0] == rows(start(source=busy.world.name))
    assert [2, 1, 1] == rows(busy)


def test_what_is_over_is_forgotten_with_the_next_login(busy):
    busy.wait(36_000)
    busy.log_in()
    assert [1, 0, 0] == rows(busy)


def test_a_restart_finds_them_again(kc):
    session = kc.log_in()
    kc.world.forget()
    assert 200 == kc.userinfo(session["access_token"]).status_code
    assert 200 == kc.refresh(session["refresh_token"]).status_code
