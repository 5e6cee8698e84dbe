"""What the events of a batch have in common: the APNs that SIMs use and the zones they are rated in, looked up once."""

from carrierbox.carriers.wing.usage.records import lines, zones
from carrierbox.carriers.wing.usage.records.lines import Line
from carrierbox.kernel.world import Box


class Directory:
    """Remembers what it was asked for, as long as a batch is worked on."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._apns: dict[tuple[str, int], str] = {}
        self._zones: dict[tuple[str, int, str], str] = {}

    def apn(self, line: Line) -> str:
        """The APN that a SIM uses."""
        key = line.realm, line.apn_group_id
        if key not in self._apns:
            self._apns[key] = lines.apn_of(self._box, *key)
        return self._apns[key]

    def zone(self, line: Line, country: str) -> str:
        """The zone in which a SIM's rate plan rates what it uses in a country."""
        key = line.realm, line.rate_plan_id, country
        if key not in self._zones:
            self._zones[key] = zones.of(self._box, *key)
        return self._zones[key]
