"""5.17: which records of a SIM's sessions a request is about."""

import re
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import BadParameter
from carrierbox.carriers.wing.usage.asking import Page
from carrierbox.carriers.wing.usage.cdrs import record
from carrierbox.carriers.wing.usage.network import NETWORK
from carrierbox.kernel import clock, devices
from carrierbox.kernel.clock import BadTime
from carrierbox.kernel.world import Box

_FORM = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)


class Period(NamedTuple):
    """From one second to another, both included."""

    since: datetime
    until: datetime


def period(since: str, until: str) -> Period:
    """Read a period.

    Raises: BadParameter.
    """
    read = Period(_moment("startDateTime", since), _moment("endDateTime", until))
    if read.until < read.since:
        raise BadParameter(name="endDateTime", problem="must not be before startDateTime")
    return read


def _moment(name: str, given: str) -> datetime:
    """Read a time, which has one form."""
    try:
        if _FORM.fullmatch(given):
            return clock.moment(given)
    except BadTime:
        pass
    raise BadParameter(name=name, problem=f"'{given}' is not a time like 2022-02-17T00:00:00Z")


async def records(box: Box, caller: Caller, msisdn: str, period: Period, page: Page) -> list[dict[str, Any]]:
    """One page of a SIM's records that were opened in a period, by id.

    None where no SIM that the caller sees has that number: it filters a list.
    Raises: BadParameter.
    """
    if not (msisdn.isascii() and msisdn.isdigit()):
        raise BadParameter(name="msisdn", problem=f"'{msisdn}' is not a number in international form")
    seen = f"FROM wing_sim s WHERE s.msisdn = :msisdn AND {caller.reach.condition}"
    sim = box.sql(f"SELECT s.iccid {seen}", msisdn=msisdn).fetchone()
    if sim is None:
        return []
    await devices.settle(box.world, NETWORK, sim["iccid"])
    rows = box.sql(
        f"SELECT {record.COLUMNS} FROM wing_sim s JOIN wing_cdr c ON c.sim_id = s.id"
        " JOIN wing_session x ON x.id = c.session_id WHERE s.iccid = :iccid AND c.opened_at >= :since"
        " AND c.opened_at < :until ORDER BY c.id LIMIT :size OFFSET :offset",
        iccid=sim["iccid"],
        since=clock.text(period.since),
        until=clock.text(min(period.until, clock.LAST_MOMENT) + timedelta(seconds=1)),
        size=page.size,
        offset=page.offset,
    )
    return [record.shown(row) for row in rows]
