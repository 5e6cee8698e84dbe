"""Grant `client_credentials`: a confidential client acts as its service account.

Source: RFC 6749 4.4.
"""

from fastapi import Response

from carrierbox.kernel.world import Box
from carrierbox.keycloak import issuance, people, scopes, wire
from carrierbox.keycloak.errors import Refusal, Refused
from carrierbox.keycloak.tables import Client
from carrierbox.keycloak.wire import Call


def client_credentials(box: Box, call: Call, client: Client) -> Response:
    """Answer with an access token for the client itself."""
    if client.secret is None:
        raise Refused(Refusal.PUBLIC_CLIENT)
    person = people.service_account(box, call.realm, client.client_id)
    if person is None:
        raise Refused(Refusal.NO_SERVICE_ACCOUNT)
    scope = scopes.granted(call.form["scope"])
    if not person.enabled:
        raise Refused(Refusal.USER_DISABLED)
    return wire.answer(issuance.for_service(box, call.issuer, client.client_id, person, scope))
