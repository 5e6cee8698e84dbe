"""What activations do to a subscription when they become DONE.

Source: contract `stn.yaml`, key `lifecycle`: subscription_moves, simcard_moves.
"""

import json
from collections.abc import Mapping
from ipaddress import IPv4Address
from typing import Any

from carrierbox.carriers.stn import activations, numbers, simcards, times
from carrierbox.carriers.stn.states import Impossible
from carrierbox.carriers.stn.subscriptions import services, standing
from carrierbox.kernel import devices
from carrierbox.kernel.world import Box

Row = Mapping[str, Any]

#: Fixed addresses come from the range that carriers share (RFC 6598): four million.
FIRST_ADDRESS, ADDRESSES = int(IPv4Address("100.64.0.0")), 2**22


@activations.carries_out("SETSERVICES")
def set_services(box: Box, activation: Row) -> None:
    """All of the services asked for, or none."""
    subscription = standing.in_use(box, activation["subscription_id"])
    standing.write(box, subscription, **with_services(subscription, activation))


def with_services(subscription: Row, activation: Row) -> dict[str, Any]:
    """The columns of a subscription with the services that an activation asks for. Raises: Impossible."""
    asked = json.loads(activation["services"])
    if wrong := services.impossible(asked):
        raise Impossible(f"impossible value of {', '.join(wrong)}")
    merged = {**json.loads(subscription["services"]), **asked}
    address = subscription["fixed_ip_address"] or str(IPv4Address(FIRST_ADDRESS + subscription["seq"] % ADDRESSES))
    return {"services": json.dumps(merged), "fixed_ip_address": address if merged.get("fixedIp") else None}


@activations.carries_out("ACTIVATENEW")
def activate_new(box: Box, activation: Row) -> None:
    """The card is in use, and the number given out."""
    number = numbers.new_phone_number(box)
    activate(box, activation, number)
    activations.write(box, activation, phone_number=number)


def activate(box: Box, activation: Row, phone_number: str) -> None:
    """Make a PENDING subscription ACTIVE, with its card and its number. Raises: Impossible."""
    subscription = standing.by_id(box, activation["subscription_id"])
    columns = with_services(subscription, activation)
    iccid = simcards.activate(box, activation["partner"], activation["iccid"])
    today = times.day_of(box.now)
    standing.put(
        box, subscription, "ACTIVE", **columns, iccid=iccid, phone_number=phone_number, activation_date=today
    )  # fmt: skip


@activations.carries_out("SUSPEND")
def suspend(box: Box, activation: Row) -> None:
    """All traffic is blocked."""
    standing.put(box, standing.before_change(box, activation["subscription_id"]), "SUSPENDED")


@activations.carries_out("RESUME")
def resume(box: Box, activation: Row) -> None:
    """Traffic flows again; only what is SUSPENDED can be resumed."""
    standing.put(box, standing.before_change(box, activation["subscription_id"]), "ACTIVE")


@activations.carries_out("SIMSWAP")
def swap_sim(box: Box, activation: Row) -> None:
    """The new card is in use, with the device of the old one, which is out of use."""
    subscription = standing.in_use(box, activation["subscription_id"])
    iccid = simcards.activate(box, activation["partner"], activation["iccid"])
    simcards.disable(box, subscription["iccid"])
    standing.write(box, subscription, iccid=iccid, is_esim=activation["iccid"] is None)
    devices.move(box, subscription["iccid"], iccid)


@activations.carries_out("MOVEENVIRONMENT")
def move_environment(box: Box, activation: Row) -> None:
    """The subscription is in the other environment, and so is the record of the move."""
    subscription = standing.in_use(box, activation["subscription_id"])
    environment = json.loads(activation["info"])["newProviderEnvironment"]
    standing.write(box, subscription, environment=environment)
    activations.write(box, activation, environment=environment)


@activations.carries_out("TERMINATE")
@activations.carries_out("OUTPORT")
def end(box: Box, activation: Row) -> None:
    """The subscription is over, and its card out of use; what it used stays."""
    subscription = standing.before_change(box, activation["subscription_id"])
    standing.put(box, subscription, "TERMINATED")
    simcards.disable(box, subscription["iccid"])
