"""The grants, one a file; a grant takes the box, the call and the client that was let in, and answers."""

from collections.abc import Callable, Mapping

from fastapi import Response

from carrierbox.kernel.world import Box
from carrierbox.keycloak.grants.authorization_code import authorization_code
from carrierbox.keycloak.grants.client_credentials import client_credentials
from carrierbox.keycloak.grants.password import password
from carrierbox.keycloak.grants.refresh_token import refresh_token
from carrierbox.keycloak.tables import Client
from carrierbox.keycloak.wire import Call

Grant = Callable[[Box, Call, Client], Response]

GRANTS: Mapping[str, Grant] = {
    "authorization_code": authorization_code,
    "client_credentials": client_credentials,
    "password": password,
    "refresh_token": refresh_token,
}
