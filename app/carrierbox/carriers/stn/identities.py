"""Which SIM card a request is about, whichever of its identities it names."""

import json
from collections.abc import Collection, Iterable

from carrierbox.carriers.stn import numbers
from carrierbox.kernel.world import Box

_NAMED = (
    "SELECT iccid AS value, iccid FROM stn_simcard WHERE iccid IN (SELECT value FROM json_each(:values))"
    " UNION SELECT id, iccid FROM stn_subscription WHERE id IN (SELECT value FROM json_each(:values))"
    " UNION SELECT phone_number, iccid FROM stn_subscription"
    " WHERE phone_number IN (SELECT value FROM json_each(:values))"
)


def names(box: Box, said: Collection[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """Which of these values lead to SIM cards: the value and the ICCID.

    They are SIM card numbers, subscription ids, and phone numbers in any of the ways to write one.
    """
    spelled: dict[str, list[str]] = {}
    for _, value in said:
        spelled.setdefault(numbers.read(value) or value, []).append(value)
    for row in box.sql(_NAMED, values=json.dumps([*spelled])).fetchall():
        if row["iccid"] is not None:
            for value in spelled[row["value"]]:
                yield value, row["iccid"]


def state(box: Box, iccid: str) -> str | None:
    """The state of the subscription that has a SIM card, or the card's own status; none where there is no such card."""
    row = box.sql(
        "SELECT ifnull(s.state, c.status) AS state FROM stn_simcard c"
        " LEFT JOIN stn_subscription s ON s.iccid = c.iccid WHERE c.iccid = :iccid",
        iccid=iccid,
    ).fetchone()
    return row["state"] if row else None
