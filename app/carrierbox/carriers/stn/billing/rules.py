"""Chapter h: devices' events become CDRs; CDRs stand under a subscription's billing month; months become invoices.

Whatever is shown of usage is summed up from the CDRs when it is asked for, so that all figures agree.
Source: contract `stn.yaml`, stn-queryinvoice to stn-queryusagesubscription.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from carrierbox.carriers.stn import numbers, times
from carrierbox.carriers.stn.billing import rating
from carrierbox.carriers.stn.subscriptions.services import DEFAULTS
from carrierbox.kernel import clock, devices
from carrierbox.kernel.devices import Event, Network
from carrierbox.kernel.world import Box, Cause, World

Row = Mapping[str, Any]

#: The day of the month on which its invoice is drawn up. Source: contract, stn-queryinvoice, its example.
INVOICE_DAY = 27
MONTHS = (
    "Januari", "Februari", "Maart", "April", "Mei", "Juni", "Juli", "Augustus", "September", "Oktober", "November",
    "December",
)  # fmt: skip

_CDR = (
    "seq", "id", "usage_seq", "rate_class", "used_at", "volume", "amount", "destination", "country_own",
    "country_destination",
)  # fmt: skip
_INSERT = f"INSERT INTO stn_cdr ({', '.join(_CDR)}) VALUES ({', '.join('?' * len(_CDR))})"


def admits(box: Box, iccid: str) -> bool | None:
    """Whether the SIM card's subscription is ACTIVE; none where there is no such card."""
    found = box.sql(
        "SELECT s.state FROM stn_simcard c LEFT JOIN stn_subscription s ON s.iccid = c.iccid WHERE c.iccid = :iccid",
        iccid=iccid,
    ).fetchone()
    return None if found is None else found["state"] == "ACTIVE"


def since(box: Box, iccid: str) -> datetime | None:
    """When the SIM card was activated, where it was."""
    [activated_at] = box.sql("SELECT activated_at FROM stn_simcard WHERE iccid = :iccid", iccid=iccid).fetchone()
    return clock.moment(activated_at) if activated_at else None


def takes(box: Box, events: Sequence[Event]) -> Iterable[Mapping[str, Any]]:
    """Make CDRs of what devices did; answers them, and what was barred by which service."""
    months = _Months(box)
    prices = box.world.memo("stn-prices", lambda: dict(map(tuple, box.sql("SELECT code, price FROM stn_rate_class"))))
    seq = box.sql("SELECT ifnull(max(seq), 0) FROM stn_cdr").fetchone()[0]
    cdrs: list[tuple[Any, ...]] = []
    barred = []
    for event in events:
        use = rating.classify(event)
        code = rating.RATE_CLASSES.get(use)
        if code is None:
            continue
        if permit := rating.barred_by(use, months.services(event.iccid)):
            barred.append({"barred_by": permit})
            continue
        seq += 1
        volume = rating.volume(event)
        own = event.country or rating.HOME
        cdrs.append(
            (
                seq,
                f"{int(event.at.timestamp()):08x}{seq:016x}",
                months.usage(event),
                code,
                f"{event.at.isoformat()[:19]}Z",
                volume,
                round(prices[code] * volume, 4),
                *(("000INTERNET", own, None) if event.kind == "data" else (event.peer, own, _country(event, own))),
            )
        )
    box.world.store.fill(_INSERT, cdrs)
    return chain(({"cdr": dict(zip(_CDR, cdr, strict=True))} for cdr in cdrs), barred)


def _country(event: Event, own: str) -> str | None:
    """The country that is called; of a call that comes in, the one that it comes to."""
    return own if event.direction == "mt" or event.peer is None else rating.country_of(event.peer)


#: sTN as the devices in its SIM cards see it.
NETWORK = Network("stn", admits, takes, calls="316", since=since)


class _Months:
    """The billing months that a batch of events falls into; each is looked up once, and made when it is not there."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._subscriptions: dict[str, Row] = {}
        self._services: dict[str, Mapping[str, Any]] = {}
        self._usages: dict[tuple[str, str], int] = {}

    def services(self, iccid: str) -> Mapping[str, Any]:
        """The services of the subscription that has the card."""
        if iccid not in self._services:
            self._services[iccid] = {**DEFAULTS, **json.loads(self._subscription(iccid)["services"])}
        return self._services[iccid]

    def usage(self, event: Event) -> int:
        """The billing month that an event is counted in."""
        key = event.iccid, times.billing_month(event.at)
        if key not in self._usages:
            self._usages[key] = self._usage(self._subscription(event.iccid), self._billed_in(key[1]))
        return self._usages[key]

    def _billed_in(self, month: str) -> str:
        """That month, unless its invoice is out: then the first whose invoice is still to come.

        What devices do by themselves is in time, however late it is looked at.
        """
        today = times.day_of(self._box.now)
        if self._box.cause == devices.by_itself(NETWORK.carrier) or invoice_date(month) > today:
            return month
        present = today[:7].replace("-", "_")
        return present if invoice_date(present) > today else times.billing_month(self._box.now)

    def _subscription(self, iccid: str) -> Row:
        if iccid not in self._subscriptions:
            self._subscriptions[iccid] = self._box.sql(
                "SELECT * FROM stn_subscription WHERE iccid = :iccid", iccid=iccid
            ).fetchone()
        return self._subscriptions[iccid]

    def _usage(self, subscription: Row, year_month: str) -> int:
        values = {"subscription_id": subscription["id"], "year_month": year_month}
        find = "SELECT seq FROM stn_usage WHERE subscription_id = :subscription_id AND year_month = :year_month"
        if (found := self._box.sql(find, **values).fetchone()) is None:
            self._box.sql(
                "INSERT INTO stn_usage (id, partner, subscription_id, customer_id, phone_number, year_month,"
                " bundle_voice, bundle_data, bundle_sms) VALUES (:id, :partner, :subscription_id, :customer_id,"
                " :phone_number, :year_month, -1, 12000, -1)",
                id=numbers.new_id(self._box),
                partner=subscription["partner"],
                customer_id=subscription["customer_id"],
                phone_number=subscription["phone_number"],
                **values,
            )
            found = self._box.sql(find, **values).fetchone()
        return int(found[0])


async def bring_up_to_date(world: World) -> None:
    """Let all devices do what they do until now, and draw up the invoices that are due."""
    await devices.settle(world, NETWORK)
    now = world.clock.now()
    due = [
        row
        for row in world.store.sql(
            "SELECT DISTINCT partner, year_month FROM stn_usage u WHERE NOT EXISTS"
            " (SELECT 1 FROM stn_invoice i WHERE i.partner = u.partner AND i.year_month = u.year_month)"
            " ORDER BY year_month, partner"
        )
        if invoice_date(row["year_month"]) <= times.day_of(now)
    ]
    if due:
        with world.transaction(Cause("rule", "billing")) as box:
            for row in due:
                _draw_up(box, row["partner"], row["year_month"])


def invoice_date(year_month: str) -> str:
    """The day of a billing month's invoice."""
    return f"{year_month.replace('_', '-')}-{INVOICE_DAY}"


def _draw_up(box: Box, partner: str, year_month: str) -> None:
    year, month = year_month.split("_")
    box.sql(
        "INSERT INTO stn_invoice (id, partner, year_month, number, invoice_date, description) VALUES (:id, :partner,"
        " :year_month, :number, :invoice_date, :description)",
        id=numbers.new_id(box),
        partner=partner,
        year_month=year_month,
        number=f"{year}{month}{box.rng().randrange(10_000):04d}",
        invoice_date=invoice_date(year_month),
        description=f"{MONTHS[int(month) - 1]} {year}",
    )
