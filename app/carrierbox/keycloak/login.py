"""Name and password: the same checks for the token endpoint and for the login form."""

from carrierbox.kernel.world import Box
from carrierbox.keycloak import passwords, people
from carrierbox.keycloak.errors import Refusal, Refused
from carrierbox.keycloak.people import Person


def check(box: Box, realm: str, username: str, password: str) -> Person:
    """Who logs in.

    Raises: Refused, by the first check that fails in the documented order.
    Source: WING guide 2.
    """
    if not username:
        raise Refused(Refusal.NO_USERNAME)
    person = people.named(box, realm, username)
    if person is None:
        raise Refused(Refusal.WRONG_CREDENTIALS)
    if not person.enabled:
        raise Refused(Refusal.ACCOUNT_DISABLED)
    if not passwords.matches(password, person.password_hash):
        raise Refused(Refusal.WRONG_CREDENTIALS)
    if not person.is_set_up:
        raise Refused(Refusal.ACCOUNT_NOT_SET_UP)
    return person
