"""16: static addresses. An APN is static that has a pool of addresses in the catalogue.

A SIM's addresses lie in the pools of its APN group, and no two SIMs of a realm have the same one. What goes against
that is refused late: the request is accepted and its workflow ends FAILED. The old address is free once the new one
holds.
Source: WING guide 16; contract `wing-subscription.yaml`, wing-16.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Network, ip_address
from typing import Any

from carrierbox.carriers.wing import workflows
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import UnknownSim
from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.subscriptions import audit
from carrierbox.carriers.wing.subscriptions.state.rules import UNDER_WAY
from carrierbox.carriers.wing.subscriptions.static_ip.schemas import AddressChange
from carrierbox.carriers.wing.usage.network import NETWORK, disconnect
from carrierbox.kernel import clock, devices, workflow
from carrierbox.kernel.workflow import Outcome, Refusal
from carrierbox.kernel.world import Box

CHANGE_ADDRESS = "change_static_ip_wf"


@dataclass(frozen=True, slots=True)
class Pool:
    """The addresses of a static APN."""

    apn: str
    name: str
    network: IPv4Network

    def __contains__(self, address: str) -> bool:
        return ip_address(address) in self.network


def _pools(box: Box, realm: str, apn_group_id: int) -> Sequence[Pool]:
    """The pools of an APN group's static APNs."""
    rows = box.sql(
        "SELECT a.name AS apn, p.name, p.cidr FROM wing_apn_group_member m JOIN wing_resource r ON r.id = m.apn_id"
        " JOIN wing_catalogue a ON a.realm = :realm AND a.resource_type = 'APN' AND a.id = r.resource_id"
        " JOIN wing_catalogue p ON p.realm = :realm AND p.resource_type = 'IP-POOL' AND p.id = a.ip_pool_id"
        " WHERE m.group_id = :group ORDER BY m.id",
        realm=realm,
        group=apn_group_id,
    )
    return [Pool(row["apn"], row["name"], IPv4Network(row["cidr"])) for row in rows]


def request_change(box: Box, caller: Caller, wanted: AddressChange) -> dict[str, Any]:
    """Ask for another address; answers what was asked, and the workflow's id.

    Raises: UnknownSim, also when ICCID and IMSI are of two SIMs.
    """
    sim = _sim(box, wanted, caller.reach.condition)
    if sim is None:
        raise UnknownSim(sim=f"with ICCID {wanted.iccid} and IMSI {wanted.imsi}")
    refusal = UNDER_WAY if sim["state_change_lock"] else _refuse(box, sim, wanted)
    started = workflows.start(box, caller, CHANGE_ADDRESS, wanted.whole, subject=wanted.iccid, refusal=refusal)
    return wanted.answer(started)


def _sim(box: Box, wanted: AddressChange, condition: str = "1") -> Row | None:
    found: Row | None = box.sql(
        "SELECT s.*, a.name AS account_name, g.name AS apn_group_name FROM wing_sim s"
        " JOIN wing_account a ON a.id = s.account_id LEFT JOIN wing_apn_group g ON g.id = s.apn_group_id"
        f" WHERE s.iccid = :iccid AND s.imsi = :imsi AND {condition}",
        iccid=wanted.iccid,
        imsi=wanted.imsi,
    ).fetchone()
    return found


def _refuse(box: Box, sim: Row, wanted: AddressChange) -> Refusal | None:
    """Say why the SIM cannot have the address, if it cannot."""
    for what, name in (("APN", wanted.apn_name), ("IP-POOL", wanted.ip_pool_name)):
        if not _is_known(box, sim["realm"], what, name):
            return Refusal(f"{what} {name} not found", workflows.UNKNOWN)
    problem = _problem(sim, wanted, _pools(box, sim["realm"], sim["apn_group_id"]))
    if problem is None and _is_taken(box, sim, wanted.ip_address):
        problem = f"Address {wanted.ip_address} is taken"
    return Refusal(problem, workflows.CONFLICT) if problem else None


def _problem(sim: Row, wanted: AddressChange, pools: Sequence[Pool]) -> str | None:
    if sim["account_id"] != wanted.account_id:
        return f"SIM {sim['iccid']} is not in account {wanted.account_id}"
    if not json.loads(sim["ip_addresses"]):
        return f"SIM {sim['iccid']} has no static address"
    if sim["apn_group_name"] != wanted.apn_group_name:
        return f"SIM {sim['iccid']} is not in APN group {wanted.apn_group_name}"
    found = [pool for pool in pools if (pool.apn, pool.name) == (wanted.apn_name, wanted.ip_pool_name)]
    if not found:
        return f"IP pool {wanted.ip_pool_name} is not one of APN {wanted.apn_name} in the SIM's APN group"
    if not any(wanted.ip_address in pool for pool in found):
        return f"Address {wanted.ip_address} is not in IP pool {wanted.ip_pool_name}"
    return None


def _is_known(box: Box, realm: str, resource_type: str, name: str) -> bool:
    row = box.sql(
        "SELECT 1 FROM wing_catalogue WHERE realm = :realm AND resource_type = :type AND name = :name",
        realm=realm,
        type=resource_type,
        name=name,
    ).fetchone()
    return row is not None


def _is_taken(box: Box, sim: Row, address: str) -> bool:
    row = box.sql(
        "SELECT 1 FROM wing_sim s, json_each(s.ip_addresses) e"
        " WHERE s.realm = :realm AND s.ip_addresses <> '[]' AND e.value = :address AND s.id <> :id",
        realm=sim["realm"],
        address=address,
        id=sim["id"],
    ).fetchone()
    return row is not None


@workflow.handles(CHANGE_ADDRESS)
def _change(box: Box, job: Mapping[str, Any], refusal: Refusal | None) -> Outcome:
    """Give the SIM its new address, or say why not."""
    wanted = AddressChange.model_validate(json.loads(job["input"]))
    sim = _sim(box, wanted)
    assert sim is not None  # noqa: S101 - SIMs are not deleted
    present: list[str] = json.loads(sim["ip_addresses"])
    given_up = _given_up(present, wanted, _pools(box, sim["realm"], sim["apn_group_id"]))
    # somebody else may have got the address meanwhile, or the SIM another APN group
    refusal = refusal or _refuse(box, sim, wanted)
    if refusal:
        audit.record(box, sim, "SIM_IPADDRESS_CHANGE", given_up, wanted.ip_address, "FAILED")
        return workflows.failed(refusal)
    devices.catch_up(box, NETWORK, sim["iccid"])
    _write(box, sim["id"], [wanted.ip_address if each == given_up else each for each in present])
    audit.record(box, sim, "SIM_IPADDRESS_CHANGE", given_up, wanted.ip_address, "COMPLETED")
    return Outcome("completed", workflows.SUCCESS)


def _given_up(present: Sequence[str], wanted: AddressChange, pools: Sequence[Pool]) -> str:
    """Which of its addresses a SIM gives up for another one: the one it has from that APN, else its first."""
    if wanted.ip_address in present:  # it is what it has
        return wanted.ip_address
    of_the_apn = [pool for pool in pools if pool.apn == wanted.apn_name]
    found = (each for each in present if any(each in pool for pool in of_the_apn))
    return next(found, next(iter(present), ""))


def free_strays(box: Box, sims: Iterable[int]) -> None:
    """Free the addresses that lie in no pool of their SIMs' APN groups, which have just changed."""
    rows = box.sql(
        "SELECT s.id, s.realm, s.apn_group_id, s.ip_addresses FROM json_each(:sims) e JOIN wing_sim s ON s.id = e.value"
        " WHERE s.ip_addresses <> '[]'",
        sims=json.dumps([*sims]),
    ).fetchall()

    @cache
    def pools(realm: str, apn_group_id: int) -> Sequence[Pool]:
        return _pools(box, realm, apn_group_id)

    for row in rows:
        present = json.loads(row["ip_addresses"])
        kept = [each for each in present if any(each in pool for pool in pools(row["realm"], row["apn_group_id"]))]
        if kept != present:
            _write(box, row["id"], kept)


def _write(box: Box, sim_id: int, addresses: Sequence[str]) -> None:
    """Let a SIM have these addresses; a session that might have had another one ends."""
    disconnect(box, sim_id)
    box.sql(
        "UPDATE wing_sim SET ip_addresses = :addresses, modification_timestamp = :now WHERE id = :id",
        addresses=json.dumps(addresses),
        now=clock.text(box.now),
        id=sim_id,
    )
