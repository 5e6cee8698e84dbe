"""The SIM and what belongs to it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from carrierbox.kernel.store import Moment

_NEVER_TWICE: dict[str, Any] = {"sqlite_autoincrement": True}


class Sim(SQLModel, table=True):
    """A SIM as the WING API knows it; `record.FIELDS` says how each column is spelled on the wire.

    `realm` repeats what the account's tenant says, and the index below holds what decides whether a SIM is seen, so
    that a page deep in a fleet of a million is found without reading the rows before it.
    """

    __tablename__ = "wing_sim"
    __table_args__ = (
        Index("wing_sim_walk", "realm", "id", "tenant_id", "account_id", "state"),
        # GraphQL's order, of an account or a tenant: 5.4.3 shows an account's SIMs by ICCID
        Index("wing_sim_account", "account_id", "tenant_id", "iccid"),
        Index("wing_sim_tenant", "tenant_id", "iccid"),
        Index("wing_sim_group", "group_id", sqlite_where=text("group_id IS NOT NULL")),
        Index("wing_sim_static", "realm", "ip_addresses", sqlite_where=text("ip_addresses <> '[]'")),
    )

    id: int | None = Field(default=None, primary_key=True)
    realm: str
    tenant_id: str
    account_id: int
    eid: str | None = None
    iccid: str = Field(unique=True)
    imsi: str = Field(unique=True)
    msisdn: str = Field(unique=True)
    ims_impi: str | None = None
    pin1: int = 0
    pin2: int = 0
    puk1: str = "0"
    puk2: str = "0"
    version: str = "0"
    tag: str = "0"
    euimid: str | None = None
    batch_id: int = 0
    form_factor: str = "0"
    sim_sku: str = "0"
    vendor: str = "0"
    identity_vendor: str = "0"
    graphic_profile: str = "0"
    input_profile: str = "0"
    apn_group_id: int = 0
    service_profile_id: int = 0
    network_profile_id: int = 0
    roaming_profile_id: int = 0
    security_profile_id: int = 0
    rate_plan_id: int = 0
    rate_plan_type: str | None = None
    billing_profile_id: int | None = None
    custom_field: str = "[]"  # JSON: [{"id", "value"}, ...]
    sim_free_id1: str = "0"
    sim_free_id2: str = "0"
    sim_free_id3: str = "0"
    equipment_id: str = "0"
    firmware_version: str = "0"
    custom1: str = "0"
    custom2: str = "0"
    custom3: str = "0"
    custom4: str = "0"
    custom5: str = "0"
    creation_timestamp: datetime | None = Field(default=None, sa_type=Moment)
    modification_timestamp: datetime | None = Field(default=None, sa_type=Moment)
    state: str
    state_model_id: int = 4
    state_change_lock: bool = False
    lc_state_insync: bool = True
    tenant_meta_data: str | None = None  # JSON
    ip_addresses: str = "[]"  # JSON: ["10.21.120.97", ...]
    network_interface: str | None = None
    initial_activation_date: datetime | None = Field(default=None, sa_type=Moment)
    last_state_change_date: datetime | None = Field(default=None, sa_type=Moment)
    deactivation_date: datetime | None = Field(default=None, sa_type=Moment)
    reset_state: bool | None = None
    reset_apn_group: bool | None = None
    reset_rateplan: bool | None = None
    reset_service_profile: bool | None = None
    unblock_data: bool | None = None
    unblock_sms: bool | None = None
    prev_rate_plan_id: int | None = None
    prev_service_profile_id: int | None = None
    prev_apn_group_id: int | None = None
    state_change_reason: str | None = None
    reason: str | None = None
    reset_required: bool | None = None
    group_id: int | None = None  # 4.33's; the record does not show it
    data_blocked: bool = False  # an automation rule did; the record shows unblock_data


#: Raw rows have no defaults from the table's class; nullable columns are left out.
DEFAULTS: dict[str, str | int] = {
    name: default
    for name, field in Sim.model_fields.items()
    if (default := field.default) is not None and isinstance(default, str | int)
}


class AuditEntry(SQLModel, table=True):
    """A change of a SIM that ended, well or not. Source: WING guide 5.24."""

    __tablename__ = "wing_audit"
    __table_args__ = (Index("wing_audit_imsi", "imsi", "executed_at"),)

    id: int | None = Field(default=None, primary_key=True)
    imsi: str
    account_name: str
    user_id: str | None = None
    action: str
    pre_value: str  # the name of what was, as JSON text
    new_value: str
    status: str
    executed_at: datetime = Field(sa_type=Moment)


class Tag(SQLModel, table=True):
    """A word that SIMs can bear. Source: WING guide 5.15."""

    __tablename__ = "wing_tag"
    __table_args__ = _NEVER_TWICE

    id: int | None = Field(default=None, primary_key=True)
    tenant_id: str
    name: str
    description: str | None = None
    visibility: str  # Public or Private; the wire spells it visibilty
    account_id: int | None = None
    user_id: str
    creation_timestamp: datetime = Field(sa_type=Moment)
    modification_timestamp: datetime | None = Field(default=None, sa_type=Moment)


class TagAssociation(SQLModel, table=True):
    """A SIM bears a tag."""

    __tablename__ = "wing_tag_association"
    __table_args__ = (UniqueConstraint("sim_id", "tag_id"), Index("wing_tag_association_tag", "tag_id"), _NEVER_TWICE)

    id: int | None = Field(default=None, primary_key=True)
    sim_id: int
    tag_id: int


class SimCustomField(SQLModel, table=True):
    """A field that an account defines for its SIMs; `Sim.custom_field` has the values. Source: WING guide 5.16."""

    __tablename__ = "wing_sim_custom_field"
    __table_args__ = _NEVER_TWICE

    id: int | None = Field(default=None, primary_key=True)
    tenant_id: str
    account_id: int
    name: str
    type: str  # Text, Date or Number
    description: str | None = None
    is_propagated: bool = False
    user_id: str
    creation_timestamp: datetime = Field(sa_type=Moment)
    modification_timestamp: datetime = Field(sa_type=Moment)
