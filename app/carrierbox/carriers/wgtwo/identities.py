"""Which SIM a request is about, whichever of its identities it names."""

import json
from collections.abc import Collection, Iterable

from carrierbox.carriers.wgtwo.subscriptions.tables import LIVE
from carrierbox.kernel.world import Box

_NAMED = (
    "SELECT m.iccid AS value, m.iccid FROM wgtwo_sim m WHERE m.iccid IN (SELECT value FROM json_each(:values))"
    " UNION SELECT i.imsi, m.iccid FROM wgtwo_imsi i JOIN wgtwo_sim m ON m.id = i.sim_id"
    " WHERE i.imsi IN (SELECT value FROM json_each(:values))"
    " UNION SELECT s.msisdn, m.iccid FROM wgtwo_subscription s JOIN wgtwo_sim m ON m.subscription_id = s.id"
    f" WHERE s.msisdn IN (SELECT value FROM json_each(:values)) AND s.{LIVE}"
)


def names(box: Box, said: Collection[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """Which of these values lead to SIMs, on either host: the value and the ICCID.

    They are ICCIDs, IMSIs, and the MSISDN of a subscription, which leads to all of its SIMs.
    """
    for row in box.sql(_NAMED, values=json.dumps([value for _, value in said])):
        yield row["value"], row["iccid"]


def state(box: Box, iccid: str) -> str | None:
    """The state of a SIM, which is its subscription's; none where there is no such SIM. The sandbox host has others."""
    row = box.sql(
        "SELECT ifnull(s.state, 'unassigned') AS state FROM wgtwo_sim m"
        " LEFT JOIN wgtwo_subscription s ON s.id = m.subscription_id WHERE m.iccid = :iccid AND NOT m.sandbox",
        iccid=iccid,
    ).fetchone()
    return row["state"] if row else None
