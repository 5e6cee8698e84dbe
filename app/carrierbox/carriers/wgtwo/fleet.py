"""Working Group Two's SIMs as a tester sees them, and how one is forced into a state. The sandbox host's are apart."""

from typing import Any

from carrierbox.carriers.wgtwo.door import Caller
from carrierbox.carriers.wgtwo.provisioning import facts, steps
from carrierbox.carriers.wgtwo.provisioning.schemas import Activation
from carrierbox.carriers.wgtwo.provisioning.steps import STATES, UNASSIGNED
from carrierbox.carriers.wgtwo.services import rules as services
from carrierbox.carriers.wgtwo.services.catalogue import DEFAULT_V2
from carrierbox.carriers.wgtwo.subscriptions.tables import LIVE
from carrierbox.kernel.identifiers import make_msisdn
from carrierbox.kernel.lifecycle import StateName
from carrierbox.kernel.sims import Fleet
from carrierbox.kernel.world import Box

#: What forced subscriptions get their numbers from: apart from the fleet's, and from what a world calls free.
RANGE = "88351008"

_BOX = Caller(tenants=None)


def force(box: Box, iccid: str, state: StateName) -> None:
    """Bring a SIM's subscription into a state, with all of its SIMs; without one that can be, make it one."""
    sim = facts.named_sim(box, iccid)
    subscription = _present(box, sim)
    if state == UNASSIGNED:
        steps.leave(box, sim)
    elif subscription is not None:
        steps.move(box, subscription, state)
    else:
        user = f"forced-{box.uuid()}"
        asked = Activation(bssid=sim["bss"], userid=user, iccid=iccid, msisdn=_number(box))
        steps.create(box, _BOX, sim, asked, services.change({}, add=((name, None) for name in DEFAULT_V2)), state)


def _present(box: Box, sim: facts.Row) -> Any:
    """The subscription that a SIM is on; or was on, where it was terminated and nobody else has its number or user."""
    return box.sql(
        "SELECT s.* FROM wgtwo_subscription s WHERE s.id = :id AND (s.state <> 'terminated' OR NOT s.reused"
        " AND NOT EXISTS (SELECT 1 FROM wgtwo_subscription o WHERE NOT o.sandbox AND o.state <> 'terminated'"
        " AND (o.msisdn = s.msisdn OR (o.user_id = s.user_id AND o.bss = s.bss))))",
        id=sim["subscription_id"],
    ).fetchone()


def _number(box: Box) -> str:
    """A number that no subscription has or had."""
    rng = box.rng()
    while True:
        msisdn = make_msisdn(RANGE, rng.randrange(10_000_000), 15)
        had = box.sql("SELECT 1 FROM wgtwo_subscription WHERE msisdn = :msisdn", msisdn=msisdn).fetchone()
        if had is None:
            return msisdn


FLEET = Fleet(
    carrier="wgtwo",
    lifecycles=(STATES,),
    # a number that was terminated may be another's
    rows="SELECT m.iccid, json_extract(m.imsis, '$[0]') AS imsi,"
    f" CASE WHEN s.{LIVE} THEN s.msisdn END AS msisdn, ifnull(s.state, 'unassigned') AS state,"
    " NULL AS subscription_state FROM wgtwo_sim m LEFT JOIN wgtwo_subscription s ON s.id = m.subscription_id"
    " WHERE NOT m.sandbox",
    force=force,
)
