"""WING 3.3 to 3.20, rights: a call goes as far as one of its user's groups lets it, in the accounts of that group."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.wing.test_3_users import (
    ACCOUNT,
    FLEET_ADMIN,
    FLEET_OPERATORS,
    GROUPS,
    JANE,
    ROLES,
    USERS,
    group,
    login,
    permission,
    role,
    set_password,
    user,
)

from carrierbox import keycloak
from carrierbox.carriers import wing
from carrierbox.carriers.wing.door import WingDoor
from carrierbox.carriers.wing.errors import NotPermitted
from carrierbox.carriers.wing.users import permits, services
from carrierbox.kernel.world import Cause, Settings
from carrierbox.kernel.worlds import Origin, Worlds
from carrierbox.main import PARTS

SOUTH, LOGISTICS = 3502, 3503  # beside each other
READER = "8a2d6e47-0c5b-4f19-b3e8-47d1c6a95f02"  # sandbox-reader, whose own role reads everything


def groups(world: Any) -> tuple[str, str]:
    """One that reads account 3502, and one that reads and writes account 3503."""
    readers = role(world, "Readers", permission(world, 12, "READ"), account=3122)
    writers = role(world, "Writers", permission(world, 12, "READ", "WRITE"), account=3122)
    return (
        group(world, readers, SOUTH, account="3122"),
        group(world, writers, LOGISTICS, account="3122"),
    )


def fill(world: Any, group_id: str, *user_ids: str, name: str, account: int) -> None:
    """Let these users be in a group, and no others, by 3.9."""
    [role_id] = [each["id"] for each in world.wing.get(ROLES, params={"size": 50}).json() if each["name"] == name]
    body = {
        "id": group_id, "name": "Filled", "description": "", "userGroupCategory": "ACCOUNT", "roleId": role_id,
        "selectAllAccount": False, "accountIds": [account], "userIds": user_ids,
    }  # fmt: skip
    answer = world.wing.put(GROUPS, json=body)
    assert 200 == answer.status_code, answer.text


def reads(client: httpx.Client, *accounts: int) -> list[int]:
    return [client.get(f"{ACCOUNT}/{each}", headers={"Account-Context-Id": str(each)}).status_code for each in accounts]


def writes(client: httpx.Client, *accounts: int) -> list[int]:
    bodies = [{"id": each, "name": "x"} for each in accounts]
    return [
        client.put(ACCOUNT, json=body, headers={"Account-Context-Id": str(body["id"])}).status_code for body in bodies
    ]


def test_who_changes_groups_has_no_more_by_his_old_token_than_the_new_group_gives(world: Any) -> None:
    readers, writers = groups(world)
    joe = user(world, writers, account="3122")
    old = world.wing_as("joe")
    assert ([403, 200], [403, 200]) == (reads(old, SOUTH, LOGISTICS), writes(old, SOUTH, LOGISTICS))
    world.wing.put(f"{USERS}/{joe['id']}", json={**joe, "userGroupId": readers})
    assert ([403, 403], [403, 403]) == (reads(old, SOUTH, LOGISTICS), writes(old, SOUTH, LOGISTICS))
    assert 403 == old.put(ACCOUNT, json={"id": SOUTH, "name": "x"}).status_code
    new = world.wing_as("joe")
    assert ([200, 403], [403, 403]) == (reads(new, SOUTH, LOGISTICS), writes(new, SOUTH, LOGISTICS))


def test_who_is_in_no_group_any_longer_may_nothing(world: Any) -> None:
    _, writers = groups(world)
    joe = user(world, writers, account="3122")
    old = world.wing_as("joe")
    assert 200 == old.get(ACCOUNT).status_code
    fill(world, writers, name="Writers", account=LOGISTICS)
    for client in (old, world.wing_as("joe")):
        assert 403 == client.get(ACCOUNT).status_code
        assert ([403, 403], [403, 403]) == (reads(client, 3122, LOGISTICS), writes(client, 3438, LOGISTICS))
    fill(world, writers, joe["id"], name="Writers", account=LOGISTICS)
    assert 200 == world.wing_as("joe").get(ACCOUNT).status_code


def test_a_role_that_takes_anothers_name_gives_its_people_nothing(world: Any) -> None:
    named = role(world, "Name", permission(world, 12, "READ"))
    user(world, group(world, named, 3921))
    old = world.wing_as("joe")
    body = {"id": named, "name": "Other name", "description": "", "roleCategory": "ACCOUNT", "accountId": 3921}
    assert named == world.wing.put(ROLES, json=body).json()
    role(world, "Name", permission(world, 12, "READ", "WRITE"), permission(world, 26, "READ"))
    assert ([403], [403]) == (reads(old, 3921), writes(old, 3921))
    assert 403 == old.get("/api/v1/subscription/sims").status_code
    assert ([200], [403]) == (reads(world.wing_as("joe"), 3921), writes(world.wing_as("joe"), 3921))


def test_each_group_gives_its_role_in_its_own_accounts(world: Any) -> None:
    readers, writers = groups(world)
    joe = user(world, readers, account="3122")
    fill(world, writers, joe["id"], name="Writers", account=LOGISTICS)
    client = world.wing_as("joe")
    assert [200, 200, 200] == reads(client, SOUTH, LOGISTICS, 3504)  # 3504 stands below 3503
    assert [403, 200, 200] == writes(client, SOUTH, LOGISTICS, 3504)
    assert [SOUTH, LOGISTICS, 3504] == [each["id"] for each in client.get(ACCOUNT).json()]
    answers = [client.put(ACCOUNT, json={"id": each, "name": "y"}) for each in (SOUTH, LOGISTICS)]
    assert [404, 200] == [answer.status_code for answer in answers]
    assert [403, 403] == reads(client, 3921, 9001)


def test_a_role_that_is_ones_own_counts_beside_those_of_groups(world: Any) -> None:
    _, writers = groups(world)
    fill(world, writers, READER, name="Writers", account=LOGISTICS)
    client = world.wing_as("sandbox-reader")
    assert ([200, 200], [403, 200]) == (reads(client, SOUTH, LOGISTICS), writes(client, SOUTH, LOGISTICS))


def test_a_role_that_a_fixture_gives_a_user_by_himself_counts_in_his_account(tmp_path: Path) -> None:
    fixture = tmp_path / "people.yaml"
    eve = f"{{id: eve, username: eve, account_id: {LOGISTICS}, roles: [Fleet reader]}}"
    fixture.write_text(f"keycloak:\n  realms:\n  - {{name: wdh-sitstg2, users: [{eve}]}}\n", encoding="utf-8")
    house = Worlds(tmp_path, PARTS)
    world = house.start(Origin((fixture,), sims=0), Settings())
    accounts = services.covering("/api/{version}/accounts/account")
    with world.transaction(Cause("request", "test")) as box:
        caller = keycloak.without_token(box, "wdh-sitstg2", "eve")
        within, held = permits.admit(box, caller, "*", accounts, "READ")
        assert ({LOGISTICS, 3504}, {(12, "READ")}) == (within.accounts, held.held)
        with pytest.raises(NotPermitted):
            permits.admit(box, caller, "*", accounts, "WRITE")
    house.close()


OUTSIDE = [
    ("get", "/api/v1/subscription/sims"),
    ("get", "/api/v1/channel-manager/subscription/8955644200000000021/usages"),
    ("post", "/api/v1/graphql"),
    ("get", "/api/v1/graphql"),
    ("get", "/api/v1/probes/network-registration/234502000000002"),
    ("get", "/api/v1/getAuditTrail/234502000000002/1"),
    ("put", "/api/v1/cannedReport/enableReportById/101"),
    ("get", "/api/v1/runReport/101"),
    ("post", "/api/v1/rating/account-billing-profiles"),
]


@pytest.mark.parametrize(("method", "path"), OUTSIDE)
def test_a_role_opens_the_paths_of_its_services_and_no_others_of_their_categories(
    method: str, path: str, world: Any
) -> None:
    mine = [permission(world, 31, "READ", "WRITE", "DELETE"), permission(world, 41, "READ", "WRITE", "DELETE")]
    user(world, group(world, role(world, "Tags and downloads", *mine), 3921))
    joe = world.wing_as("joe")
    assert 403 == joe.request(method, path, json={} if method != "get" else None).status_code
    assert 202 == joe.post("/api/v1/tags", json={"name": "Mine", "visibilty": "Public"}).status_code
    assert 404 == joe.get("/api/v1/downloadReport/101").status_code  # switched on by nobody


def test_of_two_services_that_cover_a_path_either_opens_it(world: Any) -> None:
    body = {
        "ratingType": "PRORATED", "mrcChargeType": "IN ADVANCE", "mrcRatingType": "FULL", "billcycleId": 1,
        "currencyId": 1,
    }  # fmt: skip
    for name, service, status in (("profiles", 14, 200), ("plans", 44, 200), ("accounts", 12, 403)):
        user(world, group(world, role(world, name, permission(world, service, "WRITE")), 3921), name)
        answer = world.wing_as(name).post("/api/v1/rating/account-billing-profiles", json=body)
        assert (name, status) == (name, answer.status_code)


def test_every_operation_but_the_echo_is_covered_by_a_service() -> None:
    doors = [route for route in wing.build().routes if isinstance(route, WingDoor)]
    assert {"/gateway/echo"} == {door.path for door in doors if not services.covering(door.path)}


def test_nobody_hands_out_in_one_account_what_he_has_in_another(world: Any) -> None:
    people = [permission(world, 22, "READ", "WRITE"), permission(world, 24, "READ", "WRITE")]
    weak = role(world, "Weak", *people, account=3122)
    strong = role(world, "Strong", *people, permission(world, 12, "READ"), account=3122)
    joe = user(world, group(world, weak, SOUTH, account="3122"), account="3122")
    fill(world, group(world, strong, LOGISTICS, account="3122"), joe["id"], name="Strong", account=LOGISTICS)
    client = world.wing_as("joe")
    scope = [{"scopeType": "acc-mgmt", "permissions": [permission(world, 12, "READ")]}]
    tried = {}
    for context, account in ((str(SOUTH), SOUTH), ("*", LOGISTICS), (str(LOGISTICS), LOGISTICS)):
        body = {"name": f"New in {context}", "description": "", "roleCategory": "ACCOUNT", "accountId": account}
        answer = client.post(ROLES, json={**body, "permissionScope": scope}, headers={"Account-Context-Id": context})
        tried[context] = answer.status_code
    assert {str(SOUTH): 403, "*": 403, str(LOGISTICS): 200} == tried


def test_nobody_sets_the_password_of_who_may_more_than_he(world: Any) -> None:
    helpers = group(world, role(world, "Helpers", permission(world, 22, "READ", "WRITE")), 3921)
    joe, ann = user(world, helpers), user(world, helpers, "ann")
    user(world, group(world, FLEET_ADMIN, 4376, account="4376"), "boss")
    client = world.wing_as("joe")

    def tried(user_id: str) -> int:
        answer = client.post(f"{USERS}/{user_id}/reset-password", json={"password": "dGFrZW4tMTIz"})
        return int(answer.status_code)

    assert [403, 200, 200] == [tried(each) for each in (JANE, ann["id"], joe["id"])]
    assert "Account is not fully set up" == login(world, "janedoe01", "Welcome-12345")  # as she was
    assert (None, None) == (login(world, "ann", "taken-123"), login(world, "joe", "taken-123"))
    assert 200 == set_password(world, JANE).status_code


def test_3_5_shows_the_groups_that_3_6_shows(world: Any) -> None:
    def seen(context: str) -> tuple[list[str], bool]:
        here = {"Account-Context-Id": context}
        of_jane = world.wing.get(f"/api/v1/users/users/{JANE}/groups", headers=here).json()
        listed = world.wing.get(f"{GROUPS}/wdh-sitstg2", headers=here).json()
        return [each["userGroup"]["id"] for each in of_jane], FLEET_OPERATORS in {each["id"] for each in listed}

    assert ([FLEET_OPERATORS], True) == seen("*") == seen("3122")
    assert ([], False) == seen("4376") == seen("3921")  # the group is one of 3122, though it is for 4376
    inside = group(world, FLEET_ADMIN, 4376, account="4376")
    fill(world, inside, JANE, name="Fleet admin", account=4376)
    assert ([inside], False) == seen("4376")
