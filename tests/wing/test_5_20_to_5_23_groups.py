"""WING 5.20, 5.22 and 5.23: SIMs are put into their account's groups, one by one or many at once."""

from typing import Any

import httpx
import pytest
from tests.wing.answers import batch, problem, wrong_fields
from tests.wing.rows import by_iccid, changed, rows

from carrierbox.carriers.wing.fixtures import ISSUER
from carrierbox.kernel import magic

PATHS = {"wing-5.20": "/api/v1/api/sims/group", "wing-5.23": "/api/v1/subscription/sims/group"}
LIST = "/api/v1/resources/batch/sims/update/group/list"
SIM = {"iccid": "1955644099890004111", "imsi": "234509001014111", "accountId": 6501, "groupId": 18351}
ICCIDS = ["1955644099890004091", "1955644099890004093", "8955644500001090062", "8955644500001090066"]
DOCUMENTED = {"iccid": ICCIDS, "accountId": 6501, "groupId": 18401}
OTHERS_GROUP = 5053  # of account 3439
BY_MAGIC = "The work on this SIM fails, as its magic ICCID says"


@pytest.fixture(params=PATHS.values(), ids=PATHS)
def path(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def groups(world: Any, *iccids: str) -> list[int | None]:
    """Which groups these SIMs are in; the SIM's record does not show it."""
    return [row["group_id"] for row in by_iccid(rows(world), iccids)]


def trail(world: Any, imsi: str) -> list[tuple[str, ...]]:
    """What the audit trail has of today, newest first."""
    answer = world.wing.get(f"/api/v1/getAuditTrail/{imsi}/1").json()
    return [tuple(row[name] for name in ("action", "preValue", "newValue", "status")) for row in answer]


def bulk(world: Any, **changes: Any) -> httpx.Response:
    answer: httpx.Response = world.wing.post(LIST, json=DOCUMENTED | changes)
    return answer


def settled(world: Any, workflow_id: str) -> dict[str, Any]:
    world.advance(until="idle")
    done: dict[str, Any] = world.workflow(workflow_id)
    return done


def test_one_sim_is_put_into_a_group_at_once_and_its_request_comes_back(path: str, world: Any) -> None:
    sent = {**SIM, "iccid": int(SIM["iccid"]), "note": None}  # type: ignore[call-overload]
    answer = world.wing.put(path, json=sent)
    assert (200, sent) == (answer.status_code, answer.json())
    assert [18351] == groups(world, SIM["iccid"])  # type: ignore[arg-type]
    assert 0 == world.clock()["pending"]


def test_a_new_group_replaces_the_old_one_and_none_takes_the_sim_out(path: str, world: Any) -> None:
    for group, names in (
        (18351, ('""', '"Night shift"')),
        (18401, ('"Night shift"', '"Day shift"')),
        (None, ('"Day shift"', '""')),
        (5651, ('""', '"grptest12509"')),
        ("", ('"grptest12509"', '""')),
    ):
        answer = world.wing.put(path, json=SIM | {"groupId": group})
        assert (200, SIM | {"groupId": group}) == (answer.status_code, answer.json())
        assert [group or None] == groups(world, SIM["iccid"])  # type: ignore[arg-type]
        assert ("SIM_GROUP_CHANGE", *names, "COMPLETED") == trail(world, str(SIM["imsi"]))[0]


def test_the_record_stays_as_it_was_but_for_the_time(path: str, world: Any) -> None:
    before = world.sim(SIM["iccid"])
    world.advance(by="1s")
    world.wing.put(path, json=SIM)
    after = world.sim(SIM["iccid"])
    assert {"modificationTimestamp"} == {name for name in after if after[name] != before[name]}


def test_a_group_that_is_deleted_has_no_sims(world: Any) -> None:
    world.wing.put(PATHS["wing-5.23"], json=SIM)
    world.advance(by="1s")
    before = world.sim(SIM["iccid"])
    assert world.wing.delete("/api/v1/accounts/groups/18351/resource/6501").is_success
    assert [None] == groups(world, SIM["iccid"])  # type: ignore[arg-type]
    after = world.sim(SIM["iccid"])
    assert {"modificationTimestamp"} == {name for name in after if after[name] != before[name]}
    assert ("SIM_GROUP_CHANGE", '"Night shift"', '""', "COMPLETED") == trail(world, str(SIM["imsi"]))[0]


def test_a_state_change_that_is_under_way_is_no_obstacle(path: str, world: Any) -> None:
    world.change(SIM, "SUSPENDED", 4)
    assert 200 == world.wing.put(path, json=SIM).status_code
    assert [18351] == groups(world, SIM["iccid"])  # type: ignore[arg-type]
    assert world.sim(SIM["iccid"])["stateChangeLock"]


@pytest.mark.parametrize(
    "change",
    [
        {"groupId": OTHERS_GROUP},
        {"groupId": 999_999},
        {"groupId": 2**63 - 1},
        {"accountId": 3439},
        {"accountId": 3439, "groupId": OTHERS_GROUP},
        {"accountId": 9001},
        {"iccid": ICCIDS[0]},
        {"imsi": "234509001014091"},
        {"iccid": "1", "imsi": "2"},
    ],
    ids=["group of another account", "no group", "largest", "not the SIM's account", "nor its group", "other realm",
         "two SIMs", "two SIMs again", "no SIM"],
)  # fmt: skip
def test_what_does_not_hang_together_is_404_and_changes_nothing(path: str, change: dict[str, Any], world: Any) -> None:
    before = rows(world)
    assert "not found" in problem(world.wing.put(path, json=SIM | change), 404)["detail"]
    assert before == rows(world)


def test_a_sim_that_the_caller_does_not_see_is_404(path: str, world: Any) -> None:
    before = rows(world)
    [acme] = world.wing_as("acme-admin", "acme-iot").get("/api/v1/subscription/sims", params={"size": 1}).json()
    foreign = {"iccid": acme["iccid"], "imsi": acme["imsi"], "accountId": acme["accountId"], "groupId": None}
    problem(world.wing.put(path, json=foreign), 404)
    problem(world.wing_as("acme-admin", "acme-iot").put(path, json=SIM), 404)
    world.wing.headers["Account-Context-Id"] = "3439"
    problem(world.wing.put(path, json=SIM), 404)
    assert before == rows(world)


def test_a_readers_request_is_403(world: Any) -> None:
    before = rows(world)
    reader = world.wing_as("sandbox-reader")
    for each in PATHS.values():
        problem(reader.put(each, json=SIM), 403)
    problem(reader.post(LIST, json=DOCUMENTED), 403)
    assert before == rows(world)


BAD_NUMBERS = (0, -1, 2**63, 10**40, 1.5, "18351", True, [], {})
BAD_DIGITS = ("", "12x", "1" * 33, "\u0661", "1\0", -5, 1.5, True, [], {}, 10**40)


def test_each_member_of_the_single_request_is_needed_and_of_its_kind(path: str, world: Any) -> None:
    before = rows(world)
    for member in SIM:
        body = {name: value for name, value in SIM.items() if name != member}
        assert {member} == wrong_fields(world.wing.put(path, json=body))
        if member != "groupId":
            assert {member} == wrong_fields(world.wing.put(path, json=SIM | {member: None}))
        for bad in BAD_DIGITS if member in {"iccid", "imsi"} else BAD_NUMBERS:
            assert {member} == wrong_fields(world.wing.put(path, json=SIM | {member: bad})), (member, bad)
    assert before == rows(world)


@pytest.mark.parametrize(
    ("method", "each"), [*(("PUT", each) for each in PATHS.values()), ("POST", LIST)], ids=[*PATHS, "wing-5.22"]
)
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
def test_a_body_that_is_no_object_is_refused(
    method: str, each: str, content: bytes, content_type: str, status: int, world: Any
) -> None:
    problem(world.wing.request(method, each, content=content, headers={"Content-Type": content_type}), status)
    assert 0 == world.clock()["pending"]


def test_5_22_puts_all_listed_sims_into_the_group_when_its_workflow_completes(world: Any) -> None:
    before = [world.sim(iccid) for iccid in ICCIDS]
    workflow_id = batch(bulk(world), 200)
    stages = []
    while (running := world.workflow(workflow_id))["status"] == "RUNNING":
        assert (0, {}) == (running["endTime"], running["output"])
        assert [None] * 4 == groups(world, *ICCIDS)
        stages.append(tuple(task["status"] for task in running["tasks"]))
        world.advance(by=0.31)
    assert ("SCHEDULED",) == stages[0]
    assert ("COMPLETED", "IN_PROGRESS") == stages[-1]
    done = world.workflow(workflow_id)
    assert ("COMPLETED", {"message": "Success", "statusCode": 200}) == (done["status"], done["output"])
    assert ("update_group_list_wf", DOCUMENTED) == (done["workflowName"], done["input"])
    assert ["resolve_sims", "update_group"] == [task["taskType"] for task in done["tasks"]]
    assert [18401] * 4 == groups(world, *ICCIDS)
    for sim in before:
        assert [("SIM_GROUP_CHANGE", '""', '"Day shift"', "COMPLETED")] == trail(world, sim["imsi"])


@pytest.mark.parametrize("group", [None, ""])
def test_5_22_without_a_group_takes_them_out(group: Any, world: Any) -> None:
    bulk(world)
    world.advance(until="idle")
    assert "COMPLETED" == settled(world, batch(bulk(world, groupId=group), 200))["status"]
    assert [None] * 4 == groups(world, *ICCIDS)
    assert ("SIM_GROUP_CHANGE", '"Day shift"', '""', "COMPLETED") == trail(world, "234509001014091")[0]


def test_5_22_fails_one_by_one_for_those_that_are_not_in_the_account(world: Any) -> None:
    strangers = ["8955644099890089041", "8955644099999999999", "1"]
    done = settled(world, batch(bulk(world, iccid=[strangers[0], ICCIDS[0], ICCIDS[0], *strangers[1:]]), 200))
    failures = [{"iccid": iccid, "message": "SIM not found"} for iccid in strangers]
    assert "PARTIALLY COMPLETED" == done["status"]
    assert {
        "message": "3 of 4 SIMs failed", "statusCode": 207, "succeeded": 1, "failed": 3, "failures": failures,
    } == done["output"]  # fmt: skip
    assert [18401, None] == groups(world, ICCIDS[0], strangers[0])
    assert [] == trail(world, "234500001179041")


def test_5_22_fails_where_none_is_in_the_account(world: Any) -> None:
    before = rows(world)
    done = settled(world, batch(bulk(world, iccid=["1", "2"]), 200))
    assert ("FAILED", 404, "2 of 2 SIMs failed") == (
        done["status"], done["output"]["statusCode"], done["reasonForIncompletion"],
    )  # fmt: skip
    assert {"box_job"} == changed(before, rows(world))


@pytest.mark.parametrize("group", [OTHERS_GROUP, 999_999, 2**63 - 1])
def test_5_22_fails_for_a_group_that_the_account_does_not_have(group: int, world: Any) -> None:
    before = rows(world)
    done = settled(world, batch(bulk(world, groupId=group), 200))
    reason = f"Group {group} not found"
    assert ("FAILED", {"message": reason, "statusCode": 404}) == (done["status"], done["output"])
    assert ["resolve_sims"] == [task["taskType"] for task in done["tasks"]]
    assert [("SIM_GROUP_CHANGE", '""', f'"{group}"', "FAILED")] == trail(world, "234509001014091")
    assert {"box_job", "wing_audit"} == changed(before, rows(world))


def test_5_22_fails_for_a_group_that_is_deleted_meanwhile(world: Any) -> None:
    workflow_id = bulk(world).text
    assert world.wing.delete("/api/v1/accounts/groups/18401/resource/6501").is_success
    done = settled(world, workflow_id)
    assert ("FAILED", "Group 18401 not found") == (done["status"], done["reasonForIncompletion"])
    assert ["resolve_sims", "update_group"] == [task["taskType"] for task in done["tasks"]]
    assert [None] * 4 == groups(world, *ICCIDS)


def test_5_22_leaves_out_a_sim_that_moved_meanwhile(world: Any) -> None:
    moved = {
        "accountId": 3439, "fromAccountId": 6501, "useImsi": True,
        "range": {"from": "234509001014091", "to": "234509001014091"},
    }  # fmt: skip
    assert 202 == world.wing.post("/api/v1/resources/batch/sims/assign", json=moved).status_code
    done = settled(world, bulk(world).text)
    assert [{"iccid": ICCIDS[0], "message": "SIM not found"}] == done["output"]["failures"]
    assert [None, 18401, 18401, 18401] == groups(world, *ICCIDS)


@pytest.mark.parametrize("account", [999_999, 9001, 2**63 - 1])
def test_5_22_is_404_for_an_account_out_of_reach(account: int, world: Any) -> None:
    before = rows(world)
    assert f"Account {account} not found" == problem(bulk(world, accountId=account), 404)["detail"]
    world.wing.headers["Account-Context-Id"] = "3439"
    problem(bulk(world), 404)
    assert before == rows(world)


def test_5_22_takes_a_thousand_sims_and_no_more(world: Any) -> None:
    many = [*ICCIDS, *(f"{i:019d}" for i in range(996))]
    done = settled(world, batch(bulk(world, iccid=many), 200))
    assert (4, 996, 996) == (
        done["output"]["succeeded"], done["output"]["failed"], len(done["output"]["failures"]),
    )  # fmt: skip
    assert {"iccid"} == wrong_fields(bulk(world, iccid=[*many, "5"]))


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"iccid": []}, "iccid"),
    ({"iccid": None}, "iccid"),
    ({"iccid": ICCIDS[0]}, "iccid"),
    ({"iccid": {"0": ICCIDS[0]}}, "iccid"),
    *(({"iccid": [ICCIDS[0], bad]}, "iccid.1") for bad in (*BAD_DIGITS, None)),
    *(({member: bad}, member) for member in ("accountId", "groupId") for bad in BAD_NUMBERS),
    ({"accountId": None}, "accountId"),
    ({"accountId": ""}, "accountId"),
]


def test_5_22_names_what_is_wrong_with_its_body_and_changes_nothing(world: Any) -> None:
    before = rows(world)
    for body, field in WRONG:
        assert {field} == wrong_fields(bulk(world, **body)), (body, field)
    assert {*DOCUMENTED} == wrong_fields(world.wing.post(LIST, json={}))
    assert before == rows(world)


def outcome(world: Any, do: dict[str, Any]) -> None:
    body = {"match": {"workflow": "update_group_list_wf"}, "do": do}
    assert 201 == world.control.post(f"/_box/worlds/{world.name}/outcomes", json=body).status_code


def test_5_22_fails_named_sims_by_an_outcome_and_puts_the_others(world: Any) -> None:
    outcome(world, {"partly": {"iccids": [ICCIDS[1], "1"], "reason": "Lost on the way"}})
    done = settled(world, bulk(world).text)
    assert ("PARTIALLY COMPLETED", 3, [{"iccid": ICCIDS[1], "message": "Lost on the way"}]) == (
        done["status"], done["output"]["succeeded"], done["output"]["failures"],
    )  # fmt: skip
    assert [18401, None, 18401, 18401] == groups(world, *ICCIDS)
    assert [("SIM_GROUP_CHANGE", '""', '"Day shift"', "FAILED")] == trail(world, "234509001014093")


def test_5_22_fails_with_409_where_an_outcome_names_all(world: Any) -> None:
    outcome(world, {"partly": ICCIDS})
    done = settled(world, bulk(world).text)
    assert ("FAILED", 409, "4 of 4 SIMs failed") == (
        done["status"], done["output"]["statusCode"], done["output"]["message"],
    )  # fmt: skip


def test_5_22_fails_wholly_by_an_outcome_also_where_it_takes_sims_out(world: Any) -> None:
    outcome(world, {"fail": {"reason": "No network", "code": 502}})
    for group, name in ((18401, "Day shift"), (None, "")):
        before = rows(world)
        done = settled(world, bulk(world, groupId=group).text)
        assert ("FAILED", {"message": "No network", "statusCode": 502}) == (done["status"], done["output"])
        assert ("SIM_GROUP_CHANGE", '""', f'"{name}"', "FAILED") == trail(world, "234509001014091")[0]
        assert {"box_job", "wing_audit"} == changed(before, rows(world))


def test_5_22_may_be_held_up_or_never_end(world: Any) -> None:
    outcome(world, {"take": "1h"})
    workflow_id = bulk(world).text
    world.advance(by="59m")
    assert [None] * 4 == groups(world, *ICCIDS)
    world.advance(by="1m")
    assert ("COMPLETED", [18401] * 4) == (world.workflow(workflow_id)["status"], groups(world, *ICCIDS))
    world.control.delete(f"/_box/worlds/{world.name}/outcomes")
    outcome(world, {"stick": True})
    stuck = bulk(world, groupId=None).text
    world.advance(by="8h")
    assert ("RUNNING", [18401] * 4) == (world.workflow(stuck)["status"], groups(world, *ICCIDS))


def test_5_22_fails_for_a_magic_sim_and_not_for_one_that_is_only_locked(world: Any) -> None:
    known = magic.iccids(ISSUER)
    new = {"name": "Magic", "description": "All of them"}
    here = {"Account-Context-Id": "3501"}
    group = world.wing.post("/api/v1/accounts/groups", json=new, headers=here).json()["id"]
    listed = [known[ending] for ending in ("0202", "0400", "0409", "0999")]
    done = settled(world, batch(bulk(world, iccid=listed, accountId=3501, groupId=group), 200))
    assert ("PARTIALLY COMPLETED", [{"iccid": known["0400"], "message": BY_MAGIC}]) == (
        done["status"], done["output"]["failures"],
    )  # fmt: skip
    assert [group, None, group, group] == groups(world, *listed)
    assert world.sim(known["0409"])["stateChangeLock"]
