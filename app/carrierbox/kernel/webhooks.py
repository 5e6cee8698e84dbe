"""How notifications are signed: the Standard Webhooks scheme, with a secret for each world."""

import base64
import secrets
from hashlib import sha256
from hmac import digest

from sqlmodel import Field, SQLModel

from carrierbox.kernel.world import Box


class Webhook(SQLModel, table=True):
    """The secret that this world's notifications are signed with."""

    __tablename__ = "box_webhook"

    id: int = Field(default=1, primary_key=True)
    secret: str


def secret(box: Box) -> str:
    """What this world signs with, as the Standard Webhooks libraries take it; made when it is first asked for."""
    row = box.sql("SELECT secret FROM box_webhook").fetchone()
    if row is not None:
        return str(row["secret"])
    made = f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}"
    box.sql("INSERT INTO box_webhook (id, secret) VALUES (1, :secret)", secret=made)
    return made


def signature(signing: str, message_id: str, timestamp: int, body: str) -> str:
    """Sign a message by the Standard Webhooks scheme."""
    key = base64.b64decode(signing.removeprefix("whsec_"))
    return f"v1,{base64.b64encode(digest(key, f'{message_id}.{timestamp}.{body}'.encode(), sha256)).decode()}"


def make_own(box: Box) -> None:
    """Take the secret away, so that a fork signs with another."""
    box.sql("DELETE FROM box_webhook")
