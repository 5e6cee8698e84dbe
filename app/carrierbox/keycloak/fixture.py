"""Loads realms, their clients and their users from a fixture's section `keycloak`."""

from collections.abc import Mapping
from typing import Any

from carrierbox.kernel.fixtures import check_members
from carrierbox.kernel.world import Box
from carrierbox.keycloak import passwords
from carrierbox.keycloak.tables import Client, Realm, User


def load(box: Box, section: Mapping[str, Any]) -> None:
    """Write the section's realms; a realm that is there already is added to.

    Raises: KeyError, TypeError, ValueError for what does not fit.
    """
    for realm in section["realms"]:
        name = realm["name"]
        box.session.merge(Realm(name=name, enabled=realm.get("enabled", True)))
        for client in realm.get("clients", ()):
            _client(box, name, client)
        for user in realm.get("users", ()):
            _user(box, name, user)
    box.flush()


def _client(box: Box, realm: str, entry: Mapping[str, Any]) -> None:
    fields = {**entry, "realm": realm}
    service_account = fields.pop("service_account", None)
    check_members(Client, fields)
    box.session.merge(Client.model_validate(fields))
    if service_account:
        _user(
            box,
            realm,
            {
                **service_account,
                "username": f"service-account-{entry['client_id']}",
                "service_account_of": entry["client_id"],
            },
        )


def _user(box: Box, realm: str, entry: Mapping[str, Any]) -> None:
    fields = {"created_at": box.now, **entry, "realm": realm, "username": entry["username"].lower()}
    if password := fields.pop("password", None):
        fields["password_hash"] = passwords.hashed(password)
    check_members(User, fields)
    box.session.merge(User.model_validate(fields))
