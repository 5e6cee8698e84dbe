"""What the update of the bill cycle is sent."""

from typing import Literal

from carrierbox.carriers.dish.wire import Day, Gpsi, Sent


class BillCycle(Sent):
    """Another bill cycle; both fields are required in spite of their defaults."""

    gpsi: Gpsi
    bill_cycle_frequency: Literal["MONTHLY"]
    bill_cycle_start_day: Day
