"""Proof key for code exchange: only who began a login can finish it.

Source: RFC 7636.
"""

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256
from hmac import compare_digest

from carrierbox.keycloak.errors import Refusal, Refused

_UNRESERVED = re.compile(r"[\w.~-]{43,128}", re.ASCII)


def _s256(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _plain(verifier: str) -> str:
    return verifier


METHODS: Mapping[str, Callable[[str], str]] = {"S256": _s256, "plain": _plain}


def method_of(challenge: str, method: str) -> str | None:
    """How a login's challenge is to be met: S256 or plain, which is also what no method means; None without PKCE.

    Raises: Refused.
    """
    if not challenge:
        if method:
            raise Refused(Refusal.NO_CODE_CHALLENGE)
        return None
    if method and method not in METHODS:
        raise Refused(Refusal.UNKNOWN_CHALLENGE_METHOD)
    if not _UNRESERVED.fullmatch(challenge):
        raise Refused(Refusal.BAD_CODE_CHALLENGE)
    return method or "plain"


def check_verifier(challenge: str, method: str | None, verifier: str) -> None:
    """Let go on who knows the secret behind the challenge.

    Raises: Refused.
    """
    if method is None:
        if verifier:
            raise Refused(Refusal.UNASKED_CODE_VERIFIER)
        return
    if not verifier:
        raise Refused(Refusal.NO_CODE_VERIFIER)
    if not _UNRESERVED.fullmatch(verifier):
        raise Refused(Refusal.BAD_CODE_VERIFIER)
    if not compare_digest(METHODS[method](verifier), challenge):
        raise Refused(Refusal.WRONG_CODE_VERIFIER)
