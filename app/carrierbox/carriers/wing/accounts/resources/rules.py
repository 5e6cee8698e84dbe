"""4.8 to 4.18 and 4.26 to 4.32: what is assigned to accounts.

A thing is assigned to an account once at most, and one row of each type may be the account's default.
Source: WING guide 4; contract `wing-accounts.yaml`, keys `entities` and `rules`.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import Request, Response

from carrierbox.carriers.wing import lists, workflows
from carrierbox.carriers.wing.accounts.account import rules as accounts
from carrierbox.carriers.wing.accounts.resources.schemas import Assignment, DefaultChange, NewResource, WholeResource
from carrierbox.carriers.wing.accounts.tables import Resource
from carrierbox.carriers.wing.criteria import Field
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import BadField, NotFound
from carrierbox.carriers.wing.lists import Listed, Row
from carrierbox.carriers.wing.wire import spelled
from carrierbox.kernel import clock, workflow
from carrierbox.kernel.world import Box

NEVER = clock.moment("9999-12-31T23:59:59.999Z")

#: What is assigned in the network carries the tenant's interface. Source: contract, wing-4.9, `open`.
_IN_NETWORK = frozenset({"APN", "SERVICE-PROFILE", "ROAMING-PROFILE", "MSISDN-POOL"})

ASSIGN = {
    "APN": "assign_apn_account_wf",
    "SERVICE-PROFILE": "assign_network_profile_account_wf",
    "ROAMING-PROFILE": "assign_roaming_profile_account_wf",
    "MSISDN-POOL": "assign_msisdn_pool_account_wf",
}
#: What holds the ids in each of these calls.
_MEMBERS = {
    "APN": "apns",
    "SERVICE-PROFILE": "serviceProfiles",
    "ROAMING-PROFILE": "roamingProfiles",
    "MSISDN-POOL": "msisdnPools",
}

_FIELDS = (
    Field("id", "r.id", "number"),
    Field("resourceType", "r.resource_type", "string"),
    Field("resourceId", "r.resource_id", "number"),
    Field("effectiveDate", "r.effective_date", "moment"),
    Field("expirationDate", "r.expiration_date", "moment"),
    Field("isDefault", "r.is_default", "boolean"),
    Field("accountMasterId", "r.account_id", "number"),
    Field("networkInterfaceId", "r.network_interface_id", "number"),
    # 4.27 spells the account in two ways, neither of them the record's
    Field("masterAcccountId", "r.account_id", "number"),
    Field("masterAccountId", "r.account_id", "number"),
)
LISTED = Listed("r.*", "wing_resource r", {field.wire: field for field in _FIELDS}, "r.id")

#: The members of an answer, below an account and below /accounts/resources.
OF_ACCOUNT = ("id", "resourceType", "resourceId", "effectiveDate", "expirationDate", "isDefault", "accountMasterId",
              "networkInterfaceId")  # fmt: skip
BY_ITSELF = ("accountMasterId", "effectiveDate", "expirationDate", "id", "isDefault", "resourceId",
             "resourceType")  # fmt: skip


def list_of_account(box: Box, request: Request, caller: Caller, account_id: int) -> Response:
    """What is assigned to an account; the whole list unless a page is asked for.

    Raises: NotFound.
    """
    accounts.find(box, caller, account_id)
    where = "r.account_id = ?", (account_id,)
    return lists.answer(box, request, LISTED, where, lambda rows: [_shown(row, OF_ACCOUNT) for row in rows], size=None)


def list_all(box: Box, request: Request, caller: Caller) -> Response:
    """What is assigned to all accounts within reach."""
    where = f"r.account_id IN ({', '.join(map(str, sorted(caller.reach.accounts)))})", ()
    return lists.answer(box, request, LISTED, where, lambda rows: [_shown(row, BY_ITSELF) for row in rows])


def one(box: Box, caller: Caller, row_id: int) -> dict[str, Any]:
    """One assignment.

    Raises: NotFound.
    """
    return _shown(_find(box, caller, row_id), BY_ITSELF)


def _find(box: Box, caller: Caller, row_id: int) -> Row:
    row: Row | None = box.sql("SELECT * FROM wing_resource WHERE id = :id", id=row_id).fetchone()
    if row is None or row["account_id"] not in caller.reach.accounts:
        raise NotFound(what="Resource", id=row_id)
    return row


def _shown(row: Row, names: tuple[str, ...]) -> dict[str, Any]:
    resource = {
        "id": row["id"],
        "resourceType": row["resource_type"],
        "resourceId": row["resource_id"],
        "effectiveDate": spelled(row["effective_date"]),
        "expirationDate": spelled(row["expiration_date"]),
        "isDefault": bool(row["is_default"]),
        "accountMasterId": row["account_id"],
        "networkInterfaceId": row["network_interface_id"],
    }
    return {name: resource[name] for name in names}


def _known(box: Box, realm: str, account_id: int, resource_type: str, resource_id: int) -> bool:
    """Whether there is such a thing to assign: in the realm's catalogue or, a SIM, in the account."""
    if resource_type == "SIM":
        statement = "SELECT 1 FROM wing_sim WHERE id = :id AND account_id = :account"
        return box.sql(statement, id=resource_id, account=account_id).fetchone() is not None
    statement = "SELECT 1 FROM wing_catalogue WHERE realm = :realm AND resource_type = :type AND id = :id"
    return box.sql(statement, realm=realm, type=resource_type, id=resource_id).fetchone() is not None


def _check_dates(effective: datetime | str, expiration: datetime | str) -> None:
    if _text(expiration) < _text(effective):
        raise BadField(field="expirationDate", problem="must not be before effectiveDate")


def _text(moment: datetime | str) -> str:
    """As the store keeps it, where what comes from there stands beside what was sent."""
    return clock.text(moment) if isinstance(moment, datetime) else moment


def request_assignment(box: Box, caller: Caller, wanted: Assignment) -> str:
    """Ask for things to be assigned to an account; answers the workflow's id, which 5.8 follows.

    Raises: NotFound, BadField.
    Source: WING guide 4.8, 4.10, 4.16, 4.32.
    """
    account = accounts.find(box, caller, wanted.account_id)
    if wanted.tenant_id not in (None, account["tenant_id"]):
        raise BadField(field="tenantId", problem=f"must be {account['tenant_id']}, as the account's")
    _check_dates(wanted.effective_date or box.now, wanted.expiration_date or NEVER)
    for resource_id in wanted.ids:
        if not _known(box, caller.user.realm, wanted.account_id, wanted.resource_type, resource_id):
            raise NotFound(what=wanted.resource_type, id=resource_id)
    kind = ASSIGN[wanted.resource_type]
    return workflow.start(
        box,
        carrier="wing",
        kind=kind,
        owner=caller.user.realm,
        subject=None,
        tasks=workflows.KINDS[kind].tasks,
        sent=json.dumps(wanted.input()),
    )


def _assign(box: Box, job: Mapping[str, Any], refusal: workflow.Refusal | None) -> workflow.Outcome:
    """Make the rows that were asked for; what is assigned already stays as it is."""
    if refusal is not None:
        return workflows.failed(refusal)
    sent = json.loads(job["input"])
    account_id, resource_type = sent["accountId"], sent["resourceType"]
    if box.sql("SELECT 1 FROM wing_account WHERE id = :id", id=account_id).fetchone() is None:
        # it was deleted meanwhile
        return workflows.failed(workflow.Refusal(f"Account {account_id} not found", 404))
    effective = clock.moment(sent["effectiveDate"]) if "effectiveDate" in sent else box.now
    expiration = clock.moment(sent["expirationDate"]) if "expirationDate" in sent else NEVER
    for resource_id in sent[_MEMBERS[resource_type]]:
        if _row(box, account_id, resource_type, resource_id) is None:
            _add(box, account_id, resource_type, resource_id, effective, expiration)
    return workflow.Outcome("completed", workflows.SUCCESS)


for _kind in ASSIGN.values():
    workflow.handles(_kind)(_assign)


def _row(box: Box, account_id: int, resource_type: str, resource_id: int) -> Row | None:
    found: Row | None = box.sql(
        "SELECT * FROM wing_resource WHERE account_id = :account AND resource_type = :type AND resource_id = :id",
        account=account_id,
        type=resource_type,
        id=resource_id,
    ).fetchone()
    return found


def _add(  # noqa: PLR0913 - a row has that many facts
    box: Box, account_id: int, resource_type: str, resource_id: int, effective: datetime, expiration: datetime
) -> int:
    [interface] = box.sql(
        "SELECT t.network_interface_id FROM wing_account a JOIN wing_tenant t ON t.id = a.tenant_id WHERE a.id = :id",
        id=account_id,
    ).fetchone()
    row = Resource(
        account_id=account_id,
        resource_type=resource_type,
        resource_id=resource_id,
        effective_date=effective,
        expiration_date=expiration,
        network_interface_id=interface if resource_type in _IN_NETWORK else None,
    )
    box.session.add(row)
    box.flush()
    assert row.id is not None  # noqa: S101 - the flush gave it
    return row.id


def put(
    box: Box, caller: Caller, account_id: int, new: NewResource, names: tuple[str, ...] = OF_ACCOUNT
) -> dict[str, Any]:
    """Assign one thing to an account at once; where it is assigned already, that row takes what was sent.

    Raises: NotFound, BadField.
    Source: WING guide 4.13, 4.28.
    """
    accounts.find(box, caller, account_id)
    if new.account_master_id not in (None, account_id):
        raise BadField(field="accountMasterId", problem=f"must be {account_id}, as in the path")
    if not _known(box, caller.user.realm, account_id, new.resource_type, new.resource_id):
        raise NotFound(what=new.resource_type, id=new.resource_id)
    effective, expiration = new.effective_date or box.now, new.expiration_date or NEVER
    _check_dates(effective, expiration)
    present = _row(box, account_id, new.resource_type, new.resource_id)
    if present is None:
        row_id = _add(box, account_id, new.resource_type, new.resource_id, effective, expiration)
    else:
        row_id = present["id"]
    return _write(box, row_id, effective, expiration, names, is_default=new.is_default)


def update(box: Box, caller: Caller, account_id: int, change: WholeResource) -> dict[str, Any]:
    """Write an assignment anew, found by type and thing, or by its own id where one was sent.

    Raises: NotFound, BadField.
    Source: WING guide 4.29.
    """
    accounts.find(box, caller, account_id)
    if change.account_master_id not in (None, account_id):
        raise BadField(field="accountMasterId", problem=f"must be {account_id}, as in the path")
    row = _row(box, account_id, change.resource_type, change.resource_id)
    if row is None or change.id not in (None, row["id"]):
        raise NotFound(what=change.resource_type, id=change.resource_id)
    _check_dates(change.effective_date, change.expiration_date)
    return _write(
        box, row["id"], change.effective_date, change.expiration_date, BY_ITSELF, is_default=change.is_default
    )


def set_default(box: Box, caller: Caller, account_id: int, change: DefaultChange) -> dict[str, Any]:
    """Make an assignment the default of its type in its account, or clear that.

    Raises: NotFound, BadField.
    Source: WING guide 4.11, 4.14, 4.17.
    """
    accounts.find(box, caller, account_id)
    row = _find(box, caller, change.id)
    if row["account_id"] != account_id:
        raise NotFound(what="Resource", id=change.id)
    if change.resource_type not in (None, row["resource_type"]):
        raise BadField(field="resourceType", problem=f"must be {row['resource_type']}, as the row's")
    if change.resource_id not in (None, row["resource_id"]):
        raise BadField(field="resourceId", problem=f"must be {row['resource_id']}, as the row's")
    effective = change.effective_date or row["effective_date"]
    expiration = change.expiration_date or row["expiration_date"]
    _check_dates(effective, expiration)
    return _write(box, row["id"], effective, expiration, OF_ACCOUNT, is_default=change.is_default)


def _write(  # noqa: PLR0913 - a row has that many facts
    box: Box,
    row_id: int,
    effective: datetime | str,
    expiration: datetime | str,
    names: tuple[str, ...],
    *,
    is_default: bool,
) -> dict[str, Any]:
    """Write a row anew; a new default is the only one of its type."""
    if is_default:
        box.sql(
            "UPDATE wing_resource SET is_default = 0 FROM wing_resource AS r WHERE r.id = :id"
            " AND wing_resource.account_id = r.account_id AND wing_resource.resource_type = r.resource_type",
            id=row_id,
        )
    box.sql(
        "UPDATE wing_resource SET effective_date = :effective, expiration_date = :expiration, is_default = :default"
        " WHERE id = :id",
        id=row_id,
        effective=_text(effective),
        expiration=_text(expiration),
        default=is_default,
    )
    return _shown(box.sql("SELECT * FROM wing_resource WHERE id = :id", id=row_id).fetchone(), names)


def delete(box: Box, caller: Caller, row_id: int) -> None:
    """Take an assignment away; an APN leaves its groups with it, and SIMs keep what they have of it.

    Raises: NotFound.
    Source: WING guide 4.31.
    """
    _find(box, caller, row_id)
    box.sql("DELETE FROM wing_apn_group_member WHERE apn_id = :id", id=row_id)
    box.sql("DELETE FROM wing_resource WHERE id = :id", id=row_id)
