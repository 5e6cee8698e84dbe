"""How chapter 8 spells rows and times, and what it makes of a body's tenant."""

from datetime import datetime
from functools import cache
from typing import Annotated, Any, get_args

from fastapi import Response
from pydantic.alias_generators import to_camel
from sqlmodel import SQLModel

from carrierbox.carriers.wing.bodies import Lenient, Text
from carrierbox.carriers.wing.errors import BadField
from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.ordering.door import Caller
from carrierbox.carriers.wing.wire import json_response


def shown(table: type[SQLModel], row: Row) -> dict[str, Any]:
    """A row as the wire has it: its columns in their order, under their wire names."""
    return {to_camel(name): _spell(kind, row[name]) for name, kind in _kinds(table).items()}


#: Columns that are ours alone.
_UNSEEN = frozenset({"said_tenant", "delivery"})


@cache
def _kinds(table: type[SQLModel]) -> dict[str, type | None]:
    """What is peculiar about each column that is shown."""
    kinds = {name: {field.annotation, *get_args(field.annotation)} for name, field in table.model_fields.items()}
    return {
        name: datetime if datetime in kind else bool if bool in kind else None
        for name, kind in kinds.items()
        if name not in _UNSEEN
    }


def _spell(kind: type | None, value: Any) -> Any:
    if kind is datetime:
        return value and stamp(value)
    return bool(value) if kind is bool else value


def stamp(moment: str) -> str:
    """A moment as this chapter spells it: milliseconds, without the zeros at their end. Source: key `time_formats`."""
    return f"{moment[:23].rstrip('0').rstrip('.')}Z"


def deleted(what: str) -> Response:
    """What tells that something was taken away."""
    return json_response({"message": f"{what} details Deleted"})


def number(tenant_id: str) -> int | str:
    """A tenant's number where the wire has a number; tenants of a tester's own may be called by words."""
    return int(tenant_id) if tenant_id.isascii() and tenant_id.isdigit() else tenant_id


def _text(given: Any) -> Any:
    return str(given) if isinstance(given, int) and not isinstance(given, bool) else given


#: A tenant in a body: a text in some sections and a number in others, so both are taken everywhere.
TenantId = Annotated[Text, Lenient(_text, also={"type": "integer"})]


def check_tenant(caller: Caller, said: str | None, field: str = "tenantId") -> None:
    """Let a body's tenant pass that is the call's, or is not said.

    Raises: BadField.
    """
    if said not in (None, caller.tenant):
        raise BadField(field=field, problem=f"must be {caller.tenant}, as X-Tenant-Id")


def placeholder(caller: Caller, said: str | None, field: str = "tenantId") -> str | None:
    """What a row shows instead of its tenant: a word that is no number, as `string` in the examples of 8.3 and 8.4.2.

    Raises: BadField for another tenant's number.
    """
    if said is None or said == caller.tenant:
        return None
    if said.isascii() and said.isdigit():
        check_tenant(caller, said, field)
    return said
