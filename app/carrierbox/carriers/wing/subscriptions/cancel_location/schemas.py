"""What 5.18 is sent."""

from typing import Literal

from carrierbox.carriers.wing.bodies import Digits, Wish


class Cancellation(Wish):
    """The SIM, and which nodes of the network are to forget it."""

    imsi: Digits
    cancel_loc_type: Literal["all", "3G", "4G"]
