"""What the calls about custom fields are sent. A default stands for what was left out, and is never written."""

from typing import Annotated, Literal

from carrierbox.carriers.wing.bodies import Body, Flag, Lenient, Name, Number, Text

#: 4.4.1 spells two types otherwise than the rest.
_MENDED = {"Time Stamp": "TimeStamp", "(True/False)": "True/False"}


def _mended(given: object) -> object:
    return _MENDED.get(given, given) if isinstance(given, str) else given


Type = Annotated[
    Literal["Text", "Number", "Date", "Time", "TimeStamp", "True/False", "Enumeration"],
    Lenient(_mended, also={"enum": [*_MENDED]}),
]


class NewCustomField(Body):
    """A custom field as 4.4.1 makes it."""

    name: Name
    type: Type
    description: Text | None = None
    is_propagated: Flag = False


class CustomFieldChange(Body):
    """What 4.4.2 writes anew of a custom field."""

    id: Number
    name: Name = ""
    type: Type = "Text"
    description: Text | None = None
    is_propagated: Flag = False


class NewValue(Body):
    """What 4.4.4 lets a field say; its name and type may come along."""

    id: Number | None = None
    value: Text
