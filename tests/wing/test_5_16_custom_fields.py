"""WING 5.16, custom fields of SIMs: defined by an account, and shown by each of its SIMs."""

from typing import Any

import httpx
import pytest
from tests.wing.answers import wrong_fields
from tests.wing.ordering import Shop
from tests.wing.rows import rows

FIELDS = "/api/v1/customfield"
VALUES = f"{FIELDS}/updateSubscriptionCustomField"
SIM = "8955644099880285706"
SIM_ID = 285706
BULK_CF2, SC1, SC2 = 338953, 341706, 341707
NEW = {"name": "Depot", "description": "where it is kept", "type": "Text", "isPropagated": False}
#: Of account 3503, and of account 3504 below it.
LOGISTICS, COLD_CHAIN = "3503", "3504"


def made(world: Any, account: str = "3907", **more: Any) -> dict[str, Any]:
    answer = world.wing.post(FIELDS, json={**NEW, **more}, headers={"Account-Context-Id": account})
    assert 201 == answer.status_code, answer.text
    return dict(answer.json())


def put(world: Any, field_id: int, value: str, sim_id: int = SIM_ID) -> None:
    answer = world.wing.put(f"{VALUES}/{sim_id}", json={"id": field_id, "value": value})
    assert (200, "Custom Field Updated Successfully.") == (answer.status_code, answer.text)


def shown(world: Any, iccid: str = SIM) -> dict[int, str]:
    """What a SIM's record says of its fields."""
    return {value["id"]: value["value"] for value in world.sim(iccid)["customField"]}


def with_field(world: Any, field_id: int) -> dict[int, int]:
    """How many SIMs of each account show a field."""
    counts: dict[int, int] = {}
    for sim in world.wing.get("/api/v1/subscription/sims").json():
        if field_id in {value["id"] for value in sim["customField"]}:
            counts[sim["accountId"]] = counts.get(sim["accountId"], 0) + 1
    return counts


def in_account(world: Any, account: str) -> list[dict[str, Any]]:
    return list(world.wing.get("/api/v1/subscription/sims", params={"accountId.equals": account}).json())


def test_every_sim_of_the_account_has_a_new_field_with_nothing_to_say(world: Any) -> None:
    field = made(world, LOGISTICS)
    assert (LOGISTICS, "21", False) == (field["accountId"], field["tenantId"], field["isPropagated"])
    assert field["creationTimestamp"] == field["modificationTimestamp"] == world.clock()["now"][:19]
    assert {3503: len(in_account(world, LOGISTICS))} == with_field(world, field["id"])
    assert {field["id"]: ""} == shown(world, in_account(world, LOGISTICS)[0]["iccid"])


def test_a_propagated_field_is_in_force_below_too(world: Any) -> None:
    field = made(world, LOGISTICS, isPropagated="true")
    sims = {int(account): len(in_account(world, account)) for account in (LOGISTICS, COLD_CHAIN)}
    assert all(sims.values())
    assert sims == with_field(world, field["id"])
    put(world, field["id"], "north", in_account(world, COLD_CHAIN)[0]["id"])
    below = world.wing_as("sandbox-admin", account=COLD_CHAIN)
    assert 404 == below.put(FIELDS, json={**NEW, "id": field["id"]}).status_code
    assert 404 == below.delete(f"{FIELDS}/{field['id']}").status_code


def test_a_value_shows_in_both_shapes_of_the_record_and_touches_it(world: Any) -> None:
    put(world, BULK_CF2, "2022-05-05")
    expected = [{"id": BULK_CF2, "value": "2022-05-05"}, {"id": SC1, "value": ""}, {"id": SC2, "value": ""}]
    record = world.sim(SIM)
    assert expected == record["customField"]
    assert world.clock()["now"] == record["modificationTimestamp"]
    [extended] = world.wing.get("/api/v1/subscription/sims", params={"iccid.equals": SIM}).json()
    assert expected == extended["customField"]
    put(world, BULK_CF2, "")
    assert "" == shown(world)[BULK_CF2]


def test_a_deleted_field_is_gone_from_every_sim(world: Any) -> None:
    put(world, SC2, "x")
    put(world, SC1, "kept")
    answer = world.wing.delete(f"{FIELDS}/{SC2}")
    assert (200, "Custom Field Deleted Successfully.") == (answer.status_code, answer.text)
    assert {BULK_CF2: "", SC1: "kept"} == shown(world)
    assert {} == with_field(world, SC2)
    assert 404 == world.wing.delete(f"{FIELDS}/{SC2}").status_code
    assert 404 == world.wing.put(f"{VALUES}/{SIM_ID}", json={"id": SC2, "value": "x"}).status_code
    assert made(world, name="SC2")["id"] > 2134451  # the name is free, and the id is not given again


def test_an_edit_leaves_alone_what_is_settled(world: Any) -> None:
    before = {
        "id": SC1, "name": "SC1", "type": "Text", "tenantId": "21", "description": "asdf", "isPropagated": True,
        "accountId": "3907", "userId": "1bc17bfa-ad94-47ef-b750-259ca369161c",
        "creationTimestamp": "2022-05-05T02:56:37",
    }  # fmt: skip
    answer = world.wing.put(FIELDS, json={"id": SC1, "name": "Count", "type": "Number", "isPropagated": False})
    assert 200 == answer.status_code
    now = world.clock()["now"][:19]
    assert {**before, "name": "Count", "type": "Number", "modificationTimestamp": now} == answer.json()


def test_a_sim_keeps_its_fields_when_it_moves_and_gets_those_of_its_new_account(world: Any) -> None:
    put(world, SC1, "went along")
    field = made(world, "3992", name="Shelf")
    sim = world.sim(SIM)
    body = {
        "accountId": 3992, "fromAccountId": 3907, "useImsi": True, "range": {"from": sim["imsi"], "to": sim["imsi"]},
    }  # fmt: skip
    assert 202 == world.wing.post("/api/v1/resources/batch/sims/assign", json=body).status_code
    world.advance(until="idle")
    assert 3992 == world.sim(SIM)["accountId"]
    assert {BULK_CF2: "", SC1: "went along", SC2: "", field["id"]: ""} == shown(world)
    put(world, SC1, "still")
    put(world, field["id"], "4")
    assert {BULK_CF2: "", SC1: "still", SC2: "", field["id"]: "4"} == shown(world)
    world.wing.delete(f"{FIELDS}/{SC1}")
    assert {BULK_CF2: "", SC2: "", field["id"]: "4"} == shown(world)


def test_sims_that_an_order_brings_have_the_fields_of_their_account(world: Any) -> None:
    field = made(world, "26")
    shop = Shop(world)
    sims = shop.sims(shop.complete())
    assert sims
    assert [[{"id": field["id"], "value": ""}]] * len(sims) == [sim["customField"] for sim in sims]


def test_reaches_every_sim_of_a_large_account_before_anybody_looks(control: httpx.Client) -> None:
    from tests.conftest import World

    made_world = control.post("/_box/worlds", json={"sims": 9_000, "seed": 5_16}).json()
    world = World(made_world["name"], made_world["base_url"], control)
    world.clock(mode="frozen")
    field = made(world, "3122", isPropagated=True)
    look = world.wing.get("/api/v1/subscription/sims", params={"page": 5, "tenantId.equals": "21"})
    assert all(field["id"] in {value["id"] for value in sim["customField"]} for sim in look.json())
    assert 200 == world.wing.delete(f"{FIELDS}/{field['id']}").status_code
    look = world.wing.get("/api/v1/subscription/sims", params={"page": 5, "tenantId.equals": "21"})
    assert look.json()
    assert [] == [sim["iccid"] for sim in look.json() if sim["customField"]]
    world.close()
    control.delete(f"/_box/worlds/{world.name}")


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("Date", ["2024-02-29", ""], ["2023-02-29", "05.05.2022", "2022-5-5", "2022-05-05T00:00:00Z", "20220505", " "]),
        ("Number", ["7", "-7.25", "007", ""], ["seven", "1e5", "1,5", "0x1", ".5", "5.", "٣", " 7", "NaN"]),
        ("Text", ["2022", "=1+1", "ä", ""], ["x" * 256, "a\0b"]),
    ],
)
def test_a_value_is_of_its_fields_type(kind: str, good: list[str], bad: list[str], world: Any) -> None:
    field = made(world, type=kind)
    for value in good:
        put(world, field["id"], value)
        assert value == shown(world)[field["id"]]
        for misfit in bad:
            body = {"id": field["id"], "value": misfit}
            assert {"value"} == wrong_fields(world.wing.put(f"{VALUES}/{SIM_ID}", json=body))
        assert value == shown(world)[field["id"]]


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": None}, "name"),
        ({"name": ["x"]}, "name"),
        ({"name": "bulk CF2"}, "name"),
        ({"description": 7}, "description"),
        ({"type": "Colour"}, "type"),
        ({"type": None}, "type"),
        ({"isPropagated": "perhaps"}, "isPropagated"),
        ({"isPropagated": 1}, "isPropagated"),
    ],
)
def test_a_field_that_cannot_be_is_refused_by_name(method: str, change: dict[str, Any], field: str, world: Any) -> None:
    present = {**NEW, "id": SC1} if method == "PUT" else NEW
    before = rows(world)
    sent = {**present, **change}
    answer = world.wing.request(method, FIELDS, json=sent, headers={"Account-Context-Id": "3907"})
    assert {field} == wrong_fields(answer)
    assert before == rows(world)


@pytest.mark.parametrize("name", ["name", "type", "id"])
def test_an_edit_without_a_mandatory_field_names_it(name: str, world: Any) -> None:
    body = {**NEW, "id": SC1}
    del body[name]
    assert {name} == wrong_fields(world.wing.put(FIELDS, json=body))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"id": BULK_CF2}, "value"),
        ({"id": BULK_CF2, "value": None}, "value"),
        ({"id": BULK_CF2, "value": 20220505}, "value"),
        ({"value": ""}, "id"),
        ({"id": "x", "value": ""}, "id"),
    ],
)
def test_a_value_without_field_or_text_names_what_is_wrong(body: dict[str, Any], field: str, world: Any) -> None:
    assert {field} == wrong_fields(world.wing.put(f"{VALUES}/{SIM_ID}", json=body))


def test_another_accounts_or_realms_field_and_sim_do_not_exist(world: Any) -> None:
    acme = world.wing_as("acme-admin", realm="acme-iot")
    elsewhere = world.wing_as("sandbox-admin", account="3439")
    for client in (acme, elsewhere):
        for field_id in (SC1, 9_999_999):
            assert 404 == client.put(FIELDS, json={**NEW, "id": field_id}).status_code
            assert 404 == client.delete(f"{FIELDS}/{field_id}").status_code
            assert 404 == client.put(f"{VALUES}/{SIM_ID}", json={"id": field_id, "value": "x"}).status_code
    # a field that is neither the SIM's nor in force for it
    assert 404 == world.wing.put(f"{VALUES}/{SIM_ID}", json={"id": 503503, "value": "x"}).status_code
    assert 404 == world.wing.put(f"{VALUES}/1", json={"id": SC1, "value": "x"}).status_code
    assert {BULK_CF2: "", SC1: "", SC2: ""} == shown(world)


@pytest.mark.parametrize("path", [f"{FIELDS}/x", f"{FIELDS}/-1", f"{FIELDS}/{'9' * 30}"])
def test_a_path_that_is_no_id_is_400(path: str, world: Any) -> None:
    assert 400 == world.wing.delete(path).status_code


def test_an_account_has_a_hundred_fields_at_most(world: Any) -> None:
    for number in range(100):
        made(world, "4906", name=f"Field {number}")
    answer = world.wing.post(FIELDS, json=NEW, headers={"Account-Context-Id": "4906"})
    assert {"name"} == wrong_fields(answer)


def test_an_accounts_fields_go_with_it(world: Any) -> None:
    field = made(world, "4906")
    assert 204 == world.wing.delete("/api/v1/accounts/account/4906").status_code
    assert 404 == world.wing.delete(f"{FIELDS}/{field['id']}").status_code


def test_who_may_only_read_gets_403(world: Any) -> None:
    reader = world.wing_as("sandbox-reader")
    for method, path in (("POST", FIELDS), ("PUT", FIELDS), ("DELETE", f"{FIELDS}/{SC1}"), ("PUT", f"{VALUES}/1")):
        assert 403 == reader.request(method, path, json={} if method != "DELETE" else None).status_code
