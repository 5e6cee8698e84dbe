"""Which SIM a request is about, whichever of its identities it names."""

import json
from collections.abc import Collection, Iterable

from carrierbox.kernel.world import Box


def names(box: Box, said: Collection[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """Which of these values lead to SIMs: the value and the ICCID.

    They are ICCIDs, GPSIs and subscriber ids; those of a Ceased subscription may be another one's as well.
    """
    wanted = {value for _, value in said}
    for row in box.sql(
        "SELECT iccid, gpsi, subscriber_id FROM dish_sim WHERE iccid IN (SELECT value FROM json_each(:wanted))"
        " OR gpsi IN (SELECT value FROM json_each(:wanted)) OR subscriber_id IN (SELECT value FROM json_each(:wanted))",
        wanted=json.dumps([*wanted]),
    ):
        for value in (row["iccid"], row["gpsi"], row["subscriber_id"]):
            if value in wanted:
                yield value, row["iccid"]


def state(box: Box, iccid: str) -> str | None:
    """The state of a SIM; none where there is no such SIM."""
    row = box.sql("SELECT state FROM dish_sim WHERE iccid = :iccid", iccid=iccid).fetchone()
    return row["state"] if row else None
