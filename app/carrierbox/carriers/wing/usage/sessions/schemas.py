"""What 12.1 is sent."""

from typing import Literal

from carrierbox.carriers.wing.bodies import Digits, Wish


class Disconnection(Wish):
    """A packet of disconnect for the session of an IMSI. An empty IMSI is the document's filler, and none."""

    imsi: Digits
    channel: Literal["gy", "radius"]
