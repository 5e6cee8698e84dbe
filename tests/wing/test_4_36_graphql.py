"""WING 4.36, groups of SIMs by GraphQL."""

from typing import Any

import pytest

PATH = "/api/v1/graphql"
BY_ACCOUNT = 'query { accmgmt_tbl_groups (where: {account_master_id: {_eq: "6501"}}, limit: 1) { name id } }'


def ask(world: Any, query: str, **more: Any) -> dict[str, Any]:
    answer = world.wing.post(PATH, json={"query": query, **more})
    assert 200 == answer.status_code, answer.text
    return dict(answer.json())


@pytest.mark.parametrize("eq", ["_eq", "eq"])
@pytest.mark.parametrize("account", ["6501", '"6501"'])
def test_is_asked_by_get_and_by_post(eq: str, account: str, world: Any) -> None:
    query = BY_ACCOUNT.replace("_eq", eq).replace('"6501"', account)
    found = {"data": {"accmgmt_tbl_groups": [{"name": "grptest12509", "id": 5651}]}}
    assert found == ask(world, query)
    assert found == world.wing.get(PATH, params={"query": query}).json()
    assert found == world.wing.request("GET", PATH, json={"query": query}).json()


def test_takes_variables_aliases_order_limit_and_logic(world: Any) -> None:
    for name in ("a", "b", "c"):
        world.wing.post("/api/v1/accounts/groups", json={"name": name}, headers={"Account-Context-Id": "3921"})
    query = """query Q($names: [String!], $most: Int = 2) { found: accmgmt_tbl_groups(
        where: {_and: [{name: {_in: $names}}, {_not: {name: {_like: "b%"}}}]}, order_by: {name: desc}, limit: $most
    ) { __typename called: name } }"""
    rows = ask(world, query, variables={"names": ["a", "b", "c"]}, operationName="Q")["data"]["found"]
    assert ["c", "a"] == [row["called"] for row in rows]
    assert {"accmgmt_tbl_groups"} == {row["__typename"] for row in rows}


def test_finds_only_what_is_within_reach(world: Any) -> None:
    query = "{ accmgmt_tbl_groups { id } }"
    assert [5053, 5651, 18351, 18401] == [group["id"] for group in ask(world, query)["data"]["accmgmt_tbl_groups"]]
    acme = world.wing_as("acme-admin", realm="acme-iot")
    assert [] == acme.post(PATH, json={"query": query}).json()["data"]["accmgmt_tbl_groups"]
    elsewhere = world.wing_as("sandbox-reader", account="3921")
    assert [] == elsewhere.post(PATH, json={"query": query}).json()["data"]["accmgmt_tbl_groups"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{ colour }", "field 'colour' not found in type: 'query_root'"),
        ("{ accmgmt_tbl_groups { colour } }", "field 'colour' not found in type: 'accmgmt_tbl_groups'"),
        ("{ accmgmt_tbl_groups(top: 1) { id } }", "'accmgmt_tbl_groups' has no argument named 'top'"),
        (
            "{ accmgmt_tbl_groups(where: {colour: {_eq: 1}}) { id } }",
            "field 'colour' not found in type: 'accmgmt_tbl_groups_bool_exp'",
        ),
        (
            "{ accmgmt_tbl_groups(where: {name: {_is: 1}}) { id } }",
            "field '_is' not found in type: 'String_comparison_exp'",
        ),
        (
            "{ accmgmt_tbl_groups(where: {id: 1}) { id } }",
            "expected an object for type 'bigint_comparison_exp', but found a number",
        ),
        ("{ accmgmt_tbl_groups(where: {id: {_eq: 99999999999999999999}}) { id } }", None),
        ("{ accmgmt_tbl_groups(where: {id: {_eq: $x}}) { id } }", None),
        ("{ accmgmt_tbl_groups(limit: -1) { id } }", None),
        ("{ accmgmt_tbl_groups }", None),
        ("{ ...x }", None),
        ("mutation { x }", "no mutations exist"),
        ("{", "not a valid graphql query"),
        ("{a" * 5_000, "not a valid graphql query"),
        ("", "not a valid graphql query"),
    ],
)
def test_says_with_200_what_is_wrong(query: str, message: str | None, world: Any) -> None:
    answer = ask(world, query)
    assert ["errors"] == list(answer)
    assert message in (None, answer["errors"][0]["message"])


@pytest.mark.parametrize("content", [b"", b"null", b"{", b"[]", b'{"query": 7}'])
def test_without_a_query_says_so(content: bytes, world: Any) -> None:
    answer = world.wing.post(PATH, content=content)
    assert (200, "parse-failed") == (answer.status_code, answer.json()["errors"][0]["extensions"]["code"])
