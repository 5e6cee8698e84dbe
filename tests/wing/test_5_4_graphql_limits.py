"""WING 5.4 by GraphQL: a query that asks for too much is told how much is too much, and holds up nobody."""

from typing import Any

import pytest
from tests.wing.graphql_asking import GROUPS, PATH, SIM, VIEW, ask, fault, inquire

from carrierbox.carriers.wing.graphql import compiling, limits, rules, scalars
from carrierbox.kernel.world import World


def refusal(answer: dict[str, Any]) -> str:
    """What is said of too much."""
    [error] = answer["errors"]
    assert "limit-exceeded" == error["extensions"]["code"]
    return str(error["message"])


def nested(levels: int, inner: str = "id: {_gt: 0}") -> str:
    """A condition so many objects deep."""
    return "_not: {" * levels + inner + "}" * levels


@pytest.mark.parametrize("levels", [200, 2_000, 20_000])
def test_a_selection_that_is_hundreds_of_levels_deep_is_refused(levels: int, seeded: Any) -> None:
    assert ["errors"] == list(ask(seeded, "{ a" * levels + " }" * levels))
    deep = f"{{ {SIM} {{ id " + "... { id " * levels + "}" * levels + "} }"
    assert ["errors"] == list(ask(seeded, deep))


@pytest.mark.parametrize("levels", [200, 2_000, 20_000])
@pytest.mark.parametrize("brackets", ["[]", "{}"])
def test_a_value_that_is_hundreds_of_levels_deep_is_refused(levels: int, brackets: str, seeded: Any) -> None:
    first, last = ("[", "]") if brackets == "[]" else ("{_not: ", "}")
    where = first * levels + ("{}" if brackets == "{}" else "") + last * levels
    assert ["errors"] == list(ask(seeded, f"{{ {VIEW}(where: {where}) {{ id }} }}"))


@pytest.mark.parametrize("levels", [200, 1_000, 2_000, 20_000])
def test_a_variable_that_is_hundreds_of_levels_deep_is_refused(levels: int, seeded: Any) -> None:
    query = f"query Q($where: {VIEW}_bool_exp) {{ {VIEW}(where: $where) {{ id }} }}"
    where = '{"_not": ' * levels + "{}" + "}" * levels
    content = f'{{"query": "{query}", "variables": {{"where": {where}}}}}'
    answer = seeded.wing.post(PATH, content=content)
    assert (200, ["errors"]) == (answer.status_code, list(answer.json()))


def test_conditions_may_be_as_deep_as_is_said_and_no_deeper(seeded: Any) -> None:
    deepest = limits.DEEPEST_VALUE - 2  # the column and its operator are two levels more
    query = f"{{ {VIEW}(limit: 1, where: {{{nested(deepest)}}}) {{ id }} }}"
    assert ["data"] == list(ask(seeded, query))
    assert f"values are nested at most {limits.DEEPEST_VALUE} deep here" == refusal(
        ask(seeded, query.replace(nested(deepest), nested(deepest + 1)))
    )
    both = "id: {_gt: 0}"
    for _ in range(limits.DEEPEST_VALUE // 2 - 1):
        both = f"_and: [{{_or: []}}, {{{both}}}]"
    assert {"data": {VIEW: []}} == ask(seeded, f"{{ {VIEW}(where: {{{both}}}) {{ id }} }}")


def test_what_the_schema_allows_and_sqlite_does_not_is_refused(seeded: Any) -> None:
    deep = nested(limits.DEEPEST_VALUE - 4)
    deep = deep.replace("_not: {", "_not: {_or: [], ").replace(
        "id: {_gt: 0}", f"account: {{{nested(1, 'tbl_groups: {}')}}}"
    )
    answer = ask(seeded, f"{{ {SIM}(where: {{{deep}}}) {{ account {{ tbl_groups {{ id }} }} }} }}")
    assert "errors" not in answer or "nested" in answer["errors"][0]["message"]


def test_a_million_letters_are_refused_and_five_are_not_even_read(seeded: Any) -> None:
    assert "a query has at most 100000 characters here" == refusal(ask(seeded, f"{{ {'a ' * 250_000} }}"))
    answer = seeded.wing.post(PATH, content=b"{ " + b"a " * 2_500_000 + b"}")
    assert (413, "application/problem+json") == (answer.status_code, answer.headers["content-type"])


def test_more_tokens_than_anybody_writes_are_no_query(seeded: Any) -> None:
    assert "not a valid graphql query" == fault(seeded, "{ " + "a " * 40_000 + "}")[2]


def test_fragments_that_multiply_are_refused(seeded: Any) -> None:
    fragments = [f"fragment F{n} on {VIEW} {{ ...F{n + 1} ...F{n + 1} }}" for n in range(40)]
    query = f"{{ {VIEW} {{ ...F0 }} }} {' '.join(fragments)} fragment F40 on {VIEW} {{ id }}"
    assert "a query selects at most 2000 fields here" == refusal(ask(seeded, query))


def test_many_fields_are_refused(seeded: Any) -> None:
    fields = " ".join(f"a{number}: id" for number in range(2_000))
    assert "a query selects at most 2000 fields here" == refusal(ask(seeded, f"{{ {VIEW} {{ {fields} }} }}"))
    fewer = fields.partition(" a1000:")[0]
    assert 1000 == len(ask(seeded, f"{{ {VIEW}(limit: 1) {{ {fewer} }} }}")["data"][VIEW][0])


def test_many_root_fields_are_refused(seeded: Any) -> None:
    query = " ".join(f"a{number}: {GROUPS}(limit: 1) {{ id }}" for number in range(101))
    assert "a query has at most 100 root fields here" == refusal(ask(seeded, f"{{ {query} }}"))
    assert 100 == len(ask(seeded, f"{{ {query.partition(' a100')[0]} }}")["data"])


def test_many_conditions_are_refused(seeded: Any) -> None:
    conditions = ", ".join("{id: {_eq: 1}}" for _ in range(401))
    query = f"{{ {VIEW}(where: {{_or: [{conditions}]}}) {{ id }} }}"
    assert "a field has at most 400 conditions here" == refusal(ask(seeded, query))
    fewer = query.replace(", {id: {_eq: 1}}]", "]")
    assert {"data": {VIEW: []}} == ask(seeded, fewer)


def test_a_long_list_is_one_condition(seeded: Any) -> None:
    query = f"query Q($ids: [bigint!]) {{ {VIEW}(where: {{id: {{_in: $ids}}}}) {{ id }} }}"
    found = ask(seeded, query, variables={"ids": [1169, *range(10**9, 10**9 + 60_000)]})
    assert {"data": {VIEW: [{"id": 1169}]}} == found


def test_a_long_list_that_is_named_often_is_read_once(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    monkeypatch.setitem(scalars.READERS, "bigint", lambda raw, path: read.append(path) or scalars._bigint(raw, path))
    conditions = ", ".join(["{id: {_in: $ids}}"] * 100)
    roots = " ".join(f"a{number}: {VIEW}(where: {{_or: [{conditions}]}}) {{ id }}" for number in range(5))
    answer = inquire(inside, f"query Q($ids: [bigint!]) {{ {roots} }}", variables={"ids": [1169, 10**9]})
    assert {"data": {f"a{number}": [{"id": 1169}] for number in range(5)}} == answer
    assert 2 == len(read)


@pytest.mark.parametrize("order", ["{id: asc}", "{id: asc, iccid: desc}", "{account: {name: asc}}"])
def test_a_long_order_is_refused(order: str, seeded: Any) -> None:
    terms = order.count("sc")
    query = f"{{ {SIM}(limit: 1, order_by: [{', '.join([order] * (2_000 // terms))}]) {{ id }} }}"
    assert "a list is ordered by at most 100 columns here" == refusal(ask(seeded, query))
    fewer = query.replace(f"{', '.join([order] * (2_000 // terms))}", ", ".join([order] * (100 // terms)))
    assert 1 == len(ask(seeded, fewer)["data"][SIM])


def test_a_column_that_is_named_often_is_one(seeded: Any) -> None:
    often = ", ".join(["tenant_id"] * 3_000)
    assert len(ask(seeded, f"{{ {VIEW}(distinct_on: [tenant_id]) {{ id }} }}")["data"][VIEW]) == len(
        ask(seeded, f"{{ {VIEW}(distinct_on: [{often}]) {{ id }} }}")["data"][VIEW]
    )
    figures = f"once: count(columns: [tenant_id, id]) often: count(columns: [{often}, id])"
    figures += f" one: count(columns: [tenant_id], distinct: true) ones: count(columns: [{often}], distinct: true)"
    found = ask(seeded, f"{{ {VIEW}_aggregate {{ aggregate {{ {figures} }} }} }}")["data"][f"{VIEW}_aggregate"]
    assert found["aggregate"]["once"] == found["aggregate"]["often"]
    assert found["aggregate"]["one"] == found["aggregate"]["ones"]


def test_many_figures_are_an_object_as_few_are(seeded: Any) -> None:
    counts = " ".join(f"a{number}: count" for number in range(61))
    greatest = " ".join(f"a{number}: id" for number in range(61))
    query = f"{{ {VIEW}_aggregate {{ aggregate {{ {counts} max {{ {greatest} }} }} }} }}"
    figures = ask(seeded, query)["data"][f"{VIEW}_aggregate"]["aggregate"]
    assert (61, 1) == (len(figures["max"]), len({*figures["max"].values()}))
    assert (62, 2) == (len(figures), len({str(figure) for figure in figures.values()}))


def test_a_long_pattern_is_refused(seeded: Any) -> None:
    query = f"query Q($x: String) {{ {VIEW}(where: {{iccid: {{_like: $x}}}}) {{ id }} }}"
    assert "a pattern has at most 1000 characters here" == refusal(ask(seeded, query, variables={"x": "%" * 1_001}))
    assert {"data": {VIEW: []}} == ask(seeded, query, variables={"x": "%a" * 500})


@pytest.mark.parametrize("pattern", ["(8*)*x", "(8|88)*x", "(.*)*(.*)*(.*)*x", "((8{1,20}){1,20})x"])
def test_no_pattern_takes_long(pattern: str, seeded: Any) -> None:
    query = f"query Q($x: String) {{ {VIEW}(where: {{iccid: {{_regex: $x}}}}) {{ id }} }}"
    assert {"data": {VIEW: []}} == ask(seeded, query, variables={"x": pattern})


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Limits that a small world reaches."""
    monkeypatch.setattr(compiling, "_kept", type(compiling._kept)())
    for module in (compiling, rules):
        monkeypatch.setattr(module, "MOST_ROWS", 50)
    return monkeypatch


@pytest.mark.usefixtures("strict")
def test_a_list_of_too_many_rows_is_refused_and_not_cut_short(inside: World) -> None:
    told = "a list has at most 50 rows here: ask for a part of it by limit and offset"
    for arguments in ("", "(limit: 51)", "(limit: 1000)", '(where: {iccid: {_like: "%"}})'):
        assert told == refusal(inquire(inside, f"{{ {VIEW}{arguments} {{ id }} }}"))
    for arguments in ("(limit: 50)", "(limit: 50, offset: 10)"):
        assert 50 == len(inquire(inside, f"{{ {VIEW}{arguments} {{ id }} }}")["data"][VIEW])


@pytest.mark.usefixtures("strict")
def test_figures_are_over_all_rows(inside: World) -> None:
    count = inquire(inside, f"{{ {VIEW}_aggregate {{ aggregate {{ count }} }} }}")["data"][f"{VIEW}_aggregate"]
    assert 200 < count["aggregate"]["count"]


@pytest.mark.parametrize(
    "query", [f"{{ {VIEW}(limit: 40) {{ id iccid imsi }} }}", f"{{ {VIEW}_aggregate {{ nodes {{ id }} }} }}"]
)
def test_an_answer_that_is_too_large_is_refused(query: str, inside: World, strict: pytest.MonkeyPatch) -> None:
    strict.setattr(rules, "MOST_BYTES", 2_000)
    assert refusal(inquire(inside, query)).startswith("an answer has at most 0 MiB here")
    strict.setattr(rules, "MOST_BYTES", 200_000)
    assert ["data"] == list(inquire(inside, query))


def test_parts_that_are_too_large_together_are_refused(inside: World, strict: pytest.MonkeyPatch) -> None:
    strict.setattr(rules, "MOST_BYTES", 1_500)
    one = f"{VIEW}(limit: 20) {{ id iccid }}"
    assert ["data"] == list(inquire(inside, f"{{ a: {one} }}"))
    assert refusal(inquire(inside, f"{{ a: {one} b: {one} }}")).startswith("an answer has at most")


def test_work_without_end_is_stopped(inside: World, strict: pytest.MonkeyPatch) -> None:
    strict.setattr(rules, "MOST_SECONDS", 0)
    strict.setattr(rules, "STEPS_AT_A_TIME", 1_000)
    query = f'{{ {VIEW}_aggregate(where: {{tags: {{_ilike: "%x%"}}}}) {{ aggregate {{ count }} }} }}'
    assert refusal(inquire(inside, query)).startswith("the query takes too long")
    strict.setattr(rules, "MOST_SECONDS", 30)
    assert ["data"] == list(inquire(inside, query))  # the connection is as before


def test_a_sum_that_no_bigint_holds_is_a_fault(inside: World) -> None:
    with inside.store.transaction():
        inside.store.sql("UPDATE wing_sim SET batch_id = 9223372036854775807 WHERE id IN (1169, 4211)")
    query = f"{{ {SIM}_aggregate {{ aggregate {{ sum {{ batch_id }} }} }} }}"
    [error] = inquire(inside, query)["errors"]
    assert ("data-exception", "bigint out of range") == (error["extensions"]["code"], error["message"])
