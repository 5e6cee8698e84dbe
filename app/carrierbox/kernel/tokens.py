"""Signing keys and signed tokens: issue, verify, expire on the world's clock.

Each world signs with keys of its own, so a token belongs to its world. A key knows its one algorithm: RS256 for what
others verify with the published half, HS256 for what only the issuer reads back. After `rotate` a new key signs, and
the old ones verify until they are removed.
"""

import json
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from queue import Empty, Queue
from threading import Thread
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from jose import jwk, jws
from jose.exceptions import JWSError
from jose.utils import base64url_decode, base64url_encode
from sqlmodel import Field, SQLModel

from carrierbox.kernel.store import Moment
from carrierbox.kernel.world import Box

Algorithm = Literal["RS256", "HS256"]
Claims = dict[str, Any]
#: What a token made to order is like: good, or with one fault.
Kind = Literal["valid", "expired", "not-yet-valid", "unknown-key", "wrong-audience", "no-roles", "alg-none"]

_KEYS = "signing keys"
_COMPACT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)


class BadToken(Exception):
    """A token that is not good here and now, and why."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the token {reason}")
        self.reason = reason


class ExpiredToken(BadToken):
    """A token that was good until its time was over."""


class NoSuchToken(ValueError):
    """A carrier's tokens cannot have the fault that is asked for."""

    def __init__(self, carrier: str, kind: str) -> None:
        super().__init__(f"{carrier} has no tokens of the kind {kind}")


class SigningKey(SQLModel, table=True):
    """A key of this world; the newest of its algorithm signs."""

    __tablename__ = "box_signing_key"

    seq: int | None = Field(default=None, primary_key=True)
    kid: str = Field(unique=True)
    algorithm: str
    secret: str  # RS256: the private key as PEM; HS256: hexadecimal
    created_at: datetime = Field(sa_type=Moment)


@dataclass(frozen=True, slots=True)
class Key:
    """A key ready for use: the objects are built once, since reading a key costs more than signing with it."""

    kid: str
    algorithm: Algorithm
    private: Any  # what python-jose signs with, which it leaves untyped
    public: Any  # what it verifies with; for HS256 the same


class KeyPool:
    """RSA keys made ahead in a thread, since making one takes as long as answering a hundred requests."""

    def __init__(self, size: int = 8) -> None:
        self._ready: Queue[RSAPrivateKey] = Queue(size)
        self._maker: Thread | None = None

    def start(self) -> None:
        """Begin to fill the pool, and keep it full."""
        if self._maker is None:
            self._maker = Thread(target=self._fill, name="carrierbox-keys", daemon=True)
            self._maker.start()

    def take(self) -> RSAPrivateKey:
        """A key that nobody else has; made on the spot when none is ready."""
        try:
            return self._ready.get_nowait()
        except Empty:
            return _make_rsa()

    def _fill(self) -> None:
        while True:
            self._ready.put(_make_rsa())


pool = KeyPool()


def signing_key(box: Box, algorithm: Algorithm = "RS256") -> Key:
    """The key that signs now; made on first need."""
    newest = None
    for key in _keys(box).values():
        if key.algorithm == algorithm:
            newest = key
    return newest or rotate(box, algorithm)


def rotate(box: Box, algorithm: Algorithm = "RS256") -> Key:
    """Sign with a new key from now on; the old ones go on verifying."""
    if algorithm == "RS256":
        private = pool.take()
        kid, secret = _digest(private), _pem(private)
    else:
        kid, secret = secrets.token_urlsafe(12), secrets.token_hex(32)
    box.session.add(SigningKey(kid=kid, algorithm=algorithm, secret=secret, created_at=box.now))
    box.flush()
    key = _keys(box)[kid] = _key(kid, algorithm, secret)
    return key


def remove(box: Box, kid: str) -> None:
    """Take a key away; what it signed is good no longer."""
    box.sql("DELETE FROM box_signing_key WHERE kid = :kid", kid=kid)
    box.world.forget()


def make_own(box: Box) -> None:
    """Take all keys away, so that a fork signs and verifies with others than the world it comes from."""
    box.sql("DELETE FROM box_signing_key")
    box.world.forget()


def jwks(box: Box) -> dict[str, list[dict[str, str]]]:
    """The published halves of all RS256 keys, the one that signs now first.

    Source: RFC 7517.
    """
    signing_key(box)
    return {
        "keys": [
            {"kid": key.kid, "use": "sig", **key.public.to_dict()}
            for key in reversed(_keys(box).values())
            if key.algorithm == "RS256"
        ]
    }


def public_key(box: Box) -> bytes:
    """The published half of the key that signs now, in DER."""
    prepared = signing_key(box).public.prepared_key
    spelled: bytes = prepared.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return spelled


def sign(box: Box, claims: Mapping[str, Any], algorithm: Algorithm = "RS256") -> str:
    """Issue a token in compact form."""
    key = signing_key(box, algorithm)
    return jws.sign(claims, key.private, headers={"kid": key.kid}, algorithm=algorithm)


def sign_with_unknown_key(claims: Mapping[str, Any]) -> str:
    """A token in compact form whose key nobody knows."""
    private = pool.take()
    key: Any = jwk.construct(private, "RS256")  # type: ignore[arg-type] # its stubs do not know key objects
    return jws.sign(claims, key, headers={"kid": _digest(private)}, algorithm="RS256")


def verify(
    box: Box,
    token: str,
    *,
    algorithm: Algorithm = "RS256",
    audience: str | None = None,
    even_expired: bool = False,
) -> Claims:
    """The claims of a token that this world signed with this algorithm for this audience, and that is valid now.

    Raises: BadToken, ExpiredToken.
    """
    claims = _signed_claims(box, token, algorithm)
    now = box.now.timestamp()
    if claims.get("nbf", now) > now:
        raise BadToken("is not valid yet")
    if claims["exp"] <= now and not even_expired:
        raise ExpiredToken("has expired")
    if audience is not None and audience not in _listed(claims.get("aud")):
        raise BadToken("is meant for another audience")
    return claims


def _signed_claims(box: Box, token: str, algorithm: Algorithm) -> Claims:
    if not _COMPACT.fullmatch(token):
        raise BadToken("is not a signed token")
    try:
        kid = jws.get_unverified_header(token).get("kid")
    except (JWSError, RecursionError) as unreadable:
        raise BadToken("is not a signed token") from unreadable
    key = _keys(box).get(kid) if isinstance(kid, str) else None
    if key is None or key.algorithm != algorithm:
        raise BadToken("was signed with a key that is not known here")
    try:
        claims: Claims = json.loads(jws.verify(token, key.public, [algorithm]))
    except JWSError as forged:
        raise BadToken("has a bad signature") from forged
    # The last character of a signature has bits to spare; only one spelling of them is ours.
    signature = token.rpartition(".")[2].encode()
    if base64url_encode(base64url_decode(signature)) != signature:
        raise BadToken("has a bad signature")
    return claims


def _keys(box: Box) -> dict[str, Key]:
    """All keys of the world by id, oldest first."""
    return box.world.memo(
        _KEYS,
        lambda: {
            row["kid"]: _key(row["kid"], row["algorithm"], row["secret"])
            for row in box.sql("SELECT kid, algorithm, secret FROM box_signing_key ORDER BY seq")
        },
    )


def _key(kid: str, algorithm: Algorithm, secret: str) -> Key:
    if algorithm == "HS256":
        shared = jwk.construct(secret, algorithm)
        return Key(kid, algorithm, shared, shared)
    # We wrote this key ourselves; proving its primes again would take 40 ms.
    read = load_pem_private_key(secret.encode(), None, unsafe_skip_rsa_key_validation=True)
    private: Any = jwk.construct(read, algorithm)  # type: ignore[arg-type] # its stubs do not know key objects
    return Key(kid, algorithm, private, private.public_key())


def _make_rsa() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


def _pem(private: RSAPrivateKey) -> str:
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _digest(private: RSAPrivateKey) -> str:
    """The key's id: the digest of its published half."""
    published = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return urlsafe_b64encode(sha256(published).digest()).rstrip(b"=").decode()


def _listed(audience: Any) -> list[Any]:
    return audience if isinstance(audience, list) else [audience]
