"""What the bodies of this API are made of: names by alias, and values that the store can hold."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PrivateAttr,
    ValidatorFunctionWrapHandler,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from carrierbox.kernel import clock

LARGEST = 2**63 - 1


class Body(BaseModel):
    """A request's JSON object; members that nobody knows are ignored, as Spring does."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=False, validate_by_alias=True, strict=True)

    def sent(self) -> dict[str, Any]:
        """The members that came with the request, by their Python names."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Wish(Body):
    """The body of a request that a workflow fulfils; the workflow shows it unchanged, and reads it again from there."""

    _whole: dict[str, Any] = PrivateAttr(default_factory=dict)

    @property
    def whole(self) -> dict[str, Any]:
        """The body as it came, with members that nobody knows."""
        return self._whole

    @model_validator(mode="wrap")
    @classmethod
    def _keep(cls, whole: Any, read: ValidatorFunctionWrapHandler) -> Self:
        wish: Self = read(whole)
        wish._whole = whole
        return wish


@dataclass(frozen=True, eq=False, slots=True)
class Lenient(BeforeValidator):
    """Takes other spellings than a type has itself, and says so in the OpenAPI document."""

    also: Mapping[str, Any] = field(kw_only=True)  # them, as JSON Schema

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The type as it is, or them."""
        return {"anyOf": [handler(core), dict(self.also)]}


def _clean(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not contain a null character")
    return text


def _flag(given: Any) -> Any:
    """The document prints booleans in quotes here and there, so both are taken."""
    return {"true": True, "false": False}.get(given, given) if isinstance(given, str) else given


def _moment(given: Any) -> datetime:
    if not isinstance(given, str):
        raise ValueError("must be an ISO 8601 time")
    return clock.moment(given[:64])


def _number(given: Any) -> Any:
    """Ids are numbers, shown as strings in places: both are taken."""
    return int(given) if isinstance(given, str) and given.isascii() and given.isdigit() and len(given) < 20 else given


def _digits(given: Any) -> Any:
    """Identities are strings on the wire, but the document's tables call them integers: both are taken."""
    return str(given) if isinstance(given, int) and not isinstance(given, bool) else given


def _spare(given: dict[str, str]) -> dict[str, str]:
    if len(json.dumps(given)) > 10_000:
        raise ValueError("is too long")
    return given


Text = Annotated[str, Field(max_length=255), AfterValidator(_clean)]
Prose = Annotated[str, Field(max_length=4_000), AfterValidator(_clean)]
Name = Annotated[Text, Field(min_length=1)]
Message = Annotated[str, Field(min_length=1, max_length=1600), AfterValidator(_clean)]
Flag = Annotated[bool, Lenient(_flag, also={"enum": ["true", "false"]})]
Number = Annotated[int, Field(ge=1, le=LARGEST)]
AnyNumber = Annotated[Number, Lenient(_number, also={"type": "string", "pattern": "^[0-9]{1,19}$"})]
Digits = Annotated[Annotated[str, Field(pattern=r"^[0-9]{1,32}$")], Lenient(_digits, also={"type": "integer"})]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Pairs = Annotated[dict[Name, Text], AfterValidator(_spare)]
MOST = 1_000  # members of a list in a request
