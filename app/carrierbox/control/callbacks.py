"""Notifications with every attempt, sending one once more, and plans of what goes wrong with those to come."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from carrierbox import edge
from carrierbox.control.schemas import NewPlan
from carrierbox.control.wiring import Box, Named
from carrierbox.kernel import callback_plans, callbacks, clock, workflow
from carrierbox.kernel.callbacks import State
from carrierbox.kernel.world import Box as KernelBox
from carrierbox.kernel.world import Cause

router = APIRouter()


def _cause(request: Request) -> Cause:
    return Cause("request", edge.visit(request).request_id)


@router.get("/worlds/{w}/callbacks", operation_id="box-list-callbacks")
async def list_callbacks(  # noqa: PLR0913 - criteria
    control: Box,
    world: Named,
    request: Request,
    carrier: str | None = None,
    iccid: str | None = None,
    event: str | None = None,
    state: State | None = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 100,
) -> Any:
    """Notifications, newest first, each with its attempts."""
    control.check_carrier(carrier)
    await workflow.settle(world)
    with world.transaction(_cause(request)) as box:
        return callbacks.listed(box, limit, carrier=carrier, iccid=iccid, event=event, state=state)


@router.get("/worlds/{w}/callbacks/{callback_id}", operation_id="box-show-callback")
async def show_callback(world: Named, callback_id: str, request: Request) -> Any:
    """One notification with its attempts."""
    with world.transaction(_cause(request)) as box:
        return callbacks.show(box, callback_id)


@router.post("/worlds/{w}/callbacks/{callback_id}/resend", status_code=202, operation_id="box-resend-callback")
async def resend_callback(world: Named, callback_id: str, request: Request) -> Any:
    """Let a notification go out now, whatever became of it before."""
    with world.transaction(_cause(request)) as box:
        callbacks.resend(box, callback_id)
        return callbacks.show(box, callback_id)


@router.post("/worlds/{w}/callback-plans", status_code=201, operation_id="box-create-callback-plan")
async def create_plan(control: Box, world: Named, plan: NewPlan, request: Request) -> Any:
    """Lose, delay, duplicate or reorder notifications to come; the first plan that fits one applies."""
    control.check_carrier(plan.match.carrier)
    do = plan.do.model_dump(exclude_none=True)
    if "delay" in do:
        clock.check_span(do["delay"])  # one that cannot be read is refused now, and not when it applies
    with world.transaction(_cause(request)) as box:
        return _plan(box, callback_plans.add(box, plan.match.model_dump(exclude_none=True), plan.times, do))


@router.get("/worlds/{w}/callback-plans", operation_id="box-list-callback-plans")
async def list_plans(world: Named, request: Request) -> Any:
    """The plans, in the order in which they are looked at; *times* is how often each still applies."""
    with world.transaction(_cause(request)) as box:
        return callback_plans.listed(box)


@router.get("/worlds/{w}/callback-plans/{plan_id}", operation_id="box-show-callback-plan")
async def show_plan(world: Named, plan_id: str, request: Request) -> Any:
    """One plan."""
    with world.transaction(_cause(request)) as box:
        return _plan(box, plan_id)


@router.delete("/worlds/{w}/callback-plans", status_code=204, operation_id="box-drop-callback-plans")
async def drop_plans(world: Named, request: Request) -> Response:
    """Forget all plans."""
    with world.transaction(_cause(request)) as box:
        callback_plans.drop(box)
    return Response(status_code=204)


@router.delete("/worlds/{w}/callback-plans/{plan_id}", status_code=204, operation_id="box-drop-callback-plan")
async def drop_plan(world: Named, plan_id: str, request: Request) -> Response:
    """Forget one plan."""
    with world.transaction(_cause(request)) as box:
        callback_plans.drop(box, plan_id)
    return Response(status_code=204)


def _plan(box: KernelBox, plan_id: str) -> Any:
    return callback_plans.listed(box, plan_id)[0]
