"""The standing work behind the rules, and letting it fall due."""

from datetime import datetime

from carrierbox.kernel import workflow
from carrierbox.kernel.world import Box

#: Takes rules up, looks at devices at the moments at which they may trigger a rule, looks for silence, and ends rules.
WATCH = "automation_watch_wf"
#: Lets devices live day by day that may trigger a rule, and rehearses what they do next; nobody waits for it.
DAYS = "automation_days_wf"
#: Lets devices live whose rate plans are watched; nobody waits for it.
PLANS = "automation_plans_wf"


def due(box: Box, kind: str, at: datetime) -> None:
    """Let some of the work fall due no later than that."""
    workflow.keep_due(box, carrier="wing", kind=kind, at=at)
