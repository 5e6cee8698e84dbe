"""Where the identities of ordered SIMs come from: a range of their own, used up in order, so that none comes twice."""

import json
from typing import NamedTuple

from carrierbox.carriers.wing.fixtures import ISSUER, PLMN, RANGE
from carrierbox.kernel import magic
from carrierbox.kernel.identifiers import make_imsi, make_msisdn
from carrierbox.kernel.world import Box

#: Apart from the blocks of the fleets, and from what documents name.
_FIRST_SERIAL = 60_000_000_000
_FIRST_IMSI = 6_000_000_000
_FIRST_MSISDN = 600_000_000


class Identities(NamedTuple):
    """What tells a SIM from all others."""

    iccid: str
    imsi: str
    msisdn: str


def take(box: Box, count: int) -> list[Identities]:
    """The next identities of the range; those that a SIM has already, a tester's fixture say, are passed over."""
    row = box.sql("SELECT used FROM wing_sim_stock").fetchone()
    used = row["used"] if row else 0
    taken: list[Identities] = []
    while len(taken) < count:
        wanted = [_numbered(used + n) for n in range(count - len(taken))]
        used += len(wanted)
        present = _present(box, wanted)
        taken += (each for each in wanted if present.isdisjoint(each))
    box.sql("INSERT OR REPLACE INTO wing_sim_stock (id, used) VALUES (1, :used)", used=used)
    return taken


def _numbered(number: int) -> Identities:
    return Identities(
        magic.plain_iccid(ISSUER, _FIRST_SERIAL + number),
        make_imsi(PLMN, _FIRST_IMSI + number),
        make_msisdn(RANGE, _FIRST_MSISDN + number, 15),
    )


def _present(box: Box, wanted: list[Identities]) -> set[str]:
    """Which of these identities SIMs have."""
    found: set[str] = set()
    for column, values in zip(Identities._fields, zip(*wanted, strict=True), strict=True):
        rows = box.sql(
            f"SELECT {column} FROM wing_sim WHERE {column} IN (SELECT value FROM json_each(:values))",
            values=json.dumps(values),
        )
        found.update(row[0] for row in rows)
    return found
