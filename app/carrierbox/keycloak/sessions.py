"""Sessions: begun by a login, renewed by each refresh, ended by logout, by revocation, or by a reused refresh token."""

from dataclasses import dataclass

from carrierbox.kernel.world import Box, World
from carrierbox.keycloak.tables import Client

ACCESS_SECONDS = 36_000
REFRESH_SECONDS = 1_800

#: Under this name a world remembers whom it has let in (`callers`).
CALLERS = "keycloak: callers"


@dataclass
class Session:
    """One login, as its row in `tables.UserSession` has it; a token costs little beside its signatures."""

    id: str
    realm: str
    client_id: str
    user_id: str
    scope: str
    nonce: str | None
    refresh_id: str
    started_at: int
    ends_at: int


def forget_callers(world: World) -> None:
    """Look at every token anew; to be called when a session ends or a user, a client or a key changes."""
    world.forget(CALLERS)


def begin(box: Box, client: Client, user_id: str, scope: str, nonce: str | None = None) -> Session:
    """Log a user in, by way of this client."""
    now = int(box.now.timestamp())
    _prune(box, now)
    session = Session(
        id=box.uuid(),
        realm=client.realm,
        client_id=client.client_id,
        user_id=user_id,
        scope=scope,
        nonce=nonce,
        refresh_id=box.uuid(),
        started_at=now,
        ends_at=now + ACCESS_SECONDS,
    )
    box.sql(
        "INSERT INTO keycloak_session (id, realm, client_id, user_id, scope, nonce, refresh_id, started_at, ends_at)"
        " VALUES (:id, :realm, :client_id, :user_id, :scope, :nonce, :refresh_id, :started_at, :ends_at)",
        **vars(session),
    )
    return session


def renew(box: Box, session: Session) -> Session:
    """Let the session last as long as an access token issued now, and expect another refresh token."""
    session.refresh_id = box.uuid()
    session.ends_at = int(box.now.timestamp()) + ACCESS_SECONDS
    box.sql(
        "UPDATE keycloak_session SET refresh_id = :refresh_id, ends_at = :ends_at WHERE id = :id",
        id=session.id,
        refresh_id=session.refresh_id,
        ends_at=session.ends_at,
    )
    return session


def find(box: Box, session_id: str) -> Session | None:
    """A session that was not ended; when it is over by itself, so are its tokens."""
    row = box.sql("SELECT * FROM keycloak_session WHERE id = :id", id=session_id).fetchone()
    return Session(**row) if row else None


def end(box: Box, session_id: str) -> None:
    """Log a user out; none of the session's tokens is good from now on."""
    box.sql("DELETE FROM keycloak_session WHERE id = :id", id=session_id)
    forget_callers(box.world)


def revoke(box: Box, jti: str, ends_at: int) -> None:
    """Take one access token back; its session goes on."""
    box.sql("INSERT OR IGNORE INTO keycloak_revoked (jti, ends_at) VALUES (:jti, :ends_at)", jti=jti, ends_at=ends_at)
    forget_callers(box.world)


def _prune(box: Box, now: int) -> None:
    """Forget what is over, so that a world that runs for long does not grow by it."""
    box.sql("DELETE FROM keycloak_session WHERE ends_at <= :now", now=now)
    box.sql("DELETE FROM keycloak_code WHERE ends_at <= :now", now=now)
    box.sql("DELETE FROM keycloak_revoked WHERE ends_at <= :now", now=now)
