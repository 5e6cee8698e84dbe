"""What 5.13 and 9 are sent; searches spell their names in small letters throughout."""

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator

from carrierbox.carriers.wing.bodies import MOST, AnyNumber, Body, Digits, Message

MessageType = Literal["AO/MT", "MO/AT"]


def _day(given: Any) -> date:
    if not isinstance(given, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", given):
        raise ValueError("must be a date, yyyy-MM-dd")
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise ValueError("must be a date that there is") from None


def _numbers(given: str) -> str:
    numbers = _split(given)
    if not numbers:
        raise ValueError("must name at least one MSISDN")
    if len(numbers) > MOST:
        raise ValueError(f"must not name more than {MOST} MSISDNs")
    for number in numbers:
        if not re.fullmatch(r"[0-9]{5,15}", number):
            raise ValueError(f"'{number[:32]}' is not an MSISDN: digits only, 5 to 15")
    return given


def _split(given: str) -> list[str]:
    """MSISDNs with commas between; blanks around them and a comma at the end mean nothing."""
    return [number for part in given.split(",") if (number := part.strip())]


Day = Annotated[date, BeforeValidator(_day)]


class Search(Body):
    """Which messages 9.1 is to find."""

    iccid: Digits | None = None
    account_id: AnyNumber | None = Field(default=None, alias="accountid")
    first_day: Day = Field(alias="fromdate")
    last_day: Day | None = Field(default=None, alias="todate")
    message_type: MessageType | None = Field(default=None, alias="messagetype")

    @field_validator("last_day")
    @classmethod
    def _not_before(cls, day: date | None, read: ValidationInfo) -> date | None:
        first = read.data.get("first_day")
        if day is not None and first is not None and day < first:
            raise ValueError("must not be before fromdate")
        return day


class Sending(Body):
    """A message, and whom it goes to."""

    to: Annotated[str, Field(max_length=20 * MOST), AfterValidator(_numbers)]
    message: Message

    @property
    def numbers(self) -> list[str]:
        """The MSISDNs that it goes to, each once."""
        return [*dict.fromkeys(_split(self.to))]
