"""What 5.15 is sent. A default stands for what was left out, and is never written."""

from typing import Annotated, Literal

from pydantic import Field

from carrierbox.carriers.wing.bodies import MOST, AnyNumber, Body, Digits, Name, Text


class NewTag(Body):
    """A tag as 5.15.1 makes it."""

    name: Name
    description: Text | None = None
    visibility: Literal["Public", "Private"] = Field(alias="visibilty")  # the vendor's spelling
    account_id: AnyNumber | None = None


class TagChange(NewTag):
    """What 5.15.2 writes anew of a tag."""

    id: AnyNumber


class TagAssignment(Body):
    """Which SIMs are to bear which tags; the vendor writes IccId."""

    iccids: Annotated[list[Digits], Field(alias="subscriptionIccIdList", min_length=1, max_length=MOST)]
    tag_ids: Annotated[list[AnyNumber], Field(alias="tagIdList", min_length=1, max_length=MOST)]
