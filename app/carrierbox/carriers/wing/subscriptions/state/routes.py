"""5.6, 5.7, 5.8 and 5.19 of the WING guide."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from carrierbox import edge
from carrierbox.carriers.wing import workflows
from carrierbox.carriers.wing.door import Caller, WingDoor
from carrierbox.carriers.wing.errors import BadParameter
from carrierbox.carriers.wing.subscriptions.state import rules
from carrierbox.carriers.wing.subscriptions.state.schemas import StateChange
from carrierbox.carriers.wing.wire import json_response
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)


@router.get("/api/{version}/subscription/model/{modelId}/allowed-state-transition", operation_id="wing-5.6")
def allowed_state_transitions(modelId: str, caller: Caller) -> Response:  # noqa: ARG001, N803 - is let in, no more; the document's name
    """The steps between billing states that a SIM of this model can take."""
    if not (modelId.isascii() and modelId.isdigit()):
        raise BadParameter(name="modelId", problem=f"'{modelId}' is not a whole number")
    return json_response(rules.allowed_transitions(modelId))


@router.post("/api/{version}/sim/update_state", operation_id="wing-5.7", status_code=202)
@router.post("/api/{version}/sim/update-state", operation_id="wing-5.7", status_code=202, include_in_schema=False)
def update_billing_state(change: StateChange, caller: Caller, box: Box) -> Response:
    """Ask for another billing state; the answered batch id is followed with 5.8."""
    return PlainTextResponse(rules.request_state_change(box, caller, change), 202)


@router.get(
    "/api/{version}/sim/{batchId}",
    operation_id="wing-5.8",
    openapi_extra={"x-carrierbox-sections": ["wing-5.8", "wing-5.19"]},
)
def batch_status(
    batchId: str,  # noqa: N803 - the document's name
    request: Request,
    caller: Caller,
    box: Box,
    includeTasks: bool = True,  # noqa: N803 - the document's name
) -> Response:
    """How a workflow stands, as Conductor's workflow object; without its tasks that is 5.19."""
    if not includeTasks:
        edge.visit(request).operation = "wing-5.19"
    return json_response(workflows.status(box, caller.user.realm, batchId, include_tasks=includeTasks))
