"""WING's share of a world: what the documents' examples show, and a fleet made from the world's seed."""

import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple, get_args

from sqlmodel import SQLModel, select

from carrierbox.carriers.wing.accounts import tables as accounts
from carrierbox.carriers.wing.accounts.tables import Account, Tenant
from carrierbox.carriers.wing.automation import fixture as automation
from carrierbox.carriers.wing.ordering import fixture as ordering
from carrierbox.carriers.wing.ordering import tables as orders
from carrierbox.carriers.wing.rating import fixture as rating
from carrierbox.carriers.wing.rating.invoices import closing
from carrierbox.carriers.wing.sms.tables import Sms
from carrierbox.carriers.wing.subscriptions import profiles
from carrierbox.carriers.wing.subscriptions.record import FIELDS, STATES
from carrierbox.carriers.wing.subscriptions.tables import (
    DEFAULTS,
    AuditEntry,
    Sim,
    SimCustomField,
    Tag,
    TagAssociation,
)
from carrierbox.carriers.wing.usage import fixture as usage
from carrierbox.carriers.wing.users import members
from carrierbox.carriers.wing.users.tables import GroupAccount, Role, UserGroup
from carrierbox.kernel import clock, magic, workflow
from carrierbox.kernel.fixtures import Reference, check_members
from carrierbox.kernel.identifiers import make_iccid, make_imsi, make_msisdn
from carrierbox.kernel.parts import Progress
from carrierbox.kernel.world import Box

ISSUER = "8955644"  # the documents' ICCIDs begin so
PLMN = "23450"
RANGE = "882362"

#: How a fleet's states are mixed, in percent.
MIX = {
    "ACTIVE": 55,
    "ENTERPRISE-INVENTORY": 20,
    "SUSPENDED": 8,
    "DEACTIVATED": 7,
    "TRIAL": 4,
    "CONDITIONAL-SUSPEND": 3,
    "RETIRED": 3,
}
#: Sections whose rows are written as their tables have them.
ROWS: Mapping[str, type[SQLModel]] = {
    "billing_profiles": accounts.BillingProfile,
    "addresses": accounts.Address,
    "contacts": accounts.Contact,
    "custom_fields": accounts.CustomField,
    "custom_field_values": accounts.CustomFieldValue,
    "resources": accounts.Resource,
    "apn_groups": accounts.ApnGroup,
    "apn_group_members": accounts.ApnGroupMember,
    "groups": accounts.Group,
    "roles": Role,
    "tags": Tag,
    "tag_associations": TagAssociation,
    "sim_custom_fields": SimCustomField,
    "sms": Sms,
    "products": orders.Product,
    "product_assignments": orders.ProductAssignment,
    "order_defaults": orders.AccountDefault,
    "order_mailing": orders.MailingEntry,
    "sim_orders": orders.Order,
}
_LEADS = {
    "account_id": "wing_account.id",
    "tenant_id": "wing_tenant.id",
    "sim_id": "wing_sim.id",
    "tag_id": "wing_tag.id",
}
#: What rows name by its id.
REFERENCES = (
    Reference("tenants", "realm", "wing_tenant.realm", "keycloak_realm.name"),
    Reference("accounts", "tenant_id", "wing_account.tenant_id", "wing_tenant.id"),
    Reference("accounts", "parent_account_id", "wing_account.parent_account_id", "wing_account.id"),
    Reference("sims", "accountId", "wing_sim.account_id", "wing_account.id"),
    *(
        Reference(key, member, f"{table.__tablename__}.{member}", leads)
        for key, table in ROWS.items()
        for member, leads in _LEADS.items()
        if member in table.model_fields
    ),
    Reference("assigned", "accounts", "wing_resource.account_id", "wing_account.id"),
    Reference("apn_group_members", "group_id", "wing_apn_group_member.group_id", "wing_apn_group.id"),
    Reference("apn_group_members", "apn_id", "wing_apn_group_member.apn_id", "wing_resource.id"),
    Reference(
        "custom_field_values", "custom_field_id", "wing_custom_field_value.custom_field_id", "wing_custom_field.id"
    ),
    Reference("product_assignments", "product_id", "wing_product_assignment.product_id", "wing_product.id"),
    Reference("user_groups", "role_id", "wing_user_group.role_id", "wing_role.id"),
    Reference("rate_plans", "tenant_id", "wing_tariff.tenant_id", "wing_tenant.id"),
    Reference("invoices", "account_id", "wing_invoice.account_id", "wing_account.id"),
    Reference("automation_rules", "accountId", "wing_rule.account_id", "wing_account.id"),
    Reference("zones", "realm", "wing_zone_country.realm", "keycloak_realm.name"),
)
#: The first ACTIVE SIMs of a fleet have devices, which live so; the others have none until one is put in.
LIVES = ("meter", "tracker", "phone", "meter", "camera", "idle") * 2
FREE = 10
_CHUNK = 20_000

_COLUMNS = {field.wire: field for field in FIELDS if field.expression.startswith("s.")}


def load(box: Box, section: Mapping[str, Any]) -> None:
    """Load a fixture's `wing` section: tenants, accounts, sims (as the API shows them), workflows, audit.

    Raises: KeyError, ValueError for what does not fit.
    """
    for row in section.get("tenants", ()):
        box.session.add(_read(Tenant, row))
    box.session.flush()
    for row in section.get("accounts", ()):
        box.session.add(_read(Account, row))
        box.session.flush()
    tenants = {tenant.id: tenant.realm for tenant in box.session.exec(select(Tenant))}
    for record in section.get("sims", ()):
        box.session.add(_sim(tenants, record))
    for row in section.get("workflows", ()):
        box.session.add(_workflow(row))
    for row in section.get("audit", ()):
        box.session.add(_read(AuditEntry, row))
    for name, table in ROWS.items():
        for row in section.get(name, ()):
            box.session.add(_read(table, row))
    for realm, types in section.get("catalogue", {}).items():
        for resource_type, items in types.items():
            for item_id, item in items.items():
                facts = {"name": item} if isinstance(item, str) else item
                row = {"realm": realm, "resource_type": resource_type, "id": item_id, **facts}
                box.session.add(_read(accounts.CatalogueItem, row))
    _put(box, section)


def _put(box: Box, section: Mapping[str, Any]) -> None:
    for name, put in _PUT.items():
        for row in section.get(name, ()):
            if usage.waits(name, row):
                usage.keep(box, name, row, put)
            else:
                put(box, row)
        box.flush()


def begin(box: Box) -> None:
    """Write what waited for the world to begin; nothing where it goes on from another one. Let its cycles be closed."""
    for name, row in usage.awaited(box):
        (usage.put_fleet_device if name == usage.FLEET else _PUT[name])(box, row)
    box.flush()
    closing.stand(box)


def _read(table: type[SQLModel], row: Mapping[str, Any]) -> SQLModel:
    check_members(table, row)
    moments = {
        name
        for name, field in table.model_fields.items()
        if field.annotation is datetime or datetime in get_args(field.annotation)
    }
    return table(**{name: clock.moment(value) if name in moments else value for name, value in row.items()})


def _assign(box: Box, row: Mapping[str, Any]) -> None:
    """Assign some things of the catalogue to each of some accounts, the first of each type as the default."""
    for account_id in row["accounts"]:
        for resource_type, ids in row["resources"].items():
            for resource_id in ids:
                box.session.add(
                    accounts.Resource(
                        account_id=account_id,
                        resource_type=resource_type,
                        resource_id=resource_id,
                        is_default=resource_id == ids[0],
                        network_interface_id=row.get("network_interface_id") if resource_type != "RATE-PLAN" else None,
                        effective_date=clock.moment(row["effective_date"]),
                        expiration_date=clock.moment(row["expiration_date"]),
                    )
                )


def _user_group(box: Box, row: Mapping[str, Any]) -> None:
    columns = {**row}
    account_ids, user_ids = columns.pop("accounts", ()), columns.pop("users", ())
    box.session.add(_read(UserGroup, columns))
    box.session.add_all(GroupAccount(group_id=row["id"], account_id=account_id) for account_id in account_ids)
    box.flush()
    members.put(box, row["id"], user_ids)


#: Sections whose rows become more than one row, or are made of others.
_PUT: Mapping[str, Callable[[Box, Mapping[str, Any]], None]] = {
    "assigned": _assign,
    "rate_plans": rating.put_plan,
    "invoices": rating.put_invoice,
    "automation_rules": automation.put_rule,
    "user_groups": _user_group,
    "zones": usage.put_zone,
    "registrations": usage.put_registration,
    "calls": usage.put_call,
    "sessions": usage.put_session,
    "devices": usage.put_device,
    "order_attachments": ordering.put_attachment,
}


def _sim(tenants: Mapping[str, str], record: Mapping[str, Any]) -> Sim:
    if record["tenantId"] not in tenants:
        raise ValueError(f"there is no tenant {record['tenantId']}")
    if unknown := record.keys() - {*_COLUMNS, "accountName", "stateId"}:
        raise ValueError(f"no member is called {', '.join(sorted(map(str, unknown)))}")
    columns: dict[str, Any] = {"realm": tenants[record["tenantId"]]}
    for wire, value in record.items():
        if wire in {"accountName", "stateId"}:
            continue  # these follow from accountId and stateName
        field = _COLUMNS[wire]
        if value is not None and field.kind == "moment":
            value = clock.moment(value)  # noqa: PLW2901 - the same value, read
        elif value is not None and field.kind == "json":
            value = json.dumps(value)  # noqa: PLW2901 - the same value, read
        columns[field.expression.removeprefix("s.")] = value
    if columns["state"] not in STATES.states:
        raise ValueError(f"SIM {record['iccid']}: there is no state {columns['state']}")
    return Sim(**columns)


def _workflow(row: Mapping[str, Any]) -> workflow.Job:
    moments = {name: clock.moment(row[name]) for name in ("created_at", "updated_at", "ended_at") if name in row}
    texts = {name: json.dumps(row[name]) for name in ("input", "output", "tasks") if name in row}
    return workflow.Job(**{**row, **moments, **texts, "carrier": "wing"})


def grow(box: Box, sims: int, progress: Progress) -> None:
    """Make a fleet of so many SIMs in tenant 21, and a handful in each other tenant, from the world's seed.

    Beside them one SIM of each magic ICCID, in tenant 21.
    """
    rng = box.rng()
    homes = _homes(box)
    columns = [*_row(rng, Block.of("21"), Home(0), 0)]
    # what all have alike stands in the statement: a million rows of it need not be bound
    alike = {name: value for name, value in DEFAULTS.items() if name not in columns}
    values = ", ".join(["?"] * len(columns) + [_literal(value) for value in alike.values()])
    statement = f"INSERT INTO wing_sim ({', '.join([*columns, *alike])}) VALUES ({values})"
    for tenant, count in (("21", sims), ("1", 10), ("7", 10), ("30", 20)):
        block = Block.of(tenant)
        if not homes.get(tenant):
            continue
        for start in range(0, count, _CHUNK):
            rows = range(start, min(start + _CHUNK, count))
            box.world.store.fill(
                statement, (tuple(_row(rng, block, rng.choice(homes[tenant]), i).values()) for i in rows)
            )
            if count > _CHUNK:
                progress(f"WING: {rows.stop:,} of {count:,} SIMs")
    if homes.get("21"):
        box.world.store.fill(statement, (tuple(row.values()) for row in _magic_rows(rng, homes["21"][0])))
        box.sql("UPDATE wing_sim SET state_change_lock = 1, lc_state_insync = 0 WHERE id = :id", id=_MAGIC_ID + 409)
    _say_plan_types(box, homes)
    _give_devices(box, rng)


def _give_devices(box: Box, rng: Random) -> None:
    """Let the first ACTIVE SIMs of the fleet have devices when a world begins."""
    iccids = box.sql(
        "SELECT iccid FROM wing_sim WHERE realm = 'wdh-sitstg2' AND id BETWEEN :first AND :last AND state = 'ACTIVE'"
        " ORDER BY id LIMIT :most",
        first=Block.of("21").first_id,
        last=_MAGIC_ID,
        most=len(LIVES),
    )
    for row, profile in zip(iccids.fetchall(), LIVES, strict=False):
        device = {"iccid": row["iccid"], "profile": profile, "seed": rng.getrandbits(62)}
        usage.keep(box, usage.FLEET, device, usage.put_fleet_device)


def _magic_rows(rng: Random, home: "Home") -> Iterator[dict[str, Any]]:
    """ACTIVE SIMs whose identities all end in the four digits."""
    for ending, iccid in magic.iccids(ISSUER).items():
        identities = {
            "id": _MAGIC_ID + int(ending),
            "iccid": iccid,
            "imsi": make_imsi(PLMN, 8_000_000_000 + int(ending)),
            "msisdn": make_msisdn(RANGE, 800_000_000 + int(ending), 15),
        }
        yield _row(rng, Block.of("21"), home, 0, "ACTIVE") | identities


class Block:
    """A range of identities for one tenant's fleet; ranges of test networks, apart from what documents name."""

    def __init__(self, tenant: str, realm: str, first_id: int, digit: int) -> None:
        self.tenant = tenant
        self.realm = realm
        self.first_id = first_id
        self.serial = digit * 10_000_000_000
        self.imsi = digit * 1_000_000_000
        self.msisdn = digit * 100_000_000

    @classmethod
    def of(cls, tenant: str) -> "Block":
        """The block of a tenant of the shipped fixtures."""
        return {
            "21": cls("21", "wdh-sitstg2", 10_000_001, 2),
            "1": cls("1", "wdh-sitstg2", 9_100_001, 3),
            "7": cls("7", "wdh-sitstg2", 9_200_001, 4),
            "30": cls("30", "acme-iot", 9_300_001, 5),
        }[tenant]


class Home(NamedTuple):
    """An account that takes fleet SIMs, and what they can have there."""

    account_id: int
    apn_groups: Sequence[int] = (0,)
    network_profiles: Sequence[int] = (0,)
    roaming_profiles: Sequence[int] = (0,)
    rate_plans: Sequence[int] = (0,)


_HAD = (profiles.APN_GROUP, profiles.NETWORK_PROFILE, profiles.ROAMING_PROFILE, profiles.RATE_PLAN)


def _homes(box: Box) -> dict[str, list[Home]]:
    """Per tenant the accounts that take fleet SIMs: those called a fleet."""
    found: dict[str, list[Home]] = {}
    accounts = box.sql("SELECT tenant_id, id FROM wing_account WHERE name LIKE 'Fleet %' ORDER BY id")
    for tenant, account_id in accounts.fetchall():
        had = [sorted(profiles.usable(box, account_id, profile)[0]) or (0,) for profile in _HAD]
        found.setdefault(tenant, []).append(Home(account_id, *had))
    return found


def _say_plan_types(box: Box, homes: Mapping[str, Sequence[Home]]) -> None:
    """Let fleet SIMs show the type of their rate plan, where it has one: few have, so not row by row."""
    typed = "SELECT id FROM wing_catalogue WHERE resource_type = 'RATE-PLAN' AND plan_type IS NOT NULL"
    plans = {row["id"] for row in box.sql(typed)}
    for home in itertools.chain(*homes.values()):
        if plans.intersection(home.rate_plans):
            settings = profiles.setting(profiles.RATE_PLAN, "rate_plan_id")
            box.sql(f"UPDATE wing_sim SET {settings} WHERE account_id = :id", id=home.account_id)


_STATES = list(MIX)
_WEIGHTS = [sum(list(MIX.values())[: i + 1]) for i in range(len(MIX))]
_EPOCH = datetime(2022, 1, 1, tzinfo=UTC)
_MAGIC_ID = 90_000_000


def _row(rng: Random, block: Block, home: Home, i: int, state: str | None = None) -> dict[str, Any]:
    account_id, apn_groups, network_profiles, roaming_profiles, rate_plans = home
    # one draw a SIM, cut into its choices: a million rows are made in some seconds
    draw = rng.getrandbits(64)
    state = state or rng.choices(_STATES, cum_weights=_WEIGHTS)[0]
    created = _moment(draw & 0xFFFFFF)
    changed = _moment((draw & 0xFFFFFF) + (draw >> 24 & 0x7FFFFF))
    was_active = state not in {"ENTERPRISE-INVENTORY", "TRIAL"}
    return {
        "id": block.first_id + i,
        "realm": block.realm,
        "tenant_id": block.tenant,
        "account_id": account_id,
        "iccid": magic.plain_iccid(ISSUER, block.serial + i),
        "imsi": make_imsi(PLMN, block.imsi + i),
        "msisdn": make_msisdn(RANGE, block.msisdn + i, 15),
        "apn_group_id": apn_groups[draw % len(apn_groups)],
        "network_profile_id": network_profiles[(draw >> 8) % len(network_profiles)],
        "roaming_profile_id": roaming_profiles[(draw >> 16) % len(roaming_profiles)],
        "rate_plan_id": rate_plans[(draw >> 20) % len(rate_plans)],
        "creation_timestamp": created,
        "modification_timestamp": changed if was_active else created,
        "initial_activation_date": changed if was_active else None,
        "last_state_change_date": changed if was_active else None,
        "deactivation_date": changed if state in {"DEACTIVATED", "RETIRED"} else None,
        "state": state,
        "state_change_reason": "USER_ACTION" if was_active else None,
    }


def _literal(value: str | int) -> str:
    return f"'{value}'" if isinstance(value, str) else str(int(value))


def _moment(seconds: int) -> str:
    return clock.text(_EPOCH + timedelta(seconds=seconds))


def count(reader: Any) -> dict[str, int]:
    """How many SIMs are in each state, over all tenants."""
    return {row[0]: row[1] for row in reader.execute("SELECT state, count(*) FROM wing_sim GROUP BY state")}


def free(box: Box) -> dict[str, list[str]]:
    """Identities that no SIM has, for creations."""
    return {
        "iccid": _free(box, "iccid", (make_iccid(ISSUER, 90_000_000_000 + i) for i in range(1_000_000))),
        "imsi": _free(box, "imsi", (make_imsi(PLMN, 9_990_000_000 + i) for i in range(1_000_000))),
        "msisdn": _free(box, "msisdn", (make_msisdn(RANGE, 990_000_000 + i, 15) for i in range(1_000_000))),
    }


def catalogue(box: Box) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """What can be assigned to accounts, by realm and type: ids and names."""
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for row in box.sql("SELECT * FROM wing_catalogue ORDER BY realm, resource_type, id"):
        items = found.setdefault(row["realm"], {}).setdefault(row["resource_type"], [])
        items.append({"id": row["id"], "name": row["name"]})
    return found


def _free(box: Box, column: str, candidates: Iterator[str]) -> list[str]:
    found: list[str] = []
    for candidate in candidates:
        if box.sql(f"SELECT 1 FROM wing_sim WHERE {column} = :value", value=candidate).fetchone() is None:
            found.append(candidate)
        if len(found) == FREE:
            break
    return found
