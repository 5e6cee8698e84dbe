"""What operations on a SIM's usage have in common: the SIM, its device brought up to now, and what is asked for."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from carrierbox.carriers.wing import criteria
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import BadParameter, UnknownSim
from carrierbox.carriers.wing.usage.network import NETWORK
from carrierbox.kernel import devices
from carrierbox.kernel.world import Box

_NAMES = {"iccid": "ICCID", "imsi": "IMSI", "msisdn": "MSISDN"}


async def sim(box: Box, caller: Caller, column: Literal["iccid", "imsi"], identity: str) -> Mapping[str, Any]:
    """A SIM that the caller sees, after all that its device did until now.

    Raises: UnknownSim.
    """
    await devices.settle(box.world, NETWORK, find(box, caller, column, identity)["iccid"])
    return find(box, caller, column, identity)  # work that fell due meanwhile may have changed it


def find(box: Box, caller: Caller, column: str, identity: str) -> Mapping[str, Any]:
    """A SIM that the caller sees.

    Raises: UnknownSim.
    """
    found: Mapping[str, Any] | None = box.sql(
        "SELECT s.id, s.realm, s.tenant_id, s.account_id, s.iccid, s.imsi, s.msisdn, s.state, s.rate_plan_id,"
        " r.imei FROM wing_sim s LEFT JOIN wing_registration r ON r.sim_id = s.id"
        f" WHERE s.{column} = :identity AND {caller.reach.condition}",
        identity=identity,
    ).fetchone()
    if found is None:
        raise UnknownSim(sim=f"with {_NAMES[column]} {identity}")
    return found


def check_usage_type(given: str) -> None:
    """Let a usage type pass: Online or Offline, however it is written.

    Balances and rated records are two readings of the same use, and agree, so both get the same figures.
    Raises: BadParameter. Source: contract `wing-services.yaml`, key `usage`, usage_type.
    """
    if given.lower() not in {"online", "offline"}:
        raise BadParameter(name="usageType", problem=f"'{given}' is neither Online nor Offline")


class Page(NamedTuple):
    """A page of a list, counted from 0."""

    number: int
    size: int

    @property
    def offset(self) -> int:
        """How many rows come before it."""
        return self.number * self.size


def page(number: str, size: str) -> Page:
    """Read which page is wanted; more than the largest page is as much as that.

    Raises: BadParameter.
    """
    return Page(criteria.page(number), criteria.size(size))
