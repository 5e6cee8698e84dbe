"""DISH's SIMs as a tester sees them, and how one is forced into a state."""

from typing import Any

from carrierbox.carriers.dish.numbers import stock as numbers
from carrierbox.carriers.dish.subscriptions import facts
from carrierbox.carriers.dish.subscriptions.facts import STATES, Row
from carrierbox.carriers.dish.subscriptions.rules import bill_day
from carrierbox.kernel import clock
from carrierbox.kernel.lifecycle import StateName, Step
from carrierbox.kernel.sims import Fleet
from carrierbox.kernel.world import Box

PLAN = "Plan001"

#: What a SIM loses that is replaced, and that goes back into stock.
_REPLACED: dict[str, Any] = {"gpsi": None, "subscriber_id": None, "pei": None, "products": [], "buckets": []}
_IN_STOCK = _REPLACED | dict.fromkeys(("eid", "plan_id", "bill_day", "location", "activated_at"))


def force(box: Box, iccid: str, state: StateName) -> None:
    """Make a SIM a subscription in that state, with what it lacks for one, or take that off it. Nobody is notified."""
    sim = facts.sim(box, iccid)
    assert sim is not None  # noqa: S101 - it was found
    step = Step(StateName(sim["state"]), state, {}, STATES.name)
    if state in facts.LIVE:
        facts.take(box, sim, step, **_lacking(box, sim, state))
    else:
        facts.take(box, sim, step, **(_IN_STOCK if state == "Available" else _REPLACED))


def _lacking(box: Box, sim: Row, state: str) -> dict[str, Any]:
    present = {
        "subscriber_id": f"SUB{sim['id']}",
        "plan_id": PLAN,
        "bill_day": bill_day(box.now.day),
        "location": {},
        "activated_at": clock.text(box.now),
    }
    columns = {name: value for name, value in present.items() if sim[name] is None}
    if sim["gpsi"] is None or (state != "Ceased" and sim["state"] == "Ceased" and _is_lost(box, sim)):
        columns["gpsi"] = numbers.settle_on(box, None, None)
    return columns


def _is_lost(box: Box, sim: Row) -> bool:
    """Whether the number that a ceased subscription had is another's by now, or is about to be."""
    kept = box.sql(
        "SELECT 1 FROM dish_number WHERE gpsi = :gpsi AND job IS NOT NULL AND job IS NOT :job",
        gpsi=sim["gpsi"],
        job=sim["job"],
    ).fetchone()
    return kept is not None or numbers.is_taken(box, sim["gpsi"])


FLEET = Fleet(
    carrier="dish",
    lifecycles=(STATES,),
    rows="SELECT iccid, NULL AS imsi, gpsi AS msisdn, state, NULL AS subscription_state FROM dish_sim",
    force=force,
)
