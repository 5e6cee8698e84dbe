"""6.1.1 to 6.7.3 of the WING guide: three calls, which seven families of sections share. What is sent says which.

The guide has no call that reads rules, nor shows whether one is Active. Two of the box's own do, on the same paths.
"""

from collections.abc import Sequence
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from carrierbox import edge
from carrierbox.carriers.wing.automation import families, rules
from carrierbox.carriers.wing.automation.schemas import NewRule, RuleChange
from carrierbox.carriers.wing.door import Caller, WingDoor
from carrierbox.carriers.wing.errors import UnknownVersion
from carrierbox.carriers.wing.wire import json_response, number
from carrierbox.kernel.world import Box


class RuleDoor(WingDoor):
    """A call about a rule."""

    async def receive(self, request: Request) -> None:
        """Say which part of the chapter the body is about before it is checked: a refusal belongs to that part too."""
        call = str(self.operation_id)[-1:]
        if self.body_field is not None and (family := families.of_body(await _sent(request))) is not None:
            _say(request, family, call)


router = APIRouter(route_class=RuleDoor)

#: Calls that the guide does not have.
LIST_RULES, SHOW_RULE = ADDITIONS = ("box-wing-rules", "box-wing-rule")

FAMILIES = ("6.1", "6.2", "6.3", "6.4", "6.5", "6.6", "6.7")
#: 6.3 and 6.7 print the short form in places.
_SHORT = "/api/{version}/automation-rules/automation-rule/{ruleVersion}/monitored-rule"
_PATH = f"{_SHORT}s"


def _sections(call: int, families: Sequence[str] = FAMILIES) -> dict[str, Any]:
    return {"x-carrierbox-sections": [f"wing-{family}.{call}" for family in families]}


def _say(request: Request, family: str, call: int | str) -> None:
    edge.visit(request).operation = f"wing-{family}.{call}"


async def _sent(request: Request) -> Any:
    try:
        return orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        return None


def _check_version(version: str) -> None:
    if version != "v1":
        raise UnknownVersion(version=version)


@router.post(_PATH, operation_id="wing-6.1.1", status_code=201, openapi_extra=_sections(1))
@router.post(
    _SHORT,
    operation_id="wing-6.3.1",
    status_code=201,
    include_in_schema=False,
    openapi_extra=_sections(1, ["6.3"]),
)
def create_rule(new: NewRule, ruleVersion: str, request: Request, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document calls both version
    """Make a rule; it is taken up at once."""
    _check_version(ruleVersion)
    shown, family = rules.create(box, caller, new)
    _say(request, family, 1)
    return json_response(shown, 201)


@router.put(_PATH, operation_id="wing-6.1.2", openapi_extra=_sections(2))
@router.put(_SHORT, operation_id="wing-6.3.2", include_in_schema=False, openapi_extra=_sections(2, ["6.3", "6.7"]))
@router.put(
    f"{_PATH}/automation-rule/",
    operation_id="wing-6.6.2",
    include_in_schema=False,
    openapi_extra=_sections(2, ["6.6"]),
)
def edit_rule(change: RuleChange, ruleVersion: str, request: Request, caller: Caller, box: Box) -> Response:  # noqa: N803
    """Write a rule anew as a whole; it starts over."""
    _check_version(ruleVersion)
    shown, family = rules.edit(box, caller, change)
    _say(request, family, 2)
    return json_response(shown)


@router.put(f"{_PATH}/{{ruleId}}/Delete", operation_id="wing-6.1.3", openapi_extra=_sections(3))
def delete_rule(ruleId: str, ruleVersion: str, request: Request, caller: Caller, box: Box) -> Response:  # noqa: N803
    """Delete a rule, by PUT."""
    _check_version(ruleVersion)
    shown, family = rules.delete(box, caller, number("ruleId", ruleId))
    _say(request, family, 3)
    return json_response(shown)


@router.get(_PATH, operation_id=LIST_RULES)
def list_rules(ruleVersion: str, caller: Caller, box: Box) -> Response:  # noqa: N803
    """The rules within reach that were not deleted, as they stand now. An addition of the box."""
    _check_version(ruleVersion)
    return json_response(rules.listed(box, caller))


@router.get(f"{_PATH}/{{ruleId}}", operation_id=SHOW_RULE)
def show_rule(ruleId: str, ruleVersion: str, caller: Caller, box: Box) -> Response:  # noqa: N803
    """One rule as it stands now. An addition of the box."""
    _check_version(ruleVersion)
    return json_response(rules.one(box, caller, number("ruleId", ruleId)))
