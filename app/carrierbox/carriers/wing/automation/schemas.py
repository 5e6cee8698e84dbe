"""What rules are made of, as 6.1.1 to 6.7.2 send them.

The document prints lists of what may stand in a place, ``MB/KB/GB``: they are kept as they are, and the first counts.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator

from carrierbox.carriers.wing.bodies import LARGEST, AnyNumber, Body, Flag, Lenient, Moment, Name, Prose, Text

MOST = 20  # triggers, notifications and actions in a rule


def first(listed: str) -> str:
    """What counts of a text that may be a list of what may stand there."""
    return listed.partition("/")[0].strip()


def _or_none(given: Any) -> Any:
    return None if given == "" else given


def _reference(given: Any) -> int | str | None:
    match given:
        case None:
            return None
        case int() if not isinstance(given, bool) and 0 <= given <= LARGEST:
            return given
        case str() if len(given) <= 255 and "\0" not in given:
            return given
    raise ValueError("must be an id or a name")


#: An id or a name; what it names follows from what the rule watches.
Reference = Annotated[int | str | None, PlainValidator(_reference)]
#: The document leaves it empty here and there.
TypeId = Annotated[AnyNumber | None, Lenient(_or_none, also={"const": ""})]


class Condition(Body):
    """When a trigger goes off; all of it is text."""

    value: Text = ""
    unit: Text = ""
    location: Text = "ALL"
    location_id: Text = ""
    location_value: Text = ""
    country: Text = ""
    zone: Text = ""


class MonitoredTrigger(Body):
    """One of a rule's triggers; its type follows from its id."""

    id: AnyNumber | None = None
    trigger_id: AnyNumber
    trigger_name: Prose | None = None  # the document's lists of them are long
    trigger_type_id: TypeId = None
    trigger_type_name: Text | None = None
    condition: Condition = Field(default_factory=Condition)


class Notification(Body):
    """Whom a rule tells what; of None, nothing but the name is shown."""

    id: Text | None = None
    name: Name
    subject: Text | None = None
    receipient: Prose | None = None  # the vendor's spelling
    message: Prose | None = None


class Action(Body):
    """What a rule does."""

    id: Text | None = None
    name: Text | None = None
    reset: Literal["true", "false"] | None = None
    selected_id: Text | None = None
    selected_value: Text | None = None


class NewRule(Body):
    """A rule as it is made."""

    rule_name: Name
    description: Text | None = None
    tenant_id: Text | None = None
    account_id: AnyNumber
    resource_id: Annotated[int, Field(ge=1, le=3)]
    resource_name: Text | None = None
    resource_mode: Text | None = None
    resource_mode_id: Reference = None
    resource_mode_name: Reference = None
    resource_detail1: Reference = None
    all_item_enabled: Flag = False
    end_date: Moment | None = None
    monitored_triggers: Annotated[list[MonitoredTrigger], Field(min_length=1, max_length=MOST)]
    notifications: Annotated[list[Notification], Field(max_length=MOST)] = Field(default_factory=list)
    actions: Annotated[list[Action], Field(max_length=MOST)] = Field(default_factory=list)


class RuleChange(NewRule):
    """A rule as it is written anew."""

    id: AnyNumber
