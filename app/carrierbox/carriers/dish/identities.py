"""Which SIM a request is about, whichever of its identities it names."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable

from carrierbox.carriers.dish.wire import us_number
from carrierbox.kernel.world import Box


def names(box: Box, said: Collection[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """Which of these values lead to SIMs: the value and the ICCID.

    They are ICCIDs, GPSIs, of ten digits too, and subscriber ids; those of a Ceased subscription may be another one's
    as well.
    """
    wanted: dict[str, set[str]] = defaultdict(set)  # what stands in the store, and how it was said
    for name, value in said:
        wanted[value].add(value)
        if name == "gpsi":
            wanted[us_number(value)].add(value)
    for row in box.sql(
        "SELECT iccid, gpsi, subscriber_id FROM dish_sim WHERE iccid IN (SELECT value FROM json_each(:wanted))"
        " OR gpsi IN (SELECT value FROM json_each(:wanted)) OR subscriber_id IN (SELECT value FROM json_each(:wanted))",
        wanted=json.dumps([*wanted]),
    ):
        for value in (row["iccid"], row["gpsi"], row["subscriber_id"]):
            for spelled in wanted.get(value, ()):
                yield spelled, row["iccid"]


def state(box: Box, iccid: str) -> str | None:
    """The state of a SIM; none where there is no such SIM."""
    row = box.sql("SELECT state FROM dish_sim WHERE iccid = :iccid", iccid=iccid).fetchone()
    return row["state"] if row else None
