"""sTN's share of a world: what the documents' examples show, and a fleet made from the world's seed."""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlmodel import SQLModel

from carrierbox.carriers.stn import numbers
from carrierbox.carriers.stn.activations.tables import Activation
from carrierbox.carriers.stn.billing.rules import NETWORK
from carrierbox.carriers.stn.billing.tables import Cdr, Invoice, RateClass, Usage
from carrierbox.carriers.stn.door import SANDBOX
from carrierbox.carriers.stn.partners.tables import Customer, Key
from carrierbox.carriers.stn.simcards.tables import SimCard
from carrierbox.carriers.stn.subscriptions.tables import Subscription
from carrierbox.kernel import clock, devices, magic
from carrierbox.kernel.fixtures import Reference, check_members
from carrierbox.kernel.parts import Progress
from carrierbox.kernel.store import Moment
from carrierbox.kernel.tokens import Kind, NoSuchToken
from carrierbox.kernel.world import Box

TABLES: Mapping[str, type[SQLModel]] = {
    "keys": Key,
    "customers": Customer,
    "rate_classes": RateClass,
    "simcards": SimCard,
    "subscriptions": Subscription,
    "activations": Activation,
    "usages": Usage,
    "invoices": Invoice,
}

#: What rows name by its id: a partner is there by its key.
REFERENCES = (
    *(
        Reference(key, "partner", f"{TABLES[key].__tablename__}.partner", "stn_key.partner")
        for key in ("customers", "simcards", "subscriptions", "activations", "usages", "invoices")
    ),
    Reference("subscriptions", "iccid", "stn_subscription.iccid", "stn_simcard.iccid"),
    Reference("activations", "subscription_id", "stn_activation.subscription_id", "stn_subscription.id"),
    Reference("usages", "subscription_id", "stn_usage.subscription_id", "stn_subscription.id"),
)
#: How a fleet is mixed, in percent: the card's status, the subscription's state.
MIX = {
    ("ACTIVATED", "ACTIVE"): 62,
    ("FREE", None): 20,
    ("ACTIVATED", "SUSPENDED"): 8,
    ("DISABLED", "TERMINATED"): 10,
}
#: The first ACTIVE subscriptions of a fleet have devices, which live so; the others have none until one is put in.
LIVES = ("phone", "meter", "phone", "tracker", "phone", "idle") * 2
FREE = 10
_CHUNK = 20_000


def load(box: Box, section: Mapping[str, Any]) -> None:
    """Load a fixture's `stn` section: rows by table, a `device` by its profile, a usage with its `cdrs`.

    Raises: KeyError, TypeError, ValueError for what does not fit.
    """
    for name, table in TABLES.items():
        for given in section.get(name, ()):
            row = dict(given)
            cdrs, device = row.pop("cdrs", ()), row.pop("device", None)
            made = _made(table, row)
            box.session.add(made)
            box.session.flush()
            for cdr in cdrs:
                box.session.add(_made(Cdr, {**cdr, "usage_seq": made.seq}))  # type: ignore[attr-defined]
            if device is not None:
                devices.give(box, NETWORK, row["iccid"], device)


def _made(table: type[SQLModel], row: Mapping[str, Any]) -> SQLModel:
    """A row of a table, which has all of the named columns: times are read, objects become JSON."""
    check_members(table, row)
    columns = table.__table__.columns  # type: ignore[attr-defined]
    values = {}
    for name, value in row.items():
        if isinstance(columns[name].type, Moment):
            value = clock.moment(value)  # noqa: PLW2901 - the same value, read
        elif isinstance(value, dict):
            value = json.dumps(value)  # noqa: PLW2901 - the same value, spelled
        values[name] = value
    return table(**values)


def grow(box: Box, sims: int, progress: Progress) -> None:
    """Make a fleet of so many SIM cards, and the magic ones, for the sandbox's partner; a handful for the other one."""
    customers = dict(map(tuple, box.sql("SELECT partner, min(id) FROM stn_customer GROUP BY partner")))
    rng = box.rng()
    for first, (partner, count) in ((0, (SANDBOX, sims)), (9_000_000, ("acme", 20))):
        if partner not in customers:
            continue
        for start in range(0, count, _CHUNK):
            stop = min(start + _CHUNK, count)
            cards, subscriptions = _rows(rng, partner, customers[partner], range(first + start, first + stop))
            box.world.store.fill(_CARDS, cards)
            box.world.store.fill(_SUBSCRIPTIONS, subscriptions)
            if count > _CHUNK:
                progress(f"sTN: {stop:,} of {count:,} SIM cards")
    if SANDBOX in customers:
        _add_magic(box, customers[SANDBOX])
    _give_devices(box, rng)


def _add_magic(box: Box, customer: str) -> None:
    """ACTIVE subscriptions whose numbers and ids all end in the four digits.

    What is locked is so by a NewSubscription that is BUSY and never gets done: the card is BUSY, the subscription
    PENDING.
    """
    day, at = "2024-06-03", "2024-06-03T10:00:00.000000Z"
    for ending, iccid in magic.iccids(numbers.ISSUER).items():
        is_locked = magic.magic(iccid) == "locked"
        card_id, subscription_id, number = f"SimCard{ending:0>10}", f"Subscr{ending:0>11}", f"06-7000{ending}"
        status, state = ("BUSY", "PENDING") if is_locked else ("ACTIVATED", "ACTIVE")
        since = (None, None) if is_locked else (at, day)
        box.world.store.fill(_CARDS, [(card_id, SANDBOX, iccid, status, "USIM", f"{ending:0>8}", since[0])])
        box.world.store.fill(
            _SUBSCRIPTIONS,
            [(subscription_id, SANDBOX, customer, state, number, iccid, False, False, since[1], "SP16001")],
        )
        if is_locked:
            box.session.add(
                Activation(
                    id=f"Activat{ending:0>10}",
                    partner=SANDBOX,
                    subscription_id=subscription_id,
                    phone_number=number,
                    kind="ACTIVATENEW",
                    status="BUSY",
                    order_number="0300000/0409",
                    created_at=clock.moment(at),
                    modified_at=clock.moment(at),
                    info=json.dumps({"simCardNumber": iccid, "eSim": False}),
                    iccid=iccid,
                )
            )


_CARDS = (
    "INSERT INTO stn_simcard (id, partner, iccid, status, type, pin, puk, activated_at)"
    " VALUES (?, ?, ?, ?, ?, '0000', ?, ?)"
)
_SUBSCRIPTIONS = (
    "INSERT INTO stn_subscription (id, partner, customer_id, state, phone_number, iccid, is_data_sim, is_esim,"
    " activation_date, environment, services) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '{}')"
)
_STATES = [state for state, percent in MIX.items() for _ in range(percent)]
_EPOCH = datetime(2023, 1, 2)  # noqa: DTZ001 - days are counted from here
_DAYS = [(_EPOCH + timedelta(days=day)).date().isoformat() for day in range(730)]
_LETTERS = bytes.maketrans(b"+/", b"xZ")
_PAIRS = [first + second for first in numbers.ALPHABET for second in numbers.ALPHABET]


def _rows(rng: Random, partner: str, customer: str, block: range) -> tuple[list[Any], list[Any]]:
    """Cards and subscriptions of a block of a fleet; numbers and ids rise, so that indexes grow at their end."""
    cards, subscriptions = [], []
    for i in block:
        # one draw a SIM card, cut into its choices: a million rows are made in some seconds
        drawn = rng.randbytes(20)
        status, state = _STATES[drawn[12] * 100 >> 8]
        tail = b64encode(drawn).translate(_LETTERS).decode()
        head = _PAIRS[1000 + i // 3844] + _PAIRS[i % 3844]
        iccid = magic.plain_iccid(numbers.ISSUER, 100_000_000_000 + i)
        is_data, environment = drawn[0] < 40, "SP16002" if drawn[1] < 25 else "SP16001"
        day = _DAYS[(drawn[2] << 8 | drawn[3]) % 730]
        cards.append(
            (
                head + tail[13:26],
                partner,
                iccid,
                status,
                "DATAONLYSIM" if is_data else "USIM",
                f"{int.from_bytes(drawn[4:8]) % 100_000_000:08d}",
                f"{day}T{6 + drawn[8] % 12:02d}:{drawn[9] % 60:02d}:00.000000Z" if state else None,
            )
        )
        if state is not None:
            number = f"06-{80_000_000 + i:08d}"
            subscriptions.append(
                (head + tail[:13], partner, customer, state, number, iccid, is_data, drawn[11] < 60, day, environment)
            )
    return cards, subscriptions


def _give_devices(box: Box, rng: Random) -> None:
    """Put devices into the first SIM cards of the fleet, which have lived since the month before this one began."""
    first_day = box.now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    since = (first_day - timedelta(days=1)).replace(day=1)
    iccids = box.sql(
        "SELECT iccid FROM stn_subscription WHERE partner = :partner AND state = 'ACTIVE' AND phone_number >= '06-8'"
        " ORDER BY seq LIMIT :most",
        partner=SANDBOX,
        most=len(LIVES),
    )
    box.world.store.fill(
        "INSERT INTO box_device (iccid, carrier, profile, seed, is_attached, next_at) VALUES (?, 'stn', ?, ?, 1, ?)",
        [
            (row["iccid"], profile, rng.getrandbits(62), clock.text(since) if profile != "idle" else None)
            for row, profile in zip(iccids.fetchall(), LIVES, strict=False)
        ],
    )


def count(reader: Any) -> dict[str, int]:
    """How many SIM cards have each status."""
    return {row[0]: row[1] for row in reader.execute("SELECT status, count(*) FROM stn_simcard GROUP BY status")}


def free(box: Box) -> dict[str, list[str]]:
    """SIM cards of the sandbox's partner that are FREE, and numbers that no subscription has, to be ported in."""
    cards = box.sql(
        "SELECT iccid FROM stn_simcard WHERE partner = :partner AND status = 'FREE' ORDER BY seq LIMIT :most",
        partner=SANDBOX,
        most=FREE,
    )
    return {"iccid": [row["iccid"] for row in cards], "msisdn": _free_numbers(box)}


def _free_numbers(box: Box) -> list[str]:
    def candidates() -> Iterator[str]:
        for i in range(1_000_000):
            number = f"06-{79_000_000 + i:08d}"
            taken = "SELECT 1 FROM stn_subscription WHERE phone_number = :number"
            if box.sql(taken, number=number).fetchone() is None:
                yield number

    found = candidates()
    return [next(found) for _ in range(FREE)]


def mint(box: Box, base_url: str, kind: Kind) -> str:  # noqa: ARG001 - as a `Part` mints
    """A key in place of a token: keys neither expire nor are they signed.

    Raises: NoSuchToken.
    """
    keys: Mapping[Kind, str] = {"valid": "sandbox-api-key", "no-roles": "sandbox-reader-key"}
    if kind == "unknown-key":
        return box.uuid()
    if kind not in keys:
        raise NoSuchToken("stn", kind)
    return keys[kind]
