"""Scopes: `email` and `profile` are always granted, `openid` when asked for, and there are no others."""

from carrierbox.keycloak.errors import Refusal, Refused

KNOWN = ("openid", "email", "profile")


def granted(asked: str) -> str:
    """What a client gets for the scope that it asks for.

    Raises: Refused.
    """
    names = set(asked.split())
    if not names.issubset(KNOWN):
        raise Refused(Refusal.UNKNOWN_SCOPE, scope=asked)
    return " ".join(name for name in KNOWN if name != "openid" or name in names)
