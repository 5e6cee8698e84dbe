"""What the calls about who is told are sent: lists, whose times are the server's, and not read."""

from typing import Annotated

from pydantic import Field, RootModel

from carrierbox.carriers.wing.bodies import LARGEST, MOST, Body, Flag, Name, Text
from carrierbox.carriers.wing.ordering.wire import TenantId


class NewEntry(Body):
    """An address, and what it is told of: any text, of which five mean steps of an order."""

    tenant_id: TenantId | None = None
    email: Name
    user_group_id: Text | None = None
    type: Name
    archived: Flag = False


class EntryChange(NewEntry):
    """The same, written anew; the example's id is 0."""

    id: Annotated[int, Field(ge=0, le=LARGEST)]


class NewEntries(RootModel[Annotated[list[NewEntry], Field(max_length=MOST)]]):
    """What 8.4.1 adds."""


class EntryChanges(RootModel[Annotated[list[EntryChange], Field(max_length=MOST)]]):
    """What 8.4.2 writes anew."""
