"""8.1.5 and 8.1.6 of the WING guide."""

from urllib.parse import quote

from fastapi import APIRouter, Response

from carrierbox.carriers.wing.ordering.attachments import rules
from carrierbox.carriers.wing.ordering.attachments.uploads import Upload, UploadDoor
from carrierbox.carriers.wing.ordering.door import TENANT_OPTIONAL, Caller, OrderingDoor
from carrierbox.carriers.wing.wire import json_response, number
from carrierbox.kernel.world import Box

router = APIRouter(route_class=UploadDoor)
downloads = APIRouter(route_class=OrderingDoor)

_FILE = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
            },
            "text/csv": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.post(
    "/api/{version}/sim-ordering/uploadAttachment/{id}",
    operation_id="wing-8.1.5",
    openapi_extra=TENANT_OPTIONAL | _FILE,
)
def upload_attachment(id: str, call: Upload, caller: Caller, box: Box) -> Response:
    """Keep a CSV file with an order."""
    return json_response(rules.keep(box, caller, number("id", id), call))


@downloads.get(
    "/api/{version}/sim-ordering/downloadAttachment/{id}", operation_id="wing-8.1.6", openapi_extra=TENANT_OPTIONAL
)
def download_attachment(id: str, caller: Caller, box: Box) -> Response:
    """The file of an order, byte for byte."""
    found = rules.kept(box, caller, number("id", id))
    return Response(found.content, headers=_headers(found.name))


def _headers(name: str) -> dict[str, str]:
    """The file's type, without a character set, which is its sender's business; and its name as RFC 6266 has it."""
    plain = "".join(sign if sign.isascii() and sign not in {'"', "\\"} else "_" for sign in name)
    named = f'attachment; filename="{plain}"'
    if plain != name:
        named += f"; filename*=UTF-8''{quote(name, safe='')}"
    return {"Content-Type": "text/csv", "Content-Disposition": named}
