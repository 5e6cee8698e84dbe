"""Working Group Two's share of a world: what the document's examples show, and a fleet made from the world's seed."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count as count_up
from itertools import islice
from typing import Any

from carrierbox.carriers.wgtwo.access.tables import Client, Tenant
from carrierbox.carriers.wgtwo.services import rules as services
from carrierbox.carriers.wgtwo.subscriptions.tables import LIVE, Imsi, Sim, Subscription
from carrierbox.kernel import clock, magic
from carrierbox.kernel.fixtures import Reference, check_members
from carrierbox.kernel.identifiers import make_imsi, make_msisdn
from carrierbox.kernel.parts import Progress
from carrierbox.kernel.world import Box

ISSUER = "894788"
PLMN = "00101"  # the test network
RANGE = "88351009"  # global numbers that belong to no country
TENANT = "operator_name"

#: What rows name by its id.
REFERENCES = (
    Reference("subscriptions", "bss", "wgtwo_subscription.bss", "wgtwo_tenant.bssid"),
    Reference("simcards", "bss", "wgtwo_sim.bss", "wgtwo_tenant.bssid"),
)
#: How a fleet's states are mixed, in percent.
MIX = {"active": 72, "blocked": 8, "terminated": 5, "unassigned": 15}
#: SIMs beside the fleet, imported and unassigned on both hosts, so that there are always some to use.
STOCK = 50
FREE = 10
_FIRST_ID = 10_000_001
_FIRST_SANDBOX_ID = 9_000_001
_MAGIC = 8_000_000  # beyond any fleet, and before what is free
_CHUNK = 20_000
_EPOCH = datetime(2023, 1, 1, tzinfo=UTC)


def load(box: Box, section: Mapping[str, Any]) -> None:
    """Load a fixture's `wgtwo` section: tenants, clients, and subscriptions and simcards as v2 shows them.

    Raises: KeyError, TypeError, ValueError for what does not fit.
    """
    for row in section.get("tenants", ()):
        check_members(Tenant, row)
        box.session.add(Tenant(**row | _texts(row, "default_services", "network_services")))
    for row in section.get("clients", ()):
        check_members(Client, row)
        box.session.add(Client(**row | _texts(row, "scopes", "tenants")))
    for sandbox in (False, True):
        for record in section.get("subscriptions", ()):
            _add_subscription(box, record, sandbox=sandbox)
        for card in section.get("simcards", ()):
            _add_sim(box, card, sandbox=sandbox)


def _texts(row: Mapping[str, Any], *names: str) -> dict[str, str]:
    return {name: json.dumps(row[name]) for name in names if name in row}


def _add_subscription(box: Box, record: Mapping[str, Any], *, sandbox: bool) -> None:
    """The sandbox's copy has a number of its own: ids are the store's."""
    named = [(services.check_name(each["servicename"], "v2"), each.get("config")) for each in record["services"]]
    subscription = Subscription(
        id=None if sandbox else record["id"],
        sandbox=sandbox,
        bss=record["bss"],
        msisdn=record["msisdn"],
        user_id=record["userId"],
        state="active" if record["active"] else "blocked",
        services=json.dumps(services.change({}, add=[(name, services.read_config(name, c)) for name, c in named])),
        roamingprofile=record.get("roamingprofile"),
        apnprofile=record.get("apnprofile"),
        created_at=clock.moment(record["created"]),
        modified_at=clock.moment(record["lastModified"]),
    )
    box.session.add(subscription)
    box.session.flush()
    for card in record["simcards"]:
        _add_sim(box, {"bss": record["bss"], **card}, sandbox=sandbox, subscription_id=subscription.id)


def _add_sim(box: Box, card: Mapping[str, Any], *, sandbox: bool, subscription_id: int | None = None) -> None:
    sim = Sim(
        sandbox=sandbox,
        bss=card["bss"],
        iccid=card["iccid"],
        imsis=json.dumps(card["imsis"]),
        subscription_id=subscription_id,
        created_at=clock.moment(card["created"]),
        modified_at=clock.moment(card["lastModified"]),
    )
    box.session.add(sim)
    box.session.flush()
    assert sim.id is not None  # noqa: S101 - for the type checker
    for imsi in card["imsis"]:
        box.session.add(Imsi(imsi=imsi, sandbox=sandbox, sim_id=sim.id))


def grow(box: Box, sims: int, progress: Progress) -> None:
    """Make a fleet of so many SIMs from the world's seed, a stock to take from on both hosts, and the magic SIMs."""
    rng = box.rng()
    if box.sql("SELECT 1 FROM wgtwo_tenant WHERE bssid = :bssid", bssid=TENANT).fetchone() is None:
        return
    stock = [_drawn(serial, "unassigned") for serial in range(STOCK)]
    _fill(box, stock, _FIRST_ID)
    _fill(box, stock, _FIRST_SANDBOX_ID, sandbox=True)
    for start in range(STOCK, STOCK + sims, _CHUNK):
        serials = range(start, min(start + _CHUNK, STOCK + sims))
        states = rng.choices(list(MIX), list(MIX.values()), k=len(serials))
        drawn = (_drawn(serial, state, rng.getrandbits(32)) for serial, state in zip(serials, states, strict=True))
        _fill(box, drawn, _FIRST_ID)
        if sims > _CHUNK:
            progress(f"Working Group Two: {serials.stop - STOCK:,} of {sims:,} SIMs")
    _fill(box, _drawn_magic(), _FIRST_ID)


#: A SIM to be written: its number in the fleet, ICCID, IMSI, state, and chance.
_Drawn = tuple[int, str, str, str, int]


def _drawn(serial: int, state: str, draw: int = 0) -> _Drawn:
    return serial, magic.plain_iccid(ISSUER, serial + 1), make_imsi(PLMN, serial + 1), state, draw


def _drawn_magic() -> Iterator[_Drawn]:
    """Active SIMs whose identities all end in the four digits."""
    for ending, iccid in magic.iccids(ISSUER).items():
        serial = _MAGIC + int(ending)
        yield serial, iccid, make_imsi(PLMN, serial), "active", 0


def _fill(box: Box, drawn: Iterable[_Drawn], first_id: int, *, sandbox: bool = False) -> None:
    """Write SIMs, each with its subscription where its state says so."""
    subscriptions, sims, imsis = [], [], []
    for serial, iccid, imsi, state, draw in drawn:
        number = first_id + serial
        created, modified = _moment(draw & 0xFFF), _moment((draw & 0xFFF) + (draw >> 20))
        subscription = None if state == "unassigned" else number
        sims.append((number, sandbox, TENANT, iccid, f'["{imsi}"]', subscription, created))
        imsis.append((imsi, sandbox, number))
        if subscription:
            msisdn, user = make_msisdn(RANGE, serial, 15), f"fleet-{serial:07d}"
            subscriptions.append((number, TENANT, msisdn, user, state, _SERVICES[draw % 4], created, modified))
    box.world.store.fill(_SUBSCRIPTION, subscriptions)
    box.world.store.fill(_SIM, sims)
    box.world.store.fill(_IMSI, imsis)


@cache  # some thousand moments serve a fleet of a million, and spelling one takes as long as all else of a SIM
def _moment(hours: int) -> str:
    return clock.text(_EPOCH + timedelta(hours=hours))


_SUBSCRIPTION = (
    "INSERT INTO wgtwo_subscription"
    " (id, bss, msisdn, user_id, state, services, created_at, modified_at, sandbox, moves, reused)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, '{}', 0)"
)
_SIM = (
    "INSERT INTO wgtwo_sim (id, sandbox, bss, iccid, imsis, subscription_id, created_at, modified_at, secrets)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, '{}')"
)
_IMSI = "INSERT INTO wgtwo_imsi (imsi, sandbox, sim_id) VALUES (?, ?, ?)"
_SERVICES = [
    json.dumps(services.change({}, add=[(name, None) for name in names]))
    for names in (
        ("DATA", "DATA_4G"),
        ("DATA", "DATA_4G", "ROAMING", "ROAMING_DATA"),
        ("DATA", "DATA_2G_3G", "SMS_IN", "SMS_OUT"),
        ("SMS_IN", "SMS_OUT", "VOICE_IN", "VOICE_OUT"),
    )
]


def count(reader: Any) -> dict[str, int]:
    """How many SIMs are in each state, over all tenants; the sandbox host's not among them."""
    rows = reader.execute(
        "SELECT ifnull(s.state, 'unassigned'), count(*)"
        " FROM wgtwo_sim m LEFT JOIN wgtwo_subscription s ON s.id = m.subscription_id WHERE NOT m.sandbox GROUP BY 1"
    )
    return {row[0]: row[1] for row in rows}


def free(box: Box) -> dict[str, list[str]]:
    """For creations: SIMs of the stock that are on no subscription, and IMSIs and numbers that nobody has."""
    stock = box.sql(
        "SELECT iccid FROM wgtwo_sim WHERE id >= :first AND subscription_id IS NULL AND bss = :bss"
        " ORDER BY id LIMIT :free",
        first=_FIRST_ID,
        bss=TENANT,
        free=FREE,
    )
    return {
        "iccid": [row[0] for row in stock],
        "imsi": _unused(box, "wgtwo_imsi WHERE imsi", (make_imsi(PLMN, i) for i in count_up(9_000_000_000))),
        "msisdn": _unused(
            box,
            f"wgtwo_subscription WHERE {LIVE} AND msisdn",
            (make_msisdn(RANGE, i, 15) for i in count_up(9_000_000)),
        ),
    }


def _unused(box: Box, where: str, candidates: Iterator[str]) -> list[str]:
    unused = (
        value for value in candidates if box.sql(f"SELECT 1 FROM {where} = :value", value=value).fetchone() is None
    )
    return list(islice(unused, FREE))
