"""WING 5.14.1 and 5.14.2: a range of SIMs moves from one account to another."""

from itertools import chain
from typing import Any

import httpx
import pytest
from tests.wing.answers import batch, problem, wrong_fields
from tests.wing.rows import by_iccid, changed, rows

from carrierbox.carriers.wing.fixtures import ISSUER
from carrierbox.kernel import magic

MOVE = "/api/v1/resources/batch/sims/assign"
SIMS = "/api/v1/subscription/sims"
UNDER_WAY = "A state change of this SIM is already under way"
BY_MAGIC = "The work on this SIM fails, as its magic ICCID says"
#: The two SIMs that both documented ranges hold.
ICCIDS = ("8955644099890132001", "8955644099890132019")
IMSIS = ("234500001312001", "234500001312002")
DOCUMENTED = {
    "accountId": 3418, "accountName": "BulkOperations", "fromAccountId": 3992, "fromAccountName": "Deeps",
    "tenantId": "21", "apnGroupId": 1386, "apnIds": [1094202], "serviceProfileId": 1088907,
    "roamingProfileId": 1091802, "rateplanId": 1012, "useImsi": False, "range": {"from": ICCIDS[0], "to": ICCIDS[1]},
}  # fmt: skip
GIVEN = {"apnGroupId": 1386, "networkProfileId": 1088907, "roamingProfileId": 1091802, "ratePlanId": 1012}
BY_IMSI = {"useImsi": True, "range": {"from": IMSIS[0], "to": IMSIS[1]}}
PROFILES = ("apnGroupId", "apnIds", "serviceProfileId", "roamingProfileId", "rateplanId")
NEVER = "9999-12-31T23:59:59.999Z"


def move(world: Any, *, client: httpx.Client | None = None, **changes: Any) -> httpx.Response:
    """The documented request with these changes; None leaves a member out."""
    body = {name: value for name, value in (DOCUMENTED | changes).items() if value is not None}
    return (client or world.wing).post(MOVE, params={"reassign": "true"}, json=body)


def bare(world: Any, source: int, target: int, first: str, last: str | None = None) -> httpx.Response:
    """A move by IMSI that gives no profiles."""
    given = dict.fromkeys(PROFILES) | {"useImsi": True, "range": {"from": first, "to": last or first}}
    return move(world, accountId=target, fromAccountId=source, **given)


def settled(world: Any, workflow_id: str) -> dict[str, Any]:
    world.advance(until="idle")
    done: dict[str, Any] = world.workflow(workflow_id)
    return done


def record(world: Any, iccid: str) -> dict[str, Any]:
    """A SIM's extended record, which has the previous values too."""
    [found] = world.wing.get(SIMS, params={"iccid.equals": iccid}).json()
    return dict(found)


def trail(world: Any, imsi: str) -> list[tuple[str, ...]]:
    """What the audit trail has of today, newest first."""
    names = ("accountName", "action", "preValue", "newValue", "status")
    answer = world.wing.get(f"/api/v1/getAuditTrail/{imsi}/1").json()
    return [tuple(row[name] for name in names) for row in answer]


def of_account(world: Any, account: int, **more: Any) -> list[dict[str, Any]]:
    return list(world.wing.get(SIMS, params={"accountId.equals": account, **more}).json())


MOVED = ("Deeps", "SIM_ACCOUNT_CHANGE", '"Deeps"', '"BulkOperations"', "COMPLETED")


@pytest.mark.parametrize("given", [{}, BY_IMSI], ids=["by ICCID", "by IMSI"])
def test_the_sims_move_when_the_workflow_completes_and_not_before(given: dict[str, Any], world: Any) -> None:
    before = [record(world, iccid) for iccid in ICCIDS]
    answer = move(world, **given)
    workflow_id = batch(answer, 202)
    assert ("wing-5.14.2" if given else "wing-5.14.1") == answer.headers["x-carrierbox-operation"]
    stages = []
    while (running := world.workflow(workflow_id))["status"] == "RUNNING":
        assert (0, {}) == (running["endTime"], running["output"])
        assert before == [record(world, iccid) for iccid in ICCIDS]
        stages.append(tuple(task["status"] for task in running["tasks"]))
        world.advance(by=0.31)
    assert ("SCHEDULED",) == stages[0]
    assert ("COMPLETED", "IN_PROGRESS") == stages[-1]
    done = world.workflow(workflow_id)
    assert ("COMPLETED", {"message": "Success", "statusCode": 200}) == (done["status"], done["output"])
    assert ("move_sims_wf", DOCUMENTED | given) == (done["workflowName"], done["input"])
    assert [("resolve_sim_range", "COMPLETED"), ("move_sims", "COMPLETED")] == [
        (task["taskType"], task["status"]) for task in done["tasks"]
    ]
    for then, iccid in zip(before, ICCIDS, strict=True):
        after = record(world, iccid)
        moved = {"accountId": 3418, "accountName": "BulkOperations"}
        kept = {"prevApnGroupId": then["apnGroupId"], "prevRatePlanId": then["ratePlanId"]}
        assert moved | kept | GIVEN == {name: after[name] for name in moved | kept | GIVEN}
        others = {name for name in after if after[name] != then[name]} - moved.keys() - kept.keys() - GIVEN.keys()
        assert {"modificationTimestamp"} == others
    assert [[MOVED]] * 2 == [trail(world, imsi) for imsi in IMSIS]


def test_the_workflow_stands_under_the_section_that_asked_for_it(world: Any) -> None:
    for given, section in (({}, "wing-5.14.1"), (BY_IMSI, "wing-5.14.2")):
        workflow_id = move(world, **given).text
        shown = world.control.get(f"/_box/worlds/{world.name}/workflows/{workflow_id}").json()
        assert section == shown["operation"]


def test_filters_find_the_sims_where_they_are(world: Any) -> None:
    assert [*ICCIDS] == [sim["iccid"] for sim in of_account(world, 3992)]
    move(world)
    world.advance(until="idle")
    assert [] == of_account(world, 3992)
    assert [*ICCIDS] == [sim["iccid"] for sim in of_account(world, 3418, **{"ratePlanId.equals": 1012})]
    assert [*ICCIDS] == [
        sim["iccid"] for sim in world.wing.get(SIMS, params={"accountName.equals": "BulkOperations"}).json()
    ]
    world.wing.headers["Account-Context-Id"] = "3992"
    assert 404 == world.wing.get(f"{SIMS}/iccid/{ICCIDS[0]}").status_code
    world.wing.headers["Account-Context-Id"] = "3418"
    assert 200 == world.wing.get(f"{SIMS}/iccid/{ICCIDS[0]}").status_code


def test_pages_read_before_are_true_afterwards(world: Any) -> None:
    def pages(account: int) -> list[list[int]]:
        read = []
        here = {"Account-Context-Id": str(account)}
        while not read or read[-1]:
            answer = world.wing.get(SIMS, params={"page": len(read) + 1, "size": 7}, headers=here).json()
            read.append([sim["id"] for sim in answer])
        return read[:-1]

    moving = of_account(world, 3502)
    first, last = moving[0]["imsi"], moving[-1]["imsi"]
    before = {account: [*chain(*pages(account))] for account in (3501, 3502)}
    bare(world, 3502, 3501, first, last)
    world.advance(until="idle")
    expected = {3501: sorted(before[3501] + before[3502]), 3502: []}
    for account, ids in expected.items():
        assert [ids[start : start + 7] for start in range(0, len(ids), 7)] == pages(account)


@pytest.mark.parametrize(
    "given",
    [
        {"range": {"start": ICCIDS[0], "end": ICCIDS[1]}},
        {"range": {"from": int(ICCIDS[0]), "to": int(ICCIDS[1])}},
        {"range": {"from": "8955644099890132000", "to": "8955644099890132010"}},  # the check digits do not count
        {"useImsi": "false"},
        {"tenantId": None, "accountName": None, "fromAccountName": 5},
    ],
    ids=["start and end", "numbers", "wrong check digits", "flag in quotes", "without what is not read"],
)
def test_the_range_is_taken_in_other_spellings(given: dict[str, Any], world: Any) -> None:
    assert "COMPLETED" == settled(world, batch(move(world, **given), 202))["status"]
    assert [3418, 3418] == [record(world, iccid)["accountId"] for iccid in ICCIDS]


@pytest.mark.parametrize("query", [{}, {"reassign": "false"}])
def test_reassign_missing_or_false_is_as_true(query: dict[str, str], world: Any) -> None:
    workflow_id = batch(world.wing.post(MOVE, params=query, json=DOCUMENTED), 202)
    assert "COMPLETED" == settled(world, workflow_id)["status"]


def test_reassign_that_is_no_boolean_is_400(world: Any) -> None:
    for value in ("maybe", "", "yes\0"):
        answer = world.wing.post(MOVE, params={"reassign": value}, json=DOCUMENTED)
        assert f"Parameter 'reassign': '{value}' is not true or false" == problem(answer, 400)["detail"]


def test_both_ends_lie_within_and_nothing_beside_them(world: Any) -> None:
    assert "COMPLETED" == settled(world, bare(world, 3992, 3418, IMSIS[0]).text)["status"]
    assert [3418, 3992] == [record(world, iccid)["accountId"] for iccid in ICCIDS]


def test_a_sim_keeps_what_the_new_account_has_too_and_gets_the_default_of_what_it_has_not(world: Any) -> None:
    sim = world.sim("8955644099890089041")
    bare(world, 3241, 6501, sim["imsi"])
    world.advance(until="idle")
    after = record(world, sim["iccid"])
    assert (1402, 1390) == (after["apnGroupId"], after["prevApnGroupId"])
    same = ("networkProfileId", "roamingProfileId", "ratePlanId")
    assert [sim[name] for name in same] == [after[name] for name in same]
    assert (None, None) == (after["prevServiceProfileId"], after["prevRatePlanId"])
    bare(world, 6501, 3418, sim["imsi"])
    world.advance(until="idle")
    moved = record(world, sim["iccid"])
    # 3418 has APN groups, and none of them is its default
    assert GIVEN | {"apnGroupId": 0} == {name: moved[name] for name in GIVEN}
    assert (1402, 1087055, 65362) == (
        moved["prevApnGroupId"], moved["prevServiceProfileId"], moved["prevRatePlanId"],
    )  # fmt: skip


def test_a_sim_leaves_its_group(world: Any) -> None:
    sim = world.sim("1955644099890004111")
    body = {"iccid": sim["iccid"], "imsi": sim["imsi"], "accountId": 6501, "groupId": 18351}
    assert 200 == world.wing.put("/api/v1/subscription/sims/group", json=body).status_code
    assert [18351] == [row["group_id"] for row in by_iccid(rows(world), [sim["iccid"]])]
    bare(world, 6501, 3439, sim["imsi"])
    world.advance(until="idle")
    assert [None] == [row["group_id"] for row in by_iccid(rows(world), [sim["iccid"]])]


def assigned(resource_type: str, resource_id: int) -> dict[str, Any]:
    """What 4.28 is sent for something to be assigned to an account."""
    return {
        "resourceType": resource_type,
        "resourceId": resource_id,
        "effectiveDate": "2021-01-01T00:00:00.000Z",
        "expirationDate": NEVER,
        "isDefault": False,
    }


def resource(world: Any, account: int, resource_type: str, resource_id: int) -> dict[str, Any]:
    answer = world.wing.post(f"/api/v1/accounts/account/{account}/resources", json=assigned(resource_type, resource_id))
    assert answer.is_success, answer.text
    return dict(answer.json())


def test_a_static_address_is_free_where_the_new_apn_group_has_no_pool_for_it(world: Any) -> None:
    moving, other = (world.sim(iccid) for iccid in ("1955644099890010269", "1955644099890010277"))
    bare(world, 7918, 6501, moving["imsi"])
    world.advance(until="idle")
    assert [] == world.sim(moving["iccid"])["ipAddresses"]
    wanted = {
        "accountId": 7918, "apnGroupName": "G5", "apnName": "mani_03", "iccid": other["iccid"], "imsi": other["imsi"],
        "ipAddress": "10.21.120.96", "ipPoolName": "mani_03",
    }  # fmt: skip
    assert 202 == world.wing.post(f"{SIMS}/change/ipaddress", json=wanted).status_code
    world.advance(until="idle")
    assert ["10.21.120.96"] == world.sim(other["iccid"])["ipAddresses"]


def test_a_static_address_stays_where_the_new_apn_group_has_a_pool_for_it(world: Any) -> None:
    sim = world.sim("1955644099890010269")
    apn = resource(world, 6501, "APN", 4021103)
    group = {"apnGroupName": "Static", "apnIds": [apn["id"]], "default": True}
    assert 201 == world.wing.post("/api/v1/accounts/address/6501/apnGroup", json=group).status_code
    bare(world, 7918, 6501, sim["imsi"])
    world.advance(until="idle")
    assert (6501, ["10.21.120.96"]) == tuple(world.sim(sim["iccid"])[name] for name in ("accountId", "ipAddresses"))


def test_an_assignment_of_the_single_sim_goes_along(world: Any) -> None:
    sim = world.sim(ICCIDS[0])
    row = resource(world, 3992, "SIM", sim["id"])
    move(world)
    world.advance(until="idle")
    assert 3418 == world.wing.get(f"/api/v1/accounts/resources/{row['id']}").json()["accountMasterId"]


def test_a_sim_whose_state_is_being_changed_stays_and_the_workflow_says_so(world: Any) -> None:
    state = world.change(world.sim(ICCIDS[1]), "SUSPENDED", 4).text
    world.control.post(  # so that the state change takes longer
        f"/_box/worlds/{world.name}/outcomes", json={"match": {"workflow": "move_sims_wf"}, "do": {"take": "1s"}}
    )
    workflow_id = move(world).text
    world.advance(by="1s")
    done = world.workflow(workflow_id)
    failures = [{"iccid": ICCIDS[1], "message": UNDER_WAY}]
    assert "PARTIALLY COMPLETED" == done["status"]
    assert {
        "message": "1 of 2 SIMs failed", "statusCode": 207, "succeeded": 1, "failed": 1, "failures": failures,
    } == done["output"]  # fmt: skip
    assert "reasonForIncompletion" not in done
    assert [] == done["failedReferenceTaskNames"]
    assert ["COMPLETED", "COMPLETED_WITH_ERRORS"] == [task["status"] for task in done["tasks"]]
    assert done["output"] == done["tasks"][-1]["outputData"]
    assert "COMPLETED" == settled(world, state)["status"]
    assert [3418, 3992] == [record(world, iccid)["accountId"] for iccid in ICCIDS]
    assert [MOVED] == trail(world, IMSIS[0])
    assert (*MOVED[:-1], "FAILED") in trail(world, IMSIS[1])


def test_where_every_sim_stays_the_workflow_fails(world: Any) -> None:
    for iccid in ICCIDS:
        world.change(world.sim(iccid), "SUSPENDED", 4)
    world.control.post(
        f"/_box/worlds/{world.name}/outcomes", json={"match": {"workflow": "move_sims_wf"}, "do": {"take": "1s"}}
    )
    workflow_id = move(world).text
    world.advance(by="1s")
    done = world.workflow(workflow_id)
    assert ("FAILED", 409, "2 of 2 SIMs failed") == (
        done["status"], done["output"]["statusCode"], done["reasonForIncompletion"],
    )  # fmt: skip
    assert [*ICCIDS] == [each["iccid"] for each in done["output"]["failures"]]


def test_a_state_change_that_begins_while_the_sims_wait_keeps_them_as_well(world: Any) -> None:
    workflow_id = move(world).text
    world.advance(by="1s")
    world.change(world.sim(ICCIDS[0]), "SUSPENDED", 4)
    world.advance(by="1s")
    done = world.workflow(workflow_id)
    assert ("PARTIALLY COMPLETED", [{"iccid": ICCIDS[0], "message": UNDER_WAY}]) == (
        done["status"], done["output"]["failures"],
    )  # fmt: skip


def test_it_locks_no_sim(world: Any) -> None:
    move(world)
    assert not world.sim(ICCIDS[0])["stateChangeLock"]


def test_of_two_moves_of_the_same_sims_the_first_has_them(world: Any) -> None:
    first, second = move(world).text, bare(world, 3992, 3439, *IMSIS).text
    world.advance(until="idle")
    assert "COMPLETED" == world.workflow(first)["status"]
    done = world.workflow(second)
    reason = "No SIM of account 3992 lies in the range"
    assert ("FAILED", reason) == (done["status"], done["reasonForIncompletion"])
    assert [3418, 3418] == [record(world, iccid)["accountId"] for iccid in ICCIDS]


def test_only_sims_of_the_account_move_where_a_range_holds_others_too(world: Any) -> None:
    before = {account: of_account(world, account) for account in (3501, 3502, 3503, 3504)}
    every = sorted(sim["imsi"] for sims in before.values() for sim in sims if sim["id"] < 90_000_000)
    workflow_id = bare(world, 3502, 3504, every[0], every[-1]).text
    assert "COMPLETED" == settled(world, workflow_id)["status"]
    after = {account: {sim["id"] for sim in of_account(world, account)} for account in before}
    ids = {account: {sim["id"] for sim in sims} for account, sims in before.items()}
    assert {3501: ids[3501], 3502: set(), 3503: ids[3503], 3504: ids[3502] | ids[3504]} == after


def fails_wholly(world: Any, workflow_id: str, reason: str, code: int) -> dict[str, Any]:
    """A workflow that ends so, before anything was done."""
    before = rows(world)
    done = settled(world, workflow_id)
    assert ("FAILED", reason) == (done["status"], done["reasonForIncompletion"])
    assert {"message": reason, "statusCode": code} == done["output"]
    assert changed(before, rows(world)) <= {"box_job", "wing_audit"}
    return done


@pytest.mark.parametrize(
    ("member", "noun", "elsewhere", "foreign"),
    [
        ("apnGroupId", "APN group", 1402, None),
        ("serviceProfileId", "Service profile", 1087055, 3000021),
        ("roamingProfileId", "Roaming profile", 1087253, 3000031),
        ("rateplanId", "Rate plan", 65362, 3000011),
        ("apnIds", "APN", 70503, 3000001),
    ],
)
def test_a_profile_that_the_new_account_does_not_have_fails_the_whole(
    member: str, noun: str, elsewhere: int, foreign: int | None, world: Any
) -> None:
    for wanted, problem_, code in (
        (2**63 - 1, "not found", 404),
        (foreign, "not found", 404),
        (elsewhere, "is not assigned to account 3418", 422),
    ):
        if wanted is None:
            continue
        given = {member: [wanted] if member == "apnIds" else wanted}
        done = fails_wholly(world, batch(move(world, **given), 202), f"{noun} {wanted} {problem_}", code)
        assert [("resolve_sim_range", "FAILED_WITH_TERMINAL_ERROR")] == [
            (task["taskType"], task["status"]) for task in done["tasks"]
        ]
        assert [(*MOVED[:-1], "FAILED")] == [trail(world, imsi)[0] for imsi in IMSIS[:1]]


def test_a_profile_that_was_taken_from_the_account_meanwhile_fails_the_whole(world: Any) -> None:
    workflow_id = move(world).text
    plans = world.wing.get(
        "/api/v1/accounts/account/3418/resources", params={"resourceType.equals": "RATE-PLAN"}
    ).json()
    assert world.wing.delete(f"/api/v1/accounts/resources/{plans[0]['id']}").is_success
    done = fails_wholly(world, workflow_id, "Rate plan 1012 is not assigned to account 3418", 422)
    assert ["resolve_sim_range", "move_sims"] == [task["taskType"] for task in done["tasks"]]


@pytest.mark.parametrize(
    "given",
    [
        {"range": {"from": "8955644099890132029", "to": "8955644099890132099"}},
        {"useImsi": True, "range": {"from": "234500001312003", "to": "234500001312003"}},
        {"fromAccountId": 3439},
    ],
    ids=["no ICCID", "no IMSI", "not of that account"],
)
def test_a_range_without_sims_of_the_account_fails(given: dict[str, Any], world: Any) -> None:
    account = given.get("fromAccountId", 3992)
    fails_wholly(world, batch(move(world, **given), 202), f"No SIM of account {account} lies in the range", 404)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"range": {"from": ICCIDS[1], "to": ICCIDS[0]}}, "range.to"),
    ({"range": {"from": ICCIDS[0], "to": f"{ICCIDS[1]}0"}}, "range.to"),
    ({"range": {"from": IMSIS[0], "to": IMSIS[1]}}, "range.from"),
    ({"useImsi": True}, "range.from"),
    ({"useImsi": True, "range": {"from": IMSIS[1], "to": IMSIS[0]}}, "range.to"),
    ({"useImsi": True, "range": {"from": IMSIS[0], "to": IMSIS[1][:-1]}}, "range.to"),
    ({"useImsi": True, "range": {"from": "0" * 15, "to": "1" * 16}}, "range.to"),
    ({"range": {"from": ICCIDS[0]}}, "range.to"),
    ({"range": {"to": ICCIDS[0]}}, "range.from"),
    ({"range": {}}, "range.from"),
    ({"range": None}, "range"),
    ({"range": []}, "range"),
    ({"range": ICCIDS[0]}, "range"),
    *(({"range": {"from": bad, "to": ICCIDS[1]}}, "range.from")
      for bad in ("", "x", "1" * 33, "1\0", "\u0661", -1, 1.5, True, [], {}, 10**40)),
    ({"accountId": 3992}, "accountId"),
    ({"accountId": 26}, "accountId"),
    ({"accountId": 285, "tenantId": "1"}, "accountId"),
    *(({member: bad}, member)
      for member in ("accountId", "fromAccountId", "apnGroupId", "serviceProfileId", "roamingProfileId", "rateplanId")
      for bad in (0, -1, 2**63, 10**40, 1.5, "3418", True, [], {})),
    *(({"tenantId": bad}, "tenantId") for bad in ("7", "", "x" * 256, "2\0001", 21, True, [])),
    *(({"useImsi": bad}, "useImsi") for bad in ("maybe", 0, 1, [], "")),
    ({"useImsi": None}, "useImsi"),
    ({"accountId": None}, "accountId"),
    ({"fromAccountId": None}, "fromAccountId"),
    ({"apnIds": 1094202}, "apnIds"),
    ({"apnIds": {}}, "apnIds"),
    ({"apnIds": ["1094202"]}, "apnIds.0"),
    ({"apnIds": [1094202, 0]}, "apnIds.1"),
    ({"apnIds": [1094202] * 1001}, "apnIds"),
]  # fmt: skip


def test_a_body_that_does_not_hold_names_the_field_and_changes_nothing(world: Any) -> None:
    before = rows(world)
    for body, field in WRONG:
        assert field in wrong_fields(move(world, **body)), (body, field)
    assert {"accountId", "fromAccountId", "useImsi", "range"} == wrong_fields(world.wing.post(MOVE, json={}))
    assert before == rows(world)


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"null", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"x": ' + b"[" * 900 + b"]" * 900 + b"}", "application/json", 400),
        (b"useImsi=true", "application/x-www-form-urlencoded", 415),
    ],
    ids=["empty", "cut", "list", "null", "bytes", "deep", "deep within", "form"],
)
def test_a_body_that_is_no_object_is_refused(content: bytes, content_type: str, status: int, world: Any) -> None:
    problem(world.wing.post(MOVE, content=content, headers={"Content-Type": content_type}), status)
    assert 0 == world.clock()["pending"]


@pytest.mark.parametrize("member", ["accountId", "fromAccountId"])
def test_an_account_that_is_out_of_reach_is_404(member: str, world: Any) -> None:
    before = rows(world)
    for account in (999_999, 9001, 2**63 - 1):
        assert f"Account {account} not found" == problem(move(world, **{member: account}), 404)["detail"]
    world.wing.headers["Account-Context-Id"] = "3418" if member == "fromAccountId" else "3992"
    problem(move(world), 404)
    assert before == rows(world)


def test_nobody_of_another_realm_moves_the_sims(world: Any) -> None:
    before = rows(world)
    acme = world.wing_as("acme-admin", "acme-iot")
    problem(move(world, client=acme), 404)
    problem(move(world, client=acme, accountId=9001, fromAccountId=3992), 404)
    assert before == rows(world)


def test_a_readers_request_is_403(world: Any) -> None:
    before = rows(world)
    problem(move(world, client=world.wing_as("sandbox-reader")), 403)
    assert before == rows(world)


def outcome(world: Any, do: dict[str, Any], **match: str) -> None:
    body = {"match": {"workflow": "move_sims_wf"} | match, "do": do}
    answer = world.control.post(f"/_box/worlds/{world.name}/outcomes", json=body)
    assert 201 == answer.status_code, answer.text


def test_named_sims_fail_by_an_outcome_and_the_others_move(world: Any) -> None:
    outcome(world, {"partly": {"iccids": [ICCIDS[0], "1"], "reason": "Lost on the way"}})
    done = settled(world, move(world).text)
    assert "PARTIALLY COMPLETED" == done["status"]
    assert (1, 1, [{"iccid": ICCIDS[0], "message": "Lost on the way"}]) == tuple(
        done["output"][name] for name in ("succeeded", "failed", "failures")
    )
    assert [3992, 3418] == [record(world, iccid)["accountId"] for iccid in ICCIDS]
    assert [[(*MOVED[:-1], "FAILED")], [MOVED]] == [trail(world, imsi) for imsi in IMSIS]


def test_an_outcome_may_fail_the_whole(world: Any) -> None:
    outcome(world, {"fail": {"reason": "No network", "code": 502}})
    workflow_id = move(world).text
    done = fails_wholly(world, workflow_id, "No network", 502)
    assert ["resolve_sim_range", "move_sims"] == [task["taskType"] for task in done["tasks"]]
    assert [[(*MOVED[:-1], "FAILED")]] * 2 == [trail(world, imsi) for imsi in IMSIS]


def test_an_outcome_may_be_for_the_section_alone(world: Any) -> None:
    outcome(world, {"fail": True}, operation="wing-5.14.2")
    by_iccid_, by_imsi = move(world).text, bare(world, 3439, 3418, "234500001317106").text
    world.advance(until="idle")
    assert ("COMPLETED", "FAILED") == (world.workflow(by_iccid_)["status"], world.workflow(by_imsi)["status"])


def test_an_outcome_may_hold_it_up_or_never_let_it_end(world: Any) -> None:
    outcome(world, {"take": "1h"})
    workflow_id = move(world).text
    world.advance(by="59m")
    assert ("RUNNING", 3992) == (world.workflow(workflow_id)["status"], record(world, ICCIDS[0])["accountId"])
    world.advance(by="1m")
    done = world.workflow(workflow_id)
    assert ("COMPLETED", 3_600_000) == (done["status"], done["endTime"] - done["startTime"])
    world.control.delete(f"/_box/worlds/{world.name}/outcomes")
    outcome(world, {"stick": True})
    stuck = bare(world, 3418, 3992, *IMSIS).text
    world.advance(by="30d")
    world.wing.headers["authorization"] = f"Bearer {world.token()}"
    assert ("RUNNING", {}) == tuple(world.workflow(stuck)[name] for name in ("status", "output"))
    assert 3418 == record(world, ICCIDS[0])["accountId"]


MAGIC = magic.iccids(ISSUER)
#: The magic SIMs but for those about which any request fails.
MAGIC_RANGE = ("234508000000001", "234508000000998")


def test_a_magic_sim_fails_and_one_that_is_magically_locked_stays(world: Any) -> None:
    done = settled(world, bare(world, 3501, 3502, *MAGIC_RANGE).text)
    assert "PARTIALLY COMPLETED" == done["status"]
    assert [(MAGIC["0400"], BY_MAGIC), (MAGIC["0409"], UNDER_WAY)] == [
        (each["iccid"], each["message"]) for each in done["output"]["failures"]
    ]
    found = by_iccid(rows(world), MAGIC.values())
    where = {ending: row["account_id"] for ending, row in zip(MAGIC, found, strict=True)}
    assert {"0202": 3502, "0400": 3501, "0409": 3501, "0429": 3502, "0503": 3502, "0504": 3502, "0999": 3501} == where


def test_an_outcome_goes_before_what_a_number_means(world: Any) -> None:
    outcome(world, {"complete": True})
    done = settled(world, bare(world, 3501, 3502, *MAGIC_RANGE).text)
    assert [MAGIC["0409"]] == [each["iccid"] for each in done["output"]["failures"]]


@pytest.fixture
def fleet(control: httpx.Client) -> Any:
    """A world whose accounts have some thousand SIMs each."""
    from tests.conftest import World

    made = control.post("/_box/worlds", json={"sims": 4_000, "seed": 514}).json()
    world = World(made["name"], made["base_url"], control)
    world.clock(mode="frozen")
    yield world
    world.close()
    assert 204 == control.delete(f"/_box/worlds/{world.name}").status_code


def test_many_sims_move_in_parts_and_5_8_shows_how_far_they_are(fleet: Any) -> None:
    sims = of_account(fleet, 3502)
    every = sorted(sim["imsi"] for sim in sims)
    assert 900 < len(every) < 1100
    workflow_id = bare(fleet, 3502, 3503, "234502000000000", "234502000009999").text
    fleet.advance(by="1280ms")
    seen = []
    while (running := fleet.workflow(workflow_id))["status"] == "RUNNING":
        assert {"succeeded", "failed", "failures"} == running["output"].keys()
        assert (0, []) == (running["output"]["failed"], running["output"]["failures"])
        assert ["COMPLETED", "IN_PROGRESS"] == [task["status"] for task in running["tasks"]]
        assert {} == running["tasks"][-1]["outputData"]
        seen.append(running["output"]["succeeded"])
        assert len(every) - seen[-1] == len(of_account(fleet, 3502))
        fleet.advance(by="40ms")
    assert len(seen) > 2
    assert seen == sorted(set(seen))
    done = fleet.workflow(workflow_id)
    assert ("COMPLETED", {"message": "Success", "statusCode": 200}) == (done["status"], done["output"])
    assert done["endTime"] == done["tasks"][-1]["endTime"]
    assert [] == of_account(fleet, 3502)
    moved = [row for row in rows(fleet)["wing_audit"] if row["action"] == "SIM_ACCOUNT_CHANGE"]
    assert every == sorted(row["imsi"] for row in moved)


def test_a_move_that_can_go_no_further_says_how_far_it_got(fleet: Any) -> None:
    before = len(of_account(fleet, 3502))
    given = dict.fromkeys(PROFILES) | {"useImsi": True, "range": {"from": "234502000000000", "to": "234502000009999"}}
    workflow_id = move(fleet, accountId=3418, fromAccountId=3502, **given | {"apnIds": [1094202]}).text
    fleet.advance(by="1280ms")
    moved = fleet.workflow(workflow_id)["output"]["succeeded"]
    assert 0 < moved < before
    [apn] = fleet.wing.get("/api/v1/accounts/account/3418/resources", params={"resourceType.equals": "APN"}).json()
    assert fleet.wing.delete(f"/api/v1/accounts/resources/{apn['id']}").is_success
    done = settled(fleet, workflow_id)
    assert ("PARTIALLY COMPLETED", moved, before - moved) == (
        done["status"], done["output"]["succeeded"], done["output"]["failed"],
    )  # fmt: skip
    assert {"APN 1094202 is not assigned to account 3418"} == {each["message"] for each in done["output"]["failures"]}
    assert (moved, before - moved) == (len(of_account(fleet, 3418)), len(of_account(fleet, 3502)))
