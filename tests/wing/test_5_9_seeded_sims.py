"""WING 5.9 to 5.12 in the seeded world: what SIMs have is their accounts', so they can be given it, and keep it."""

from typing import Any

import pytest
from tests.wing.rows import Rows, rows

FLEETS = {
    3501: "sandbox-admin", 3502: "sandbox-admin", 3503: "sandbox-admin", 3504: "sandbox-admin", 285: "sandbox-admin",
    26: "sandbox-admin", 9002: "acme-admin",
}  # fmt: skip
#: The types of what is assigned, by the SIM's column.
ASSIGNED = {
    "rate_plan_id": "RATE-PLAN", "network_profile_id": "SERVICE-PROFILE", "roaming_profile_id": "ROAMING-PROFILE",
}  # fmt: skip
#: SIMs whose document shows something else, by ICCID and column: none does.
EXCEPTIONS: set[tuple[str, str]] = set()


@pytest.fixture(scope="module")
def store(seeded: Any) -> Rows:
    return rows(seeded)


@pytest.mark.parametrize("column", ASSIGNED)
def test_what_each_sim_has_is_assigned_to_its_account(column: str, store: Rows) -> None:
    assigned = {(each["account_id"], each["resource_type"], each["resource_id"]) for each in store["wing_resource"]}
    lacking = {
        (sim["iccid"], column)
        for sim in store["wing_sim"]
        if (sim["account_id"], ASSIGNED[column], sim[column]) not in assigned
    }
    assert lacking == EXCEPTIONS


def test_the_apn_group_of_each_sim_is_one_of_its_account(store: Rows) -> None:
    groups = {(each["account_id"], each["id"]) for each in store["wing_apn_group"]}
    sims = store["wing_sim"]
    assert {*FLEETS} < {sim["account_id"] for sim in sims}
    lacking = {(s["iccid"], "apn_group_id") for s in sims if (s["account_id"], s["apn_group_id"]) not in groups}
    assert lacking == EXCEPTIONS


@pytest.mark.parametrize("account", FLEETS)
def test_a_fleets_account_has_what_an_account_needs(account: int, store: Rows) -> None:
    groups = [each for each in store["wing_apn_group"] if each["account_id"] == account]
    assert 1 == sum(group["is_default"] for group in groups)
    assert {group["id"] for group in groups} <= {each["group_id"] for each in store["wing_apn_group_member"]}
    defaults = [each for each in store["wing_resource"] if each["account_id"] == account and each["is_default"]]
    assert {*ASSIGNED.values()} <= {each["resource_type"] for each in defaults}


def test_the_type_of_a_fleets_rate_plan_is_the_plans(store: Rows) -> None:
    types = {
        (each["realm"], each["id"]): each["plan_type"]
        for each in store["wing_catalogue"]
        if each["resource_type"] == "RATE-PLAN"
    }
    sims = [sim for sim in store["wing_sim"] if sim["account_id"] in FLEETS]
    assert {None, "Individual"} == {sim["rate_plan_type"] for sim in sims}
    for sim in sims:
        assert types[sim["realm"], sim["rate_plan_id"]] == sim["rate_plan_type"]


@pytest.mark.parametrize(("account", "username"), FLEETS.items())
def test_a_sim_of_a_fleet_can_be_given_what_it_has(account: int, username: str, world: Any) -> None:
    client = world.wing_as(username, "acme-iot" if username == "acme-admin" else "wdh-sitstg2")
    found = client.get("/api/v1/subscription/sims", params={"accountId.equals": account, "stateName.equals": "ACTIVE"})
    sim = found.json()[0]
    known = {"iccid": sim["iccid"], "imsi": sim["imsi"]}
    of_account = {"accountId": account, "tenantId": sim["tenantId"]}
    asked = (
        client.put("/api/v1/sim/assign_apn", json=known | of_account | {"apnGroupId": sim["apnGroupId"]}),
        client.post("/api/v1/sim/assign_service_profile", json=known | {"serviceProfileId": sim["networkProfileId"]}),
        client.put(
            "/api/v1/subscription/sims/rateplan",
            json={"iccid": sim["iccid"], "ratePlanId": sim["ratePlanId"], "accountId": account},
        ),
        client.post(
            "/api/v1/sim/assign_roaming_profile",
            json={"iccid": sim["iccid"], "roamingProfileId": sim["roamingProfileId"]},
        ),
    )
    world.advance(until="idle")
    assert ["COMPLETED"] * 4 == [client.get(f"/api/v1/sim/{batch.text}").json()["status"] for batch in asked]


def test_a_sim_that_moves_from_fleet_to_fleet_gets_the_default_group(world: Any) -> None:
    params = {"accountId.equals": 3501, "stateName.equals": "ACTIVE"}
    sim = world.wing.get("/api/v1/subscription/sims", params=params).json()[0]
    body = {"accountId": 3502, "fromAccountId": 3501, "useImsi": True}
    body["range"] = {"from": sim["imsi"], "to": sim["imsi"]}
    assert 202 == world.wing.post("/api/v1/resources/batch/sims/assign", json=body).status_code
    world.advance(until="idle")
    [default] = [each for each in rows(world)["wing_apn_group"] if each["account_id"] == 3502 and each["is_default"]]
    moved = world.sim(sim["iccid"])
    assert (3502, default["id"]) == (moved["accountId"], moved["apnGroupId"])
    for kept in ("ratePlanId", "networkProfileId", "roamingProfileId"):
        assert sim[kept] == moved[kept]
