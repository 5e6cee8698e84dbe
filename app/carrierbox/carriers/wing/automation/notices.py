"""What a rule tells people: the texts that came with it, their placeholders filled in, by mail or SMS.

Source: contract `wing-services.yaml`, key `automation`, `notifications`.
"""

import re
from collections.abc import Mapping

from carrierbox.carriers.wing.automation.checks import EMAIL, NO_NOTIFICATION, recipients
from carrierbox.carriers.wing.automation.schemas import first
from carrierbox.carriers.wing.automation.triggers import ACCOUNT, RATE_PLAN
from carrierbox.carriers.wing.automation.watched import Watch
from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.sms import delivery
from carrierbox.kernel import outbox
from carrierbox.kernel.world import Box

_PLACEHOLDER = re.compile(r"\{(name|imsi|value|units?)\}")


def send(box: Box, watch: Watch, sim: Row | None, value: str) -> None:
    """Send a rule's notifications. Where a text is missing, the trigger's name stands for it."""
    facts = None
    for notification in watch.rule.notifications:
        kind = first(notification["name"])
        if kind == NO_NOTIFICATION:
            continue
        facts = facts or _facts(box, watch, sim, value)
        text = fill(notification.get("message") or watch.name, facts)
        for to in recipients(notification.get("receipient") or ""):
            if kind == EMAIL:
                subject = fill(notification.get("subject") or watch.name, facts)
                outbox.send(box, "email", to, text, watch.rule.ref, subject=subject)
            else:
                outbox.send(box, "sms", to, text, watch.rule.ref)
                _keep(box, watch, to.removeprefix("+"), text)


def fill(text: str, facts: Mapping[str, str]) -> str:
    """A text with its placeholders filled in, those that have a meaning here; what is filled in is not read again."""
    return _PLACEHOLDER.sub(lambda found: facts.get(found[1], found[0]), text)


def _facts(box: Box, watch: Watch, sim: Row | None, value: str) -> dict[str, str]:
    facts = {"value": value, "unit": watch.unit, "units": watch.unit}
    if sim is not None:
        return facts | {"imsi": sim["imsi"]}
    return facts | {"name": _name(box, watch)}


def _name(box: Box, watch: Watch) -> str:
    """The name of the account or rate plan that a rule watches."""
    rule = watch.rule
    found = {
        ACCOUNT: "SELECT name FROM wing_account WHERE id = :id",
        RATE_PLAN: "SELECT name FROM wing_catalogue WHERE realm = :realm AND resource_type = 'RATE-PLAN' AND id = :id",
    }
    row = box.sql(found[rule.resource_id], realm=rule.realm, id=rule.watched_id).fetchone()
    return str(row["name"]) if row else ""


def _keep(box: Box, watch: Watch, number: str, text: str) -> None:
    """A message to the number of one of the customer's SIMs is sent as any other, which 9.1 finds and usage counts."""
    sim = box.sql(
        "SELECT * FROM wing_sim WHERE msisdn = :number AND realm = :realm", number=number, realm=watch.rule.realm
    ).fetchone()
    if sim is not None:
        delivery.submit(box, sim, text)
