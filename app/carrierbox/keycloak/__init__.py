"""The fake Keycloak that WING logs in with: realms, grants, sessions, discovery, keys.

One file an endpoint or a grant, named in the words of the standards. Outside of it, these names are of use.
"""

from carrierbox.kernel import tokens
from carrierbox.kernel.parts import Part
from carrierbox.kernel.tokens import BadToken
from carrierbox.kernel.world import Box
from carrierbox.keycloak import administration, fixture
from carrierbox.keycloak.app import build, of_status
from carrierbox.keycloak.callers import Caller, authenticate, without_token
from carrierbox.keycloak.minting import mint
from carrierbox.keycloak.sessions import forget_callers
from carrierbox.keycloak.tables import User

__all__ = [
    "BadToken",
    "Caller",
    "User",
    "administration",
    "authenticate",
    "build",
    "forget_callers",
    "mint",
    "of_status",
    "part",
    "without_token",
]


def _make_own(box: Box) -> None:
    """Who is logged in to one world is not logged in to its fork."""
    tokens.make_own(box)
    box.sql("DELETE FROM keycloak_session")
    box.sql("DELETE FROM keycloak_code")
    box.sql("DELETE FROM keycloak_revoked")


part = Part("keycloak", load=fixture.load, make_own=_make_own)
