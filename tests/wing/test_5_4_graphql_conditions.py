"""WING 5.4 by GraphQL: which rows a condition lets through. Nothing is true of null but that it is null."""

from typing import Any

import pytest
from tests.wing.graphql_asking import GROUPS, SIM, VIEW, find

#: Three SIMs that differ: 5.2's, suspended and once activated; 5.7's, in inventory; 5.24's.
A, B, C = 520701, 700001, 245904
AMONG = f"id: {{_in: [{A}, {B}, {C}]}}"


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("{}", {A, B, C}),
        ("_and: []", {A, B, C}),
        ("_or: []", set()),
        ("_not: {}", set()),
        ("_and: {id: {_gt: 1}}", {A, B, C}),
        ("account_id: {}", {A, B, C}),
        # two columns, and two operators, mean both
        (f"account_id: {{_eq: 3439}}, id: {{_lt: {B}}}", {A}),
        (f"id: {{_gt: {C}, _lt: {B}}}", {A}),
        (f"_or: [{{id: {{_eq: {A}}}}}, {{id: {{_eq: {B}}}}}]", {A, B}),
        (f"_or: [{{id: {{_eq: {A}}}, account_id: {{_eq: 1}}}}, {{id: {{_eq: {B}}}}}]", {B}),
        (f"_not: {{_or: [{{id: {{_eq: {A}}}}}, {{id: {{_eq: {B}}}}}]}}", {C}),
        # comparison
        (f'id: {{_eq: "{A}"}}', {A}),
        (f"id: {{_neq: {A}}}", {B, C}),
        (f"id: {{_gte: {A}}}", {A, B}),
        (f"id: {{_lte: {A}}}", {A, C}),
        (f"id: {{_in: {A}}}", {A}),
        ("id: {_in: []}", set()),
        ("id: {_nin: []}", {A, B, C}),
        (f"id: {{_nin: [{A}, {B}]}}", {C}),
        ('state_name: {_gt: "ENTERPRISE-INVENTORY"}', {A}),
        ("state_id: {_eq: 3}", {C}),
        # null
        ("initial_activation_date: {_is_null: true}", {B}),
        ("initial_activation_date: {_is_null: false}", {A, C}),
        ('initial_activation_date: {_neq: "2022-08-08T15:17:33"}', {C}),
        ('initial_activation_date: {_nin: ["2022-08-08T15:17:33"]}', {C}),
        ('_not: {initial_activation_date: {_eq: "2022-08-08T15:17:33"}}', {C}),
        ('state_change_reason: {_nlike: "x%"}', {A, C}),
        # booleans
        ("reset_state: {_eq: false}", {A}),
        ("reset_state: {_is_null: true}", {B, C}),
        ("state_change_lock: {_neq: true}", {A, B, C}),
        # times
        ('initial_activation_date: {_eq: "2022-08-08 15:17:33.000"}', {A}),
        ('initial_activation_date: {_gt: "2022-08-08"}', {A, C}),
        ('initial_activation_date: {_lt: "2023-01-30T06:25:37.022483"}', {A, C}),
        ('initial_activation_date: {_in: ["2022-08-08T15:17:33Z"]}', {A}),
        # text
        ('state_name: {_like: "%SPEN%"}', {A}),
        ('state_name: {_like: "%spen%"}', set()),
        ('state_name: {_ilike: "%spen%"}', {A}),
        ('state_name: {_nlike: "%SPEN%"}', {B, C}),
        ('state_name: {_nilike: "%spen%"}', {B, C}),
        ('state_name: {_like: "_CTIVE"}', {C}),
        ('state_name: {_like: "*"}', set()),
        ('state_name: {_like: "[A]CTIVE"}', set()),
        ('state_name: {_like: "\\\\ACTIVE"}', {C}),
        ('state_name: {_like: "\\\\%"}', set()),
        ('state_name: {_ilike: "\\\\_ctive"}', set()),
        ('state_name: {_like: ""}', set()),
        ('state_name: {_similar: "(SUSPEND|ACTIV)E(D)?"}', {A, C}),
        ('state_name: {_nsimilar: "%(S|A)%E_?"}', {B}),
        ('state_name: {_regex: "^A|D$"}', {A, C}),
        ('state_name: {_nregex: "-"}', {A, C}),
        ('state_name: {_iregex: "^act[h-j]ve$"}', {C}),
        ('state_name: {_niregex: "suspended|inventory"}', {C}),
        # json
        ("custom_field: {_eq: []}", {B}),
        ("custom_field: {_neq: []}", {A, C}),
        ('custom_field: {_contains: [{value: "Nokia", id: 503503}]}', {A}),
        ("custom_field: {_contains: [{id: 1}]}", set()),
        ("custom_field: {_contains: []}", {A, B, C}),
        ("custom_field: {_contained_in: []}", {B}),
        ('custom_field: {_has_key: "id"}', set()),
        ("ip_addresses: {_has_keys_any: []}", set()),
        ("ip_addresses: {_has_keys_all: []}", {A, B, C}),
        ("custom_field: {_in: [[], 7]}", {B}),
        ("tenant_meta_data: {_is_null: true}", {A, B, C}),
        # relations
        ('account: {name: {_eq: "DNT_MoveSIM"}}', {A, B}),
        ("account: {}", {A, B, C}),
        ('_not: {account: {name: {_eq: "DNT_MoveSIM"}}}', {C}),
        ('rate_plan: {plan_type: {_eq: "Individual"}}', {C}),
        ("rate_plan: {plan_type: {_is_null: true}}", {A, B}),
        ('state: {name: {_like: "A%"}}', {C}),
        ('account: {tbl_groups: {name: {_eq: "Depot"}}}', {A, B}),
        ("account: {_not: {tbl_groups: {}}}", {C}),
        ("session_states: {}", set()),
        ("_not: {session_states: {id: {_gt: 0}}}", {A, B, C}),
    ],
)
def test_lets_through(where: str, expected: set[int], seeded: Any) -> None:
    where = where if where != "{}" else ""
    rows = find(seeded, f"{{ {SIM}(where: {{_and: [{{{AMONG}}}, {{{where}}}]}}) {{ id }} }}")
    assert expected == {row["id"] for row in rows}


def test_no_condition_and_a_condition_that_is_null_let_all_through(seeded: Any) -> None:
    everything = len(find(seeded, f"{{ {VIEW} {{ id }} }}"))
    assert everything == len(find(seeded, f"{{ {VIEW}(where: null) {{ id }} }}"))
    assert everything == len(find(seeded, f"{{ {VIEW}(where: {{}}) {{ id }} }}"))
    assert 200 < everything


def test_a_static_address_is_found_by_itself_and_in_json(seeded: Any) -> None:
    for where in ('ip_address: {_eq: "10.21.120.96"}', 'account_id: {_eq: 7918}, ip_address: {_like: "%.96"}'):
        assert [{"id": 310269}] == find(seeded, f"{{ {VIEW}(where: {{{where}}}) {{ id }} }}")
    for where in ('{_has_key: "10.21.120.96"}', '{_has_keys_any: ["10.21.120.96", "x"]}', '{_eq: ["10.21.120.96"]}'):
        assert [{"id": 310269}] == find(seeded, f"{{ {SIM}(where: {{ip_addresses: {where}}}) {{ id }} }}")
    assert [] == find(
        seeded, f'{{ {SIM}(where: {{ip_addresses: {{_has_keys_all: ["10.21.120.96", "x"]}}}}) {{ id }} }}'
    )


def test_values_from_variables_are_only_bound(seeded: Any) -> None:
    where = "{name: {_eq: $n}, id: {_in: $ids}}"
    query = f"query Q($n: String!, $ids: [bigint!]) {{ {GROUPS}(where: {where}) {{ id }} }}"
    for name, ids, expected in (
        ("grptest12509", [5651], [{"id": 5651}]),
        ("grptest12509", ["5651", 7], [{"id": 5651}]),
        ("' OR 1 = 1 --", [5651], []),
        ("grptest12509", [], []),
        ("grptest12509", None, None),
    ):
        variables = {"n": name, "ids": ids}
        if expected is None:
            answer = seeded.wing.post("/api/v1/graphql", json={"query": query, "variables": variables}).json()
            assert "expected a list for type 'bigint', but found null" == answer["errors"][0]["message"]
        else:
            assert expected == find(seeded, query, variables=variables)


def test_variables_stand_inside_lists_and_json(seeded: Any) -> None:
    query = f"""query Q($a: bigint!, $b: bigint!, $id: Int, $value: String) {{ {SIM}(where: {{
        id: {{_in: [$a, $b]}}, custom_field: {{_contains: [{{id: $id, value: $value}}]}}
    }}) {{ id }} }}"""
    variables = {"a": A, "b": str(B), "id": 503503, "value": "Nokia"}
    assert [{"id": A}] == find(seeded, query, variables=variables)
    assert [] == find(seeded, query, variables=variables | {"value": "Other"})
