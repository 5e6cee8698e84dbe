"""Work that is acknowledged at once, done over time and notified at its end.

Source: contract `dish.yaml`, keys `transactions` and `notifications`.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from carrierbox.carriers.dish.access import rules as access
from carrierbox.carriers.dish.access.rules import CARRIER, Caller
from carrierbox.carriers.dish.errors import BadField, Duplicate, ProvisioningFailed, Refusal, UnknownTransaction
from carrierbox.carriers.dish.wire import CORRELATION, Sent, timestamp
from carrierbox.kernel import callbacks, workflow
from carrierbox.kernel.world import Box

TRANSACTION_ID = re.compile(r".{1,36}")
TASKS = ("validate_order", "provision_network", "complete_order")


@dataclass(frozen=True, slots=True)
class Order:
    """What a transaction was asked, and what it keeps until it ends."""

    job: str
    customer: str
    correlation_id: str
    request: Mapping[str, Any]
    #: The event's identifiers, as they stand before the work is done; success may change them.
    subject: Mapping[str, str]
    #: What the request left open and was settled when it was taken.
    settled: Mapping[str, Any]


Work = Callable[[Box, Order], Mapping[str, str]]


def check_unused(box: Box, caller: Caller, transaction_id: str) -> None:
    """Let a transaction id pass that this customer has not used before.

    Raises: Duplicate.
    """
    if _job(box, caller, transaction_id) is not None:
        raise Duplicate


def begin(  # noqa: PLR0913 - a transaction has that many facts
    box: Box, caller: Caller, kind: str, asked: Sent, transaction_id: str, subject: Mapping[str, str], **settled: Any
) -> str:
    """Start the work that a request asks for; answers the job that does it."""
    sent = {
        "customer": caller.customer,
        "correlation_id": caller.correlation_id,
        "request": asked.as_sent,
        "subject": subject,
        "settled": settled,
    }
    job = workflow.start(
        box,
        carrier=CARRIER,
        kind=kind,
        owner=caller.customer,
        subject=subject["iccid"],
        tasks=TASKS,
        sent=orjson.dumps(sent).decode(),
    )
    box.sql(
        "INSERT INTO dish_transaction (customer, partner_transaction_id, job) VALUES (:customer, :id, :job)",
        customer=caller.customer,
        id=transaction_id,
        job=job,
    )
    return job


def resolves(kind: str, event: str, release: Callable[[Box, Order], None]) -> Callable[[Work], Work]:
    """Register what a kind of transaction does at its end, how the box lets go of what it kept, and its event's name.

    The work answers what the event says beyond or in place of the order's subject. What it refuses is a Failure, and
    nothing is changed.
    """

    def register(work: Work) -> Work:
        @workflow.handles(kind)
        def resolve(box: Box, job: Mapping[str, Any], refusal: workflow.Refusal | None) -> workflow.Outcome:
            order = Order(job=job["id"], **json.loads(job["input"]))
            facts: Mapping[str, str] = {}
            try:
                if refusal is not None:
                    raise ProvisioningFailed(why=refusal.reason)
                facts = work(box, order)
                end: dict[str, str] = {"status": "Success"}
            except Refusal as refused:
                end = {"status": "Failure"} | refused.reason
            release(box, order)
            _notify(box, order, event, {**order.subject, **facts}, end)
            if end["status"] == "Success":
                return workflow.Outcome("completed", end)
            return workflow.Outcome("failed", end, end["reasonDesc"])

        return work

    return register


#: The members of an event between its head and its end, in order.
_FACTS = ("subscriberId", "gpsi", "iccid", "action", "activationCode")


def _notify(box: Box, order: Order, name: str, facts: Mapping[str, str], end: Mapping[str, str]) -> None:
    """Send the outcome to the callback address of the customer, or of the next one above that has one."""
    event_id = box.uuid()
    event = {
        "eventId": event_id,
        "eventType": name,
        "eventTime": timestamp(box.now),
        "partnerTransactionId": order.request["partnerTransactionId"],
        "wholesaleCustomerId": order.customer,
        **{fact: facts[fact] for fact in _FACTS if fact in facts},
        **end,
    }
    callbacks.send(
        box,
        callbacks.Notification(
            id=event_id,
            carrier=CARRIER,
            event=name,
            operation="dish-notification",
            iccid=facts["iccid"],
            body=orjson.dumps(event).decode(),
            headers={CORRELATION: order.correlation_id},
        ),
        access.tree(box).upwards(order.customer),
    )


def status(box: Box, caller: Caller, transaction_id: str) -> dict[str, str]:
    """How a transaction stands.

    Raises: BadField, UnknownTransaction, also for one of another customer.
    """
    if not TRANSACTION_ID.fullmatch(transaction_id):
        raise BadField("partnerTransactionId", "must have 1 to 36 characters")
    job_id = _job(box, caller, transaction_id)
    if job_id is None:
        raise UnknownTransaction
    job = box.sql("SELECT status, output, reason FROM box_job WHERE id = :id", id=job_id).fetchone()
    if job["status"] == "running":
        return {"status": "InProgress"}
    if job["status"] == "completed":
        return {"status": "Success"}
    end = json.loads(job["output"])
    if "reasonCode" not in end:  # it did not come to its own end
        end = {"status": "Failure"} | ProvisioningFailed(why=job["reason"]).reason
    return dict(end)


def _job(box: Box, caller: Caller, transaction_id: str) -> str | None:
    row = box.sql(
        "SELECT job FROM dish_transaction WHERE customer = :customer AND partner_transaction_id = :id",
        customer=caller.customer,
        id=transaction_id,
    ).fetchone()
    return row["job"] if row else None
