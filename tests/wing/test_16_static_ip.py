"""WING 16, Change Static IP: a SIM that has a static address gets another one of its APN group's pools."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.wing.answers import problem, wrong_fields
from tests.wing.inside import advance, asking, job
from tests.wing.rows import changed, rows
from tests.wing.usage import cdrs, put_device

from carrierbox.carriers.wing.subscriptions.static_ip import rules
from carrierbox.carriers.wing.subscriptions.static_ip.schemas import AddressChange
from carrierbox.kernel.world import World

PATH = "/api/v1/subscription/sims/change/ipaddress"
SIM, OTHER = "1955644099890010269", "1955644099890010277"
IMSI = "234509001020269"
DOCUMENTED = {
    "accountId": 7918, "apnGroupName": "G5", "apnName": "mani_03", "iccid": SIM, "imsi": IMSI,
    "ipAddress": "10.21.120.97", "ipPoolName": "mani_03",
}  # fmt: skip
UNDER_WAY = "A state change of this SIM is already under way"


def change(world: Any, *, client: httpx.Client | None = None, **changes: Any) -> httpx.Response:
    return (client or world.wing).post(PATH, json=DOCUMENTED | changes)


def transaction(answer: httpx.Response) -> str:
    assert 202 == answer.status_code, answer.text
    return str(answer.json()["wdhTransactionId"])


def settled(world: Any, workflow_id: str) -> dict[str, Any]:
    world.advance(until="idle")
    done: dict[str, Any] = world.workflow(workflow_id)
    return done


def addresses(world: Any, iccid: str = SIM) -> list[str]:
    return list(world.sim(iccid)["ipAddresses"])


def trail(world: Any, imsi: str = IMSI) -> list[tuple[str, ...]]:
    """What the audit trail has of today, newest first."""
    answer = world.wing.get(f"/api/v1/getAuditTrail/{imsi}/1").json()
    return [tuple(row[name] for name in ("action", "preValue", "newValue", "status")) for row in answer]


def test_the_address_changes_when_the_workflow_completes_and_not_before(world: Any) -> None:
    before = world.sim(SIM)
    answer = change(world)
    workflow_id = transaction(answer)
    assert workflow_id == str(UUID(workflow_id))
    asked = {name: value for name, value in DOCUMENTED.items() if name != "ipPoolName"}
    assert asked | {"wdhTransactionId": workflow_id} == answer.json()
    stages = []
    while (running := world.workflow(workflow_id))["status"] == "RUNNING":
        assert (0, {}) == (running["endTime"], running["output"])
        assert before == world.sim(SIM)
        stages.append(tuple(task["status"] for task in running["tasks"]))
        world.advance(by=0.31)
    assert ("SCHEDULED",) == stages[0]
    assert ("COMPLETED", "COMPLETED", "IN_PROGRESS") == stages[-1]
    done = world.workflow(workflow_id)
    assert ("COMPLETED", {"message": "Success", "statusCode": 200}) == (done["status"], done["output"])
    assert ("change_static_ip_wf", DOCUMENTED) == (done["workflowName"], done["input"])
    assert ["validate_ip_address", "provision_network", "release_previous_ip"] == [
        task["taskType"] for task in done["tasks"]
    ]
    after = world.sim(SIM)
    assert ["10.21.120.97"] == after["ipAddresses"]
    assert {"ipAddresses", "modificationTimestamp"} == {name for name in after if after[name] != before[name]}
    assert [("SIM_IPADDRESS_CHANGE", '"10.21.120.96"', '"10.21.120.97"', "COMPLETED")] == trail(world)


def test_what_the_device_did_before_it_did_with_the_old_address(world: Any) -> None:
    put_device(world, SIM, "camera")
    world.advance(by="2h")
    assert "COMPLETED" == settled(world, transaction(change(world)))["status"]
    world.advance(by="2h")
    used = [record["servedPDPPDNAddress"] for record in cdrs(world, world.sim(SIM)["msisdn"])]
    assert ["10.21.120.96", "10.21.120.97"] == list(dict.fromkeys(filter(None, used)))


def test_the_old_address_is_free_afterwards_and_not_before(world: Any) -> None:
    other = {"iccid": OTHER, "imsi": world.sim(OTHER)["imsi"], "ipAddress": "10.21.120.96"}
    first, early = transaction(change(world)), transaction(change(world, **other))
    world.advance(by="700ms")  # the one that is refused ends in its first task
    assert ("RUNNING", "FAILED") == tuple(world.workflow(each)["status"] for each in (first, early))
    assert "Address 10.21.120.96 is taken" == world.workflow(early)["reasonForIncompletion"]
    assert "COMPLETED" == settled(world, first)["status"]
    assert "COMPLETED" == settled(world, transaction(change(world, **other)))["status"]
    assert (["10.21.120.97"], ["10.21.120.96"]) == (addresses(world), addresses(world, OTHER))


def test_of_two_sims_that_want_an_address_the_first_gets_it(world: Any) -> None:
    other = {"iccid": OTHER, "imsi": world.sim(OTHER)["imsi"]}
    first, second = transaction(change(world)), transaction(change(world, **other))
    world.advance(until="idle")
    assert "COMPLETED" == world.workflow(first)["status"]
    done = world.workflow(second)
    assert ("FAILED", {"message": "Address 10.21.120.97 is taken", "statusCode": 409}) == (
        done["status"], done["output"],
    )  # fmt: skip
    assert "release_previous_ip" == done["tasks"][-1]["taskType"]
    assert [("SIM_IPADDRESS_CHANGE", '"10.21.120.98"', '"10.21.120.97"', "FAILED")] == trail(world, other["imsi"])


def test_another_realms_sims_may_have_the_same_address(inside: World) -> None:
    wanted = AddressChange.model_validate(DOCUMENTED)
    with asking(inside) as (box, caller):
        box.sql("UPDATE wing_sim SET ip_addresses = :it WHERE realm = 'acme-iot'", it=f'["{wanted.ip_address}"]')
        workflow_id = rules.request_change(box, caller, wanted)["wdhTransactionId"]
    advance(inside)
    assert "completed" == job(inside, workflow_id)["status"]


def test_the_address_that_it_has_may_be_asked_for_again(world: Any) -> None:
    assert "COMPLETED" == settled(world, transaction(change(world, ipAddress="10.21.120.96")))["status"]
    assert ["10.21.120.96"] == addresses(world)


def assigned(world: Any, apn: int, account: int = 7918) -> int:
    """An APN that is assigned to an account: the assignment's id."""
    body = {
        "resourceType": "APN", "resourceId": apn, "effectiveDate": "2021-01-01T00:00:00.000Z",
        "expirationDate": "9999-12-31T23:59:59.999Z", "isDefault": False,
    }  # fmt: skip
    return int(world.wing.post(f"/api/v1/accounts/account/{account}/resources", json=body).json()["id"])


def in_group(world: Any, apn: int) -> None:
    """Let the SIM's APN group have another APN."""
    added = {"addAPN": [assigned(world, apn)], "removeAPN": []}
    assert world.wing.patch("/api/v1/accounts/address/7918/apnGroup/3601", json=added).is_success


def test_any_pool_of_the_apn_group_will_do_and_names_its_own_apn(world: Any) -> None:
    in_group(world, 4020102)
    elsewhere = {"apnName": "overlay.static", "ipPoolName": "10.22.0.0/16", "ipAddress": "10.22.255.1"}
    assert "COMPLETED" == settled(world, transaction(change(world, **elsewhere)))["status"]
    assert ["10.22.255.1"] == addresses(world)


REFUSED: list[tuple[dict[str, Any], str, int]] = [
    ({"ipAddress": "10.21.121.1"}, "Address 10.21.121.1 is not in IP pool mani_03", 409),
    ({"ipAddress": "0.0.0.0"}, "Address 0.0.0.0 is not in IP pool mani_03", 409),
    ({"ipAddress": "255.255.255.255"}, "Address 255.255.255.255 is not in IP pool mani_03", 409),
    ({"ipAddress": "10.21.120.98"}, "Address 10.21.120.98 is taken", 409),
    ({"apnName": "nobody"}, "APN nobody not found", 404),
    ({"apnName": "acme.iot"}, "APN acme.iot not found", 404),
    ({"ipPoolName": "nobody"}, "IP-POOL nobody not found", 404),
    ({"apnName": "demo.static"},
     "IP pool mani_03 is not one of APN demo.static in the SIM's APN group", 409),
    ({"apnName": "demo.static", "ipPoolName": "10.20.0.0/16", "ipAddress": "10.20.0.1"},
     "IP pool 10.20.0.0/16 is not one of APN demo.static in the SIM's APN group", 409),
    ({"ipPoolName": "10.20.0.0/16"}, "IP pool 10.20.0.0/16 is not one of APN mani_03 in the SIM's APN group", 409),
    ({"apnGroupName": "G6"}, f"SIM {SIM} is not in APN group G6", 409),
    ({"apnGroupName": "g5"}, f"SIM {SIM} is not in APN group g5", 409),
    ({"accountId": 6501}, f"SIM {SIM} is not in account 6501", 409),
    ({"accountId": 9001}, f"SIM {SIM} is not in account 9001", 409),
    ({"iccid": "1955644099890004111", "imsi": "234509001014111", "accountId": 6501, "apnGroupName": "Trial"},
     "SIM 1955644099890004111 has no static address", 409),
]  # fmt: skip


@pytest.mark.parametrize(("given", "reason", "code"), REFUSED, ids=[reason for _, reason, _ in REFUSED])
def test_what_goes_against_a_rule_is_accepted_and_ends_failed(
    given: dict[str, Any], reason: str, code: int, world: Any
) -> None:
    before = rows(world)
    done = settled(world, transaction(change(world, **given)))
    assert ("FAILED", {"message": reason, "statusCode": code}) == (done["status"], done["output"])
    assert reason == done["reasonForIncompletion"]
    assert [("validate_ip_address", "FAILED_WITH_TERMINAL_ERROR")] == [
        (task["taskType"], task["status"]) for task in done["tasks"]
    ]
    assert {"box_job", "wing_audit"} == changed(before, rows(world))
    [(action, _, _, status)] = trail(world, given.get("imsi", IMSI))
    assert ("SIM_IPADDRESS_CHANGE", "FAILED") == (action, status)


def test_a_sim_whose_state_is_being_changed_is_left_alone(world: Any) -> None:
    world.change({"iccid": SIM, "imsi": IMSI}, "SUSPENDED", 4)
    done = settled(world, transaction(change(world)))
    assert ("FAILED", {"message": UNDER_WAY, "statusCode": 409}) == (done["status"], done["output"])
    assert ["10.21.120.96"] == addresses(world)


def test_another_apn_group_meanwhile_ends_it_and_frees_the_address(world: Any) -> None:
    new = {"apnGroupName": "Plain", "apnIds": [assigned(world, 1094215)], "default": False}
    group = world.wing.post("/api/v1/accounts/address/7918/apnGroup", json=new).json()[0]["apnGroupId"]
    wanted = {"iccid": SIM, "imsi": IMSI, "apnGroupId": group, "accountId": 7918, "tenantId": "21"}
    assert 200 == world.wing.put("/api/v1/sim/assign_apn", json=wanted).status_code
    done = settled(world, transaction(change(world)))
    assert f"SIM {SIM} has no static address" == done["reasonForIncompletion"]
    assert [] == addresses(world)
    other = {"iccid": OTHER, "imsi": world.sim(OTHER)["imsi"], "ipAddress": "10.21.120.96"}
    assert "COMPLETED" == settled(world, transaction(change(world, **other)))["status"]


def test_a_sim_that_cannot_be_meant_is_404(world: Any) -> None:
    before = rows(world)
    [acme] = world.wing_as("acme-admin", "acme-iot").get("/api/v1/subscription/sims", params={"size": 1}).json()
    for given in (
        {"iccid": OTHER},
        {"imsi": "234500001312001"},
        {"iccid": "1", "imsi": "2"},
        {"iccid": acme["iccid"], "imsi": acme["imsi"]},
    ):
        assert "not found" in problem(change(world, **given), 404)["detail"]
    problem(change(world, client=world.wing_as("acme-admin", "acme-iot")), 404)
    world.wing.headers["Account-Context-Id"] = "6501"
    problem(change(world), 404)
    assert before == rows(world)


def test_a_readers_request_is_403(world: Any) -> None:
    before = rows(world)
    problem(change(world, client=world.wing_as("sandbox-reader")), 403)
    assert before == rows(world)


BAD_ADDRESSES = (
    "10.21.120", "10.21.120.256", "10.21.120.097", "10.21.120.97/24", "10.21.120.97 ", "1.2.3.4.5", "address", "",
    "::1", "2001:db8::1", "::ffff:10.21.120.97", "\u0661.2.3.4", "10.21.120.9\0", "1" * 300, 169179233, True, None, [],
)  # fmt: skip


def test_each_member_is_needed_and_of_its_kind(world: Any) -> None:
    before = rows(world)
    bad = {
        "accountId": (0, -1, 2**63, 10**40, 1.5, "7918", True, None, []),
        "iccid": ("", "x", "1" * 33, "1\0", -1, 1.5, True, None, []),
        "imsi": ("", "x", "1" * 33, "1\0", -1, 1.5, True, None, []),
        "ipAddress": BAD_ADDRESSES,
    } | dict.fromkeys(("apnGroupName", "apnName", "ipPoolName"), ("", "a\0", "x" * 256, 5, True, None, [], {}))
    for member, values in bad.items():
        body = {name: value for name, value in DOCUMENTED.items() if name != member}
        assert {member} == wrong_fields(world.wing.post(PATH, json=body))
        for value in values:
            assert {member} == wrong_fields(change(world, **{member: value})), (member, value)
    assert {*DOCUMENTED} == wrong_fields(world.wing.post(PATH, json={}))
    assert before == rows(world)


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"iccid=1", "application/x-www-form-urlencoded", 415),
    ],
    ids=["empty", "cut", "list", "bytes", "deep", "form"],
)
def test_a_body_that_is_no_object_is_refused(content: bytes, content_type: str, status: int, world: Any) -> None:
    problem(world.wing.post(PATH, content=content, headers={"Content-Type": content_type}), status)
    assert 0 == world.clock()["pending"]


def test_an_outcome_decides_how_it_ends(world: Any) -> None:
    control = f"/_box/worlds/{world.name}/outcomes"
    body = {"match": {"iccid": SIM}, "times": 1, "do": {"fail": {"reason": "No network", "code": 502}}}
    assert 201 == world.control.post(control, json=body).status_code
    done = settled(world, transaction(change(world)))
    assert ("FAILED", {"message": "No network", "statusCode": 502}) == (done["status"], done["output"])
    assert [("SIM_IPADDRESS_CHANGE", '"10.21.120.96"', '"10.21.120.97"', "FAILED")] == trail(world)
    assert "COMPLETED" == settled(world, transaction(change(world)))["status"]
