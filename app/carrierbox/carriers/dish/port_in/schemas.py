"""What port-in is sent."""

from carrierbox.carriers.dish.subscriptions.schemas import Activatable, Location
from carrierbox.carriers.dish.wire import Gpsi, Sent


class PortInCheck(Sent):
    """A number to be ported in."""

    gpsi: Gpsi


class PortIn(Activatable):
    """An activation whose number comes from another carrier; whose data is not looked at."""

    gpsi: Gpsi
    location: Location | None = None
