"""The operations of v1, each over the rules that v2 has."""

from fastapi import APIRouter, Request, Response

from carrierbox import edge
from carrierbox.carriers.wgtwo.door import Caller, ReadDoor, WriteDoor
from carrierbox.carriers.wgtwo.provisioning import rules
from carrierbox.carriers.wgtwo.subscriptions import record
from carrierbox.carriers.wgtwo.subscriptions import rules as subscriptions
from carrierbox.carriers.wgtwo.v1.schemas import (
    Activate,
    ChangeMsisdn,
    ChangeSim,
    DisengageSim,
    Named,
    Refresh,
    Update,
)
from carrierbox.carriers.wgtwo.wire import accepted
from carrierbox.kernel.world import Box

reading = APIRouter(route_class=ReadDoor)
router = APIRouter(route_class=WriteDoor)


@reading.get("/subscription/v1/msisdn/{msisdn}", operation_id="wgtwo-v1-get-subscription")
def by_msisdn(msisdn: str, request: Request, caller: Caller, box: Box) -> Response:
    """A subscription, by its number; services that only v2 knows are shown too."""
    found = subscriptions.one(box, caller, "msisdn", msisdn)
    subscriptions.mark_working(edge.visit(request), found)
    return Response(record.v1(found), media_type="application/json")


@router.post("/provision/v1/activate", operation_id="wgtwo-v1-activate", status_code=201)
def activate(asked: Activate, caller: Caller, box: Box) -> Response:
    """Create and activate a subscription, with v1's default services."""
    rules.activate(box, caller, asked.activation)
    return accepted(box)


@router.post("/provision/v1/block", operation_id="wgtwo-v1-block", status_code=201)
def block(asked: Named, caller: Caller, box: Box) -> Response:
    """Block a subscription."""
    rules.block(box, caller, asked.who)
    return accepted(box)


@router.post("/provision/v1/unblock", operation_id="wgtwo-v1-unblock", status_code=201)
def unblock(asked: Named, caller: Caller, box: Box) -> Response:
    """Unblock a subscription."""
    rules.unblock(box, caller, asked.who)
    return accepted(box)


@router.post("/provision/v1/terminate", operation_id="wgtwo-v1-terminate", status_code=201)
def terminate(asked: Named, caller: Caller, box: Box) -> Response:
    """Terminate a subscription."""
    rules.terminate(box, caller, asked.who)
    return accepted(box)


@router.post("/provision/v1/changesim", operation_id="wgtwo-v1-changesim", status_code=201)
def change_sim(asked: ChangeSim, caller: Caller, box: Box) -> Response:
    """Move a subscription to another SIM."""
    rules.change_sim(box, caller, asked.who, asked.new_iccid)
    return accepted(box)


@router.post("/provision/v1/disengagesim", operation_id="wgtwo-v1-disengagesim", status_code=201)
@router.post(
    "/provision/v1/dissociateSim", operation_id="wgtwo-v1-disengagesim", status_code=201, include_in_schema=False
)
def disengage_sim(asked: DisengageSim, caller: Caller, box: Box) -> Response:
    """Take a SIM off a subscription."""
    rules.disengage_sim(box, caller, asked.who)
    return accepted(box)


@router.post("/provision/v1/changemsisdn", operation_id="wgtwo-v1-changemsisdn", status_code=201)
def change_msisdn(asked: ChangeMsisdn, caller: Caller, box: Box) -> Response:
    """Give a subscription another number."""
    rules.change_msisdn(box, caller, asked.who, asked.new_msisdn)
    return accepted(box)


@router.post("/provision/v1/update", operation_id="wgtwo-v1-update", status_code=201)
def update(asked: Update, caller: Caller, box: Box) -> Response:
    """Add or remove one service."""
    rules.update(box, caller, asked.who, asked.wanted)
    return accepted(box)


@router.post("/provision/v1/refreshprofile", operation_id="wgtwo-v1-refreshprofile", status_code=201)
def refresh_profile(asked: Refresh, caller: Caller, box: Box) -> Response:
    """Push a subscription's present profile to the network again."""
    rules.refresh(box, caller, asked.who)
    return accepted(box)
