"""Values as this API has them on the wire, and how its answers leave the box."""

from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: The header that a call is followed by, and what the scope calls it.
CORRELATION = "X-Correlation-Id"


def _digits(least: int, most: int) -> StringConstraints:
    return StringConstraints(min_length=least, max_length=most, pattern=rf"^[0-9]{{{least},{most}}}$")


TransactionId = Annotated[str, StringConstraints(min_length=1, max_length=36, pattern=r"^.*$")]
#: The pattern binds the first character only.
Name = Annotated[str, StringConstraints(min_length=1, max_length=36, pattern=r"^[-a-zA-Z0-9\s].*$")]
BucketRef = Annotated[str, StringConstraints(min_length=1)]
#: The shape only: the vendor's own examples have no check digits.
Gpsi = Annotated[str, _digits(11, 15)]
Iccid = Annotated[str, _digits(19, 20)]
Pei = Annotated[str, _digits(15, 17)]
Eid = Annotated[str, _digits(19, 32)]


def us_number(gpsi: str) -> str:
    """A number with its country code: one of ten digits, as an example of the document has it, is a US number."""
    return f"1{gpsi}" if len(gpsi) == 10 else gpsi


def _whole(given: Any) -> Any:
    """A number without a fraction is whole, however it is written."""
    return int(given) if isinstance(given, float) and given.is_integer() else given


Day = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=28)]


class Sent(BaseModel):
    """A request's body: members that are not known here are ignored."""

    model_config = ConfigDict(strict=True, alias_generator=to_camel, validate_by_name=False, validate_by_alias=True)

    @property
    def as_sent(self) -> dict[str, Any]:
        """What of it is known here, as it came."""
        return self.model_dump(by_alias=True, exclude_none=True)


def answer(content: Any) -> Response:
    """A 200 with JSON."""
    return Response(orjson.dumps(content), media_type="application/json")


def success() -> Response:
    """What is answered to all that was taken: for work that ends later, no more than that."""
    return Response(b'{"status":"Success"}', media_type="application/json")


def timestamp(moment: datetime) -> str:
    """A moment as the vendor writes it, in whole seconds."""
    return f"{moment.strftime('%Y-%m-%dT%H:%M:%S')}Z"


class Correlated:
    """Echoes a request's X-Correlation-Id in its answer, whatever that is; makes one where it is missing."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an ASGI event."""
        if scope["type"] != "http" or "carrierbox" not in scope:  # there is no such world: nothing to follow
            await self._app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == b"x-correlation-id"), b"").decode("latin-1")
        correlation_id = scope[CORRELATION] = given or scope["carrierbox"].box().uuid()

        async def echo(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[CORRELATION] = correlation_id
            await send(message)

        await self._app(scope, receive, echo)
