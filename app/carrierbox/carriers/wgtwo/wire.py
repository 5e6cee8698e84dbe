"""Values as this API has them on the wire, and how its answers leave the box."""

from collections.abc import Callable
from typing import Annotated

import orjson
from fastapi import Response
from pydantic import AfterValidator, Field

from carrierbox.kernel import identifiers
from carrierbox.kernel.world import Box


def _looks_like(name: str, looks: Callable[[str], bool]) -> AfterValidator:
    def check(text: str) -> str:
        if not looks(text):
            raise ValueError(f"is no {name}")
        return text

    return AfterValidator(check)


Text = Annotated[str, Field(min_length=1)]
#: The shape only: the document's own ICCIDs fail the check digit.
Iccid = Annotated[str, _looks_like("ICCID", identifiers.looks_like_iccid)]
Imsi = Annotated[str, _looks_like("IMSI", identifiers.looks_like_imsi)]
Msisdn = Annotated[str, _looks_like("MSISDN in digits", identifiers.looks_like_msisdn)]


def accepted(box: Box) -> Response:
    """What every success of provisioning is: 201 and a fresh request id, which leads nowhere."""
    answer = {"requestid": box.uuid().replace("-", "")}
    return Response(orjson.dumps(answer), 201, media_type="application/json")
