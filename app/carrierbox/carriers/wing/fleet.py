"""WING's SIMs as a tester sees them, and how one is forced into a billing state."""

from carrierbox.carriers.wing.subscriptions import audit
from carrierbox.carriers.wing.subscriptions.record import STATES
from carrierbox.carriers.wing.subscriptions.state import rules
from carrierbox.carriers.wing.usage.network import NETWORK
from carrierbox.kernel import devices, lifecycle
from carrierbox.kernel.lifecycle import StateName
from carrierbox.kernel.sims import Fleet
from carrierbox.kernel.world import Box


def force(box: Box, iccid: str, state: StateName) -> None:
    """Take a step that 5.6 need not list, as a workflow would; a change under way keeps its lock until it ends."""
    devices.catch_up(box, NETWORK, iccid)
    sim = rules.named(box, iccid)
    present = StateName(sim["state"])
    rules.take(box, sim, lifecycle.Step(present, state, {}, STATES.name), "FORCED", unlocks=False)
    audit.record(box, sim, "SIM_STATE_CHANGE", present, state, "COMPLETED")


FLEET = Fleet(
    carrier="wing",
    lifecycles=(STATES,),
    rows="SELECT iccid, imsi, msisdn, state, NULL AS subscription_state FROM wing_sim",
    force=force,
)
