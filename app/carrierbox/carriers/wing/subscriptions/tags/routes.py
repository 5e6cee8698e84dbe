"""5.15 of the WING guide. 5.15.4 and 5.15.5 are one call, with one tag or several."""

from fastapi import APIRouter, Request, Response

from carrierbox import edge
from carrierbox.carriers.wing.door import Caller, WingDoor
from carrierbox.carriers.wing.subscriptions.tags import rules
from carrierbox.carriers.wing.subscriptions.tags.schemas import NewTag, TagAssignment, TagChange
from carrierbox.carriers.wing.wire import json_response, number
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)


@router.post("/api/{version}/tags", operation_id="wing-5.15.1", status_code=202)
def create_tag(new: NewTag, caller: Caller, box: Box) -> Response:
    """Make a tag; it is made at once, the 202 notwithstanding."""
    return json_response(rules.create(box, caller, new), 202)


@router.put("/api/{version}/tags", operation_id="wing-5.15.2", status_code=202)
def update_tag(change: TagChange, caller: Caller, box: Box) -> Response:
    """Write what is sent of a tag."""
    return json_response(rules.update(box, caller, change), 202)


@router.delete("/api/{version}/tags/{tagId}", operation_id="wing-5.15.3", status_code=204)
def delete_tag(tagId: str, caller: Caller, box: Box) -> Response:  # noqa: N803 - the document's name
    """Take a tag away, from every SIM too."""
    rules.delete(box, caller, number("tagId", tagId))
    return Response(status_code=204)


@router.post(
    "/api/{version}/subscription/assignTags",
    operation_id="wing-5.15.4",
    status_code=202,
    openapi_extra={"x-carrierbox-sections": ["wing-5.15.4", "wing-5.15.5"]},
)
def assign_tags(wanted: TagAssignment, request: Request, caller: Caller, box: Box) -> Response:
    """Let SIMs bear tags; answers a row for each pair of them, also for those that failed."""
    if len(wanted.tag_ids) > 1:
        edge.visit(request).operation = "wing-5.15.5"
    return json_response(rules.assign(box, caller, wanted), 202)
