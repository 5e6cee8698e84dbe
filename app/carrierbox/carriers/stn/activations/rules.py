"""An activation's way: INIT when it is taken in, BUSY with the operator, then DONE, ERROR or CANCELLED.

Each move is a job of its own, due by the world's pace and not before a wish date. What the change does to subscription
and SIM card is an effect, which happens when the activation becomes DONE, or not at all.
Source: contract `stn.yaml`, keys `activation` and `lifecycle`.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from carrierbox.carriers.stn import numbers, query, simcards, states, times
from carrierbox.carriers.stn.activations.record import ACTIVATION
from carrierbox.carriers.stn.errors import OtherActivation, TooLate, UnknownActivation
from carrierbox.carriers.stn.states import Impossible
from carrierbox.carriers.stn.subscriptions import standing
from carrierbox.kernel import clock, workflow
from carrierbox.kernel.world import Box

Row = Mapping[str, Any]
Effect = Callable[[Box, Row], None]

BEGIN = "stn_begin"
CANCEL = "stn_cancel"
#: Where the work of an activation goes on when it is BUSY; else it is the effect that follows.
AFTER_BEGIN = {"INPORT": "stn_port_request"}


def take_in(  # noqa: PLR0913 - an activation has that many facts
    box: Box,
    subscription: Row,
    kind: str,
    info: Mapping[str, Any],
    *,
    reference: str | None,
    wish_at: datetime | None = None,
    services: Mapping[str, Any] | None = None,
    iccid: str | None = None,
) -> dict[str, Any]:
    """Make an activation, INIT, and start its work; answers it as it is shown. A card named for it is reserved."""
    activation_id = numbers.new_id(box)
    if iccid is not None:
        simcards.reserve(box, iccid)
    box.sql(
        "INSERT INTO stn_activation (id, partner, subscription_id, phone_number, kind, status, environment, reference,"
        " created_at, modified_at, info, services, iccid, wish_at, is_cancelling) VALUES (:id, :partner,"
        " :subscription_id, :phone_number, :kind, 'INIT', :environment, :reference, :now, :now, :info, :services,"
        " :iccid, :wish_at, 0)",
        id=activation_id,
        partner=subscription["partner"],
        subscription_id=subscription["id"],
        phone_number=subscription["phone_number"],
        kind=kind,
        environment=subscription["environment"],
        reference=reference or "",
        now=clock.text(times.stored(box.now)),
        info=json.dumps(info),
        services=json.dumps(services or {}),
        iccid=iccid,
        wish_at=clock.text(wish_at) if wish_at else None,
    )
    go_on(box, by_id(box, activation_id), BEGIN)
    return {**shown(box, activation_id), "createdAt": times.fresh(box.now)}


def shown(box: Box, activation_id: str) -> dict[str, Any]:
    """An activation that was changed just now, as it is shown."""
    answer = query.one(box, ACTIVATION, "a.id = :id", id=activation_id)
    # written anew where it stands, so that the order of the members stays
    return {**answer, "modifiedAt": times.fresh(box.now)}


def open_one(box: Box, partner: str, activation_id: str, wanted: str) -> Row:
    """A partner's activation of that type that has not ended and is not being cancelled.

    Raises: UnknownActivation, OtherActivation, TooLate.
    """
    activation: Row | None = by_id(box, activation_id)
    if activation is None or activation["partner"] != partner:
        raise UnknownActivation(id=activation_id)
    if activation["kind"] != wanted:
        raise OtherActivation(id=activation_id, kind=activation["kind"], wanted=wanted)
    if activation["status"] not in {"INIT", "BUSY"}:
        raise TooLate(id=activation_id, status=activation["status"])
    if activation["is_cancelling"]:
        raise TooLate(id=activation_id, status="being cancelled")
    return activation


def by_id(box: Box, activation_id: str) -> Any:
    """The activation of that id, if there is one."""
    return box.sql("SELECT * FROM stn_activation WHERE id = :id", id=activation_id).fetchone()


def go_on(box: Box, activation: Row, job_kind: str, *, not_before: datetime | None = None) -> datetime | None:
    """Let that job move an activation next; what was to move it before is taken back. Answers when; none for never.

    Activations of one subscription are worked through in the order in which they came; one that waits for its wish date
    lets others pass.
    """
    before = box.sql(
        "SELECT max(j.due_at) FROM stn_activation a JOIN box_job j ON j.id = a.job WHERE a.subscription_id ="
        " :subscription_id AND a.seq < :seq AND j.due_at IS NOT NULL AND (a.wish_at IS NULL OR a.wish_at <= :now)",
        subscription_id=activation["subscription_id"],
        seq=activation["seq"],
        now=clock.text(box.now),
    ).fetchone()[0]
    if activation["job"] is not None:
        workflow.withdraw(box, activation["job"])
    turn = clock.moment(before) if before else None
    job = workflow.start(
        box,
        carrier="stn",
        kind=job_kind,
        owner=activation["partner"],
        subject=activation["iccid"] or standing.iccid_of(box, activation["subscription_id"]),
        tasks=(job_kind,),
        sent=json.dumps({"activationId": activation["id"], "activationType": activation["kind"]}),
        not_before=max(filter(None, (not_before, turn)), default=None),
    )
    box.sql("UPDATE stn_activation SET job = :job WHERE seq = :seq", job=job, seq=activation["seq"])
    due_at = box.sql("SELECT due_at FROM box_job WHERE id = :job", job=job).fetchone()["due_at"]
    return clock.moment(due_at) if due_at else None


def write(box: Box, activation: Row, **columns: Any) -> None:
    """Change columns of an activation; it is modified now."""
    columns["modified_at"] = clock.text(times.stored(box.now))
    assigned = ", ".join(f"{name} = :{name}" for name in columns)
    box.sql(f"UPDATE stn_activation SET {assigned} WHERE seq = :seq", seq=activation["seq"], **columns)


def move(box: Box, activation: Row, status: str, **columns: Any) -> None:
    """Take an activation's step to another status. Raises: Impossible."""
    states.step(box, states.ACTIVATION, activation["status"], status, None)
    write(box, activation, status=status, **columns)


def port(box: Box, activation: Row, wanted: str, **facts: Any) -> None:
    """Take the step of the porting inside a port-in; *facts* go into its info, and out of it where they are None.

    Raises: Impossible.
    """
    info = json.loads(activation["info"])
    states.step(box, states.PORTING, info["portingStatus"], wanted, activation["iccid"])
    info = {name: value for name, value in {**info, "portingStatus": wanted, **facts}.items() if value is not None}
    write(box, activation, info=json.dumps(info))


def cancel(box: Box, activation: Row, status: str) -> None:
    """Begin to cancel: the change will not happen, and the activation ends CANCELLED."""
    move(box, activation, status, is_cancelling=1)
    go_on(box, activation, CANCEL)


def of_job(box: Box, job: Row) -> Row:
    """The activation that a job moves."""
    activation: Row = box.sql("SELECT * FROM stn_activation WHERE job = :job", job=job["id"]).fetchone()
    return activation


@workflow.handles(BEGIN, on_the_way=True)
def begin(box: Box, job: Row, refusal: workflow.Refusal | None) -> workflow.Outcome:
    """The operator has it: BUSY, and an order number of theirs; or turns it down."""
    activation = of_job(box, job)
    rng = box.rng()
    move(box, activation, "BUSY", order_number=f"03{rng.randrange(100_000):05d}/{rng.randrange(10_000):04d}")
    if refusal is not None:
        if activation["kind"] == "INPORT":
            port(box, activation, "REQUESTED")
        return fail(box, by_id(box, activation["id"]), refusal.reason)
    after = AFTER_BEGIN.get(activation["kind"])
    wish_at = clock.moment(activation["wish_at"]) if activation["wish_at"] and not after else None
    go_on(box, activation, after or effect_of(activation["kind"]), not_before=wish_at)
    return outcome(activation, "BUSY")


def carries_out(kind: str) -> Callable[[Effect], Effect]:
    """Register what a type of activation does when it becomes DONE: ``effect(box, activation)``.

    An effect that raises `Impossible` did nothing; the activation ends in ERROR, and what was kept for it is given up.
    """

    def register(effect: Effect) -> Effect:
        @workflow.handles(effect_of(kind))
        def carry_out(box: Box, job: Row, refusal: workflow.Refusal | None) -> workflow.Outcome:
            activation = of_job(box, job)
            try:
                if refusal is not None:
                    raise Impossible(refusal.reason)
                with box.savepoint():
                    effect(box, activation)
            except Impossible as impossible:
                return fail(box, activation, str(impossible))
            move(box, activation, "DONE", activated_at=clock.text(box.now.replace(microsecond=0)))
            return outcome(activation, "DONE")

        return effect

    return register


def effect_of(kind: str) -> str:
    """The job that carries out a type of activation."""
    return f"stn_{kind.lower()}"


def fail(box: Box, activation: Row, reason: str) -> workflow.Outcome:
    """End an activation in ERROR: nothing of it took effect."""
    give_up(box, activation)
    if activation["kind"] == "INPORT":
        port(box, activation, "REJECTED")
    move(box, activation, "ERROR")
    return outcome(activation, "ERROR", reason)


@workflow.handles(CANCEL, on_the_way=True)
def end_cancelled(box: Box, job: Row, _refusal: workflow.Refusal | None) -> workflow.Outcome:
    """The operator, or the donor of a port-in, agrees that it is cancelled."""
    activation = of_job(box, job)
    give_up(box, activation)
    if activation["kind"] == "INPORT":
        port(box, activation, "CANCELLED")
    move(box, activation, "CANCELLED")
    return outcome(activation, "CANCELLED")


def give_up(box: Box, activation: Row) -> None:
    """Put a reserved card back, and end a subscription that was never active."""
    if activation["iccid"] is not None:
        with suppress(Impossible):  # whoever took it by force has it
            simcards.release(box, activation["iccid"])
    subscription = standing.by_id(box, activation["subscription_id"])
    if subscription["state"] == "PENDING":
        standing.put(box, subscription, "TERMINATED", iccid=None)


def outcome(activation: Row, status: str, reason: str | None = None) -> workflow.Outcome:
    """What a job tells of the move that it made."""
    return workflow.Outcome(
        "failed" if status == "ERROR" else "completed", {"activationId": activation["id"], "status": status}, reason
    )
