"""4.1, 4.3 and 4.5 to 4.7: which accounts a call sees, and what becomes of them.

An account's state says nothing about its SIMs. open: the document is silent on what SUSPEND and RETIRED do to them;
read as nothing, since a SIM's state has calls of its own.
Source: WING guide 4; contract `wing-accounts.yaml`, keys `entities` and `rules`.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastapi import Request, Response

from carrierbox.carriers.wing import lists
from carrierbox.carriers.wing.accounts import reach
from carrierbox.carriers.wing.accounts.account.schemas import AccountChange, AddressChange, ContactChange, NewAccount
from carrierbox.carriers.wing.accounts.custom_fields import rules as custom_fields
from carrierbox.carriers.wing.accounts.tables import Account, Address, Contact
from carrierbox.carriers.wing.criteria import Field
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import BadField, NotFound, RuleBroken
from carrierbox.carriers.wing.lists import Listed, Row
from carrierbox.carriers.wing.subscriptions.custom_fields import rules as sim_fields
from carrierbox.carriers.wing.usage import network
from carrierbox.kernel.world import Box

_FIELDS = (
    Field("id", "a.id", "number"),
    Field("extId", "a.ext_id", "string"),
    Field("name", "a.name", "string"),
    Field("accountType", "a.account_type", "string"),
    Field("accountState", "a.account_state", "string"),
    Field("billingAccountId", "a.billing_account_id", "number"),
    Field("parentAccountId", "a.parent_account_id", "number"),
)
LISTED = Listed("a.*", "wing_account a", {field.wire: field for field in _FIELDS}, "a.id")

#: The members of an answer, in the order of its section.
READ = ("extId", "id", "name", "accountType", "accountState", "billingAccountId", "parentAccountId", "address",
        "contact", "custFields", "customFields")  # fmt: skip
CREATED = ("id", "extId", "name", "accountType", "accountState", "billingAccountId", "custFields", "parentAccountId",
           "customFields", "address", "contact")  # fmt: skip
CHANGED = ("accountState", "accountType", "billingAccountId", "customFields", "extId", "id", "name",
           "parentAccountId")  # fmt: skip

#: Wire names and columns of what belongs to an account, in the order of 4.5.1 and 4.5.2; other sections go by name.
_ADDRESS = {
    "id": "id", "extId": "ext_id", "addressLine1": "address_line1", "addressLine2": "address_line2", "state": "state",
    "city": "city", "postcode": "postcode", "country": "country", "isDefault": "is_default",
    "accountMasterId": "account_id",
}  # fmt: skip
_CONTACT = {
    "id": "id", "extId": "ext_id", "firstName": "first_name", "lastName": "last_name", "email": "email",
    "phone": "phone", "isDefault": "is_default", "accountMasterId": "account_id",
}  # fmt: skip


def list_accounts(box: Box, request: Request, caller: Caller) -> Response:
    """The accounts that a call sees."""
    condition = f"a.tenant_id IN (SELECT id FROM wing_tenant WHERE realm = ?) AND {caller.reach.covers('a.id')}"
    where = condition, (caller.user.realm,)
    return lists.answer(box, request, LISTED, where, lambda rows: _shown(box, rows, READ))


def one(box: Box, caller: Caller, account_id: int, names: Sequence[str] = READ) -> dict[str, Any]:
    """One account.

    Raises: NotFound.
    """
    return dict(_shown(box, [find(box, caller, account_id)], names)[0])


def find(box: Box, caller: Caller, account_id: int) -> Row:
    """An account's row, if the caller sees it.

    Raises: NotFound.
    """
    if account_id not in caller.reach.accounts:
        raise NotFound(what="Account", id=account_id)
    found: Row = box.sql("SELECT * FROM wing_account WHERE id = :id", id=account_id).fetchone()
    return found


def _shown(box: Box, rows: Sequence[Row], names: Sequence[str]) -> list[Any]:
    ids = [row["id"] for row in rows]
    values = custom_fields.of(box, ids)
    addresses = _parts(box, "wing_address", _ADDRESS, ids, by_name=names is READ)
    contacts = _parts(box, "wing_contact", _CONTACT, ids, by_name=names is READ)
    shown = []
    for row in rows:
        account = {
            "id": row["id"],
            "extId": row["ext_id"],
            "name": row["name"],
            "accountType": row["account_type"],
            "accountState": row["account_state"],
            "billingAccountId": row["billing_account_id"],
            "parentAccountId": row["parent_account_id"],
            "address": addresses.get(row["id"]),
            "contact": contacts.get(row["id"]),
            "custFields": json.loads(row["cust_fields"]),
            "customFields": values[row["id"]],
        }
        shown.append({name: account[name] for name in names})
    return shown


def _parts(box: Box, table: str, columns: Mapping[str, str], ids: Iterable[int], *, by_name: bool) -> dict[int, Any]:
    rows = box.sql(f"SELECT * FROM {table} WHERE account_id IN ({', '.join(map(str, ids))})")
    names = sorted(columns) if by_name else columns
    return {row["account_id"]: {name: _value(name, row[columns[name]]) for name in names} for row in rows}


def _value(name: str, value: Any) -> Any:
    return bool(value) if name == "isDefault" else value


def create(box: Box, caller: Caller, new: NewAccount) -> dict[str, Any]:
    """Make an account, below another or, for those who see the whole realm, at the top.

    Raises: BadField.
    Source: WING guide 4.3.
    """
    tenant_id = _tenant(box, caller, new)
    _check_billing(box, caller, new.billing_account_id)
    account = Account(
        tenant_id=tenant_id,
        ext_id=new.ext_id,
        name=new.name,
        account_type=new.account_type,
        account_state=new.account_state,
        billing_account_id=new.billing_account_id,
        parent_account_id=new.parent_account_id,
        cust_fields=json.dumps(new.cust_fields or {}),
    )
    box.session.add(account)
    box.flush()
    assert account.id is not None  # noqa: S101 - the flush gave it
    if new.address is not None:
        box.session.add(Address(account_id=account.id, **_columns(new.address)))
    if new.contact is not None:
        box.session.add(Contact(account_id=account.id, **_columns(new.contact)))
    box.flush()
    box.world.forget()
    row = box.sql("SELECT * FROM wing_account WHERE id = :id", id=account.id).fetchone()
    return dict(_shown(box, [row], CREATED)[0])


def _columns(part: AddressChange | ContactChange) -> dict[str, Any]:
    return {name: value for name, value in part.sent().items() if name != "id"}


def _tenant(box: Box, caller: Caller, new: NewAccount) -> str:
    tree = reach.tree(box, caller.user.realm)
    if new.parent_account_id is not None:
        _check_parent(caller, new.parent_account_id)
        tenant_id = tree[new.parent_account_id].tenant_id
        if new.tenant_id not in (None, tenant_id):
            raise BadField(field="tenantId", problem=f"must be {tenant_id}, as the parent's")
        return tenant_id
    _check_top(caller)
    own = tree[caller.reach.account].tenant_id
    if new.tenant_id not in {None, *(node.tenant_id for node in tree.values())}:
        raise BadField(field="tenantId", problem=f"names no tenant: {new.tenant_id}")
    return new.tenant_id or own


def _check_parent(caller: Caller, parent_id: int) -> None:
    if parent_id not in caller.reach.accounts:
        raise BadField(field="parentAccountId", problem=f"names no account: {parent_id}")


def _check_top(caller: Caller) -> None:
    """Only those who see the realm's whole tree put accounts at its top: for others they would be out of reach."""
    if not caller.reach.sees_all:
        raise BadField(field="parentAccountId", problem="must name an account within your reach")


def _check_billing(box: Box, caller: Caller, profile_id: int) -> None:
    known = box.sql(
        "SELECT 1 FROM wing_billing_profile b JOIN wing_tenant t ON t.id = b.tenant_id"
        " WHERE b.id = :id AND t.realm = :realm",
        id=profile_id,
        realm=caller.user.realm,
    ).fetchone()
    if known is None:
        raise BadField(field="billingAccountId", problem=f"names no billing profile: {profile_id}")


def update(box: Box, caller: Caller, change: AccountChange) -> dict[str, Any]:
    """Write what was sent of an account; what was not stays. The answer has the custom fields that were sent.

    Raises: NotFound, BadField.
    Source: WING guide 4.5.
    """
    account = find(box, caller, change.id)
    sent = change.sent()
    if "billing_account_id" in sent:
        _check_billing(box, caller, change.billing_account_id)
    if "parent_account_id" in sent and change.parent_account_id != account["parent_account_id"]:
        _check_move(box, caller, change.id, change.parent_account_id)
    for number, value in enumerate(change.custom_fields):
        if not custom_fields.is_usable(box, change.id, value.id):
            raise BadField(field=f"customFields.{number}.id", problem=f"names no custom field: {value.id}")
    columns = {name: value for name, value in sent.items() if name not in {"id", "custom_fields"}}
    if "cust_fields" in columns:
        columns["cust_fields"] = json.dumps(change.cust_fields)
    if columns:
        given = ", ".join(f"{column} = :{column}" for column in columns)
        box.sql(f"UPDATE wing_account SET {given} WHERE id = :id", id=change.id, **columns)
    for value in change.custom_fields:
        custom_fields.put(box, change.id, value.id, value.value)
    box.world.forget()
    if "parent_account_id" in columns:
        network.tell_of_accounts(box, reach.below(reach.tree(box, caller.user.realm), [change.id]))
    row = box.sql("SELECT * FROM wing_account WHERE id = :id", id=change.id).fetchone()
    shown = dict(_shown(box, [row], CHANGED)[0])
    if "custom_fields" in sent:
        shown["customFields"] = [{"id": value.id, "value": value.value} for value in change.custom_fields]
    return shown


def _check_move(box: Box, caller: Caller, account_id: int, parent_id: int | None) -> None:
    """Let an account go below another one: not below itself, nor into another tenant, whose SIMs it would take."""
    if parent_id is None:
        _check_top(caller)
        return
    _check_parent(caller, parent_id)
    tree = reach.tree(box, caller.user.realm)
    if parent_id in reach.below(tree, [account_id]):
        raise BadField(field="parentAccountId", problem="must not be the account itself or one below it")
    if tree[parent_id].tenant_id != tree[account_id].tenant_id:
        raise BadField(field="parentAccountId", problem="must be an account of the same tenant")


def update_address(box: Box, caller: Caller, account_id: int, change: AddressChange) -> dict[str, Any]:
    """Write what was sent of an account's address.

    Raises: NotFound, BadField.
    Source: WING guide 4.5.1.
    """
    return _update_part(box, caller, account_id, change, Address, _ADDRESS)


def update_contact(box: Box, caller: Caller, account_id: int, change: ContactChange) -> dict[str, Any]:
    """Write what was sent of an account's contact.

    Raises: NotFound, BadField.
    Source: WING guide 4.5.2.
    """
    return _update_part(box, caller, account_id, change, Contact, _CONTACT)


def _update_part(  # noqa: PLR0913 - addresses and contacts differ in that much
    box: Box,
    caller: Caller,
    account_id: int,
    change: AddressChange | ContactChange,
    table: type[Address] | type[Contact],
    columns: Mapping[str, str],
) -> dict[str, Any]:
    find(box, caller, account_id)
    name = str(table.__tablename__)
    present = box.sql(f"SELECT id FROM {name} WHERE account_id = :id", id=account_id).fetchone()
    if change.id is None and present is not None:
        raise BadField(field="id", problem="must not be null")
    if change.id is not None and (present is None or present["id"] != change.id):
        raise NotFound(what=table.__name__, id=change.id)
    given = _columns(change)
    if present is None:
        box.session.add(table(account_id=account_id, **given))
        box.flush()
    elif given:
        texts = ", ".join(f"{column} = :{column}" for column in given)
        box.sql(f"UPDATE {name} SET {texts} WHERE id = :id", id=present["id"], **given)
    return dict(_parts(box, name, columns, [account_id], by_name=False)[account_id])


def delete(box: Box, caller: Caller, account_id: int) -> None:
    """Take an account away, and what describes it.

    Raises: NotFound, RuleBroken.
    Source: WING guide 4.7.
    """
    account = find(box, caller, account_id)
    if account["account_state"] != "DRAFT":
        raise _barred("Account can only be deleted in DRAFT state", "notdraft")
    for table, column, rule, key in _BARS:
        if box.sql(f"SELECT 1 FROM {table} WHERE {column} = :id LIMIT 1", id=account_id).fetchone():
            raise _barred(rule, key)
    box.sql(
        "DELETE FROM wing_custom_field_value WHERE custom_field_id IN"
        " (SELECT id FROM wing_custom_field WHERE account_id = :id)",
        id=account_id,
    )
    box.sql(
        "DELETE FROM wing_tag_association WHERE tag_id IN (SELECT id FROM wing_tag WHERE account_id = :id)",
        id=account_id,
    )
    box.sql(
        "DELETE FROM wing_report_part WHERE run_id IN (SELECT id FROM wing_report_run WHERE account_id = :id)",
        id=account_id,
    )
    sim_fields.delete_all(box, account_id)
    for table in _OWN:
        box.sql(f"DELETE FROM {table} WHERE account_id = :id", id=account_id)
    box.sql("DELETE FROM wing_account WHERE id = :id", id=account_id)
    box.world.forget()


#: What keeps an account from being deleted.
_BARS = (
    ("wing_resource", "account_id", "Account can only be deleted before a resource is assigned to it", "hasresources"),
    ("wing_account", "parent_account_id", "Account can only be deleted without accounts below it", "hassubaccounts"),
    ("wing_sim", "account_id", "Account can only be deleted without SIMs", "hassims"),
    ("wing_sim_order", "account_master_id", "Account can only be deleted without SIM orders", "hasorders"),
)
#: What goes with an account.
_OWN = ("wing_address", "wing_contact", "wing_custom_field_value", "wing_custom_field", "wing_group", "wing_tag",
        "wing_report", "wing_report_run", "wing_user_group_account", "wing_order_default",
        "wing_product_assignment")  # fmt: skip


def _barred(rule: str, key: str) -> RuleBroken:
    return RuleBroken(rule=rule, key=key, about="account")
