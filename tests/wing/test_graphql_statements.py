"""What WING's GraphQL makes of a query: one statement a field, which holds no value and uses the indexes there are."""

import re
from itertools import takewhile
from typing import Any

import pytest
from tests.wing.graphql_asking import BALANCE, RATED, SIM, VIEW, inquire

from carrierbox import contracts
from carrierbox.carriers.wing.graphql import compiling
from carrierbox.carriers.wing.graphql.compiling import compiled
from carrierbox.kernel.world import World

DOCUMENTED = contracts.document("wing-subscription")["graphql"]["documented_queries"]


@pytest.fixture(autouse=True)
def _forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept from before."""
    monkeypatch.setattr(compiling, "_kept", type(compiling._kept)())


def statements(query: str, variables: dict[str, Any] | None = None, sight: str = "whole") -> list[str]:
    made, _ = compiled(query, None, variables or {})
    return [part.statement(sight) for part in made.parts]


@pytest.mark.parametrize("documented", DOCUMENTED, ids=lambda each: each["section"])
def test_each_documented_query_is_one_statement(documented: dict[str, Any], inside: World) -> None:
    asked = []
    reader = inside.store._readers[-1] if inside.store._readers else None
    if reader is None:
        inquire(inside, "{ tables: simlcmanagement_vw_subscription(limit: 1) { id } }")
        reader = inside.store._readers[-1]
    reader.set_trace_callback(asked.append)
    try:
        assert ["data"] == list(
            inquire(inside, documented["query"].replace("{ID}", "1169").replace("{Account_ID}", "3122"))
        )
    finally:
        reader.set_trace_callback(None)
    assert 1 == len(asked), asked


@pytest.mark.parametrize("documented", DOCUMENTED, ids=lambda each: each["section"])
def test_no_value_of_a_query_stands_in_its_statement(documented: dict[str, Any]) -> None:
    [statement] = statements(documented["query"])
    for value in re.findall(r'"([^"]+)"', documented["query"]):
        assert value in {"true", "Billing-Cycle"} or f"'{value}'" not in statement
    other = re.sub(r'"[^"]+"', '"77"', documented["query"])
    assert [statement] == statements(other)


def test_variables_of_one_shape_share_what_was_compiled() -> None:
    query = f"""query Q($where: {VIEW}_bool_exp!, $most: Int, $id: bigint) {{
        {VIEW}(where: {{_and: [$where, {{id: {{_eq: $id}}}}]}}, limit: $most) {{ id }}
    }}"""
    shapes: list[dict[str, Any]] = [
        {"where": {"iccid": {"_in": ["a"]}}, "most": 1, "id": 1},
        {"where": {"iccid": {"_in": ["b", "c"]}}, "most": 200, "id": "2"},
        {"where": {"iccid": {"_in": "d"}}, "most": 200, "id": "2"},
    ]
    made = [compiled(query, None, variables)[0] for variables in shapes]
    assert made[0] is made[1]
    others = [
        {"where": {"iccid": {"_nin": ["a"]}}, "most": 1, "id": 1},
        {"where": {"imsi": {"_in": ["a"]}}, "most": 1, "id": 1},
        {"where": {"iccid": {"_in": ["a"]}}, "most": None, "id": 1},
        {"where": {"_or": []}, "most": 1, "id": 1},
        {"where": {"_and": []}, "most": 1, "id": 1},
    ]
    assert len(others) == len({id(compiled(query, None, variables)[0]) for variables in others} - {id(made[0])})


def test_orders_and_columns_from_variables_are_never_shared() -> None:
    query = f"query Q($order: [{VIEW}_order_by!]) {{ {VIEW}(order_by: $order) {{ id }} }}"
    texts = {
        compiled(query, None, {"order": [{column: direction}]})[0].parts[0].sql
        for column in ("id", "iccid", "tags")
        for direction in ("asc", "desc")
    }
    assert 6 == len(texts)


def test_no_more_is_kept_than_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "MOST_KEPT", 3)
    for number in range(10):
        compiled(f"{{ a{number}: {VIEW} {{ id }} }}", None, {})
    assert 3 == len(compiling._kept)
    compiled(f"{{ {VIEW} {{ id }} }} # {'x' * 30_000}", None, {})
    assert 3 == len(compiling._kept)


def test_no_more_shapes_of_a_query_are_kept_than_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "MOST_SHAPES", 3)
    query = f"query Q($where: {VIEW}_bool_exp) {{ {VIEW}(where: $where) {{ id }} }}"
    for column in ("id", "iccid", "imsi", "msisdn"):
        compiled(query, None, {"where": {column: {"_eq": "1"}}})
    [known] = compiling._kept.values()
    assert 1 == len(known.made)


def plan(world: World, statement: str) -> list[str]:
    """How SQLite goes about it, without what is about JSON lists."""
    values = dict.fromkeys(re.findall(r":(\w+)", re.sub(r"'[^']*'", "", statement)), 0)
    return [str(row[3]) for row in world.store.sql(f"EXPLAIN QUERY PLAN {statement}", values)]


INDEXES = {
    "account_id": "wing_sim_account (account_id=?",
    "tenant_id": "wing_sim_tenant (tenant_id=?",
    "id": "INTEGER PRIMARY KEY (rowid=?)",
    "imsi": "(imsi=?)",
    "iccid": "(iccid=?)",
    "msisdn": "(msisdn=?)",
}


@pytest.mark.parametrize("sight", ["whole", "tenant", "account", "accounts"])
@pytest.mark.parametrize("column", INDEXES)
@pytest.mark.parametrize("table", [VIEW, SIM])
def test_a_sim_is_found_by_an_index(table: str, column: str, sight: str, inside: World) -> None:
    [statement] = statements(
        f'{{ {table}(limit: 5, where: {{{column}: {{_eq: "1"}}}}) {{ id iccid state_name }} }}', sight=sight
    )
    steps = plan(inside, statement)
    # within one account or some, SQLite may as well begin there
    usable = [INDEXES[column]] + ([INDEXES["account_id"]] if column == "tenant_id" else [])
    assert any(index in step for index in usable for step in steps), steps
    if sight != "accounts":
        assert not any("TEMP B-TREE" in step for step in steps), steps
    assert not any(step.startswith("SCAN t") for step in steps), steps


@pytest.mark.parametrize("sight", ["whole", "tenant", "account"])
def test_the_documents_list_goes_by_account_in_the_order_of_its_index(sight: str, inside: World) -> None:
    query = next(each["query"] for each in DOCUMENTED if each["section"] == "5.4.3")
    [statement] = statements(query, sight=sight)
    steps = list(takewhile(lambda step: not step.startswith("CORRELATED"), plan(inside, statement)))
    assert any("wing_sim_account (account_id=? AND tenant_id=?)" in step for step in steps), steps
    assert not any("TEMP B-TREE" in step or step.startswith("SCAN t") for step in steps), steps


@pytest.mark.parametrize("sight", ["whole", "tenant", "account"])
def test_a_list_without_conditions_follows_an_index(sight: str, inside: World) -> None:
    [statement] = statements(f"{{ {VIEW}(limit: 5) {{ iccid }} }}", sight=sight)
    assert not any("TEMP B-TREE" in step for step in plan(inside, statement))


@pytest.mark.parametrize(("table", "column"), [(BALANCE, "subscription_id_data0"), (RATED, "imsi")])
@pytest.mark.parametrize("sight", ["whole", "tenant", "account", "accounts"])
def test_a_sims_accumulators_are_found_by_its_imsi(table: str, column: str, sight: str, inside: World) -> None:
    [statement] = statements(
        f'{{ {table}(where: {{{column}: {{_eq: "1"}}}}, order_by: {{id: desc}}) {{ id }} }}', sight=sight
    )
    steps = plan(inside, statement)
    assert any("(imsi=?)" in step for step in steps), steps
    assert not any("SCAN wing_usage" in step for step in steps), steps


def test_what_a_sim_is_related_to_is_found_by_indexes(inside: World) -> None:
    query = next(each["query"] for each in DOCUMENTED if each["section"] == "5.5")
    [statement] = statements(query)
    steps = [step for step in plan(inside, statement) if step.startswith("SCAN")]
    # keys that were found already, and the names of ten states, which are a subquery of constants
    assert all(re.match(r"SCAN (keys\d+|\d+ CONSTANT ROWS|\(subquery-\d+\))", step) for step in steps), steps
