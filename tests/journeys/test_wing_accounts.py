"""A reseller with two enterprises, built over the API: a new user of one moves nothing of the other's."""

import base64
from typing import Any

import pytest

API = "/api/v1"


def done(answer: Any) -> Any:
    """What a call answered that went well."""
    assert 300 > answer.status_code, answer.text
    return answer.json() if answer.text[:1] in {"{", "[", '"'} else answer.text


@pytest.fixture
def town(world: Any) -> Any:
    """The reseller, its enterprises North and South, and Nora, who keeps North's accounts and resources."""
    wing = world.wing
    bill = {
        "ratingType": "PRORATED",
        "mrcChargeType": "IN ADVANCE",
        "mrcRatingType": "FULL",
        "billcycleId": 1,
        "currencyId": 1,
    }
    profile = done(wing.post(f"{API}/rating/account-billing-profiles", json=bill))["id"]

    def account(name: str, kind: str, parent: int) -> int:
        body = {
            "name": name,
            "accountType": kind,
            "accountState": "ACTIVE",
            "billingAccountId": profile,
            "parentAccountId": parent,
        }
        return int(done(wing.post(f"{API}/accounts/account", json=body))["id"])

    reseller = account("Reseller", "RESELLER", 0)
    north, south = account("North", "ENTERPRISE", reseller), account("South", "ENTERPRISE", reseller)
    services = done(wing.get(f"{API}/users/service-permissions"))["serviceProfileMap"]
    names = ("requestPath", "serviceCategory", "serviceMasterId", "antPathPattern")
    permissions = [
        {
            "permissionScope": "all",
            "permissionScopes": ["READ", "WRITE", "DELETE"],
            **{name: each[name] for name in names},
        }
        for each in services
        if each["serviceCategory"] in {"ACCOUNT", "RESOURCE"}
    ]
    here = {"Account-Context-Id": str(reseller)}
    keeper = {
        "name": "Keeper", "description": "Keeps accounts", "roleCategory": "ACCOUNT", "accountId": reseller,
        "permissionScope": [{"scopeType": "acc-mgmt", "permissions": permissions}],
    }  # fmt: skip
    role = done(wing.post(f"{API}/users/roles/wdh-sitstg2/role", json=keeper, headers=here))
    keepers = {
        "id": "", "name": "Keepers of North", "description": "", "userGroupCategory": "ACCOUNT", "roleId": role,
        "selectAllAccount": False, "accountIds": [str(north)], "userIds": [],
    }  # fmt: skip
    group = done(wing.post(f"{API}/users/user-groups", json=keepers, headers=here))
    nora = {
        "username": "nora", "firstName": "Nora", "lastName": "North", "userCategory": "ACCOUNT", "enabled": True,
        "defaultLanguage": "English", "email": "nora@example.com", "emailVerified": True, "userGroupId": group,
    }  # fmt: skip
    user = done(wing.post(f"{API}/users/users/wdh-sitstg2/user", json=nora, headers=here))["id"]
    password = {"password": base64.b64encode(b"sandbox-pass").decode()}
    done(wing.post(f"{API}/users/users/wdh-sitstg2/user/{user}/reset-password", json=password, headers=here))
    return {"reseller": reseller, "north": north, "south": south, "user": user}


def test_resources_hang_together_and_stay_in_their_account(world: Any, town: Any) -> None:
    catalogue = done(world.control.get(f"/_box/worlds/{world.name}"))["catalogue"]["wing"]["wdh-sitstg2"]
    first = {kind: [item["id"] for item in items][:2] for kind, items in catalogue.items()}
    calls = {
        "APN": ("assign_apn", "apns"),
        "SERVICE-PROFILE": ("assign_networkprofile", "serviceProfiles"),
        "ROAMING-PROFILE": ("assign_roamingprofile", "roamingProfiles"),
        "MSISDN-POOL": ("assign_msisdnpool", "msisdnPools"),
    }
    nora = world.wing_as("nora")
    north, south = town["north"], town["south"]
    resources = f"{API}/accounts/account/{north}/resources"
    for kind, (call, member) in calls.items():
        body = {"accountId": north, "resourceType": kind, member: first[kind]}
        batch = done(nora.post(f"{API}/accounts/{call}", json=body))
        assert "RUNNING" == world.workflow(batch)["status"]
        assert [] == done(nora.get(resources, params={"resourceType.equals": kind}))
        world.advance(until="idle")
        assert "COMPLETED" == world.workflow(batch)["status"]
        rows = done(nora.get(resources, params={"resourceType.equals": kind}))
        assert first[kind] == [row["resourceId"] for row in rows]
        for row in rows:  # one default at a time
            done(nora.patch(resources, json={"id": row["id"], "isDefault": True}))
            defaults = done(nora.get(resources, params={"isDefault.equals": "true", "resourceType.equals": kind}))
            assert [row["id"]] == [each["id"] for each in defaults]
    plan = {"resourceType": "RATE-PLAN", "resourceId": first["RATE-PLAN"][0], "isDefault": True}
    assert done(nora.post(resources, json=plan))["isDefault"]

    apns = [row["id"] for row in done(nora.get(resources, params={"resourceType.equals": "APN"}))]
    groups = f"{API}/accounts/address/{north}/apnGroup"
    [one, two] = done(nora.post(groups, json={"apnGroupName": "both", "apnIds": apns, "default": True}))
    assert one["apnGroupId"] == two["apnGroupId"]
    assert first["APN"][0] == done(nora.get(f"{API}/accounts/resources/{apns[0]}"))["resourceId"]
    done(nora.delete(f"{API}/accounts/resources/{apns[0]}"))
    assert [apns[1:]] == [group["apnIds"] for group in done(nora.get(groups))]
    assert 400 == world.wing.delete(f"{API}/accounts/account/{north}").status_code

    everything = done(nora.get(f"{API}/accounts/resources", params={"size": 2000}))
    assert {north} == {row["accountMasterId"] for row in everything}
    assert [] == done(world.wing.get(f"{API}/accounts/account/{south}/resources"))


def test_a_user_sees_its_own_and_moves_nothing_of_the_neighbours(world: Any, town: Any) -> None:
    nora = world.wing_as("nora")
    north, south, reseller = town["north"], town["south"], town["reseller"]
    assert ["North"] == [account["name"] for account in done(nora.get(f"{API}/accounts/account"))]
    assert 403 == nora.get(f"{API}/accounts/account", headers={"Account-Context-Id": str(south)}).status_code
    before = done(world.wing.get(f"{API}/accounts/account/{south}"))
    tries = [
        nora.get(f"{API}/accounts/account/{south}"),
        nora.put(f"{API}/accounts/account", json={"id": south, "name": "mine"}),
        nora.patch(f"{API}/accounts/account/{south}/addresses", json={"city": "Mine"}),
        nora.get(f"{API}/accounts/account/{south}/resources"),
        nora.post(f"{API}/accounts/account/{south}/resources", json={"resourceType": "RATE-PLAN", "resourceId": 17893}),
        nora.post(f"{API}/accounts/assign_apn", json={"accountId": south, "resourceType": "APN", "apns": [1094209]}),
        nora.delete(f"{API}/accounts/resources/6477"),
        nora.delete(f"{API}/accounts/account/{south}"),
    ]
    assert [404] * len(tries) == [answer.status_code for answer in tries]
    moved = nora.put(f"{API}/accounts/account", json={"id": north, "parentAccountId": south})
    assert (400, "parentAccountId") == (moved.status_code, moved.json()["fieldErrors"][0]["field"])
    lifted = nora.put(f"{API}/accounts/account", json={"id": north, "parentAccountId": 0})
    assert 400 == lifted.status_code
    assert [403, 403] == [
        nora.get(f"{API}/users/users/wdh-sitstg2/user").status_code,
        nora.get(f"{API}/subscription/sims").status_code,
    ]
    assert before == done(world.wing.get(f"{API}/accounts/account/{south}"))

    # an account below her own is hers; the tree decides, and what it decides changes with it
    child = {"name": "North two", "accountType": "ENTERPRISE", "accountState": "DRAFT", "parentAccountId": north,
             "billingAccountId": before["billingAccountId"]}  # fmt: skip
    made = done(nora.post(f"{API}/accounts/account", json=child))["id"]
    assert {north, made} == {account["id"] for account in done(nora.get(f"{API}/accounts/account"))}
    done(world.wing.put(f"{API}/accounts/account", json={"id": made, "parentAccountId": reseller}))
    assert {north} == {account["id"] for account in done(nora.get(f"{API}/accounts/account"))}
    assert 404 == nora.delete(f"{API}/accounts/account/{made}").status_code
    assert 204 == world.wing.delete(f"{API}/accounts/account/{made}").status_code

    user = f"{API}/users/users/wdh-sitstg2/user/{town['user']}"
    shown = done(world.wing.get(user))
    done(world.wing.put(user, json={**shown, "enabled": False}))
    assert 401 == nora.get(f"{API}/accounts/account").status_code
