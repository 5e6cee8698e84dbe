"""WING 5.4 by GraphQL: clients can ask what there is to be asked for."""

from functools import cache
from typing import Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    build_client_schema,
    get_introspection_query,
    parse,
    validate,
)
from tests.wing.graphql_asking import PATH, SIM, VIEW, ask, fault, find

from carrierbox import contracts

DOCUMENT = contracts.document("wing-subscription")["graphql"]
ARGUMENTS = {"distinct_on", "limit", "offset", "order_by", "where"}


@cache
def schema_of(url: str, query: str, authorization: str) -> GraphQLSchema:
    import httpx

    headers = {"Authorization": authorization, "Account-Context-Id": "*"}
    answer = httpx.post(url, json={"query": query, "operationName": "IntrospectionQuery"}, headers=headers, timeout=60)
    return build_client_schema(answer.json()["data"])


@pytest.fixture
def schema(seeded: Any) -> GraphQLSchema:
    """The schema, as a client builds it from what it is told."""
    return schema_of(seeded.url + PATH, get_introspection_query(), seeded.wing.headers["Authorization"])


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"descriptions": False},
        {"specified_by_url": True, "input_value_deprecation": True, "directive_is_repeatable": True},
    ],
    ids=["plain", "short", "whole"],
)
def test_a_clients_introspection_query_builds_its_schema(options: dict[str, bool], seeded: Any) -> None:
    answer = ask(seeded, get_introspection_query(**options), operationName="IntrospectionQuery")
    built = build_client_schema(answer["data"])
    assert built.query_type is not None
    assert "query_root" == built.query_type.name
    assert built.mutation_type is None
    assert built.subscription_type is None


@pytest.mark.parametrize("documented", DOCUMENT["documented_queries"], ids=lambda each: each["section"])
def test_the_documents_queries_are_valid_by_the_schema(documented: dict[str, Any], schema: GraphQLSchema) -> None:
    assert [] == validate(schema, parse(documented["query"]))


def test_the_roots_are_the_contracts(schema: GraphQLSchema) -> None:
    assert schema.query_type is not None
    documented = {each["name"] for each in DOCUMENT["root_fields"]}
    # a list and its figures go together in Hasura
    assert documented <= set(schema.query_type.fields)
    assert set(schema.query_type.fields) - documented == set()


@pytest.mark.parametrize("name", DOCUMENT["types"])
def test_a_types_columns_and_relations_are_the_contracts(name: str, schema: GraphQLSchema) -> None:
    documented = DOCUMENT["types"][name]
    found = schema.type_map[name]
    assert isinstance(found, GraphQLObjectType)
    columns = {column["name"]: column["type"] for column in documented["columns"]}
    assert columns == {field: str(found.fields[field].type).rstrip("!") for field in columns}
    for relation in documented.get("relations", ()):
        kind = str(found.fields[relation["name"]].type)
        assert (f"[{relation['type']}!]!" if relation["kind"] == "array" else relation["type"]) == kind
        if relation["kind"] == "array":
            assert set(found.fields[relation["name"]].args) == ARGUMENTS
            assert f"{relation['name']}_aggregate" in found.fields


def test_columns_have_the_contracts_operators(schema: GraphQLSchema) -> None:
    further = DOCUMENT["arguments"]["further_hasura"]
    expected = {
        "String": {*further["comparison"], *further["text"]},
        "bigint": {*further["comparison"]},
        "jsonb": {*further["comparison"], *further["jsonb"]} - {"_gt", "_gte", "_lt", "_lte"},
    }
    for name, operators in expected.items():
        kind = schema.type_map[f"{name}_comparison_exp"]
        assert isinstance(kind, GraphQLInputObjectType)
        assert operators == set(kind.fields)
    condition = schema.type_map[f"{VIEW}_bool_exp"]
    assert isinstance(condition, GraphQLInputObjectType)
    assert {*further["boolean"]} <= set(condition.fields)


def test_figures_are_the_contracts(schema: GraphQLSchema) -> None:
    further = DOCUMENT["arguments"]["further_hasura"]["aggregate"]
    kind = schema.type_map[f"{VIEW}_aggregate_fields"]
    assert isinstance(kind, GraphQLObjectType)
    assert {name.partition("(")[0] for name in further} == set(kind.fields)


def test_a_view_has_no_primary_key_and_so_no_field_for_it(schema: GraphQLSchema) -> None:
    assert schema.query_type is not None
    assert f"{VIEW}_by_pk" not in schema.query_type.fields
    assert "bigint!" == str(schema.query_type.fields[f"{SIM}_by_pk"].args["id"].type)


def test_one_type_can_be_asked_for(seeded: Any) -> None:
    query = "query Q($name: String!) { __type(name: $name) { kind name enumValues { name } fields { name } } }"
    found = find(seeded, query, variables={"name": "order_by"})
    assert ("ENUM", "order_by", None) == (found["kind"], found["name"], found["fields"])
    assert "asc" == found["enumValues"][0]["name"]
    assert find(seeded, query, variables={"name": "Colour"}) is None


def test_the_schema_can_be_asked_for_beside_rows(seeded: Any) -> None:
    query = (
        f"{{ __schema {{ queryType {{ name }} }} {VIEW}(limit: 1) {{ __typename }} again: __schema {{ __typename }} }}"
    )
    assert {
        "__schema": {"queryType": {"name": "query_root"}},
        VIEW: [{"__typename": VIEW}],
        "again": {"__typename": "__Schema"},
    } == ask(seeded, query)["data"]


def test_the_schema_is_described_with_fragments_and_directives(seeded: Any) -> None:
    query = """query Q($with: Boolean!) { __schema { ...Types @include(if: $with) } __schema { queryType { name } } }
    fragment Types on __Schema { types { name @skip(if: $with) kind } }"""
    found = find(seeded, query, variables={"with": True})
    assert ["types", "queryType"] == list(found)
    assert {"kind"} == set(found["types"][0])


def test_a_faulty_question_about_the_schema_is_refused(seeded: Any) -> None:
    assert "field 'colour' not found in type: '__Schema'" == fault(seeded, "{ __schema { colour } }")[2]
    assert "missing required field 'name'" == fault(seeded, "{ __type { name } }")[2]
    assert "field '__schema' not found in type: 'tag'" in fault(
        seeded, f"{{ {SIM} {{ subscription_tag_associations {{ tag {{ __schema {{ __typename }} }} }} }} }}"
    )


def test_the_schema_cannot_be_asked_for_again_and_again_within_itself(seeded: Any) -> None:
    query = "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }"
    code, _, message = fault(seeded, query)
    assert ("limit-exceeded", "the schema's lists can be asked for 2 within each other here") == (code, message)
