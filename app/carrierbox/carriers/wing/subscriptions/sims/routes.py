"""5.1 to 5.3 of the WING guide."""

from typing import Any

from fastapi import APIRouter, Request, Response

from carrierbox import edge
from carrierbox.carriers.wing.door import READS, Caller, WingDoor
from carrierbox.carriers.wing.subscriptions.sims import filters, rules
from carrierbox.carriers.wing.wire import number
from carrierbox.kernel.world import Box

router = APIRouter(route_class=WingDoor)

_LISTS = {
    "x-carrierbox-sections": [
        "wing-5.1.1", "wing-5.2.1", "wing-5.2.2", "wing-5.2.3", "wing-5.2.4", "wing-5.2.5", "wing-5.3.1", "wing-5.3.2",
    ],
    "parameters": [
        {"name": "page", "in": "query", "schema": {"type": "integer", "default": 1}},
        {"name": "size", "in": "query", "schema": {"type": "integer", "default": 2000, "minimum": 1, "maximum": 2000}},
        *(
            {"name": f"{name}.{operator}", "in": "query", "schema": {"type": "string"}}
            for name, field in filters.PARAMETERS.items()
            for operator in filters.OPERATORS[field.kind]
        ),
    ],
}  # fmt: skip


async def list_sims(request: Request, caller: Caller, box: Box) -> Response:
    """List SIMs: all (5.1.1), by state, IMSI, ICCID or MSISDN (5.2), by page (5.2.5), by any filters (5.3).

    At most 2000 records, by id; ``page`` counts from 1. Without filter and page the plain shape, else the extended.
    """
    search = filters.read(request.query_params.multi_items())
    edge.visit(request).operation = rules.section(search.names, paged=search.paged)
    return _json(await rules.page(box, caller.reach, search))


def _list(method: str, operation_id: str, **extra: Any) -> None:
    router.add_api_route(
        "/api/{version}/subscription/sims",
        list_sims,
        methods=[method],
        operation_id=operation_id,
        openapi_extra=_LISTS | extra,
    )


_list("GET", "wing-5.1.1")
# 5.2.5's row says GET and its curl example POST; the body of a POST is ignored
_list("POST", "wing-5.2.5", **READS, **{"x-carrierbox-sections": ["wing-5.2.5"]})


@router.get("/api/{version}/subscription/sims/{id}", operation_id="wing-5.1.2")
def sim_by_id(id: str, caller: Caller, box: Box) -> Response:
    """One SIM, by its id."""
    return _json(rules.one(box, caller.reach, "id", number("id", id)))


@router.get("/api/{version}/subscription/sims/imsi/{imsi}", operation_id="wing-5.1.3")
def sim_by_imsi(imsi: str, caller: Caller, box: Box) -> Response:
    """One SIM, by its IMSI."""
    return _json(rules.one(box, caller.reach, "imsi", imsi))


@router.get("/api/{version}/subscription/sims/iccid/{iccid}", operation_id="wing-5.1.4")
def sim_by_iccid(iccid: str, caller: Caller, box: Box) -> Response:
    """One SIM, by its ICCID."""
    return _json(rules.one(box, caller.reach, "iccid", iccid))


@router.get("/api/{version}/subscription/sims/msisdn/{msisdn}", operation_id="wing-5.1.5")
def sim_by_msisdn(msisdn: str, caller: Caller, box: Box) -> Response:
    """One SIM, by its MSISDN."""
    return _json(rules.one(box, caller.reach, "msisdn", msisdn))


def _json(text: str) -> Response:
    return Response(text, media_type="application/json")
