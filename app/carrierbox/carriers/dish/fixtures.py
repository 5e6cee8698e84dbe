"""DISH's share of a world: what the documents' examples show, and a fleet made from the world's seed."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from carrierbox.carriers.dish.access.tables import Client, Customer
from carrierbox.carriers.dish.devices.tables import BlockedDevice, Model
from carrierbox.carriers.dish.numbers.stock import LENGTH, RANGE
from carrierbox.carriers.dish.numbers.tables import Number
from carrierbox.carriers.dish.subscriptions import tables
from carrierbox.carriers.dish.subscriptions.facts import STATES
from carrierbox.carriers.dish.subscriptions.tables import Sim
from carrierbox.carriers.dish.transactions.tables import Transaction
from carrierbox.kernel import clock, magic, opaque, workflow
from carrierbox.kernel.fixtures import Reference, check_members
from carrierbox.kernel.identifiers import make_eid, make_imei, make_msisdn
from carrierbox.kernel.parts import Progress
from carrierbox.kernel.world import Box

CARRIER = "dish"
TOP = "920000108464"
BRAND = "920000108465"

ISSUER = "8901999"
ICCID_LENGTH = 20
EID_MAKER = "89033023"
TAC = "35646252"

#: What rows name by its id.
REFERENCES = (
    Reference("customers", "parent_id", "dish_customer.parent_id", "dish_customer.id"),
    Reference("clients", "customer", "dish_client.customer", "dish_customer.id"),
    Reference("sims", "customer", "dish_sim.customer", "dish_customer.id"),
    Reference("transactions", "customer", "dish_transaction.customer", "dish_customer.id"),
)
#: How a fleet's states are mixed, in percent.
MIX = {"Active": 62, "Available": 20, "Suspended": 10, "Ceased": 8}
#: Cards, and as many eSIM profiles, that are in stock beside the fleet, however small that is.
STOCK = 30
FREE = 10
_CHUNK = 20_000


def load(box: Box, section: Mapping[str, Any]) -> None:
    """Load a fixture's `dish` section: customers, clients, devices, reservations, sims, transactions.

    Raises: KeyError, ValueError for what does not fit.
    """
    for name, table in (
        ("customers", Customer),
        ("clients", Client),
        ("device_models", Model),
        ("blocked_devices", BlockedDevice),
        ("reservations", Number),
    ):
        for row in section.get(name, ()):
            check_members(table, row)
            box.session.add(table(**row))
            box.session.flush()
    for row in section.get("sims", ()):
        box.session.add(_sim(row))
    for row in section.get("transactions", ()):
        _transaction(box, row)


def _sim(row: Mapping[str, Any]) -> Sim:
    if row.get("state", "Available") not in STATES.states:
        raise ValueError(f"SIM {row['iccid']}: there is no state {row['state']}")
    check_members(Sim, row)
    read: dict[str, Any] = {
        name: json.dumps(value) if isinstance(value, list | dict) else value for name, value in row.items()
    }
    if "activated_at" in row:
        read["activated_at"] = clock.moment(row["activated_at"])
    return Sim(**read)


def _transaction(box: Box, row: Mapping[str, Any]) -> None:
    """A transaction that ended well before the world began."""
    at = clock.moment(row["at"])
    job = box.uuid()
    box.session.add(
        workflow.Job(
            id=job,
            carrier=CARRIER,
            kind=row["kind"],
            owner=row["customer"],
            subject=row["iccid"],
            status="completed",
            created_at=at,
            updated_at=at,
            ended_at=at,
        )
    )
    box.session.add(Transaction(customer=row["customer"], partner_transaction_id=row["id"], job=job))


def grow(box: Box, sims: int, progress: Progress) -> None:
    """Make a fleet of so many SIMs, some stock and the magic SIMs, from the world's seed."""
    rng = box.rng()
    columns = [*_row(rng, 0, "Available")]
    statement = f"INSERT INTO dish_sim ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    for start in range(0, sims, _CHUNK):
        serials = range(start, min(start + _CHUNK, sims))
        states = rng.choices([*MIX], weights=[*MIX.values()], k=len(serials))
        rows = (tuple(_row(rng, i, state).values()) for i, state in zip(serials, states, strict=True))
        box.world.store.fill(statement, rows)
        if sims > _CHUNK:
            progress(f"DISH: {serials.stop:,} of {sims:,} SIMs")
    stock = (_row(rng, _STOCK_FROM + i, "Available", is_esim=i % 2 == 1) for i in range(2 * STOCK))
    box.world.store.fill(statement, (tuple(row.values()) for row in stock))
    box.world.store.fill(statement, (tuple(row.values()) for row in _magic_rows(rng)))


def _magic_rows(rng: Random) -> Iterator[dict[str, Any]]:
    """Active SIMs whose identities all end in the four digits."""
    for ending, iccid in magic.iccids(ISSUER, ICCID_LENGTH).items():
        number = int(ending)
        identities = {"iccid": iccid, "customer": TOP, "gpsi": make_msisdn(RANGE, _MAGIC_NUMBERS + number, LENGTH)}
        yield _row(rng, _MAGIC_FROM + number, "Active", is_esim=False) | identities


_STOCK_FROM = 90_000_000
_MAGIC_FROM = 6_500_000  # beyond any fleet
_MAGIC_NUMBERS = 1_000_000  # below the fleet's
_EPOCH = datetime(2022, 1, 1, tzinfo=UTC)
_PLANS = ("Plan001", "Plan002", "Plan003")
_LOCATION = json.dumps({"address": {"city": "Littleton", "state": "CO", "zip": "80120"}})
_BUCKETS = json.dumps([{"bucketRefId": "1000001", "balance": 0}])


def _row(rng: Random, i: int, state: str, *, is_esim: bool | None = None) -> dict[str, Any]:
    # one draw a SIM, cut into its choices: a million rows are made in some seconds
    draw = rng.getrandbits(64)
    if is_esim is None:
        is_esim = draw & 3 == 0
    is_live = state != "Available"
    return {
        "iccid": magic.plain_iccid(ISSUER, i, ICCID_LENGTH),
        "customer": TOP if not is_live or draw & 12 else BRAND,
        "state": state,
        "matching_id": f"CB-{i:08d}" if is_esim else None,
        "eid": make_eid(EID_MAKER, i) if is_esim and is_live else None,
        "gpsi": make_msisdn(RANGE, 2_000_000 + i, LENGTH) if is_live else None,
        "pei": make_imei(TAC, i % 1_000_000) if is_live else None,
        "subscriber_id": f"SUB{10_000_000 + i}" if is_live else None,
        "plan_id": _PLANS[draw % 3] if is_live else None,
        "bill_day": (draw >> 8) % 28 + 1 if is_live else None,
        "location": _LOCATION if is_live else None,
        "products": "[]",
        "buckets": _BUCKETS if is_live else "[]",
        "activated_at": _moment(draw >> 16 & 0x3FFF) if is_live else None,
    }


@cache
def _moment(hours: int) -> str:
    # spelling a million of them takes seconds
    return clock.text(_EPOCH + timedelta(hours=hours, seconds=hours % 3571))


def count(reader: Any) -> dict[str, int]:
    """How many SIMs are in each state."""
    return {row[0]: row[1] for row in reader.execute("SELECT state, count(*) FROM dish_sim GROUP BY state")}


def free(box: Box) -> dict[str, list[str]]:
    """Cards in stock, chips, numbers and devices that no subscription has, for activations."""
    cards = box.sql(
        f"SELECT iccid FROM dish_sim WHERE customer = :top AND matching_id IS NULL AND {tables.STOCK}"
        " ORDER BY id DESC LIMIT :most",
        top=TOP,
        most=FREE,
    )
    return {
        "iccid": [row["iccid"] for row in cards],
        "eid": _free(box, "eid", (make_eid(EID_MAKER, 900_000_000 + i) for i in range(1_000_000))),
        "gpsi": _free(box, "gpsi", (make_msisdn(RANGE, 9_000_000 + i, LENGTH) for i in range(1_000_000))),
        "pei": [make_imei(TAC, 999_000 + i) for i in range(FREE)],
    }


def _free(box: Box, column: str, candidates: Iterator[str]) -> list[str]:
    found: list[str] = []
    for candidate in candidates:
        if box.sql(f"SELECT 1 FROM dish_sim WHERE {column} = :value", value=candidate).fetchone() is None:
            found.append(candidate)
        if len(found) == FREE:
            break
    return found


def make_own(box: Box) -> None:
    """Take the tokens of the world it comes from away."""
    opaque.make_own(box, CARRIER)
