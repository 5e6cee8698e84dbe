"""What 5.20, 5.22 and 5.23 are sent. No group, or an empty one, takes SIMs out of theirs."""

from typing import Annotated, Any

from pydantic import Field

from carrierbox.carriers.wing.bodies import MOST, Digits, Lenient, Number, Wish


def _none(given: Any) -> Any:
    return None if given == "" else given


GroupId = Annotated[Number | None, Lenient(_none, also={"const": ""})]


class Grouping(Wish):
    """One SIM, and its group."""

    account_id: Number
    iccid: Digits
    imsi: Digits
    group_id: GroupId


class Groupings(Wish):
    """Many SIMs, and their group; the list has a singular name."""

    iccid: Annotated[list[Digits], Field(min_length=1, max_length=MOST)]
    account_id: Number
    group_id: GroupId
