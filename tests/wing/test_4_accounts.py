"""WING 4, accounts and what is assigned to them."""

from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

API = "/api/v1/accounts"
ACCOUNT = f"{API}/account"
SIMS = "/api/v1/subscription/sims"


def make(world: Any, parent: int | None = 3122, state: str = "DRAFT", **more: Any) -> dict[str, Any]:
    body = {"name": "Some", "accountType": "ENTERPRISE", "accountState": state, "billingAccountId": 49506, **more}
    answer = world.wing.post(ACCOUNT, json={**body, "parentAccountId": parent})
    assert 200 == answer.status_code, answer.text
    return dict(answer.json())


def refusal(answer: httpx.Response) -> str:
    """The rule that a call went against."""
    assert 400 == answer.status_code, answer.text
    return str(answer.json()["message"])


def test_4_3_does_without_an_account_context(world: Any) -> None:
    world.wing.headers.pop("Account-Context-Id")
    assert make(world)["parentAccountId"] == 3122
    assert 400 == world.wing.get(ACCOUNT).status_code


def test_4_3_has_the_fields_that_accounts_above_pass_on(world: Any) -> None:
    child = make(world, 3921)
    assert [4958, 5015, 5101, 5060] == [field["id"] for field in child["customFields"]]
    assert [] == make(world, 3122)["customFields"]


def test_4_3_with_parent_0_stands_at_the_top(world: Any) -> None:
    made = make(world, 0, address={"city": "Bristol", "extId": ""}, extId="")
    assert (None, None, None) == (made["parentAccountId"], made["extId"], made["address"]["extId"])
    assert made["id"] == made["address"]["accountMasterId"]


def test_4_4_defines_says_and_forgets_a_field(world: Any) -> None:
    here = {"Account-Context-Id": "3921"}
    path = f"{API}/accounts/customfield"
    field = world.wing.post(
        path, json={"name": "Zone", "type": "Time Stamp", "isPropagated": "true"}, headers=here
    ).json()
    assert ("TimeStamp", "3921", "21") == (field["type"], field["accountId"], field["tenantId"])
    below = {"Account-Context-Id": "4376"}
    value = {"id": field["id"], "value": "north"}
    answer = world.wing.put(f"{path}/updateAccountCustomField/{field['id']}", json=value, headers=below)
    assert "Custom Field Updated Successfully" == answer.text

    def said(account: int) -> dict[int, str]:
        shown = world.wing.get(f"{ACCOUNT}/{account}").json()["customFields"]
        return {each["id"]: each["value"] for each in shown}

    assert "north" == said(4376)[field["id"]]
    assert "" == said(3921)[field["id"]]
    # the twin 5.16.4 names the account in the path
    other = world.wing.put(f"{path}/updateAccountCustomField/3921", json={"id": field["id"], "value": "south"})
    assert 200 == other.status_code, other.text
    assert "south" == said(3921)[field["id"]]
    world.advance(by="5m")
    changed = world.wing.put(path, json={"id": field["id"], "isPropagated": False}).json()
    assert field["creationTimestamp"] == changed["creationTimestamp"] < changed["modificationTimestamp"]
    assert "Zone" == changed["name"]
    assert "Deleted custom field successfully." == world.wing.delete(f"{path}/{field['id']}").text
    assert field["id"] not in said(4376)


def test_a_field_that_is_not_passed_on_says_nothing_of_the_accounts_below(world: Any) -> None:
    path = f"{API}/accounts/customfield"
    field = world.wing.post(path, json={"name": "Own", "type": "Text"}, headers={"Account-Context-Id": "3503"}).json()
    value = {"id": field["id"], "value": "x"}

    def tried(account: int, context: str) -> list[int]:
        here = {"Account-Context-Id": context}
        calls = (
            (ACCOUNT, {"id": account, "customFields": [value]}),
            (f"{path}/updateAccountCustomField/{account}", value),
        )
        return [world.wing.put(url, json=body, headers=here).status_code for url, body in calls]

    assert [[400, 400], [400, 400], [200, 200]] == [tried(3504, "3503"), tried(3504, "*"), tried(3503, "3503")]
    below = {"Account-Context-Id": "3504"}
    assert (
        404 == world.wing.put(f"{path}/updateAccountCustomField/{field['id']}", json=value, headers=below).status_code
    )
    assert [] == world.wing.get(f"{ACCOUNT}/3504").json()["customFields"]
    # one that the account at the top defines may say something of each
    answer = world.wing.put(f"{path}/updateAccountCustomField/1409", json={"id": 1409, "value": "north"}, headers=below)
    assert 200 == answer.status_code
    assert [{"id": 1409, "value": "north"}] == world.wing.get(f"{ACCOUNT}/3504").json()["customFields"]


def test_4_5_keeps_what_was_not_sent(world: Any) -> None:
    before = world.wing.get(f"{ACCOUNT}/4376").json()
    world.wing.put(ACCOUNT, json={"id": 4376, "name": "Other"})
    assert {**before, "name": "Other"} == world.wing.get(f"{ACCOUNT}/4376").json()


@pytest.mark.parametrize("state", ["ACTIVE", "SUSPEND", "RETIRED", "DRAFT"])
def test_4_5_sets_any_state_and_sims_keep_theirs(state: str, world: Any) -> None:
    sim = world.wing.get(f"{SIMS}/1169").json()
    assert state == world.wing.put(ACCOUNT, json={"id": 3122, "accountState": state}).json()["accountState"]
    assert sim == world.wing.get(f"{SIMS}/1169").json()


def test_4_5_moves_an_account_and_its_sims_go_out_of_sight(world: Any) -> None:
    def seen(account: str) -> set[int]:
        return {sim["accountId"] for sim in world.wing.get(SIMS, headers={"Account-Context-Id": account}).json()}

    assert {3503, 3504} == seen("3503")
    world.wing.put(ACCOUNT, json={"id": 3504, "parentAccountId": 3501})
    assert {3503} == seen("3503")
    assert {3501, 3504} == seen("3501")


def test_4_5_1_makes_an_address_where_there_is_none(world: Any) -> None:
    path = f"{ACCOUNT}/3921/addresses"
    made = world.wing.patch(path, json={"city": "Bristol"}).json()
    assert ("Bristol", 3921) == (made["city"], made["accountMasterId"])
    assert 400 == world.wing.patch(path, json={"city": "Bath"}).status_code
    assert 404 == world.wing.patch(path, json={"id": 4364, "city": "Bath"}).status_code
    changed = world.wing.put(path, json={"id": made["id"], "postcode": "BS1"}).json()
    assert {**made, "postcode": "BS1"} == changed


def test_4_7_deletes_a_draft_that_nothing_hangs_on(world: Any) -> None:
    draft = make(world)["id"]
    path = f"{ACCOUNT}/{draft}"
    child = make(world, draft)["id"]
    assert "error.hassubaccounts" == refusal(world.wing.delete(path))
    assert 204 == world.wing.delete(f"{ACCOUNT}/{child}").status_code
    row = world.wing.post(f"{path}/resources", json={"resourceType": "RATE-PLAN", "resourceId": 17893}).json()["id"]
    assert "error.hasresources" == refusal(world.wing.delete(path))
    world.wing.delete(f"{API}/resources/{row}")
    world.wing.put(ACCOUNT, json={"id": draft, "accountState": "ACTIVE"})
    assert "error.notdraft" == refusal(world.wing.delete(path))
    world.wing.put(ACCOUNT, json={"id": draft, "accountState": "DRAFT"})
    assert 204 == world.wing.delete(path).status_code
    assert 404 == world.wing.get(path).status_code
    assert draft < make(world)["id"]  # no id is given twice


def test_4_7_leaves_an_account_with_sims(world: Any) -> None:
    world.wing.put(ACCOUNT, json={"id": 3167, "accountState": "DRAFT"})
    assert 400 == world.wing.delete(f"{ACCOUNT}/3167").status_code
    acme = world.wing_as("acme-admin", realm="acme-iot")  # whose fleet has SIMs and nothing else
    assert 200 == acme.put(ACCOUNT, json={"id": 9002, "accountState": "DRAFT"}).status_code
    assert "error.hassims" == refusal(acme.delete(f"{ACCOUNT}/9002"))


def test_4_8_fails_late_when_the_account_is_gone_meanwhile(world: Any) -> None:
    draft = make(world)["id"]
    body = {"accountId": draft, "resourceType": "APN", "apns": [1094209]}
    batch = world.wing.post(f"{API}/assign_apn", json=body).text
    world.wing.delete(f"{ACCOUNT}/{draft}")
    world.advance(until="idle")
    assert "FAILED" == world.workflow(batch)["status"]


def test_4_8_assigns_nothing_twice(world: Any) -> None:
    body = {"accountId": 3921, "resourceType": "APN", "apns": [3512802, 1094209, 1094209]}
    before = world.wing.get(f"{ACCOUNT}/3921/resources?resourceType.equals=APN").json()
    world.wing.post(f"{API}/assign_apn", json=body)
    world.wing.post(f"{API}/assign_apn", json=body)
    assert ["completed"] * 2 == [ran["outcome"] for ran in world.advance(until="idle")["ran"]]
    after = world.wing.get(f"{ACCOUNT}/3921/resources?resourceType.equals=APN").json()
    assert before == after[:2]
    assert [(1094209, 1584852)] == [(row["resourceId"], row["networkInterfaceId"]) for row in after[2:]]


def test_4_28_updates_a_row_that_is_there(world: Any) -> None:
    body = {"effectiveDate": "2021-03-25T02:17:08.572Z", "expirationDate": "9999-12-31T23:59:59.999Z",
            "isDefault": True, "resourceId": 3512802, "resourceType": "APN"}  # fmt: skip
    made = world.wing.post(f"{API}/resources/3921", json=body).json()
    assert 6477 == made["id"]
    assert 404 == world.wing.put(f"{API}/resources/3921", json={**body, "resourceId": 1094202}).status_code
    assert 404 == world.wing.put(f"{API}/resources/3921", json={**body, "id": 6478}).status_code


USED = {"RATE-PLAN": "ratePlanId", "SERVICE-PROFILE": "networkProfileId", "ROAMING-PROFILE": "roamingProfileId"}


@pytest.mark.parametrize("resource_type", ["APN", *USED])
def test_4_31_takes_away_what_a_sim_uses_and_the_sim_keeps_it(resource_type: str, world: Any) -> None:
    sim = world.wing.get(f"{SIMS}/1169").json()
    if resource_type == "APN":
        groups = world.wing.get(f"{API}/address/3122/apnGroup").json()
        [used] = next(group["apnIds"] for group in groups if group["id"] == sim["apnGroupId"])
    else:
        rows = world.wing.get(f"{ACCOUNT}/3122/resources", params={"resourceType.equals": resource_type}).json()
        used = next(row["id"] for row in rows if row["resourceId"] == sim[USED[resource_type]])
    path = f"{API}/resources/{used}"
    assert 404 == world.wing.delete(path, headers={"Account-Context-Id": "26"}).status_code
    answer = world.wing.delete(path)
    assert (200, b"") == (answer.status_code, answer.content)
    assert 404 == world.wing.get(path).status_code
    assert sim == world.wing.get(f"{SIMS}/1169").json()


def test_4_31_takes_an_apn_out_of_its_groups(world: Any) -> None:
    assert b"" == world.wing.delete(f"{API}/resources/7115").content
    [group] = world.wing.get(f"{API}/address/3741/apnGroup").json()
    assert [7116] == group["apnIds"]


def test_4_25_adds_and_removes_and_takes_what_is_not_there_for_removed(world: Any) -> None:
    path = f"{API}/address/3741/apnGroup/1671"
    rows = world.wing.patch(path, json={"addAPN": [7116, 7117], "removeAPN": [1, 7115]}).json()
    assert [7116, 7117] == [row["apnId"] for row in rows]
    assert [] == world.wing.patch(path, json={"removeAPN": [7116, 7117]}).json()
    [group] = world.wing.get(f"{API}/address/3741/apnGroup").json()
    assert ([], None) == (group["apnIds"], group["networkInterfaceId"])


def test_groups_of_sims_are_made_renamed_and_taken_away(world: Any) -> None:
    here = {"Account-Context-Id": "3921"}
    made = world.wing.post(f"{API}/groups", json={"name": "Vans"}, headers=here).json()
    assert {"name": "Vans", "description": None, "accountMasterId": 3921, "tenantId": "21"}.items() <= made.items()
    changed = world.wing.put(f"{API}/groups", json={"id": made["id"], "description": "all"}, headers=here).json()
    assert {**made, "description": "all"} == changed
    assert "Deleted Group." == world.wing.delete(f"{API}/groups/{made['id']}/resource/3921").text
    assert 404 == world.wing.delete(f"{API}/groups/{made['id']}/resource/3921").status_code


ROOT = 3921
STEPS = st.one_of(
    st.tuples(st.just("make"), st.integers(0, 5)),
    st.tuples(st.just("move"), st.integers(0, 5), st.integers(0, 5)),
    st.tuples(st.just("state"), st.integers(0, 5), st.sampled_from(["DRAFT", "ACTIVE", "SUSPEND", "RETIRED"])),
    st.tuples(st.just("delete"), st.integers(0, 5)),
    st.tuples(st.just("assign"), st.integers(0, 5), st.sampled_from([17893, 20855]), st.booleans()),
    st.tuples(st.just("default"), st.integers(0, 9), st.booleans()),
    st.tuples(st.just("batch"), st.integers(0, 5), st.sampled_from([1094209, 1094202])),
    st.tuples(st.just("remove"), st.integers(0, 9)),
    st.tuples(st.just("group"), st.integers(0, 5), st.booleans()),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=14))
def test_any_calls_leave_a_tree_one_default_a_type_and_no_row_without_its_account(  # noqa: PLR0912 - a kind of call each
    steps: list[tuple[Any, ...]], world: Any
) -> None:
    wing = world.wing

    def listed(path: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = wing.get(path, params={"size": 2000}).json()
        return rows

    for kind, *what in steps:
        accounts = [row["id"] for row in listed(ACCOUNT) if row["id"] > 6501 or row["id"] == ROOT]
        rows = [row for row in listed(f"{API}/resources") if row["accountMasterId"] in accounts]
        some = accounts[what[0] % len(accounts)]
        row = rows[what[0] % len(rows)] if rows else None
        match kind:
            case "make":
                answer = wing.post(ACCOUNT, json={"name": "x", "accountType": "RESELLER", "accountState": "DRAFT",
                                                  "billingAccountId": 49506, "parentAccountId": some})  # fmt: skip
            case "move":
                answer = wing.put(ACCOUNT, json={"id": some, "parentAccountId": accounts[what[1] % len(accounts)]})
            case "state":
                answer = wing.put(ACCOUNT, json={"id": some, "accountState": what[1]})
            case "delete":
                answer = wing.delete(f"{ACCOUNT}/{some}")
            case "assign":
                thing = {"resourceType": "RATE-PLAN", "resourceId": what[1], "isDefault": what[2]}
                answer = wing.post(f"{ACCOUNT}/{some}/resources", json=thing)
            case "batch":
                answer = wing.post(
                    f"{API}/assign_apn", json={"accountId": some, "resourceType": "APN", "apns": what[1:]}
                )
                world.advance(until="idle") if what[0] % 2 else None
            case "default" if row:
                path = f"{ACCOUNT}/{row['accountMasterId']}/resources"
                answer = wing.patch(path, json={"id": row["id"], "isDefault": what[1]})
            case "remove" if row:
                answer = wing.delete(f"{API}/resources/{row['id']}")
            case "group":
                apns = [row["id"] for row in rows if row["accountMasterId"] == some and row["resourceType"] == "APN"]
                group = {"apnGroupName": "g", "apnIds": apns, "default": what[1]}
                answer = wing.post(f"{API}/address/{some}/apnGroup", json=group)
            case _:
                continue
        assert answer.status_code in {200, 201, 204, 400}, answer.text
    world.advance(until="idle")

    parents = {row["id"]: row["parentAccountId"] for row in listed(ACCOUNT)}
    for account in parents:
        above: int | None = account
        for _ in parents:
            above = parents[above] if above is not None else None
        assert above is None, "an account is above itself"
    rows = listed(f"{API}/resources")
    assert {row["accountMasterId"] for row in rows} <= parents.keys()
    defaults = [(row["accountMasterId"], row["resourceType"]) for row in rows if row["isDefault"]]
    assert len(set(defaults)) == len(defaults)
    assigned = {row["id"] for row in rows if row["resourceType"] == "APN"}
    for account in parents:
        groups = listed(f"{API}/address/{account}/apnGroup")
        assert {apn for group in groups for apn in group["apnIds"]} <= assigned
        assert 1 >= sum(group["default"] for group in groups)
