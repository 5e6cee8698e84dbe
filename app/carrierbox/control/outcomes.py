"""How coming work ends, and the work itself, pending and done."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from carrierbox import edge
from carrierbox.control.schemas import NewOutcome
from carrierbox.control.wiring import Box, Control, Named, answer
from carrierbox.kernel import clock, outcomes, workflow
from carrierbox.kernel.workflow import Status
from carrierbox.kernel.world import Box as KernelBox
from carrierbox.kernel.world import Cause
from carrierbox.kernel.worlds import BadWorld

router = APIRouter()


def _cause(request: Request) -> Cause:
    return Cause("request", edge.visit(request).request_id)


@router.post("/worlds/{w}/outcomes", status_code=201, operation_id="box-create-outcome")
async def create_outcome(control: Box, world: Named, wanted: NewOutcome, request: Request) -> Any:
    """Let coming work complete, fail wholly or in part, stick, or take a duration; the first that fits applies."""
    match, do = wanted.match.model_dump(exclude_none=True), wanted.do.model_dump(exclude_none=True)
    _check(control, match)
    if "take" in do:
        clock.check_span(do["take"])
    with world.transaction(_cause(request)) as box:
        return _outcome(box, outcomes.add(box, match, wanted.times, do))


def _check(control: Control, match: dict[str, str]) -> None:
    """Let a match pass that some work may fit.

    Raises: BadWorld for a carrier, a kind of work or an operation that is not here.
    """
    control.check_carrier(match.get("carrier"))
    control.check_operation(match.get("operation"))
    if (kind := match.get("workflow")) is not None and kind not in workflow.kinds():
        raise BadWorld(f"there is no workflow {kind!r}; there are {', '.join(workflow.kinds())}")


@router.get("/worlds/{w}/outcomes", operation_id="box-list-outcomes")
async def list_outcomes(world: Named, request: Request) -> Any:
    """The outcomes, in the order in which they are looked at; *times* is how often each still applies."""
    with world.transaction(_cause(request)) as box:
        return outcomes.listed(box)


@router.get("/worlds/{w}/outcomes/{outcome_id}", operation_id="box-show-outcome")
async def show_outcome(world: Named, outcome_id: str, request: Request) -> Any:
    """One outcome."""
    with world.transaction(_cause(request)) as box:
        return _outcome(box, outcome_id)


@router.delete("/worlds/{w}/outcomes", status_code=204, operation_id="box-drop-outcomes")
async def drop_outcomes(world: Named, request: Request) -> Response:
    """Forget all outcomes; work that one applied to already ends as it said."""
    with world.transaction(_cause(request)) as box:
        outcomes.drop(box)
    return Response(status_code=204)


@router.delete("/worlds/{w}/outcomes/{outcome_id}", status_code=204, operation_id="box-drop-outcome")
async def drop_outcome(world: Named, outcome_id: str, request: Request) -> Response:
    """Forget one outcome."""
    with world.transaction(_cause(request)) as box:
        outcomes.drop(box, outcome_id)
    return Response(status_code=204)


def _outcome(box: KernelBox, outcome_id: str) -> Any:
    return outcomes.listed(box, outcome_id)[0]


@router.get("/worlds/{w}/workflows", operation_id="box-list-workflows")
async def list_workflows(  # noqa: PLR0913 - criteria
    control: Box,
    world: Named,
    carrier: str | None = None,
    workflow_: Annotated[str | None, Query(alias="workflow")] = None,
    status: Status | None = None,
    iccid: str | None = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 100,
) -> Any:
    """Work of every carrier, pending and done, newest first.

    What stands as long as the world does, for billing cycles, schedules and rules, is listed where `workflow` names it.
    """
    control.check_carrier(carrier)
    await workflow.settle(world)
    criteria = {"carrier": carrier, "kind": workflow_, "status": status, "subject": iccid}
    return answer(await world.aside(lambda reader: workflow.listed(reader, limit, **criteria)))


@router.get("/worlds/{w}/workflows/{workflow_id}", operation_id="box-show-workflow")
async def show_workflow(world: Named, workflow_id: str) -> Any:
    """One piece of work: its tasks with their times, what was asked, what came of it."""
    await workflow.settle(world)
    return answer(await world.aside(lambda reader: workflow.show(reader, workflow_id)))
