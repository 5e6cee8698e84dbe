"""What the calls about groups of SIMs are sent."""

from carrierbox.carriers.wing.bodies import Body, Name, Number, Text


class NewGroup(Body):
    """A group as 4.33 makes it."""

    name: Name
    description: Text | None = None


class GroupChange(Body):
    """What 4.34 writes anew of a group; a default stands for what was left out."""

    id: Number
    name: Name = ""
    description: Text | None = None
