"""WING 3, users, groups and roles: who may log in, what a token may do, and where."""

import base64
from typing import Any

import httpx
import pytest

USERS = "/api/v1/users/users/wdh-sitstg2/user"
GROUPS = "/api/v1/users/user-groups"
ROLES = "/api/v1/users/roles/wdh-sitstg2/role"
ACCOUNT = "/api/v1/accounts/account"
FLEET_OPERATORS = "6f0c6c0e-7a0b-4a52-9d0f-0d1d6c1b2a11"
FLEET_READER = "5a1c2b3d-0e4f-4a6b-8c7d-9e0f1a2b3c4d"
FLEET_ADMIN = "3d9b1a52-55a1-4f0e-8c0f-1c7b0e0a9d42"
JANE = "c74180f3-0042-4844-bf61-782e2ee8ef8b"


def permission(world: Any, service_id: int, *scopes: str) -> dict[str, Any]:
    """What a role says of one service of 3.15."""
    services = world.wing.get("/api/v1/users/service-permissions").json()["serviceProfileMap"]
    service = next(each for each in services if each["serviceMasterId"] == service_id)
    names = ("requestPath", "serviceCategory", "serviceMasterId", "antPathPattern")
    return {"permissionScope": "x", "permissionScopes": scopes, **{name: service[name] for name in names}}


def role(world: Any, name: str, *permissions: dict[str, Any], account: int = 3921) -> str:
    body = {
        "name": name, "description": "", "roleCategory": "ACCOUNT", "accountId": account,
        "permissionScope": [{"scopeType": "acc-mgmt", "permissions": permissions}],
    }  # fmt: skip
    answer = world.wing.post(ROLES, json=body)
    assert 200 == answer.status_code, answer.text
    return str(answer.json())


def group(world: Any, role_id: str, *accounts: int, everything: bool = False, account: str = "3921") -> str:
    body = {
        "id": None, "name": "Some group", "description": "", "userGroupCategory": "ACCOUNT", "roleId": role_id,
        "selectAllAccount": everything, "accountIds": accounts, "userIds": [],
    }  # fmt: skip
    answer = world.wing.post(GROUPS, json=body, headers={"Account-Context-Id": account})
    assert 200 == answer.status_code, answer.text
    return str(answer.json())


def user(world: Any, group_id: str, name: str = "joe", account: str = "3921") -> dict[str, Any]:
    """A user who can log in with the sandbox's password."""
    body = {
        "username": name, "firstName": "Joe", "lastName": "Bloggs", "userCategory": "ACCOUNT", "emailVerified": True,
        "defaultLanguage": "English", "email": f"{name}@example.com", "enabled": "true", "userGroupId": group_id,
    }  # fmt: skip
    answer = world.wing.post(USERS, json=body, headers={"Account-Context-Id": account})
    assert 200 == answer.status_code, answer.text
    made = dict(answer.json())
    assert 200 == set_password(world, made["id"]).status_code
    return made


def set_password(world: Any, user_id: str, *, temporary: bool = False) -> httpx.Response:
    body = {"password": base64.b64encode(b"sandbox-pass").decode(), "temporary": temporary}
    answer: httpx.Response = world.wing.post(f"{USERS}/{user_id}/reset-password", json=body)
    return answer


def login(world: Any, name: str = "joe", password: str = "sandbox-pass") -> str | None:
    """What the token endpoint says against a login."""
    form = {"grant_type": "password", "client_id": "web-app", "username": name, "password": password}
    answer = httpx.post(f"{world.url}/uam/auth/realms/wdh-sitstg2/protocol/openid-connect/token", data=form)
    said: str | None = answer.json().get("error_description")
    return said


def test_a_new_user_logs_in_once_a_password_is_set_and_no_longer_when_disabled_or_gone(world: Any) -> None:
    joe = user(world, group(world, FLEET_READER, 3921), "Joe")
    assert ("joe", True, "Demo parent account") == (joe["username"], joe["enabled"], joe["accountName"])
    assert login(world) is None
    set_password(world, joe["id"], temporary=True)
    assert "Account is not fully set up" == login(world)
    set_password(world, joe["id"])
    client = world.wing_as("joe")
    assert 200 == client.get(ACCOUNT).status_code

    body = {**joe, "enabled": False}
    assert 200 == world.wing.put(f"{USERS}/{joe['id']}", json=body).status_code
    assert "Account disabled" == login(world)
    assert 401 == client.get(ACCOUNT).status_code  # his tokens are worth nothing now
    world.wing.put(f"{USERS}/{joe['id']}", json=joe)
    assert login(world) is None

    answer = world.wing.delete(f"{USERS}/{joe['id']}/delete-user")
    assert {"userId": joe["id"], "status": "success"} == answer.json()
    assert "Invalid user credentials" == login(world)
    assert 404 == world.wing.get(f"{USERS}/{joe['id']}").status_code


def test_before_a_password_is_set_nobody_logs_in(world: Any) -> None:
    assert (
        "Account is not fully set up"
        == httpx.post(
            f"{world.url}/uam/auth/realms/wdh-sitstg2/protocol/openid-connect/token",
            data={
                "grant_type": "password",
                "client_id": "web-app",
                "username": "janedoe01",
                "password": "Welcome-12345",
            },
        ).json()["error_description"]
    )
    set_password(world, JANE)
    assert login(world, "janedoe01") is None


def test_a_new_user_is_mailed_a_password_that_has_to_be_changed_first(world: Any) -> None:
    joe = user(world, group(world, FLEET_READER, 3921))
    sent = world.control.get(f"/_box/worlds/{world.name}/outbox", params={"to": joe["email"]}).json()
    [(mail, password)] = [(each, each["text"].rpartition("Password: ")[2]) for each in sent]
    assert (f"User {joe['id']} was made", 12) == (mail["cause"], len(password))
    assert "Invalid user credentials" == login(world, password=password)  # `user` has set another one by now
    second = {**joe, "username": "ann", "email": "ann@example.com", "userGroupId": FLEET_OPERATORS}
    assert 200 == world.wing.post(USERS, json=second).status_code
    [mail] = world.control.get(f"/_box/worlds/{world.name}/outbox", params={"to": "ann@example.com"}).json()
    password = mail["text"].rpartition("Password: ")[2]
    assert "Account is not fully set up" == login(world, "ann", password)
    assert "Invalid user credentials" == login(world, "ann", password[1:])


def test_nobody_deletes_himself(world: Any) -> None:
    me = world.wing.get(USERS, params={"username.equals": "sandbox-admin"}).json()[0]["id"]
    answer = world.wing.delete(f"{USERS}/{me}/delete-user").json()
    assert ("failed", True) == (answer["status"], bool(answer["reason"]))


def test_a_role_may_read_its_category_and_nothing_else(world: Any) -> None:
    user(world, group(world, FLEET_READER, 3921))
    joe = world.wing_as("joe")
    assert [3921, 4376] == [account["id"] for account in joe.get(ACCOUNT).json()]
    assert 200 == joe.get(f"{ACCOUNT}/4376").status_code
    assert 404 == joe.get(f"{ACCOUNT}/3122").status_code
    assert 403 == joe.get(ACCOUNT, headers={"Account-Context-Id": "3122"}).status_code
    assert 200 == joe.get("/gateway/echo").status_code
    forbidden = [
        joe.get(USERS),
        joe.get("/api/v1/subscription/sims"),
        joe.get("/api/v1/accounts/resources"),
        joe.post("/api/v1/accounts/accounts/customfield", json={"name": "x", "type": "Text"}),
        joe.delete(f"{ACCOUNT}/4376"),
        joe.put(ACCOUNT, json={"id": 4376, "name": "mine"}),
    ]
    assert [403] * len(forbidden) == [answer.status_code for answer in forbidden]


def test_scopes_go_by_what_a_call_does(world: Any) -> None:
    writer = role(world, "Writer", permission(world, 12, "WRITE"))
    user(world, group(world, writer, 3921))
    joe = world.wing_as("joe")
    assert 403 == joe.get(f"{ACCOUNT}/4376").status_code
    assert 200 == joe.put(ACCOUNT, json={"id": 4376, "name": "mine"}).status_code
    assert 403 == joe.delete(f"{ACCOUNT}/4376").status_code


def test_another_group_takes_at_once_and_gives_from_the_next_token_on(world: Any) -> None:
    reader, none = group(world, FLEET_READER, 3921), group(world, role(world, "Nothing"), 3921)
    joe = user(world, reader)
    before = world.wing_as("joe")
    answer = world.wing.put(f"{USERS}/{joe['id']}", json={**joe, "userGroupId": none})
    assert "wing-3.19" == answer.headers["x-carrierbox-operation"]
    assert [403, 403] == [client.get(ACCOUNT).status_code for client in (before, world.wing_as("joe"))]
    # and a group that gets another role gives it to all who are in it
    body = {
        "id": none, "name": "Now readers", "description": "", "userGroupCategory": "ACCOUNT", "roleId": FLEET_READER,
        "selectAllAccount": False, "accountIds": ["4376"], "userIds": [joe["id"]],
    }  # fmt: skip
    between = world.wing_as("joe")
    assert none == world.wing.put(GROUPS, json=body).json()
    assert 403 == between.get(ACCOUNT).status_code
    assert [4376] == [account["id"] for account in world.wing_as("joe").get(ACCOUNT).json()]
    [mapping] = world.wing.get(f"/api/v1/users/users/{joe['id']}/groups").json()
    assert (none, FLEET_READER) == (mapping["userGroup"]["id"], mapping["roles"]["id"])


def test_a_renamed_role_and_its_new_permissions_reach_its_people(world: Any) -> None:
    name = role(world, "Before", permission(world, 22, "READ"))
    user(world, group(world, name, 3921))
    body = {
        "id": name, "name": "After", "description": "", "roleCategory": "ACCOUNT", "accountId": 3921,
        "permissionScope": [{"scopeType": "acc-mgmt", "permissions": [permission(world, 12, "READ")]}],
    }  # fmt: skip
    assert name == world.wing.put(ROLES, json=body).json()
    joe = world.wing_as("joe")
    assert (200, 403) == (joe.get(ACCOUNT).status_code, joe.get(USERS).status_code)


def test_all_accounts_are_those_below_the_groups_own(world: Any) -> None:
    made = group(world, FLEET_READER, everything=True, account="3122")
    [shown] = [each for each in world.wing.get(f"{GROUPS}/wdh-sitstg2").json() if each["id"] == made]
    assert ("All", True) == (shown["account"], shown["allAccountSelected"])
    user(world, made, account="3122")
    seen = {account["id"] for account in world.wing_as("joe").get(ACCOUNT, params={"size": 2000}).json()}
    assert {3122, 4376, 3504} <= seen
    assert not {1, 26, 9001} & seen  # the operator's other tenants, and another customer's


@pytest.mark.parametrize(
    ("accounts", "word"), [((), ""), ((4376,), "Demo create account1"), ((4376, 3921), "Multiple")]
)
def test_3_6_says_in_a_word_which_accounts_a_group_has(accounts: tuple[int, ...], word: str, world: Any) -> None:
    made = group(world, FLEET_READER, *accounts)
    assert word == {each["id"]: each["account"] for each in world.wing.get(f"{GROUPS}/wdh-sitstg2").json()}[made]


def test_nobody_hands_out_more_than_he_has(world: Any) -> None:
    people = role(world, "People", *(permission(world, each, "READ", "WRITE", "DELETE") for each in (22, 23, 24)))
    mine = group(world, people, 3921)
    user(world, mine)
    joe = world.wing_as("joe", account="3921")
    accounts = {"scopeType": "acc-mgmt", "permissions": [permission(world, 12, "READ")]}
    wanted = {"name": "More", "description": "", "roleCategory": "ACCOUNT", "accountId": 3921}
    assert 403 == joe.post(ROLES, json={**wanted, "permissionScope": [accounts]}).status_code
    own = {"scopeType": "acc-mgmt", "permissions": [permission(world, 22, "READ")]}
    assert 200 == joe.post(ROLES, json={**wanted, "permissionScope": [own]}).status_code
    body = {
        "id": "", "name": "Mine", "description": "", "userGroupCategory": "ACCOUNT", "roleId": FLEET_ADMIN,
        "selectAllAccount": False, "accountIds": [], "userIds": [],
    }  # fmt: skip
    assert 403 == joe.post(GROUPS, json=body).status_code
    # and he sees neither who is above him, nor the groups there
    seen = [each["username"] for each in joe.get(USERS, params={"size": 50}).json()]
    assert ["janedoe01", "joe"] == sorted(seen)
    assert 404 == joe.put(GROUPS, json={**body, "id": FLEET_OPERATORS, "roleId": people}).status_code


def test_a_group_gets_a_role_that_the_call_sees_and_its_users_come_with_whatever_role_it_has(world: Any) -> None:
    above = role(world, "Above", permission(world, 22, "READ"), account=3921)
    body = {
        "id": "", "name": "Below", "description": "", "userGroupCategory": "ACCOUNT", "roleId": above,
        "selectAllAccount": False, "accountIds": [], "userIds": [],
    }  # fmt: skip
    elsewhere = world.wing_as("acme-admin", "acme-iot")
    for client, context in ((world.wing, "4376"), (elsewhere, "*")):
        answer = client.post(GROUPS, json=body, headers={"Account-Context-Id": context})
        assert (400, "roleId") == (answer.status_code, answer.json()["fieldErrors"][0]["field"])
    below = world.wing.post(
        GROUPS, json={**body, "roleId": FLEET_READER}, headers={"Account-Context-Id": "4376"}
    ).json()
    assert 200 == world.wing.put(GROUPS, json={**body, "id": below}).status_code
    assert "joe" == user(world, below, account="4376")["username"]


def test_nobody_lets_a_group_that_may_more_than_he_be_for_more_accounts(world: Any) -> None:
    user(
        world,
        group(world, role(world, "People", *(permission(world, each, "READ", "WRITE") for each in (22, 23))), 3921),
    )
    joe = world.wing_as("joe", account="3921")
    strong, weak = (
        group(world, FLEET_ADMIN, 4376),
        group(world, role(world, "Weak", permission(world, 22, "READ")), 4376),
    )
    more = {"accountIds": [3921]}
    assert 403 == joe.post(f"{GROUPS}/wdh-sitstg2/{strong}/accounts", json=more).status_code
    assert "OK" == joe.post(f"{GROUPS}/wdh-sitstg2/{weak}/accounts", json=more).json()
    words = {each["id"]: each["account"] for each in joe.get(f"{GROUPS}/wdh-sitstg2").json()}
    assert ("Demo create account1", "Multiple") == (words[strong], words[weak])


READ_ONLY = [
    ("post", USERS), ("put", f"{USERS}/{JANE}"), ("post", f"{USERS}/{JANE}/reset-password"),
    ("delete", f"{USERS}/{JANE}/delete-user"), ("post", GROUPS), ("put", GROUPS), ("post", ROLES), ("put", ROLES),
    ("post", f"{GROUPS}/wdh-sitstg2/{FLEET_OPERATORS}/accounts"), ("post", "/api/v1/rating/account-billing-profiles"),
    ("post", ACCOUNT), ("put", ACCOUNT), ("patch", f"{ACCOUNT}/4376/addresses"), ("put", f"{ACCOUNT}/4376/contacts"),
    ("delete", f"{ACCOUNT}/4906"), ("post", "/api/v1/accounts/assign_apn"), ("post", "/api/v1/accounts/groups"),
    ("patch", f"{ACCOUNT}/3741/resources"), ("post", f"{ACCOUNT}/3741/resources"), ("put", "/api/v1/accounts/groups"),
    ("post", "/api/v1/accounts/address/3741/apnGroup"), ("patch", "/api/v1/accounts/address/3741/apnGroup/1671"),
    ("delete", "/api/v1/accounts/resources/6477"), ("delete", "/api/v1/accounts/groups/5651/resource/6501"),
    ("post", "/api/v1/accounts/accounts/customfield"), ("delete", "/api/v1/accounts/accounts/customfield/1554"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), READ_ONLY)
def test_who_may_only_read_gets_403_on_every_write(method: str, path: str, world: Any) -> None:
    reader = world.wing_as("sandbox-reader")
    answer = reader.request(method, path, json={} if method != "delete" else None)
    assert (403, "Access Denied") == (answer.status_code, answer.json()["detail"])


def test_two_realms_see_nothing_of_each_others_people(world: Any) -> None:
    acme = world.wing_as("acme-admin", realm="acme-iot")
    assert ["acme-admin"] == [each["username"] for each in acme.get("/api/v1/users/users/acme-iot/user").json()]
    assert [] == acme.get(f"{GROUPS}/acme-iot").json()
    assert [] == acme.get("/api/v1/users/roles/acme-iot/role").json()
    unknown = acme.get(f"/api/v1/users/users/nowhere/user/{JANE}").json()
    foreign = acme.get(f"{USERS}/{JANE}").json()
    assert {**unknown, "path": "", "detail": ""} == {**foreign, "path": "", "detail": ""}
    assert {9001, 9002} == {account["id"] for account in acme.get(ACCOUNT).json()}
