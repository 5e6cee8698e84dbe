"""Provisioning, v2. Every operation is a POST whose success is 201 with a request id; GET shows what became of it."""

from fastapi import APIRouter, Response

from carrierbox.carriers.wgtwo.door import Caller, WriteDoor
from carrierbox.carriers.wgtwo.provisioning import rules
from carrierbox.carriers.wgtwo.provisioning.schemas import (
    Activate,
    ChangeMsisdn,
    ChangeSim,
    DisengageSim,
    Named,
    Update,
)
from carrierbox.carriers.wgtwo.wire import accepted
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WriteDoor)


@router.post("/provision/v2/activate", operation_id="wgtwo-activate", status_code=201)
def activate(asked: Activate, caller: Caller, box: Box) -> Response:
    """Create and activate a subscription."""
    rules.activate(box, caller, asked.activation)
    return accepted(box)


@router.post(
    "/provision/v2/block",
    operation_id="wgtwo-block",
    status_code=201,
    openapi_extra={"x-carrierbox-sections": ["wgtwo-block", "wgtwo-freeze"]},
)
def block(asked: Named, caller: Caller, box: Box) -> Response:
    """Block a subscription; the document's heading Freeze means the same request."""
    rules.block(box, caller, asked.who)
    return accepted(box)


@router.post("/provision/v2/changesim", operation_id="wgtwo-changesim", status_code=201)
def change_sim(asked: ChangeSim, caller: Caller, box: Box) -> Response:
    """Move a subscription to another SIM."""
    rules.change_sim(box, caller, asked.who, asked.new_iccid)
    return accepted(box)


@router.post(
    "/provision/v2/unblock",
    operation_id="wgtwo-unblock",
    status_code=201,
    openapi_extra={"x-carrierbox-sections": ["wgtwo-unblock", "wgtwo-unfreeze"]},
)
def unblock(asked: Named, caller: Caller, box: Box) -> Response:
    """Unblock a subscription; the document's heading Unfreeze means the same request."""
    rules.unblock(box, caller, asked.who)
    return accepted(box)


@router.post("/provision/v2/update", operation_id="wgtwo-update", status_code=201)
def update(asked: Update, caller: Caller, box: Box) -> Response:
    """Add, change and delete services."""
    rules.update(box, caller, asked.who, asked.wanted)
    return accepted(box)


@router.post("/provision/v2/terminate", operation_id="wgtwo-terminate", status_code=201)
def terminate(asked: Named, caller: Caller, box: Box) -> Response:
    """Terminate a subscription."""
    rules.terminate(box, caller, asked.who)
    return accepted(box)


@router.post("/provision/v2/changemsisdn", operation_id="wgtwo-changemsisdn", status_code=201)
def change_msisdn(asked: ChangeMsisdn, caller: Caller, box: Box) -> Response:
    """Give a subscription another number."""
    rules.change_msisdn(box, caller, asked.who, asked.new_msisdn)
    return accepted(box)


@router.post("/provision/v2/disengagesim", operation_id="wgtwo-disengagesim", status_code=201)
def disengage_sim(asked: DisengageSim, caller: Caller, box: Box) -> Response:
    """Take a SIM off a subscription."""
    rules.disengage_sim(box, caller, asked.who)
    return accepted(box)


@router.post("/provision/v2/cancellocation", operation_id="wgtwo-cancellocation", status_code=201)
@router.post(
    "/provision/v2/cancelocation", operation_id="wgtwo-cancellocation", status_code=201, include_in_schema=False
)
def cancel_location(asked: Named, caller: Caller, box: Box) -> Response:
    """Cancel the network locations of all SIMs of a subscription."""
    rules.refresh(box, caller, asked.who)
    return accepted(box)
