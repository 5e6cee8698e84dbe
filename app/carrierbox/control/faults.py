"""What goes wrong with requests: rules of testers."""

from typing import Any

from fastapi import APIRouter, Request, Response

from carrierbox import edge
from carrierbox.control.schemas import NewFault
from carrierbox.control.wiring import Box, Control, Named
from carrierbox.kernel import clock, faults
from carrierbox.kernel.clock import BadTime
from carrierbox.kernel.world import Box as KernelBox
from carrierbox.kernel.world import Cause
from carrierbox.kernel.worlds import BadWorld

router = APIRouter()


def _cause(request: Request) -> Cause:
    return Cause("request", edge.visit(request).request_id)


@router.post("/worlds/{w}/faults", status_code=201, operation_id="box-create-fault")
async def create_fault(control: Box, world: Named, wanted: NewFault, request: Request) -> Any:
    """Refuse requests to come as the vendor would, hold them up, or cut them off; the first rule that fits applies.

    Where several operations share an address, a rule for one is for all of them.
    """
    match, when, do = (part.model_dump(exclude_none=True) for part in (wanted.match, wanted.when, wanted.do))
    _check(control, match, when, do)
    if "method" in match:
        match["method"] = match["method"].upper()
    with world.transaction(_cause(request)) as box:
        return _fault(box, faults.add(box, match, when, do))


def _check(control: Control, match: dict[str, str], when: dict[str, Any], do: dict[str, Any]) -> None:
    """Let a rule pass that some request may fit.

    Raises: BadWorld for a carrier or an operation that is not here, BadTime.
    """
    control.check_carrier(match.get("carrier"))
    control.check_operation(match.get("operation"))
    if match.get("path", "/")[:1] not in {"/", "*"}:
        raise BadWorld("match.path begins with a slash or *")
    begin, end = (clock.moment(when[name]) if name in when else None for name in ("after", "until"))
    if begin is not None and end is not None and begin >= end:
        raise BadTime("when.until lies before when.after: the rule would never be in force")
    if (wait := do.get("hang", True)) is not True:
        seconds = clock.duration(wait).total_seconds()
        if not 0 < seconds <= faults.LONGEST_WAIT_SECONDS:
            raise BadTime(f"do.hang lies above 0 and is at most {faults.LONGEST_WAIT_SECONDS} s")


@router.get("/worlds/{w}/faults", operation_id="box-list-faults")
async def list_faults(world: Named, request: Request) -> Any:
    """The rules, in the order in which they are looked at; *applied* is how often each did."""
    with world.transaction(_cause(request)) as box:
        return faults.listed(box)


@router.get("/worlds/{w}/faults/{fault_id}", operation_id="box-show-fault")
async def show_fault(world: Named, fault_id: str, request: Request) -> Any:
    """One rule."""
    with world.transaction(_cause(request)) as box:
        return _fault(box, fault_id)


@router.delete("/worlds/{w}/faults", status_code=204, operation_id="box-drop-faults")
async def drop_faults(world: Named, request: Request) -> Response:
    """Forget all rules."""
    with world.transaction(_cause(request)) as box:
        faults.drop(box)
    return Response(status_code=204)


@router.delete("/worlds/{w}/faults/{fault_id}", status_code=204, operation_id="box-drop-fault")
async def drop_fault(world: Named, fault_id: str, request: Request) -> Response:
    """Forget one rule."""
    with world.transaction(_cause(request)) as box:
        faults.drop(box, fault_id)
    return Response(status_code=204)


def _fault(box: KernelBox, fault_id: str) -> Any:
    return faults.listed(box, fault_id)[0]
