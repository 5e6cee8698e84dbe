"""8.2: an account's default, which its orders take over where they are told to and say nothing themselves.

Source: WING guide 8.2; contract `wing-services.yaml`, key `orders`.
"""

from collections.abc import Mapping
from typing import Any

from carrierbox.carriers.wing.errors import BadField, NotFound
from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.ordering import wire
from carrierbox.carriers.wing.ordering.account_defaults.schemas import DefaultChange, NewDefault
from carrierbox.carriers.wing.ordering.door import Caller
from carrierbox.carriers.wing.ordering.tables import AccountDefault
from carrierbox.kernel import clock
from carrierbox.kernel.world import Box

#: What an order takes over from here, by its own columns: with the one flag, and with the other.
OWNER: Mapping[str, str] = {
    "order_owner_name": "owner_name",
    "order_owner_email": "owner_email",
    "order_owner_phone": "owner_phone",
}
DELIVERY: Mapping[str, str] = {
    "contact_person_name": "contact_name",
    "contact_person_email": "contact_email",
    "contact_person_phone": "contact_phone_number",
    "delivery_address_line1": "address_one",
    "delivery_address_line2": "address_two",
    "delivery_address_city": "city",
    "delivery_address_state": "state",
    "delivery_address_country": "country",
    "post_code": "zipcode",
}


def find(box: Box, account_id: int) -> Row | None:
    """The default of an account, if it has one."""
    found: Row | None = box.sql("SELECT * FROM wing_order_default WHERE account_id = :id", id=account_id).fetchone()
    return found


def of_account(box: Box, caller: Caller, account_id: int) -> dict[str, Any]:
    """The default of an account within reach.

    Raises: NotFound.
    """
    found = find(box, account_id) if account_id in caller.reach.accounts else None
    if found is None:
        raise NotFound(what="Default of account", id=account_id)
    return wire.shown(AccountDefault, found)


def create(box: Box, caller: Caller, new: NewDefault) -> dict[str, Any]:
    """Keep a default for an account that has none.

    Raises: BadField.
    """
    wire.check_tenant(caller, new.tenant_id)
    if new.account_id not in caller.reach.accounts:
        raise BadField(field="accountId", problem=f"names no account: {new.account_id}")
    if find(box, new.account_id):
        raise BadField(field="accountId", problem="has a default already")
    box.session.add(
        AccountDefault(
            **new.model_dump(exclude={"tenant_id"}),
            tenant_id=caller.tenant,
            creation_timestamp=box.now,
            modification_timestamp=box.now,
        )
    )
    box.flush()
    return of_account(box, caller, new.account_id)


def update(box: Box, caller: Caller, default_id: int, change: DefaultChange) -> dict[str, Any]:
    """Write a default anew; it stays with its account.

    Raises: NotFound, BadField.
    """
    row = box.sql("SELECT account_id FROM wing_order_default WHERE id = :id", id=default_id).fetchone()
    if row is None or row["account_id"] not in caller.reach.accounts:
        raise NotFound(what="Account default", id=default_id)
    wire.check_tenant(caller, change.tenant_id)
    for field, said, own in (("id", change.id, default_id), ("accountId", change.account_id, row["account_id"])):
        if said not in (None, own):
            raise BadField(field=field, problem=f"must be {own}, as it is")
    columns = change.model_dump(exclude={"id", "tenant_id", "account_id"})
    given = ", ".join(f"{column} = :{column}" for column in columns)
    box.sql(
        f"UPDATE wing_order_default SET {given}, modification_timestamp = :now WHERE id = :id",
        id=default_id,
        now=clock.text(box.now),
        **columns,
    )
    return of_account(box, caller, row["account_id"])
