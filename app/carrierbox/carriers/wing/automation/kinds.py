"""What a rule can do to a SIM.

Source: contract `wing-services.yaml`, key `automation`, `actions` and `action_ids_open`.
"""

from dataclasses import dataclass

from carrierbox.carriers.wing.automation.schemas import first
from carrierbox.carriers.wing.subscriptions import profiles
from carrierbox.carriers.wing.subscriptions.profiles import Profile


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the actions."""

    name: str
    #: What it gives the SIM, chosen by the action's selectedId.
    profile: Profile | None = None
    #: The SIM's column that says that it will be undone, where its profile has none.
    column: str = ""
    #: Stand for it where no name is given.
    ids: tuple[str, ...] = ()

    @property
    def flag(self) -> str:
        """The SIM's column that says that it will be undone."""
        return (self.profile and self.profile.reset) or self.column


NOTHING = Kind("None")
SUSPEND = Kind("Suspend", None, "reset_state", ("1", "6"))
BLOCK_DATA = Kind("Block Data", None, "unblock_data", ("32",))
KINDS = (
    NOTHING,
    SUSPEND,
    Kind("Change Rate Plan", profiles.RATE_PLAN),
    Kind("Change APN Group", profiles.APN_GROUP),
    Kind("Change Network Profile", profiles.NETWORK_PROFILE),
    BLOCK_DATA,
)
BY_NAME = {kind.name: kind for kind in KINDS}


def named(name: str | None, action_id: str | None) -> Kind | None:
    """The action of that name; without a name, the one that the id stands for."""
    if name:
        return BY_NAME.get(first(name))
    return next((kind for kind in KINDS if action_id in kind.ids), None)
