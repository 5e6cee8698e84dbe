"""A fleet manager takes over a hundred SIMs: moves, re-plans, groups and suspends them, and reads it back."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.conftest import World

API = "/api/v1"
SIMS = f"{API}/subscription/sims"
METERING, LOGISTICS = 3501, 3503
PLAN, OTHER_PLAN, NOBODYS = 65362, 103752, 1012
PLANS = {1011: "Pay per use", 1077: "Pooled 10 MB", PLAN: "IoT 1 GB", OTHER_PLAN: "IoT 10 GB", NOBODYS: "IoT 500 KB"}


def done(answer: httpx.Response) -> Any:
    """What a call answered that went well."""
    assert answer.is_success, answer.text
    return answer.json() if answer.text[:1] in {"{", "[", '"'} else answer.text


@pytest.fixture
def world(control: httpx.Client) -> Iterator[World]:
    """A world with some hundred SIMs an account."""
    made = control.post("/_box/worlds", json={"sims": 800, "seed": 5}).json()
    world = World(made["name"], made["base_url"], control)
    world.clock(mode="frozen")
    yield world
    world.close()
    assert 204 == control.delete(f"/_box/worlds/{world.name}").status_code


class Manager:
    """Who keeps the fleet: what is done over the API, and what can be read there."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.api = world.wing

    def settled(self, batches: list[str]) -> Counter[str]:
        """How workflows ended, once they have."""
        self.world.advance(until="idle")
        return Counter(self.world.workflow(batch)["status"] for batch in batches)

    def listed(self, **criteria: Any) -> list[dict[str, Any]]:
        """SIMs by REST filters, page by page."""
        found: list[dict[str, Any]] = []
        for page in range(1, 100):
            query = {name.replace("__", "."): value for name, value in criteria.items()}
            some = done(self.api.get(SIMS, params={**query, "page": page, "size": 30}))
            if not some:
                return found
            found += some
        raise AssertionError("there is no end to the pages")

    def account(self, name: str, parent: int) -> int:
        """An account with a plan, profiles and an APN group of its own, and another plan beside them."""
        body = {"name": name, "accountType": "ENTERPRISE", "accountState": "ACTIVE", "billingAccountId": 49506}
        account = int(done(self.api.post(f"{API}/accounts/account", json={**body, "parentAccountId": parent}))["id"])
        rows = {}
        for kind, thing, is_default in (
            ("RATE-PLAN", PLAN, True),
            ("RATE-PLAN", OTHER_PLAN, False),
            ("SERVICE-PROFILE", 1088718, True),
            ("ROAMING-PROFILE", 1091802, True),
            ("APN", 1094209, True),
        ):
            resource = {"resourceType": kind, "resourceId": thing, "isDefault": is_default}
            rows[kind] = done(self.api.post(f"{API}/accounts/account/{account}/resources", json=resource))
        group = {"apnGroupName": "Harbour", "apnIds": [rows["APN"]["id"]], "default": True}
        done(self.api.post(f"{API}/accounts/address/{account}/apnGroup", json=group))
        return account

    def move(self, sims: list[dict[str, Any]], source: int, target: int) -> str:
        """Move the range that these SIMs are."""
        imsis = sorted(sim["imsi"] for sim in sims)
        body = {"accountId": target, "fromAccountId": source, "tenantId": "21", "useImsi": True}
        body["range"] = {"from": imsis[0], "to": imsis[-1]}
        answer = self.api.post(f"{API}/resources/batch/sims/assign", params={"reassign": "true"}, json=body)
        return str(done(answer))

    def plan(self, sim: dict[str, Any], account: int, plan: int) -> str:
        """Give one SIM another plan."""
        body = {"iccid": sim["iccid"], "ratePlanId": plan, "accountId": account}
        return str(done(self.api.put(f"{SIMS}/rateplan", json=body)))

    def group(self, name: str, account: int) -> int:
        """A group of the account's."""
        here = {"Account-Context-Id": str(account)}
        new = {"name": name, "description": "Of the fleet manager"}
        return int(done(self.api.post(f"{API}/accounts/groups", json=new, headers=here))["id"])

    def put(self, sims: list[dict[str, Any]], account: int, group: int | None) -> str:
        """Put many SIMs into a group."""
        body = {"iccid": [sim["iccid"] for sim in sims], "accountId": account, "groupId": group}
        return str(done(self.api.post(f"{API}/resources/batch/sims/update/group/list", json=body)))

    def tag(self, name: str, sims: list[dict[str, Any]]) -> None:
        """Make a tag, and let these SIMs bear it."""
        made = done(self.api.post(f"{API}/tags", json={"name": name, "visibilty": "Public"}))
        body = {"subscriptionIccIdList": [sim["iccid"] for sim in sims], "tagIdList": [made["id"]]}
        rows = done(self.api.post(f"{API}/subscription/assignTags", json=body))
        assert ["success"] * len(sims) == [row["type"] for row in rows]

    def queried(self, account: int) -> dict[int, dict[str, Any]]:
        """The SIMs of an account as GraphQL shows them, by id."""
        query = """query($account: bigint!) { simlcmanagement_vw_subscription(
            where: {account_id: {_eq: $account}}, order_by: {id: asc}) {
            id iccid account_name rate_plan_id group_name state_name tags } }"""
        answer = done(self.api.post(f"{API}/graphql", json={"query": query, "variables": {"account": account}}))
        assert "data" in answer, answer
        return {row["id"]: row for row in answer["data"]["simlcmanagement_vw_subscription"]}

    def trail(self, sim: dict[str, Any]) -> list[tuple[str, str, str, str]]:
        """What happened to a SIM, oldest first: action, old and new name, and how it ended."""
        rows = done(self.api.get(f"{API}/getAuditTrail/{sim['imsi']}/1"))
        return [
            (row["action"], row["preValue"].strip('"'), row["newValue"].strip('"'), row["status"])
            for row in reversed(rows)
        ]


def test_a_hundred_sims_change_hands_and_lists_and_audit_trails_tell_the_same(world: World) -> None:
    manager = Manager(world)
    harbour = manager.account("Harbour", LOGISTICS)
    before = manager.listed(accountId__equals=METERING)
    taken = sorted((sim for sim in before if sim["id"] < 90_000_000), key=lambda sim: sim["imsi"])[:100]
    ids = {sim["id"] for sim in taken}
    assert 100 == len(ids)

    # moved: the whole range in one workflow; with it the new account's profiles where the old ones do not hold there
    assert Counter({"COMPLETED": 1}) == manager.settled([manager.move(taken, METERING, harbour)])
    moved = manager.listed(accountId__equals=harbour)
    assert ids == {sim["id"] for sim in moved}
    assert {sim["id"] for sim in before} - ids == {sim["id"] for sim in manager.listed(accountId__equals=METERING)}
    was = {sim["id"]: sim for sim in taken}
    for sim in moved:
        assert ("Harbour", 1088718, 1091802) == (sim["accountName"], sim["networkProfileId"], sim["roamingProfileId"])
        kept = was[sim["id"]]["ratePlanId"]
        assert sim["ratePlanId"] == (kept if kept in {PLAN, OTHER_PLAN} else PLAN)
        assert sim["stateName"] == was[sim["id"]]["stateName"]

    # re-planned: each by itself, and some twice, which changes nothing
    batches = [manager.plan(sim, harbour, OTHER_PLAN) for sim in (*moved, *moved[:10])]
    assert Counter({"COMPLETED": 110}) == manager.settled(batches)
    planned = manager.listed(accountId__equals=harbour, ratePlanId__equals=OTHER_PLAN)
    assert ids == {sim["id"] for sim in planned}
    assert all(
        sim["prevRatePlanId"] == then["ratePlanId"]
        for sim, then in zip(planned, moved, strict=True)
        if then["ratePlanId"] != OTHER_PLAN
    )
    # a plan that the account does not have is nobody's
    assert Counter({"FAILED": 100}) == manager.settled([manager.plan(sim, harbour, NOBODYS) for sim in planned])
    assert planned == manager.listed(accountId__equals=harbour, ratePlanId__equals=OTHER_PLAN)

    # grouped: half and half
    quay, dock = (manager.group(name, harbour) for name in ("Quay", "Dock"))
    halves = planned[:50], planned[50:]
    listed = [manager.put(half, harbour, group) for half, group in zip(halves, (quay, dock), strict=True)]
    assert Counter({"COMPLETED": 2}) == manager.settled(listed)

    # tagged: some of each half
    manager.tag("watched", planned[40:60])

    # suspended: those that are active; 5.6 knows no such step from any other state
    states = Counter(sim["stateName"] for sim in planned)
    batches = [world.change(sim, "SUSPENDED", 4).text for sim in planned]
    assert all(sim["stateChangeLock"] for sim in manager.listed(accountId__equals=harbour, stateName__equals="ACTIVE"))
    ended = manager.settled(batches)
    assert Counter({"COMPLETED": states["ACTIVE"], "FAILED": 100 - states["ACTIVE"]}) == ended
    after = Counter(sim["stateName"] for sim in manager.listed(accountId__equals=harbour))
    assert Counter(states) - Counter(ACTIVE=states["ACTIVE"]) + Counter(SUSPENDED=states["ACTIVE"]) == after

    # read back: each SIM's trail is the story, and 5.8 has what each step was asked with
    for number, sim in enumerate(planned):
        then = next(each for each in moved if each["id"] == sim["id"])
        story = manager.trail(sim)
        twice = [("SIM_RATEPLAN_CHANGE", PLANS[OTHER_PLAN], PLANS[OTHER_PLAN], "COMPLETED")] if number < 10 else []
        assert [
            ("SIM_ACCOUNT_CHANGE", "Fleet Metering North", "Harbour", "COMPLETED"),
            ("SIM_RATEPLAN_CHANGE", PLANS[then["ratePlanId"]], PLANS[OTHER_PLAN], "COMPLETED"),
            *twice,
            ("SIM_RATEPLAN_CHANGE", PLANS[OTHER_PLAN], PLANS[NOBODYS], "FAILED"),
            ("SIM_GROUP_CHANGE", "", "Quay" if number < 50 else "Dock", "COMPLETED"),
            (
                "SIM_STATE_CHANGE",
                sim["stateName"],
                "SUSPENDED",
                "COMPLETED" if sim["stateName"] == "ACTIVE" else "FAILED",
            ),
        ] == story
    rows = manager.queried(harbour)
    assert {
        sim["id"]: {
            "id": sim["id"],
            "iccid": sim["iccid"],
            "account_name": "Harbour",
            "rate_plan_id": OTHER_PLAN,
            "group_name": "Quay" if number < 50 else "Dock",
            "state_name": "SUSPENDED" if sim["stateName"] == "ACTIVE" else sim["stateName"],
            "tags": "watched" if 40 <= number < 60 else None,
        }
        for number, sim in enumerate(planned)
    } == rows

    # and back again: out of their groups, as many as there were
    back = manager.move(planned, harbour, METERING)
    assert Counter({"COMPLETED": 1}) == manager.settled([back])
    assert [] == manager.listed(accountId__equals=harbour)
    assert {sim["id"] for sim in before} == {sim["id"] for sim in manager.listed(accountId__equals=METERING)}
    home = manager.queried(METERING)
    assert {(None, rows[each]["tags"]) for each in ids} == {
        (home[each]["group_name"], home[each]["tags"]) for each in ids
    }
    again = manager.settled([manager.put(planned[:1], harbour, quay)])
    assert Counter({"FAILED": 1}) == again


def test_others_see_no_more_of_it_than_they_may(world: World) -> None:
    manager = Manager(world)
    harbour = manager.account("Harbour", LOGISTICS)
    taken = sorted(manager.listed(accountId__equals=METERING), key=lambda sim: sim["imsi"])[:10]
    metering, logistics = (world.wing_as("sandbox-admin", account=str(each)) for each in (METERING, LOGISTICS))
    acme = world.wing_as("acme-admin", "acme-iot")
    sim = taken[0]

    def seen() -> list[int]:
        return [
            client.get(f"{SIMS}/iccid/{sim['iccid']}").status_code
            for client in (metering, logistics, acme, world.wing_as("sandbox-reader"))
        ]

    assert [200, 404, 404, 200] == seen()
    batch = manager.move(taken, METERING, harbour)
    assert [200, 404, 404, 200] == seen()
    assert 404 == acme.get(f"{API}/sim/{batch}").status_code
    assert Counter({"COMPLETED": 1}) == manager.settled([batch])
    assert [404, 200, 404, 200] == seen()  # Harbour lies below Logistics
    assert 404 == metering.get(f"{API}/getAuditTrail/{sim['imsi']}/1").status_code
    assert ["SIM_ACCOUNT_CHANGE"] == [
        row["action"] for row in done(logistics.get(f"{API}/getAuditTrail/{sim['imsi']}/1"))
    ]
    body = {"iccid": sim["iccid"], "ratePlanId": OTHER_PLAN, "accountId": harbour}
    assert [404, 403] == [
        client.put(f"{SIMS}/rateplan", json=body).status_code for client in (metering, world.wing_as("sandbox-reader"))
    ]
