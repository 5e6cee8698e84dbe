"""Passwords at rest: salted, and hashed once.

A real server hashes slowly, to resist whoever steals its table. Here the passwords stand in the README, and a test
suite logs in hundreds of times a second.
"""

import secrets
from hashlib import sha256
from hmac import compare_digest


def hashed(password: str) -> str:
    """What to keep of a password: salt and digest."""
    return _digest(secrets.token_hex(8), password)


def matches(password: str, kept: str | None) -> bool:
    """Whether this is the password; a user without one has none that would do."""
    return kept is not None and compare_digest(_digest(kept.partition("$")[0], password), kept)


def _digest(salt: str, password: str) -> str:
    return f"{salt}${sha256(f'{salt}{password}'.encode()).hexdigest()}"
