"""What 5.16 is sent. A default stands for what was left out, and is never written."""

from typing import Literal

from carrierbox.carriers.wing.bodies import AnyNumber, Body, Flag, Name, Text


class NewField(Body):
    """A custom field as 5.16.1 makes it."""

    name: Name
    type: Literal["Text", "Date", "Number"]
    description: Text | None = None
    is_propagated: Flag = False


class FieldChange(NewField):
    """What 5.16.2 writes anew of a custom field; whether it is propagated is settled, and may come along."""

    id: AnyNumber


class NewValue(Body):
    """What 5.16.4 lets a field say; the field's name and type may come along."""

    id: AnyNumber
    value: Text
