"""5.24: writing and reading the audit trail.

Source: WING guide 5.24; contract `wing-subscription.yaml`, key `audit`.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Literal

from carrierbox.carriers.wing.accounts.reach import Reach
from carrierbox.carriers.wing.errors import UnknownSim
from carrierbox.kernel import clock
from carrierbox.kernel.world import Box

Ending = Literal["COMPLETED", "FAILED"]

MOST_DAYS = 365_000  # a thousand years; more reaches before the calendar


def record(box: Box, sim: Mapping[str, Any], action: str, before: str, after: str, ending: Ending) -> None:  # noqa: PLR0913 - an audit entry has that many facts
    """Write down that a change of a SIM ended; *before* and *after* are names, not ids."""
    box.sql(
        "INSERT INTO wing_audit (imsi, account_name, user_id, action, pre_value, new_value, status, executed_at)"
        " VALUES (:imsi, :account_name, :user_id, :action, json_quote(:before), json_quote(:after), :status, :at)",
        imsi=sim["imsi"],
        account_name=sim["account_name"],
        user_id=box.cause.actor,
        action=action,
        before=before,
        after=after,
        status=ending,
        at=clock.text(box.now),
    )


def record_all(  # noqa: PLR0913 - as above
    box: Box, sims: Iterable[int], action: str, before: str, after: str, ending: Ending
) -> None:
    """The same for many SIMs, by their ids, in one statement; *before* is SQL over SIM `s` and its account `a`."""
    box.sql(
        "INSERT INTO wing_audit (imsi, account_name, user_id, action, pre_value, new_value, status, executed_at)"
        f" SELECT s.imsi, a.name, :user_id, :action, json_quote({before}), json_quote(:after), :status, :at"
        " FROM json_each(:sims) e JOIN wing_sim s ON s.id = e.value JOIN wing_account a ON a.id = s.account_id",
        user_id=box.cause.actor,
        action=action,
        after=after,
        status=ending,
        at=clock.text(box.now),
        sims=json.dumps([*sims]),
    )


def trail(box: Box, reach: Reach, imsi: str, days: int) -> list[dict[str, Any]]:
    """What was changed about a SIM in the last *days* times 24 hours, newest first.

    Raises: UnknownSim.
    """
    seen = box.sql(f"SELECT 1 FROM wing_sim s WHERE s.imsi = :imsi AND {reach.condition}", imsi=imsi).fetchone()
    if seen is None:
        raise UnknownSim(sim=f"with IMSI {imsi}")
    since = box.now - min(timedelta(days=min(days, MOST_DAYS)), box.now - box.now.replace(1, 1, 1))
    rows = box.sql(
        "SELECT * FROM wing_audit WHERE imsi = :imsi AND executed_at >= :since ORDER BY executed_at DESC, id DESC",
        imsi=imsi,
        since=clock.text(since),
    )
    return [
        {
            "accountName": row["account_name"],
            "userId": row["user_id"],
            "action": row["action"],
            "preValue": row["pre_value"],
            "newValue": row["new_value"],
            "status": row["status"],
            "dateExecution": row["executed_at"][:23],
        }
        for row in rows
    ]
