"""WING 5.9 to 5.12: a SIM gets another APN group, service profile, rate plan or roaming profile."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.wing.answers import batch, problem, wrong_fields
from tests.wing.rows import changed, rows

SIM = {"iccid": "8955644099890089041", "imsi": "234500001179041"}
PLANNED = "8955644099880275001"  # 5.11's SIM
UNDER_WAY = "A state change of this SIM is already under way"
NEVER = "9999-12-31T23:59:59.999Z"


@dataclass(frozen=True)
class Kind:
    """One of the four operations, its documented request, and what that does."""

    method: str
    path: str
    status: int
    body: dict[str, Any]
    member: str  # of the body: what is wanted
    noun: str
    field: str  # of the record
    previous: str | None
    before: int
    names: tuple[str, str]
    action: str
    workflow: str
    tasks: tuple[str, str, str]
    resource_type: str | None
    elsewhere: int  # one of the realm's that the account does not have
    foreign: int  # another realm's

    def ask(self, world: Any, *, client: httpx.Client | None = None, **changes: Any) -> httpx.Response:
        body = {name: value for name, value in (self.body | changes).items() if value is not None}
        return (client or world.wing).request(self.method, self.path, json=body)


KINDS = {
    "wing-5.9": Kind(
        "PUT", "/api/v1/sim/assign_apn", 200, {**SIM, "apnGroupId": 1391, "accountId": 3241, "tenantId": "21"},
        "apnGroupId", "APN group", "apnGroupId", "prevApnGroupId", 1390, ("Default", "Trial"),
        "SIM_APNGROUP_CHANGE", "assign_apn_sim_wf",
        ("validate_apn_group", "provision_network", "update_subscription_apn_group"), None, 1386, 0,
    ),
    "wing-5.10": Kind(
        "POST", "/api/v1/sim/assign_service_profile", 202, {**SIM, "serviceProfileId": 1088907},
        "serviceProfileId", "Service profile", "networkProfileId", "prevServiceProfileId", 1087055,
        ("Data and SMS", "Data and voice"), "SIM_SERVICEPROFILE_CHANGE", "assign_service_profile_sim_wf",
        ("validate_service_profile", "provision_network", "update_subscription_service_profile"), "SERVICE-PROFILE",
        1096001, 3000021,
    ),
    "wing-5.11": Kind(
        "PUT", "/api/v1/subscription/sims/rateplan", 200, {"iccid": PLANNED, "ratePlanId": 200468, "accountId": 7189},
        "ratePlanId", "Rate plan", "ratePlanId", "prevRatePlanId", 199706, ("PMSOLO1101", "PMSOLO1102"),
        "SIM_RATEPLAN_CHANGE", "change_rate_plan_sim_wf",
        ("validate_rate_plan", "update_rating", "update_subscription_rate_plan"), "RATE-PLAN", 1011, 3000011,
    ),
    "wing-5.12": Kind(
        "POST", "/api/v1/sim/assign_roaming_profile", 202, {"iccid": SIM["iccid"], "roamingProfileId": 1091802},
        "roamingProfileId", "Roaming profile", "roamingProfileId", None, 1087253, ("Home only", "ALLPLMN"),
        "SIM_ROAMINGPROFILE_CHANGE", "assign_roaming_profile_sim_wf",
        ("validate_roaming_profile", "provision_network", "update_subscription_roaming_profile"), "ROAMING-PROFILE",
        1089201, 3000031,
    ),
}  # fmt: skip


@pytest.fixture(params=KINDS.values(), ids=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    return request.param  # type: ignore[no-any-return]


def record(world: Any, iccid: str) -> dict[str, Any]:
    """A SIM's extended record, which has the previous values too."""
    [found] = world.wing.get("/api/v1/subscription/sims", params={"iccid.equals": iccid}).json()
    return dict(found)


def trail(world: Any, iccid: str) -> list[dict[str, Any]]:
    """What the audit trail has of today, newest first."""
    imsi = world.sim(iccid)["imsi"]
    return list(world.wing.get(f"/api/v1/getAuditTrail/{imsi}/1").json())


def settled(world: Any, workflow_id: str) -> dict[str, Any]:
    world.advance(until="idle")
    done: dict[str, Any] = world.workflow(workflow_id)
    return done


def failed(world: Any, workflow_id: str, reason: str, code: int) -> dict[str, Any]:
    """A workflow that has ended so."""
    done = settled(world, workflow_id)
    assert ("FAILED", reason) == (done["status"], done["reasonForIncompletion"])
    assert {"message": reason, "statusCode": code} == done["output"]
    assert "FAILED_WITH_TERMINAL_ERROR" == done["tasks"][-1]["status"]
    assert [f"{done['tasks'][-1]['taskType']}_ref"] == done["failedReferenceTaskNames"]
    return done


def test_the_sim_changes_when_its_workflow_completes_and_not_before(kind: Kind, world: Any) -> None:
    iccid = kind.body["iccid"]
    before = record(world, iccid)
    workflow_id = batch(kind.ask(world), kind.status)
    assert workflow_id == str(UUID(workflow_id))
    stages = []
    while (running := world.workflow(workflow_id))["status"] == "RUNNING":
        assert (0, {}) == (running["endTime"], running["output"])
        assert before == record(world, iccid)
        stages.append(tuple(task["status"] for task in running["tasks"]))
        world.advance(by=0.31)
    assert ("SCHEDULED",) == stages[0]
    assert ("COMPLETED", "COMPLETED", "IN_PROGRESS") == stages[-1]
    done = world.workflow(workflow_id)
    assert ("COMPLETED", {"message": "Success", "statusCode": 200}) == (done["status"], done["output"])
    assert [*kind.tasks] == [task["taskType"] for task in done["tasks"]]
    assert {"COMPLETED"} == {task["status"] for task in done["tasks"]}
    assert (kind.workflow, kind.body) == (done["workflowName"], done["input"])
    assert {"statusCode": 200} == done["tasks"][1]["outputData"]
    after = record(world, iccid)
    others = {name for name in after if after[name] != before[name]}
    assert {kind.field, "modificationTimestamp"} | ({kind.previous} if kind.previous else set()) == others
    assert kind.body[kind.member] == after[kind.field]
    assert kind.previous is None or kind.before == after[kind.previous]


def test_filters_find_the_sim_by_what_it_has_and_had(kind: Kind, world: Any) -> None:
    kind.ask(world)
    world.advance(until="idle")
    wanted = {f"{kind.field}.equals": kind.body[kind.member], "iccid.equals": kind.body["iccid"]}
    if kind.previous:
        wanted[f"{kind.previous}.equals"] = kind.before
    assert 1 == len(world.wing.get("/api/v1/subscription/sims", params=wanted).json())
    wanted[f"{kind.field}.equals"] = kind.before
    assert [] == world.wing.get("/api/v1/subscription/sims", params=wanted).json()


def test_the_audit_trail_has_both_names_once_it_has_ended(kind: Kind, world: Any) -> None:
    kind.ask(world)
    assert [] == trail(world, kind.body["iccid"])
    world.advance(until="idle")
    [row] = trail(world, kind.body["iccid"])
    before, after = kind.names
    assert (kind.action, f'"{before}"', f'"{after}"', "COMPLETED") == (
        row["action"], row["preValue"], row["newValue"], row["status"],
    )  # fmt: skip
    assert row["userId"]
    assert record(world, kind.body["iccid"])["accountName"] == row["accountName"]


def test_the_same_asked_for_twice_does_not_push_out_what_was_before(kind: Kind, world: Any) -> None:
    for _ in range(2):
        assert "COMPLETED" == settled(world, batch(kind.ask(world), kind.status))["status"]
    after = record(world, kind.body["iccid"])
    assert kind.body[kind.member] == after[kind.field]
    assert kind.previous is None or kind.before == after[kind.previous]


def test_there_and_back_swaps_present_and_previous(kind: Kind, world: Any) -> None:
    for wanted in (kind.body[kind.member], kind.before):
        kind.ask(world, **{kind.member: wanted})
        world.advance(until="idle")
    after = record(world, kind.body["iccid"])
    assert kind.before == after[kind.field]
    assert kind.previous is None or kind.body[kind.member] == after[kind.previous]


def assigned(resource_type: str, resource_id: int) -> dict[str, Any]:
    """What 4.28 is sent for something to be assigned to an account."""
    return {
        "resourceType": resource_type,
        "resourceId": resource_id,
        "effectiveDate": "2021-01-01T00:00:00.000Z",
        "expirationDate": NEVER,
        "isDefault": False,
    }


def test_what_nobody_knows_or_another_realm_has_is_not_found(kind: Kind, world: Any) -> None:
    before = rows(world)
    for wanted in filter(None, (2**63 - 1, kind.foreign)):
        workflow_id = batch(kind.ask(world, **{kind.member: wanted}), kind.status)
        done = failed(world, workflow_id, f"{kind.noun} {wanted} not found", 404)
        assert [kind.tasks[0]] == [task["taskType"] for task in done["tasks"]]
        assert ("FAILED", f'"{wanted}"') == tuple(
            trail(world, kind.body["iccid"])[0][name] for name in ("status", "newValue")
        )
    assert {"box_job", "wing_audit"} == changed(before, rows(world))


def test_what_the_account_does_not_have_is_not_assigned(kind: Kind, world: Any) -> None:
    before = rows(world)
    account = world.sim(kind.body["iccid"])["accountId"]
    workflow_id = batch(kind.ask(world, **{kind.member: kind.elsewhere}), kind.status)
    failed(world, workflow_id, f"{kind.noun} {kind.elsewhere} is not assigned to account {account}", 422)
    [row] = trail(world, kind.body["iccid"])
    assert (kind.action, f'"{kind.names[0]}"', "FAILED") == (row["action"], row["preValue"], row["status"])
    assert {"box_job", "wing_audit"} == changed(before, rows(world))


def test_an_apn_group_of_another_account_goes_by_its_number_in_the_audit_trail(world: Any) -> None:
    KINDS["wing-5.9"].ask(world, apnGroupId=1386)
    world.advance(until="idle")
    assert ['"1386"'] == [row["newValue"] for row in trail(world, SIM["iccid"])]


def test_an_apn_group_of_another_realm_is_not_found(world: Any) -> None:
    acme = world.wing_as("acme-admin", "acme-iot", "9001")
    apn = acme.post("/api/v1/accounts/account/9001/resources", json=assigned("APN", 3000001)).json()
    group = {"apnGroupName": "Acme secret", "apnIds": [apn["id"]], "isDefault": False}
    group_id = acme.post("/api/v1/accounts/address/9001/apnGroup", json=group).json()[0]["apnGroupId"]
    workflow_id = KINDS["wing-5.9"].ask(world, apnGroupId=group_id).text
    failed(world, workflow_id, f"APN group {group_id} not found", 404)
    assert [f'"{group_id}"'] == [row["newValue"] for row in trail(world, SIM["iccid"])]


def assignment_of(world: Any, kind: Kind) -> dict[str, Any]:
    """The row by which the account has what is wanted."""
    account = world.sim(kind.body["iccid"])["accountId"]
    found = world.wing.get(
        f"/api/v1/accounts/account/{account}/resources", params={"resourceType.equals": kind.resource_type}
    ).json()
    return next(row for row in found if row["resourceId"] == kind.body[kind.member])


ASSIGNED = {name: kind for name, kind in KINDS.items() if kind.resource_type}


@pytest.mark.parametrize("kind", ASSIGNED.values(), ids=ASSIGNED)
@pytest.mark.parametrize(
    ("first", "last"),
    [("2021-01-01T00:00:00.000Z", "2021-12-31T00:00:00.000Z"), ("8000-01-01T00:00:00.000Z", NEVER)],
    ids=["over", "to come"],
)
def test_an_assignment_holds_from_its_first_to_its_last_day(kind: Kind, first: str, last: str, world: Any) -> None:
    row = assignment_of(world, kind)
    account = row["accountMasterId"]
    change = row | {"effectiveDate": first, "expirationDate": last}
    answer = world.wing.post(f"/api/v1/accounts/account/{account}/resources", json=change)
    assert 200 == answer.status_code, answer.text
    wanted = kind.body[kind.member]
    failed(world, kind.ask(world).text, f"{kind.noun} {wanted} is not assigned to account {account}", 422)


@pytest.mark.parametrize("kind", ASSIGNED.values(), ids=ASSIGNED)
def test_what_was_taken_from_the_account_meanwhile_fails_at_the_end(kind: Kind, world: Any) -> None:
    workflow_id = kind.ask(world).text
    row = assignment_of(world, kind)
    assert world.wing.delete(f"/api/v1/accounts/resources/{row['id']}").is_success
    reason = f"{kind.noun} {kind.body[kind.member]} is not assigned to account {row['accountMasterId']}"
    done = failed(world, workflow_id, reason, 422)
    assert [*kind.tasks] == [task["taskType"] for task in done["tasks"]]
    assert kind.before == world.sim(kind.body["iccid"])[kind.field]
    assert ["FAILED"] == [row["status"] for row in trail(world, kind.body["iccid"])]


@pytest.mark.parametrize("name", ["wing-5.9", "wing-5.11"])
def test_an_account_that_is_not_the_sims_fails(name: str, world: Any) -> None:
    kind = KINDS[name]
    before = rows(world)
    reason = f"SIM {kind.body['iccid']} is not in account 3439"
    failed(world, batch(kind.ask(world, accountId=3439), kind.status), reason, 409)
    assert {"box_job", "wing_audit"} == changed(before, rows(world))


@pytest.mark.parametrize("name", ["wing-5.9", "wing-5.11"])
def test_a_sim_that_moved_meanwhile_fails(name: str, world: Any) -> None:
    kind = KINDS[name]
    sim = world.sim(kind.body["iccid"])
    batch_id = kind.ask(world).text
    moved = world.wing.post(
        "/api/v1/resources/batch/sims/assign",
        params={"reassign": "true"},
        json={"accountId": 3439, "fromAccountId": sim["accountId"], "useImsi": True,
              "range": {"from": sim["imsi"], "to": sim["imsi"]}},
    )  # fmt: skip
    assert 202 == moved.status_code
    failed(world, batch_id, f"SIM {sim['iccid']} is not in account {sim['accountId']}", 409)
    assert 3439 == world.sim(sim["iccid"])["accountId"]


def test_a_sim_whose_state_is_being_changed_is_left_alone(kind: Kind, world: Any) -> None:
    sim = world.sim(kind.body["iccid"])
    world.change(sim, "SUSPENDED", 4)
    workflow_id = kind.ask(world).text
    failed(world, workflow_id, UNDER_WAY, 409)
    after = world.sim(sim["iccid"])
    assert ("SUSPENDED", kind.before) == (after["stateName"], after[kind.field])


def test_a_state_change_that_begins_meanwhile_keeps_nothing_from_ending(kind: Kind, world: Any) -> None:
    workflow_id = kind.ask(world).text
    world.advance(by="1s")
    state = world.change(world.sim(kind.body["iccid"]), "SUSPENDED", 4).text
    assert "COMPLETED" == settled(world, workflow_id)["status"]
    assert "COMPLETED" == world.workflow(state)["status"]
    after = world.sim(kind.body["iccid"])
    assert ("SUSPENDED", kind.body[kind.member]) == (after["stateName"], after[kind.field])


def test_all_of_them_may_be_under_way_at_once(world: Any) -> None:
    batches = [
        kind.ask(world, iccid=SIM["iccid"]).text if name != "wing-5.11" else kind.ask(world).text
        for name, kind in KINDS.items()
    ]
    world.advance(until="idle")
    assert {"COMPLETED"} == {world.workflow(each)["status"] for each in batches}
    assert 3 == len(trail(world, SIM["iccid"]))


def test_the_plans_type_goes_with_the_plan(world: Any) -> None:
    kind = KINDS["wing-5.11"]
    assert "Individual" == record(world, PLANNED)["ratePlanType"]
    world.wing.post("/api/v1/accounts/account/7189/resources", json=assigned("RATE-PLAN", 1012)).raise_for_status()
    for wanted, plan_type in ((1012, None), (200468, "Individual")):
        kind.ask(world, ratePlanId=wanted)
        world.advance(until="idle")
        assert (wanted, plan_type) == tuple(record(world, PLANNED)[name] for name in ("ratePlanId", "ratePlanType"))


def test_the_workflow_shows_the_request_as_it_was_sent(kind: Kind, world: Any) -> None:
    sent = {**kind.body, "iccid": int(kind.body["iccid"]), "note": {"deep": [1, None, "x"]}}
    workflow_id = batch(kind.ask(world, iccid=int(kind.body["iccid"]), note={"deep": [1, None, "x"]}), kind.status)
    assert sent == world.workflow(workflow_id)["input"]
    assert "COMPLETED" == settled(world, workflow_id)["status"]


def others(kind: Kind, world: Any) -> list[dict[str, Any]]:
    """SIMs that a request cannot mean: of nobody, of another realm, and identities of two."""
    [acme] = world.wing_as("acme-admin", "acme-iot").get("/api/v1/subscription/sims", params={"size": 1}).json()
    found: list[dict[str, Any]] = [{"iccid": "8955644099999999999"}, {"iccid": acme["iccid"]}, {"iccid": "1"}]
    if "imsi" in kind.body:
        found += [{"imsi": "234500001312001"}, {"imsi": "1"}, {name: acme[name] for name in ("iccid", "imsi")}]
    return found


def test_a_sim_that_cannot_be_meant_is_404_and_nothing_is_written(kind: Kind, world: Any) -> None:
    before = rows(world)
    for other in others(kind, world):
        assert "not found" in problem(kind.ask(world, **other), 404)["detail"]
    assert before == rows(world)


def test_a_sim_outside_of_the_account_context_is_404(kind: Kind, world: Any) -> None:
    before = rows(world)
    world.wing.headers["Account-Context-Id"] = "3439"
    problem(kind.ask(world), 404)
    assert before == rows(world)


def test_nobody_of_another_realm_finds_the_sim(kind: Kind, world: Any) -> None:
    before = rows(world)
    problem(kind.ask(world, client=world.wing_as("acme-admin", "acme-iot")), 404)
    assert before == rows(world)


def test_a_readers_request_is_403(kind: Kind, world: Any) -> None:
    before = rows(world)
    problem(kind.ask(world, client=world.wing_as("sandbox-reader")), 403)
    assert before == rows(world)


def test_another_tenant_than_the_sims_is_400(world: Any) -> None:
    before = rows(world)
    for tenant in ("7", "30", "", "x" * 255):
        assert {"tenantId"} == wrong_fields(KINDS["wing-5.9"].ask(world, tenantId=tenant))
    assert before == rows(world)


BAD_NUMBERS = (0, -1, 2**63, 10**40, 1.5, "1391", "", True, [], {}, [1391])
BAD_DIGITS = ("", "12x", "1" * 33, "1 2", "\u0661\u0662", "1\n", "1\0", -5, 1.5, True, [], {}, [SIM["iccid"]], 10**40)
BAD_TEXTS = ("2\0001", "x" * 256, 21, True, [], {})


def wrong_values(kind: Kind) -> list[tuple[str, Any]]:
    bad = {"iccid": BAD_DIGITS, "imsi": BAD_DIGITS, "tenantId": BAD_TEXTS}
    return [(member, value) for member in kind.body for value in bad.get(member, BAD_NUMBERS)]


def test_each_member_is_needed_and_of_its_kind(kind: Kind, world: Any) -> None:
    before = rows(world)
    for member in kind.body:
        assert {member} == wrong_fields(kind.ask(world, **{member: None}))
        body = {**kind.body, member: None}
        assert {member} == wrong_fields(world.wing.request(kind.method, kind.path, json=body))
    for member, value in wrong_values(kind):
        assert {member} == wrong_fields(kind.ask(world, **{member: value})), (member, value)
    assert {*kind.body} == wrong_fields(world.wing.request(kind.method, kind.path, json={}))
    ours = {"iccid": kind.body["iccid"], "wanted": kind.body[kind.member], "account_id": 1, "tenant_id": "21"}
    assert {*kind.body} - {"iccid"} == wrong_fields(world.wing.request(kind.method, kind.path, json=ours))
    assert before == rows(world)


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"null", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b'{"iccid": "\\ud800"}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"iccid=1", "application/x-www-form-urlencoded", 415),
    ],
    ids=["empty", "cut", "list", "null", "bytes", "half a character", "deep", "form"],
)
def test_a_body_that_is_no_object_is_refused(
    kind: Kind, content: bytes, content_type: str, status: int, world: Any
) -> None:
    answer = world.wing.request(kind.method, kind.path, content=content, headers={"Content-Type": content_type})
    problem(answer, status)
    assert 0 == world.clock()["pending"]


def test_outcomes_and_magic_decide_how_it_ends(kind: Kind, world: Any) -> None:
    control = f"/_box/worlds/{world.name}/outcomes"
    world.control.post(
        control,
        json={"match": {"workflow": kind.workflow}, "times": 1, "do": {"fail": {"reason": "No network", "code": 502}}},
    ).raise_for_status()
    failed(world, kind.ask(world).text, "No network", 502)
    before, after = kind.names
    assert [(f'"{before}"', f'"{after}"', "FAILED")] == [
        (row["preValue"], row["newValue"], row["status"]) for row in trail(world, kind.body["iccid"])
    ]
    assert kind.before == world.sim(kind.body["iccid"])[kind.field]
    assert "COMPLETED" == settled(world, kind.ask(world).text)["status"]
