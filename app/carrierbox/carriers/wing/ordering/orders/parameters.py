"""8.1.3 and 8.1.4: one parameter, of which the document does not say where it stands.

open: read from the query, else from a form, else from a JSON body.
"""

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import Request
from pydantic import TypeAdapter, ValidationError

from carrierbox import edge
from carrierbox.carriers.wing.bodies import Text
from carrierbox.carriers.wing.errors import BadParameter
from carrierbox.carriers.wing.ordering.door import OrderingDoor

_TEXT: TypeAdapter[str] = TypeAdapter(Text)


class ParameterDoor(OrderingDoor):
    """An operation that is handed its request's parameters, wherever they stand."""

    async def receive(self, request: Request) -> None:
        """Read them."""
        edge.visit(request).call = {**await _body(request), **request.query_params}


async def _body(request: Request) -> Mapping[str, Any]:
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        async with request.form(max_files=20, max_fields=20) as form:
            return {name: value for name, value in form.items() if isinstance(value, str)}
    try:
        sent = orjson.loads(await request.body() or b"{}")
    except orjson.JSONDecodeError:
        return {}
    return sent if isinstance(sent, dict) else {}


def text(given: Mapping[str, Any], *names: str) -> str:
    """The parameter, by whichever of its names it came.

    Raises: BadParameter.
    """
    name = next((name for name in names if name in given), names[0])
    if given.get(name) is None:
        raise BadParameter(name=name, problem="is missing")
    try:
        return _TEXT.validate_python(given[name], strict=True)
    except ValidationError as misfit:
        raise BadParameter(name=name, problem=misfit.errors()[0]["msg"]) from misfit
