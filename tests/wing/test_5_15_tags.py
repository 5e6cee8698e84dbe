"""WING 5.15, tags: who sees them, who changes them, and which SIMs bear them."""

import base64
from typing import Any

import httpx
import pytest
from tests.wing.answers import wrong_fields
from tests.wing.rows import rows

TAGS = "/api/v1/tags"
ASSIGN = "/api/v1/subscription/assignTags"
JANE = "c74180f3-0042-4844-bf61-782e2ee8ef8b"
SIM = "8955644099100000914"
OTHER_SIM = "8955644099880285706"  # of the same account
FAR_SIM = "8955644099890130870"  # of account 3439
TAG1, STT = 3259402, 2443303
NEW = {"name": "Night shift", "description": "after ten", "visibilty": "Public"}


def made(client: httpx.Client, **more: Any) -> dict[str, Any]:
    answer = client.post(TAGS, json={**NEW, **more})
    assert 202 == answer.status_code, answer.text
    return dict(answer.json())


def assigned(client: httpx.Client, iccids: list[str], *tag_ids: Any) -> list[tuple[str, str, str, str]]:
    answer = client.post(ASSIGN, json={"subscriptionIccIdList": iccids, "tagIdList": tag_ids})
    assert 202 == answer.status_code, answer.text
    return [(row["iccid"], row["type"], row["tag"], row["message"]) for row in answer.json()]


def jane(world: Any) -> httpx.Client:
    """Somebody who sees account 4376 only, and may do everything there."""
    body = {"password": base64.b64encode(b"sandbox-pass").decode(), "temporary": False}
    assert 200 == world.wing.post(
        f"/api/v1/users/users/wdh-sitstg2/user/{JANE}/reset-password", json=body
    ).status_code  # fmt: skip
    client: httpx.Client = world.wing_as("janedoe01", account="4376")
    return client


def test_a_new_tag_is_the_tenants_of_the_call_and_has_no_account(world: Any) -> None:
    for account, tenant in (("3439", "21"), ("285", "1"), ("*", "21")):
        tag = made(world.wing_as("sandbox-admin", account=account), name=f"Of {account}")
        assert (tenant, None, None) == (tag["tenantId"], tag["accountId"], tag["modificationTimestamp"])
    assert "3439" == made(world.wing, name="Of an account", accountId="3439")["accountId"]


def test_a_change_writes_what_was_sent_and_keeps_the_rest(world: Any) -> None:
    tag = made(world.wing, accountId=3439)
    world.advance(by="1h")
    answer = world.wing.put(TAGS, json={"id": tag["id"], "name": "Day shift ", "visibilty": "Public"})
    now = world.clock()["now"]
    assert 202 == answer.status_code
    assert {**tag, "name": "Day shift ", "modificationTimestamp": now} == answer.json()
    answer = world.wing.put(TAGS, json={**NEW, "id": str(tag["id"]), "description": None, "accountId": None})
    assert {**tag, "description": None, "accountId": None, "modificationTimestamp": now} == answer.json()


def test_pairs_are_answered_sims_outermost_also_those_that_failed(world: Any) -> None:
    rows = assigned(world.wing, [OTHER_SIM, "1", SIM], TAG1, 999, STT, TAG1)
    assert [
        (OTHER_SIM, "success", "Tag1", "Assigned"),
        (OTHER_SIM, "failure", "999", "Tag not found"),
        (OTHER_SIM, "success", "stt", "Assigned"),
        (OTHER_SIM, "failure", "Tag1", "Already assigned"),
        *(("1", "failure", tag, "SIM not found") for tag in ("Tag1", "999", "stt", "Tag1")),
        (SIM, "success", "Tag1", "Assigned"),
        (SIM, "failure", "999", "Tag not found"),
        (SIM, "success", "stt", "Assigned"),
        (SIM, "failure", "Tag1", "Already assigned"),
    ] == rows


def test_tags_add_up_and_stay(world: Any) -> None:
    assert "Assigned" == assigned(world.wing, [SIM], TAG1)[0][3]
    assert ["Already assigned", "Assigned"] == [row[3] for row in assigned(world.wing, [SIM], TAG1, STT)]
    world.wing.put(TAGS, json={**NEW, "id": TAG1})
    assert (SIM, "failure", NEW["name"], "Already assigned") == assigned(world.wing, [SIM], TAG1)[0]


def test_takes_numbers_where_strings_are_documented_and_the_other_way_round(world: Any) -> None:
    assert (SIM, "success", "Tag1", "Assigned") == assigned(world.wing, [int(SIM)], str(TAG1))[0]  # type: ignore[list-item]


def borne(client: httpx.Client, iccid: str = SIM) -> tuple[str | None, list[str]]:
    """The tags that a SIM shows, flat and as things of their own."""
    query = f"""{{ flat: simlcmanagement_vw_subscription(where: {{iccid: {{_eq: "{iccid}"}}}}) {{ tags }}
        whole: simlcmanagement_subscription_identity(where: {{iccid: {{_eq: "{iccid}"}}}})
        {{ subscription_tag_associations(order_by: {{id: asc}}) {{ tag {{ name }} }} }} }}"""
    answer = client.post("/api/v1/graphql", json={"query": query}).json()["data"]
    whole = answer["whole"][0]["subscription_tag_associations"]
    return answer["flat"][0]["tags"], [each["tag"]["name"] for each in whole]


def test_graphql_shows_the_tags_of_a_sim_and_its_record_and_filter_do_not(world: Any) -> None:
    assert (None, []) == borne(world.wing)
    assigned(world.wing, [SIM], STT, TAG1)
    assert ("stt,Tag1", ["stt", "Tag1"]) == borne(world.wing)
    world.wing.put(TAGS, json={**NEW, "id": STT})
    assert ("Night shift,Tag1", ["Night shift", "Tag1"]) == borne(world.wing)
    world.wing.delete(f"{TAGS}/{TAG1}")
    assert ("Night shift", ["Night shift"]) == borne(world.wing)
    # `tag` is an attribute of the SIM and none of 5.15's tags
    assert "0" == world.sim(SIM)["tag"]
    assert [] == world.wing.get("/api/v1/subscription/sims", params={"tag.equals": "Night shift"}).json()


def test_a_deleted_tag_is_gone_from_every_sim(world: Any) -> None:
    assigned(world.wing, [SIM, OTHER_SIM], TAG1)
    answer = world.wing.delete(f"{TAGS}/{TAG1}")
    assert (204, b"") == (answer.status_code, answer.content)
    assert [(SIM, "failure", str(TAG1), "Tag not found")] == assigned(world.wing, [SIM], TAG1)
    again = made(world.wing, name="Tag1")  # the name is free, and the id is not given again
    assert again["id"] > TAG1
    assert "Assigned" == assigned(world.wing, [SIM], again["id"])[0][3]


def test_a_private_tag_is_its_makers_alone(world: Any) -> None:
    tag = made(world.wing, visibilty="Private")
    other = world.client(
        headers={
            "Authorization": f"Bearer {world.token('apiuser01', password='Secret-12345')}", "Account-Context-Id": "*",
        }
    )  # fmt: skip
    assert [(SIM, "failure", str(tag["id"]), "Tag not found")] == assigned(other, [SIM], tag["id"])
    assert 404 == other.put(TAGS, json={**NEW, "id": tag["id"]}).status_code
    assert 404 == other.delete(f"{TAGS}/{tag['id']}").status_code
    assert "Assigned" == assigned(world.wing, [SIM], tag["id"])[0][3]
    assert ((NEW["name"], [NEW["name"]]), (None, [])) == (borne(world.wing), borne(other))
    world.wing.put(TAGS, json={**NEW, "id": tag["id"]})
    assert borne(world.wing) == borne(other)
    assert (SIM, "failure", NEW["name"], "Already assigned") == assigned(other, [SIM], tag["id"])[0]


@pytest.mark.parametrize("tag_id", [3023351, 9_999_999])
def test_a_tag_of_another_account_or_realm_does_not_exist(tag_id: int, world: Any) -> None:
    acme = world.wing_as("acme-admin", realm="acme-iot")
    elsewhere = world.wing_as("sandbox-admin", account="3439")
    for client in (acme, elsewhere):
        assert 404 == client.put(TAGS, json={**NEW, "id": tag_id}).status_code
        assert 404 == client.delete(f"{TAGS}/{tag_id}").status_code
    assert (FAR_SIM, "failure", str(tag_id), "Tag not found") == assigned(elsewhere, [FAR_SIM], tag_id)[0]
    assert [("SIM not found")] == [row[3] for row in assigned(acme, [SIM], tag_id)]
    assert 204 == world.wing.delete(f"{TAGS}/3023351").status_code


def test_a_tag_of_another_account_of_the_tenant_does_not_exist(world: Any) -> None:
    tag_id = made(world.wing, accountId="4376")["id"]
    elsewhere, above = (world.wing_as("sandbox-admin", account=account) for account in ("3439", "3122"))
    assert 404 == elsewhere.put(TAGS, json={**NEW, "id": tag_id}).status_code
    assert 404 == elsewhere.delete(f"{TAGS}/{tag_id}").status_code
    assert (FAR_SIM, "failure", str(tag_id), "Tag not found") == assigned(elsewhere, [FAR_SIM], tag_id)[0]
    assert 202 == above.put(TAGS, json={**NEW, "id": tag_id}).status_code


@pytest.mark.parametrize("owner", ["6501", "3122"])
def test_nor_does_it_in_graphql(owner: str, world: Any) -> None:
    everywhere = world.wing_as("sandbox-admin")
    theirs = world.wing_as("sandbox-reader", account="3439")
    for account, name in ((owner, "Theirs"), ("3439", "Ours"), (None, "All's")):
        tag = made(world.wing, name=name, **({"accountId": account} if account else {}))
        assert "Assigned" == assigned(world.wing, [FAR_SIM], tag["id"])[0][3]
    assert ("Theirs,Ours,All's", ["Theirs", "Ours", "All's"]) == borne(everywhere, FAR_SIM)
    for caller in (theirs, world.wing_as("sandbox-admin", account="3439")):
        assert ("Ours,All's", ["Ours", "All's"]) == borne(caller, FAR_SIM)
        for name, found in (("Theirs", 0), ("Ours", 1)):
            query = f'{{ simlcmanagement_vw_subscription(where: {{tags: {{_like: "%{name}%"}}}}) {{ id }} }}'
            answer = caller.post("/api/v1/graphql", json={"query": query}).json()
            assert found == len(answer["data"]["simlcmanagement_vw_subscription"])


def test_a_sim_bears_tags_of_its_own_tenant_only(world: Any) -> None:
    assert (SIM, "failure", "Mar11", "Tag not found") == assigned(world.wing, [SIM], 3023351)[0]


def test_who_sees_a_part_of_the_tenant_uses_its_tags_and_changes_only_his_own(world: Any) -> None:
    client = jane(world)
    world.wing.put(TAGS, json={"id": STT, "name": "stt", "visibilty": "Public", "accountId": "4376"})
    for tag_id, status in ((TAG1, 403), (STT, 202), (made(client)["id"], 202), (9_999_999, 404)):
        body = {"id": tag_id, "name": f"Tag {tag_id}", "visibilty": "Public"}
        assert status == client.put(TAGS, json=body).status_code
        assert {202: 204}.get(status, status) == client.delete(f"{TAGS}/{tag_id}").status_code
    assert [(SIM, "failure", "Tag1", "SIM not found")] == assigned(client, [SIM], TAG1)
    assert "Assigned" == assigned(world.wing, [SIM], TAG1)[0][3]


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": None}, "name"),
        ({"name": 7}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"name": "Tag1"}, "name"),
        ({"description": "x" * 256}, "description"),
        ({"description": []}, "description"),
        ({"visibilty": "public"}, "visibilty"),
        ({"visibilty": None}, "visibilty"),
        ({"accountId": "9001"}, "accountId"),
        ({"accountId": 999_999}, "accountId"),
        ({"accountId": "x"}, "accountId"),
        ({"accountId": 0}, "accountId"),
        ({"accountId": 10**30}, "accountId"),
    ],
)
def test_a_tag_that_cannot_be_is_refused_by_field(method: str, change: dict[str, Any], field: str, world: Any) -> None:
    present = {**NEW, "id": 2443051} if method == "PUT" else NEW
    before = rows(world)
    assert {field} == wrong_fields(world.wing.request(method, TAGS, json={**present, **change}))
    assert before == rows(world)


@pytest.mark.parametrize("name", ["name", "visibilty", "id"])
def test_a_change_without_a_mandatory_field_names_it(name: str, world: Any) -> None:
    body = {**NEW, "id": TAG1}
    del body[name]
    assert {name} == wrong_fields(world.wing.put(TAGS, json=body))


def test_a_tag_stays_in_its_tenant(world: Any) -> None:
    assert {"accountId"} == wrong_fields(world.wing.put(TAGS, json={**NEW, "id": TAG1, "accountId": "285"}))


@pytest.mark.parametrize(
    ("iccids", "tags", "field"),
    [
        ([], [TAG1], "subscriptionIccIdList"),
        ([SIM], [], "tagIdList"),
        (None, [TAG1], "subscriptionIccIdList"),
        ([SIM], None, "tagIdList"),
        (SIM, [TAG1], "subscriptionIccIdList"),
        ([SIM], TAG1, "tagIdList"),
        ([SIM, "x"], [TAG1], "subscriptionIccIdList.1"),
        ([SIM], [TAG1, "x"], "tagIdList.1"),
        ([SIM], [-1], "tagIdList.0"),
        ([SIM] * 1001, [TAG1], "subscriptionIccIdList"),
        ([SIM], [TAG1] * 1001, "tagIdList"),
        ([SIM] * 101, [TAG1] * 100, "tagIdList"),
    ],
)
def test_lists_that_cannot_be_are_refused_by_field(iccids: Any, tags: Any, field: str, world: Any) -> None:
    body = {"subscriptionIccIdList": iccids, "tagIdList": tags}
    before = rows(world)
    assert {field} == wrong_fields(world.wing.post(ASSIGN, json=body))
    assert before == rows(world)


@pytest.mark.parametrize("tag_id", ["x", "-1", "1.5", "9" * 30])
def test_a_path_that_is_no_id_is_400(tag_id: str, world: Any) -> None:
    assert 400 == world.wing.delete(f"{TAGS}/{tag_id}").status_code


def test_who_may_only_read_gets_403(world: Any) -> None:
    reader = world.wing_as("sandbox-reader")
    for method, path in (("POST", TAGS), ("PUT", TAGS), ("DELETE", f"{TAGS}/{TAG1}"), ("POST", ASSIGN)):
        assert 403 == reader.request(method, path, json={} if method != "DELETE" else None).status_code


def test_an_accounts_tags_go_with_it(world: Any) -> None:
    tag = made(world.wing, accountId="4906")
    assigned(world.wing, [SIM], tag["id"])
    assert 204 == world.wing.delete("/api/v1/accounts/account/4906").status_code
    assert "Tag not found" == assigned(world.wing, [SIM], tag["id"])[0][3]
    assert 202 == world.wing.post(TAGS, json=NEW).status_code
