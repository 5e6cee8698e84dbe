"""What the calls about roles are sent."""

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from carrierbox.carriers.wing.bodies import MOST, AnyNumber, Body, Name, Number, Text
from carrierbox.carriers.wing.users import services
from carrierbox.carriers.wing.users.rights import OWN

#: Roles that Keycloak puts into every token, whatever a realm's administrator makes.
_KEYCLOAKS = frozenset({"offline_access", "uma_authorization"})


class Permission(Body):
    """What a role may do with one service of 3.15, which the four members name alike."""

    permission_scope: Text
    request_path: Text
    service_category: Text
    service_master_id: Number
    ant_path_pattern: Text
    permission_scopes: Annotated[list[Literal["READ", "WRITE", "DELETE"]], Field(max_length=3)]

    @model_validator(mode="after")
    def _one_service(self) -> Self:
        service = services.named(self.service_master_id)
        if service is None:
            raise ValueError(f"serviceMasterId names no service: {self.service_master_id}")
        named = {"serviceCategory": service.category, "requestPath": service.path, "antPathPattern": service.pattern}
        sent = {
            "serviceCategory": self.service_category,
            "requestPath": self.request_path,
            "antPathPattern": self.ant_path_pattern,
        }
        if wrong := [name for name in named if named[name] != sent[name]]:
            raise ValueError(f"{wrong[0]} must be {named[wrong[0]]} for service {service.id}")
        return self


class PermissionScope(Body):
    """Permissions of one kind."""

    scope_type: Literal["acc-mgmt"]
    permissions: Annotated[list[Permission], Field(max_length=MOST)]


Permissions = Annotated[list[PermissionScope], Field(max_length=MOST)]


class RoleChange(Body):
    """A role as 3.14 writes it anew: found by its id where one is sent, else by its name."""

    id: Name | None = None
    name: Name
    description: Text
    role_category: Literal["ACCOUNT"]
    account_id: AnyNumber
    permission_scope: Permissions | None = None

    @field_validator("name")
    @classmethod
    def _not_ours(cls, name: str) -> str:
        if name in OWN | _KEYCLOAKS or name.startswith("default-roles-"):
            raise ValueError("is a role of the realm's own")
        return name


class NewRole(RoleChange):
    """A role as 3.13 makes it: all mandatory."""

    permission_scope: Permissions
