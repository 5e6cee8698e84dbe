"""What all of sTN's requests and answers have in common.

Source: contract `stn.yaml`, keys `errors` and `identifiers`.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

import orjson
from fastapi import Response
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationInfo, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from carrierbox.carriers.stn import times
from carrierbox.carriers.stn.errors import JSON, words
from carrierbox.kernel.clock import BadTime


def json_response(content: Any) -> Response:
    """JSON of plain values: times are spelled as the wire has them already."""
    return Response(orjson.dumps(content), media_type=JSON)


class Sent(BaseModel):
    """A request's body. Names are matched without regard to case, and unknown ones ignored, as ServiceStack does."""

    model_config = ConfigDict(strict=True, alias_generator=to_camel)

    @model_validator(mode="before")
    @classmethod
    def _readable(cls, sent: Any) -> Any:
        if not isinstance(sent, dict):
            raise PydanticCustomError("no_object", "the body is not an object")
        try:
            orjson.dumps(sent)  # what the box could not answer with, it cannot take: half characters, endless numbers
        except TypeError as unwritable:
            raise PydanticCustomError("unwritable", "the body holds a value that JSON cannot carry") from unwritable
        names = {to_camel(name).lower(): to_camel(name) for name in cls.model_fields}
        return {names.get(name.lower(), name): value for name, value in sent.items()}


def _at_most(length: int) -> AfterValidator:
    def check(text: str | None, field: ValidationInfo) -> str | None:
        if text is not None and len(text) > length:
            raise PydanticCustomError(
                "MaximumLength",
                "The length of '{PropertyName}' must be {MaxLength} characters or fewer."
                " You entered {TotalLength} characters.",
                {
                    "MinLength": 0,
                    "MaxLength": length,
                    "TotalLength": len(text),
                    "PropertyName": _name(field),
                    "PropertyValue": text,
                },
            )
        return text

    return AfterValidator(check)


def _not_empty(given: Any, field: ValidationInfo) -> Any:
    if given is None or given == "":
        facts = {"PropertyName": _name(field), "PropertyValue": ""}
        raise PydanticCustomError("NotEmpty", "'{PropertyName}' must not be empty.", facts)
    return given


def _name(field: ValidationInfo) -> str:
    return words(to_camel(field.field_name or ""))


def _flag(given: Any) -> Any:
    """A boolean; the vendor's own example writes 1."""
    return bool(given) if isinstance(given, int) and given in {0, 1} else given


def _time(given: Any) -> Any:
    if not isinstance(given, str):
        return given
    try:
        return times.read(given)
    except BadTime as unreadable:
        raise PydanticCustomError("no_time", "{problem}", {"problem": str(unreadable)}) from unreadable


Reference = Annotated[str | None, _at_most(15)]
Note = Annotated[str | None, _at_most(164)]
ConfirmationCode = Annotated[str | None, _at_most(10)]
Flag = Annotated[bool | None, BeforeValidator(_flag)]
WishDate = Annotated[datetime | None, BeforeValidator(_time)]
Required = Annotated[str, BeforeValidator(_not_empty)]
Environment = Literal["SP16001", "SP16002"]
RequiredEnvironment = Annotated[Environment, BeforeValidator(_not_empty)]
