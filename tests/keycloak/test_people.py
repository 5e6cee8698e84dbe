"""The fixture's section `keycloak`, and what of it every world holds."""

import pytest
import yaml
from sqlmodel import select

from carrierbox.keycloak import fixture, passwords
from carrierbox.keycloak.tables import Realm, User


def test_the_people_of_the_documents_are_there(kc):
    with kc.box() as box:
        people = {(user.realm, user.username): user for user in box.session.exec(select(User))}
        realms = {realm.name for realm in box.session.exec(select(Realm))}
    assert {"wdh-sitstg2", "acme-iot"} == realms
    assert {name for realm, name in people if not name.startswith("service-account-")} == {
        "sandbox-admin",
        "sandbox-reader",
        "apiuser01",
        "janedoe01",
        "acme-admin",
    }
    jane = people["wdh-sitstg2", "janedoe01"]
    assert ("c74180f3-0042-4844-bf61-782e2ee8ef8b", 4376) == (jane.id, jane.account_id)
    assert 1675827478371 == round(jane.created_at.timestamp() * 1000)


def test_a_reader_reads_only(kc):
    roles = kc.caller(kc.log_in("sandbox-reader")["access_token"]).roles
    assert "wing-reader" in roles
    assert "wing-admin" not in roles


def test_a_file_of_ones_own_adds_to_a_realm(kc):
    section = yaml.safe_load(
        """
        realms:
        - name: wdh-sitstg2
          users: [{id: u-1, username: Joe, password: joe-pass, roles: [wing-reader], account_id: 3167}]
        """
    )
    with kc.box() as box:
        fixture.load(box, section)
    assert 3167 == kc.caller(kc.log_in("joe", password="joe-pass")["access_token"]).account_id
    assert 200 == kc.ask_by_password().status_code


@pytest.mark.parametrize(
    "section",
    [
        {},
        {"realms": [{}]},
        {"realms": [{"name": "r", "users": [{"username": "no-id"}]}]},
        {"realms": [{"name": "r", "users": [{"id": "u-1", "username": "joe", "account_id": "none"}]}]},
        {"realms": [{"name": "r", "clients": [{"secret": "s"}]}]},
    ],
)
def test_a_section_that_does_not_fit_is_refused(kc, section):
    with pytest.raises((KeyError, TypeError, ValueError)), kc.box() as box:
        fixture.load(box, section)


def test_passwords_are_kept_salted():
    kept = passwords.hashed("sandbox-pass")
    assert "sandbox-pass" not in kept
    assert kept != passwords.hashed("sandbox-pass")
    assert passwords.matches("sandbox-pass", kept)
    assert not passwords.matches("sandbox-pass ", kept)
    assert not passwords.matches("", None)
