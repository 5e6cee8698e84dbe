"""Who is let in to chapter 8: beside token and account, the tenant that a call is about.

Source: contract `wing-services.yaml`, key `rules.headers`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from carrierbox import edge
from carrierbox.carriers.wing import door
from carrierbox.carriers.wing.accounts import reach
from carrierbox.carriers.wing.errors import NoTenant

#: Marks an operation whose section does not ask for X-Tenant-Id; where it comes along, it counts.
TENANT_OPTIONAL = {"x-carrierbox-tenant-optional": True}


@dataclass(frozen=True, slots=True)
class Caller(door.Caller):
    """Who calls; the reach is what of it lies in the tenant, where the call names one."""

    tenant: str = ""


class OrderingDoor(door.WingDoor):
    """A documented operation of chapter 8."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **route: Any) -> None:
        extra = route.get("openapi_extra") or {}
        self._tenant_optional = extra.get("x-carrierbox-tenant-optional", False)
        header = {"name": "X-Tenant-Id", "in": "header", "required": not self._tenant_optional}
        parameters = [*extra.get("parameters", ()), header | {"schema": {"type": "string"}}]
        super().__init__(path, endpoint, **route | {"openapi_extra": extra | {"parameters": parameters}})

    def admit(self, request: Request) -> None:
        """Let in who names a tenant within reach.

        Raises: NoTenant, TenantOutOfReach, and what WingDoor raises.
        """
        super().admit(request)
        visit = edge.visit(request)
        caller: door.Caller = visit.caller
        tenant = request.headers.get("X-Tenant-Id")
        if tenant is None and not self._tenant_optional:
            raise NoTenant
        within = caller.reach if tenant is None else reach.of_tenant(visit.box(), caller.reach, tenant)
        visit.caller = Caller(caller.user, within, caller.rights, tenant or "")
