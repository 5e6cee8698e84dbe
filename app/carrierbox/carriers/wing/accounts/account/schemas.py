"""What the calls about accounts are sent. A default stands for what was left out, and is never written."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from carrierbox.carriers.wing.bodies import LARGEST, MOST, Body, Flag, Name, Number, Pairs, Text

State = Literal["DRAFT", "ACTIVE", "SUSPEND", "RETIRED"]

#: Empty says nothing.
Spare = Annotated[Text | None, AfterValidator(lambda given: given or None)]
#: No parent is spelled 0, null, or not at all.
Parent = Annotated[Annotated[int, Field(ge=0, le=LARGEST)] | None, AfterValidator(lambda given: given or None)]


class AddressChange(Body):
    """An address as 4.3 sends it with the account, and 4.5.1 by itself; the account's own id in it is not read."""

    id: Number | None = None
    ext_id: Spare = None
    address_line1: Text | None = None
    address_line2: Text | None = None
    state: Text | None = None
    city: Text | None = None
    postcode: Text | None = None
    country: Text | None = None
    is_default: Flag = True


class ContactChange(Body):
    """A contact as 4.3 sends it with the account, and 4.5.2 by itself."""

    id: Number | None = None
    ext_id: Spare = None
    first_name: Text | None = None
    last_name: Text | None = None
    email: Text | None = None
    phone: Text | None = None
    is_default: Flag = True


class NewAccount(Body):
    """An account as 4.3 makes it."""

    account_type: Literal["ENTERPRISE", "RESELLER"]
    account_state: State
    name: Name
    billing_account_id: Number
    parent_account_id: Parent = None
    address: AddressChange | None = None
    contact: ContactChange | None = None
    cust_fields: Pairs | None = None
    ext_id: Spare = None
    tenant_id: Text | None = None


class FieldValue(Body):
    """What a custom field says."""

    id: Number
    value: Text


class AccountChange(Body):
    """What 4.5 writes anew of an account, all but its id."""

    id: Number
    account_state: State = "DRAFT"
    account_type: Literal["INDIVIDUAL", "ENTERPRISE", "RESELLER"] = "ENTERPRISE"
    billing_account_id: Number = 1
    name: Name = ""
    ext_id: Spare = None
    parent_account_id: Parent = None
    cust_fields: Pairs = Field(default_factory=dict)
    custom_fields: Annotated[list[FieldValue], Field(max_length=MOST)] = Field(default_factory=list)
