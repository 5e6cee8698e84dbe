"""5.13, 9.3: sending messages to SIMs. Each is accepted at once, and sent or not when its workflow falls due.

A message is not sent to a SIM whose state keeps it from the network, nor to one whose device is off it: whoever wants
it there sends it again. When it is sent, it counts as received.
Source: WING guide 5.13, 9.3; contract `wing-services.yaml`, key `sms`.
"""

import json
from collections.abc import Mapping
from typing import Any

from carrierbox.carriers.wing import workflows
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.errors import UnknownSim
from carrierbox.carriers.wing.lists import Row
from carrierbox.carriers.wing.sms.schemas import Sending
from carrierbox.carriers.wing.usage.network import ADMITTED, NETWORK
from carrierbox.carriers.wing.usage.records import desk
from carrierbox.kernel import clock, devices, workflow
from carrierbox.kernel.devices import Event
from carrierbox.kernel.workflow import Outcome, Refusal
from carrierbox.kernel.world import Box

SEND = "send_sms_wf"
SUBMITTED, SENT, FAILED = "Message Submitted", "Message Sent", "Message Failed"


def send(box: Box, caller: Caller, wanted: Sending) -> None:
    """Send a message to those of the SIMs that the caller sees.

    Raises: UnknownSim where he sees none of them.
    """
    numbers = wanted.numbers
    rows = box.world.store.sql(
        "SELECT s.id, s.iccid, s.msisdn, s.account_id, s.realm FROM wing_sim s"
        f" WHERE s.msisdn IN ({', '.join('?' * len(numbers))}) AND {caller.reach.condition}",
        numbers,
    )
    sims = {row["msisdn"]: row for row in rows}
    if not sims:
        raise UnknownSim(sim=f"with MSISDN {', '.join(numbers)}")
    for number in numbers:
        if sim := sims.get(number):
            submit(box, sim, wanted.message)


def submit(box: Box, sim: Row, text: str) -> int:
    """Let a message be on its way to a SIM, which has id, iccid, msisdn, account_id and realm; answers its id."""
    sms_id: int = box.sql(
        "INSERT INTO wing_sms (sim_id, account_id, message_type, text, at, origination, destination, status)"
        " VALUES (:sim, :account, 'AO/MT', :text, :at, :origination, :destination, :status) RETURNING id",
        sim=sim["id"],
        account=sim["account_id"],
        text=text,
        at=clock.text(box.now),
        origination=NETWORK.texts,
        destination=sim["msisdn"],
        status=SUBMITTED,
    ).fetchone()[0]
    workflow.start(
        box,
        carrier="wing",
        kind=SEND,
        owner=sim["realm"],
        subject=sim["iccid"],
        tasks=workflows.KINDS[SEND].tasks,
        sent=json.dumps({"id": sms_id, "to": sim["msisdn"], "message": text}),
    )
    return sms_id


@workflow.handles(SEND)
def _deliver(box: Box, job: Mapping[str, Any], refusal: Refusal | None) -> Outcome:
    """Send the message, or say why not."""
    sms_id = json.loads(job["input"])["id"]
    devices.catch_up(box, NETWORK, job["subject"])
    refusal = refusal or _refuse(box, job["subject"])
    if refusal is None:
        desk.receive(box, Event(job["subject"], box.now, "sms-mt", country=_country(box, job["subject"])))
    status = FAILED if refusal else SENT
    box.sql("UPDATE wing_sms SET status = :status WHERE id = :id", status=status, id=sms_id)
    return workflows.failed(refusal) if refusal else Outcome("completed", workflows.SUCCESS)


def _refuse(box: Box, iccid: str) -> Refusal | None:
    """Say why a SIM cannot be reached, if it cannot."""
    state = box.sql("SELECT state FROM wing_sim WHERE iccid = :iccid", iccid=iccid).fetchone()["state"]
    if state not in ADMITTED:
        return Refusal(f"SIM {iccid} is {state}", workflows.CONFLICT)
    device = box.sql("SELECT is_attached FROM box_device WHERE iccid = :iccid", iccid=iccid).fetchone()
    if device is not None and not device["is_attached"]:
        return Refusal(f"The device of SIM {iccid} is off the network", workflows.CONFLICT)
    return None


def _country(box: Box, iccid: str) -> str | None:
    """Where the SIM's device was put, if it was."""
    device = box.sql("SELECT country FROM box_device WHERE iccid = :iccid", iccid=iccid).fetchone()
    return device["country"] if device is not None else None
