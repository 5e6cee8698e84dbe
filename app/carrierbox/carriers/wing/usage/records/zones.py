"""Rating zones: the bands of a rate plan, and which of them a country lies in.

A band names its zone, and a zone has countries. Usage counts in the first band, by priority, whose zone has the country
in which the SIM is; else in the one that takes all others (``*``), else in the plan's default zone, else in its last.
A plan without bands rates everything in one zone.
Source: WING guide 11.2, 11.4, 15.2; which country lies in which zone is chosen and stands in the fixtures.
"""

import json
from collections.abc import Mapping, Sequence

from carrierbox.kernel.world import Box

DEFAULT = "Default Zone"
ELSEWHERE = "*"


def bands(box: Box, plan_id: int) -> Sequence[str]:
    """The zones of a rate plan, those with priority first."""
    return box.world.memo(("wing.bands", plan_id), lambda: _bands(box, plan_id))


def _bands(box: Box, plan_id: int) -> Sequence[str]:
    row = box.sql("SELECT detail FROM wing_tariff WHERE id = :id", id=plan_id).fetchone()
    labels = json.loads(row["detail"]).get("band_labels", ()) if row else ()
    return [label["name"] for label in sorted(labels, key=lambda label: label["priority"])] or [DEFAULT]


def of(box: Box, realm: str, plan_id: int, country: str) -> str:
    """The zone in which a plan rates what is used in a country."""
    zones, countries = bands(box, plan_id), _countries(box, realm)
    for wanted in (country, ELSEWHERE):
        for zone in zones:
            if wanted in countries.get(zone, ()):
                return zone
    return next((zone for zone in zones if zone.lower() == DEFAULT.lower()), zones[-1])


def _countries(box: Box, realm: str) -> Mapping[str, set[str]]:
    def read() -> Mapping[str, set[str]]:
        found: dict[str, set[str]] = {}
        for row in box.sql("SELECT zone, country FROM wing_zone_country WHERE realm = :realm", realm=realm):
            found.setdefault(row["zone"], set()).add(row["country"])
        return found

    return box.world.memo(("wing.zones", realm), read)
