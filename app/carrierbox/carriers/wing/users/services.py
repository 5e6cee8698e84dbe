"""3.15: the services that a role may permit, and which of them a path belongs to.

The document prints one service. The others are ours: each stands for the paths that begin alike. A category only says
which services belong together. Source: WING guide 3.13, 3.15.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any


@dataclass(frozen=True, slots=True)
class Service:
    """One row of the service catalogue."""

    id: int
    name: str
    category: str
    path: str  # what follows /api/{version}

    @property
    def pattern(self) -> str:
        """The paths that it covers, in Ant's spelling."""
        return f"{self.path}/**"


SERVICES: tuple[Service, ...] = (
    Service(12, "Accounts", "ACCOUNT", "/accounts/account"),
    Service(13, "Account custom fields", "ACCOUNT", "/accounts/accounts/customfield"),
    Service(14, "Billing profiles", "ACCOUNT", "/rating/account-billing-profiles"),
    Service(15, "SIM groups", "ACCOUNT", "/accounts/groups"),
    Service(16, "APN assignment", "RESOURCE", "/accounts/assign_apn"),
    Service(17, "Network profile assignment", "RESOURCE", "/accounts/assign_networkprofile"),
    Service(18, "Roaming profile assignment", "RESOURCE", "/accounts/assign_roamingprofile"),
    Service(19, "MSISDN pool assignment", "RESOURCE", "/accounts/assign_msisdnpool"),
    Service(20, "Account resources", "RESOURCE", "/accounts/resources"),
    Service(21, "APN groups", "RESOURCE", "/accounts/address"),
    Service(22, "Users", "USER", "/users/users"),
    Service(23, "User groups", "USER", "/users/user-groups"),
    Service(24, "Roles", "USER", "/users/roles"),
    Service(25, "Service permissions", "USER", "/users/service-permissions"),
    Service(26, "Subscriptions", "SIM", "/subscription"),
    Service(27, "SIM operations", "SIM", "/sim"),
    Service(28, "SIM groups of subscriptions", "SIM", "/api/sims"),
    Service(29, "Bulk operations", "SIM", "/resources/batch"),
    Service(30, "SIM custom fields", "SIM", "/customfield"),
    Service(31, "SIM tags", "SIM", "/tags"),
    Service(32, "Audit trail", "SIM", "/getAuditTrail"),
    Service(33, "Diagnostics", "SIM", "/diagnostics"),
    Service(34, "Network probes", "SIM", "/probes"),
    Service(35, "Sessions and usage", "SIM", "/channel-manager"),
    Service(36, "Call detail records", "SIM", "/cdr-hdlr-service"),
    Service(37, "Queries", "SIM", "/graphql"),
    Service(38, "Automation rules", "RULE", "/automation-rules"),
    Service(39, "Reports", "REPORT", "/cannedReport"),
    Service(40, "Report runs", "REPORT", "/runReport"),
    Service(41, "Report downloads", "REPORT", "/downloadReport"),
    Service(42, "SIM orders", "ORDER", "/sim-ordering"),
    Service(43, "SMS", "NOTIFICATION", "/notification"),
    Service(44, "Rate plans", "RATING", "/rating"),
    Service(45, "Invoices", "RATING", "/invoice-data"),
)

_BY_ID = {service.id: service for service in SERVICES}


def named(service_id: int) -> Service | None:
    """The service of that id."""
    return _BY_ID.get(service_id)


@cache
def covering(path: str) -> frozenset[int]:
    """The ids of the services whose pattern a route's path matches; none where no permission is needed."""
    rest = path.removeprefix("/api/{version}").removeprefix("/api/version")
    return frozenset(service.id for service in SERVICES if rest == service.path or rest.startswith(f"{service.path}/"))


def catalogue() -> dict[str, Any]:
    """What a role may permit, as 3.15 shows it."""
    return {
        "id": 1,
        "name": "Account Management",
        "active": True,
        "description": "Services for account roles",
        "serviceProfileMap": [
            {
                "serviceMasterId": service.id,
                "active": True,
                "name": service.name,
                "serviceCategory": service.category,
                "requestPath": service.path,
                "recordType": "SERVICE",
                "seqNo": number,
                "antPathPattern": service.pattern,
            }
            for number, service in enumerate(SERVICES, 1)
        ],
    }
