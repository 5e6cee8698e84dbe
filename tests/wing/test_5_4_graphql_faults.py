"""WING 5.4 by GraphQL: what is wrong with a query is said with 200, the first thing only, and no data beside it."""

from typing import Any

import pytest
from tests.wing.graphql_asking import GROUPS, PATH, SIM, VIEW, ask, fault

from carrierbox import contracts

WHERE = f"$.selectionSet.{VIEW}.args.where"
CASES = {each["case"]: each for each in contracts.document("wing-subscription")["graphql"]["errors"]["cases"]}


def documented(case: str, **words: str) -> tuple[str, str]:
    """Code and message of a case of the contract."""
    message = CASES[case]["message"]
    for name, word in words.items():
        message = message.replace(f"<{name}>", word)
    return CASES[case]["code"], message


@pytest.mark.parametrize(
    ("query", "case", "words", "path"),
    [
        (
            f"{{ {VIEW} {{ colour }} }}",
            "unknown field",
            {"field": "colour", "type": VIEW},
            f"$.selectionSet.{VIEW}.selectionSet.colour",
        ),
        (
            f"{{ {SIM} {{ account {{ colour }} }} }}",
            "unknown field",
            {"field": "colour", "type": "account"},
            f"$.selectionSet.{SIM}.selectionSet.account.selectionSet.colour",
        ),
        ("{ colour }", "unknown root field", {"field": "colour"}, "$.selectionSet.colour"),
        (
            f"{{ {VIEW}(where: {{colour: {{_eq: 1}}}}) {{ id }} }}",
            "unknown column in where",
            {"column": "colour", "table": VIEW},
            f"{WHERE}.colour",
        ),
        (
            f"{{ {VIEW}(where: {{_and: [{{colour: {{_eq: 1}}}}]}}) {{ id }} }}",
            "unknown column in where",
            {"column": "colour", "table": VIEW},
            f"{WHERE}._and[0].colour",
        ),
        (
            f"{{ {VIEW}(where: {{imsi: {{_is: 1}}}}) {{ id }} }}",
            "unknown operator",
            {"operator": "_is"},
            f"{WHERE}.imsi._is",
        ),
        (f"{{ {VIEW}(top: 1) {{ id }} }}", "unknown argument", {"root": VIEW, "name": "top"}, f"$.selectionSet.{VIEW}"),
        (
            f'{{ {SIM}(where: {{session_states: {{rat_type: {{_eq: "1"}}}}}}) {{ id }} }}',
            "quoted number for Int",
            {},
            f"$.selectionSet.{SIM}.args.where.session_states.rat_type._eq",
        ),
        (f"{{ {VIEW}(where: {{id: 1}}) {{ id }} }}", "bare value instead of operators", {}, f"{WHERE}.id"),
        ("{", "text that does not parse", {}, "$.query"),
        ("mutation { x }", "mutation", {}, "$"),
    ],
)
def test_says_what_the_contract_says(query: str, case: str, words: dict[str, str], path: str, seeded: Any) -> None:
    code, found, message = fault(seeded, query)
    assert (*documented(case, **words), path) == (code, message, found)


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ",
        "{}",
        f"{{ {VIEW} {{}} }}",
        "query Q",
        "{ a: }",
        "{ a } }",
        "type X { a: Int }",
        "{ a(b: ) }",
        "7",
        "{ é }",
    ],
)
def test_refuses_what_is_no_query(query: str, seeded: Any) -> None:
    assert ("validation-failed", "$.query", "not a valid graphql query") == fault(seeded, query)


ONE_OPERATION = "exactly one operation has to be present in the document when operationName is not specified"
CYCLE = f"""{{ {SIM} {{ ...F }} }} fragment F on {SIM} {{ account {{ ...G }} }}
fragment G on account {{ tbl_groups {{ ...H }} }} fragment H on {GROUPS} {{ ... {{ ...F }} }}"""


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("mutation { x }", "no mutations exist"),
        ("subscription { x }", "no subscriptions exist"),
        ("query A { __typename } query B { __typename }", ONE_OPERATION),
        ("fragment F on tag { id }", ONE_OPERATION),
        (f"{{ {VIEW} }}", f"missing selection set for '{VIEW}'"),
        (f"{{ {SIM} {{ account }} }}", "missing selection set for 'account'"),
        (f"{{ {VIEW} {{ id {{ x }} }} }}", "unexpected subselection set for non-object field"),
        (
            f"{{ {VIEW} {{ a: id a: iccid }} }}",
            "selection of both 'id' and 'iccid' specify the same response name, 'a'",
        ),
        (
            f"{{ {VIEW}(limit: 1) {{ id }} {VIEW}(limit: 2) {{ id }} }}",
            f"inconsistent arguments between multiple selections of field '{VIEW}'",
        ),
        (f"{{ {VIEW}(limit: 1, limit: 2) {{ id }} }}", f"'{VIEW}' has more than one argument named 'limit'"),
        (
            f"{{ {VIEW}(where: {{id: {{_eq: 1}}, id: {{_eq: 2}}}}) {{ id }} }}",
            "an input object has more than one field of the same name",
        ),
        (f"{{ {VIEW}_by_pk(id: 1) {{ id }} }}", f"field '{VIEW}_by_pk' not found in type: 'query_root'"),
        (
            f"{{ {VIEW}_aggregate {{ aggregate {{ sum {{ iccid }} }} }} }}",
            f"field 'iccid' not found in type: '{VIEW}_sum_fields'",
        ),
        (f"{{ {VIEW} {{ ...F }} }}", "reference to undefined fragment 'F'"),
        (f"{{ {VIEW} {{ ...F }} }} fragment F on {VIEW} {{ ...F }}", "the fragment definition(s) 'F' form a cycle"),
        (CYCLE, "the fragment definition(s) 'F', 'G' and 'H' form a cycle"),
        (
            f"{{ {VIEW} {{ ...F }} }} fragment F on {VIEW} {{ id }} fragment F on {VIEW} {{ id }}",
            "multiple definitions for fragment 'F'",
        ),
        (f"{{ {VIEW} {{ id @lower }} }}", "directive 'lower' is not defined in the schema"),
        (f"{{ {VIEW} {{ id @skip }} }}", "missing required field 'if'"),
        (f"{{ {VIEW} {{ id @skip(unless: true) }} }}", "'skip' has no argument named 'unless'"),
        (f'{{ {VIEW} {{ id @skip(if: "true") }} }}', "expected a boolean for type 'Boolean', but found a string"),
        (f"{{ {SIM}_by_pk {{ id }} }}", "missing required field 'id'"),
        (f"{{ {SIM}_by_pk(id: null) {{ id }} }}", "expected a 64-bit integer for type 'bigint', but found null"),
        (f'{{ {VIEW} {{ custom_fields(path: "$[") }} }}', "parse json path error: '$[' is not a path"),
        (
            f'{{ {VIEW} {{ custom_fields(path: "$.{"a" * 60}!") }} }}',
            f"parse json path error: '$.{'a' * 60}!' is not a path",
        ),
        (f"{{ {VIEW} {{ custom_fields(path: 7) }} }}", "expected a string for type 'String', but found a number"),
    ],
)
def test_says_what_is_wrong(query: str, message: str, seeded: Any) -> None:
    assert message == fault(seeded, query)[2]


NUMBER, TEXT = ("a 64-bit integer", "bigint"), ("a string", "String")
CONDITION, FLAG = ("an object", f"{VIEW}_bool_exp"), ("a boolean", "Boolean")
COUNT, ORDER = ("a non-negative 32-bit integer", "Int"), ("an object", f"{VIEW}_order_by")


@pytest.mark.parametrize(
    ("arguments", "wanted", "found"),
    [
        ("where: 7", CONDITION, "a number"),
        ("where: []", CONDITION, "a list"),
        ("where: {_and: null}", CONDITION, "null"),
        ("where: {_and: [null]}", CONDITION, "null"),
        ("where: {_or: 7}", CONDITION, "a number"),
        ("where: {_not: null}", CONDITION, "null"),
        ("where: {id: null}", ("an object", "bigint_comparison_exp"), "null"),
        ("where: {id: []}", ("an object", "bigint_comparison_exp"), "a list"),
        ("where: {id: {_eq: null}}", NUMBER, "null"),
        ("where: {id: {_eq: 1.5}}", NUMBER, "a number"),
        ("where: {id: {_eq: true}}", NUMBER, "a boolean"),
        ("where: {imsi: {_eq: null}}", TEXT, "null"),
        ("where: {imsi: {_eq: 1}}", TEXT, "a number"),
        ("where: {imsi: {_eq: x}}", TEXT, "an enum value"),
        ("where: {imsi: {_eq: [1]}}", TEXT, "a list"),
        ("where: {imsi: {_in: null}}", ("a list", "String"), "null"),
        ("where: {imsi: {_in: [null]}}", TEXT, "null"),
        ("where: {imsi: {_in: {}}}", TEXT, "an object"),
        ("where: {imsi: {_is_null: null}}", FLAG, "null"),
        ('where: {imsi: {_is_null: "true"}}', FLAG, "a string"),
        ("where: {state_change_lock: {_eq: 1}}", FLAG, "a number"),
        ("where: {activation_time: {_eq: 1}}", ("a timestamp", "timestamp"), "a number"),
        ("where: {custom_fields: {_has_keys_any: [1]}}", TEXT, "a number"),
        ("limit: -1", COUNT, "a number"),
        ('limit: "1"', COUNT, "a string"),
        ("offset: -1", COUNT, "a number"),
        ('offset: "x"', COUNT, "a string"),
        ("order_by: id", ORDER, "an enum value"),
        ('order_by: {id: "asc"}', ("an enum value", "order_by"), "a string"),
        ("order_by: {id: {}}", ("an enum value", "order_by"), "an object"),
        ('distinct_on: "id"', ("an enum value", f"{VIEW}_select_column"), "a string"),
    ],
)
def test_names_the_kind_that_is_wanted_and_the_kind_that_is_found(
    arguments: str, wanted: tuple[str, str], found: str, seeded: Any
) -> None:
    expected = f"expected {wanted[0]} for type '{wanted[1]}', but found {found}"
    assert expected == fault(seeded, f"{{ {VIEW}({arguments}) {{ id }} }}")[2]


ORDERS = "['asc', 'asc_nulls_first', 'asc_nulls_last', 'desc', 'desc_nulls_first', 'desc_nulls_last']"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ('where: {id: {_like: "1"}}', "field '_like' not found in type: 'bigint_comparison_exp'"),
        ("where: {custom_fields: {_gt: 1}}", "field '_gt' not found in type: 'jsonb_comparison_exp'"),
        ("where: {account: {}}", f"field 'account' not found in type: '{VIEW}_bool_exp'"),
        ("limit: 3000000000", "The value 3000000000 lies outside the bounds or is not an integer."),
        ("limit: 1.5", "The value 1.5 lies outside the bounds or is not an integer."),
        ("limit: 1e400", "The value inf lies outside the bounds or is not an integer."),
        ("order_by: {id: up}", f"expected one of the values {ORDERS} for type 'order_by', but found 'up'"),
        ("order_by: {colour: asc}", f"field 'colour' not found in type: '{VIEW}_order_by'"),
        ("distinct_on: id, order_by: {iccid: asc}", '"distinct_on" columns must match initial "order_by" columns'),
        (
            "distinct_on: [id, iccid], order_by: {id: asc}",
            '"distinct_on" columns must match initial "order_by" columns',
        ),
    ],
)
def test_says_what_is_wrong_with_arguments(arguments: str, message: str, seeded: Any) -> None:
    assert message == fault(seeded, f"{{ {VIEW}({arguments}) {{ id }} }}")[2]


@pytest.mark.parametrize(
    ("column", "condition", "message"),
    [
        ("id", '{_eq: "abc"}', 'invalid input syntax for type bigint: "abc"'),
        ("id", '{_eq: ""}', 'invalid input syntax for type bigint: ""'),
        ("id", '{_in: ["1", "1.5"]}', 'invalid input syntax for type bigint: "1.5"'),
        ("id", '{_eq: "99999999999999999999"}', 'value "99999999999999999999" is out of range for type bigint'),
        ("activation_time", '{_gt: "yesterday"}', 'invalid input syntax for type timestamp: "yesterday"'),
        ("activation_time", '{_gt: "2022-02-30"}', 'invalid input syntax for type timestamp: "2022-02-30"'),
        ("iccid", '{_like: "a\\\\"}', "LIKE pattern must not end with escape character"),
        ("iccid", '{_regex: "("}', "invalid regular expression: parentheses () not balanced"),
        ("iccid", '{_similar: "a{2,1}"}', "invalid regular expression: invalid repetition count(s)"),
        ("iccid", '{_iregex: "a**"}', "invalid regular expression: quantifier operand invalid"),
    ],
)  # fmt: skip
def test_values_that_postgresql_would_not_take_are_refused_in_its_words(
    column: str, condition: str, message: str, seeded: Any
) -> None:
    query = f"{{ {VIEW}(where: {{{column}: {condition}}}) {{ id }} }}"
    assert ("data-exception", "$", message) == fault(seeded, query)


@pytest.mark.parametrize("number", ["9223372036854775808", "-9223372036854775809", "9" * 5000, "1e30"])
def test_numbers_that_no_column_holds_are_refused(number: str, seeded: Any) -> None:
    query = f"{{ {VIEW}(where: {{id: {{_eq: {number}}}}}) {{ id }} }}"
    assert "expected a 64-bit integer for type 'bigint', but found a number" == fault(seeded, query)[2]
    assert "lies outside the bounds" in fault(seeded, f"{{ {VIEW}(limit: {number.lstrip('-')}) {{ id }} }}")[2]


@pytest.mark.parametrize("number", ["9223372036854775807", "-9223372036854775808", '"9223372036854775807"'])
def test_the_largest_numbers_are_taken(number: str, seeded: Any) -> None:
    assert {"data": {VIEW: []}} == ask(seeded, f"{{ {VIEW}(where: {{id: {{_eq: {number}}}}}) {{ id }} }}")


@pytest.mark.parametrize("operator", ["_eq", "_like", "_ilike", "_regex", "_similar"])
@pytest.mark.parametrize("text", ["a\0b", "\0"])
def test_text_with_a_nul_is_refused_wherever_it_stands(operator: str, text: str, seeded: Any) -> None:
    expected = ("data-exception", "$", 'invalid byte sequence for encoding "UTF8": 0x00')
    query = f"query ($x: String!) {{ {VIEW}(where: {{iccid: {{{operator}: $x}}}}) {{ id }} }}"
    assert expected == fault(seeded, query, variables={"x": text})
    escaped = text.replace("\0", "\\u0000")
    assert expected == fault(seeded, f'{{ {VIEW}(where: {{iccid: {{{operator}: "{escaped}"}}}}) {{ id }} }}')


def test_json_with_a_nul_is_refused(seeded: Any) -> None:
    query = f"query ($x: jsonb!) {{ {VIEW}(where: {{custom_fields: {{_contains: $x}}}}) {{ id }} }}"
    assert {"data": {VIEW: []}} == ask(seeded, query, variables={"x": {"a": "\0"}})  # escaped, and so in no column


@pytest.mark.parametrize("escaped", [r"\ud800", r"\udfff", r"a\ud800b", r"\ud800\ud800"])
def test_lone_surrogates_are_no_text(escaped: str, seeded: Any) -> None:
    query = f'{{ {VIEW}(where: {{iccid: {{_eq: "{escaped}"}}}}) {{ id }} }}'
    assert "errors" in ask(seeded, query)
    content = b'{"query": "query ($x: String) { %s(where: {iccid: {_eq: $x}}) { id } }", "variables": {"x": "%s"}}'
    answer = seeded.wing.post(PATH, content=content % (VIEW.encode(), escaped.encode()))
    assert (200, ["errors"]) == (answer.status_code, list(answer.json()))


def test_signs_of_all_scripts_are_text(seeded: Any) -> None:
    for sign in ("é", "日本", "🙂", r"\ud83d\ude42", r"\u00e9", "'", '\\"', "%", "--", ";", "{", "\\\\n"):
        assert {"data": {VIEW: []}} == ask(seeded, f'{{ {VIEW}(where: {{iccid: {{_eq: "{sign}"}}}}) {{ id }} }}')


def misused(declared: str, wanted: str) -> str:
    return f"variable 'x' is declared as '{declared}', but used where '{wanted}' is expected"


NO_BIGINT = "expected a 64-bit integer for type 'bigint', but found {}"
NO_COMPARISON = "expected an object for type 'bigint_comparison_exp', but found {}"


@pytest.mark.parametrize(
    ("declared", "used", "variables", "message"),
    [
        ("", "{_eq: $x}", {}, "unbound variable 'x'"),
        ("($x: bigint!)", "{_eq: $x}", {}, "expecting a value for non-nullable variable: 'x'"),
        ("($x: bigint!)", "{_eq: $x}", {"x": None}, "null value found for non-nullable type: 'bigint!'"),
        ("($x: bigint)", "{_eq: $x}", {}, NO_BIGINT.format("null")),
        ("($x: bigint)", "{_eq: $x}", {"x": None}, NO_BIGINT.format("null")),
        ("($x: bigint_comparison_exp)", "$x", {"x": None}, NO_COMPARISON.format("null")),
        ("($x: bigint_comparison_exp)", "$x", {"x": 7}, NO_COMPARISON.format("a number")),
        ("($x: String)", "{_eq: $x}", {"x": "1"}, misused("String", "bigint")),
        ("($x: Int!)", "{_eq: $x}", {"x": 1}, misused("Int!", "bigint")),
        ("($x: Colour)", "{_eq: $x}", {"x": 1}, misused("Colour", "bigint")),
        ("($x: bigint)", "{_in: $x}", {"x": 1}, misused("bigint", "[bigint!]")),
        ("($x: [bigint])", "{_in: $x}", {"x": [1]}, misused("[bigint]", "[bigint!]")),
        ("($x: bigint)", "{_in: [$x]}", {"x": 1}, misused("bigint", "bigint!")),
        ("($x: [bigint!])", "{_in: $x}", {"x": [1, None]}, NO_BIGINT.format("null")),
        ("($x: [bigint!])", "{_in: $x}", {"x": [{}]}, NO_BIGINT.format("an object")),
        ("($x: bigint, $x: bigint)", "{_eq: $x}", {"x": 1}, "multiple definitions for variable 'x'"),
        ("($x: bigint)", "{_eq: $x}", {"x": 1, "z": 1, "y": 2}, "unexpected variables in variableValues: y, z"),
        ("($x: bigint)", "{_eq: 1}", {"x": 1}, "unexpected variables in variableValues: x"),
        (
            "($x: bigint_comparison_exp)",
            "$x",
            {"x": {"_is": 1}},
            "field '_is' not found in type: 'bigint_comparison_exp'",
        ),
    ],
)
def test_says_what_is_wrong_with_variables(
    declared: str, used: str, variables: dict[str, Any], message: str, seeded: Any
) -> None:
    query = f"query Q{declared} {{ {VIEW}(where: {{id: {used}}}) {{ id }} }}"
    for _ in range(2):  # nothing of it is kept
        assert message == fault(seeded, query, variables=variables)[2]


@pytest.mark.parametrize(
    ("selected", "message"),
    [
        ("id(path: $y) @skip(if: true) tags @include(if: $x)", "unbound variable 'x'"),
        ("id(path: $y) ... on account { tbl_groups(where: {id: {_in: [1, $x]}}) { id } }", "unbound variable 'x'"),
        ("id } } fragment F on account { tbl_groups(limit: $y) { id ", "unexpected variables in variableValues: y"),
    ],
)
def test_variables_are_looked_for_where_a_query_leads_and_nowhere_else(
    selected: str, message: str, seeded: Any
) -> None:
    query = f"query Q($y: Int) {{ {VIEW}(limit: 1) {{ {selected} }} }}"
    assert message == fault(seeded, query, variables={"y": 1})[2]


def test_a_kept_query_still_checks_its_values(seeded: Any) -> None:
    query = f"query Q($x: [String!]!, $n: Int) {{ {VIEW}(where: {{iccid: {{_in: $x}}}}, limit: $n) {{ id }} }}"
    assert {"data": {VIEW: []}} == ask(seeded, query, variables={"x": ["a"], "n": 1})
    _, path, message = fault(seeded, query, variables={"x": ["a", 7], "n": 1})
    assert f"$.selectionSet.{VIEW}.args.where.iccid._in[1]" == path
    assert "expected a string for type 'String', but found a number" == message
    assert "validation-failed" == fault(seeded, query, variables={"x": ["a"], "n": -1})[0]


def test_an_unknown_operation_name_is_named(seeded: Any) -> None:
    expected = "no such operation found in the document: 'B'"
    assert expected == fault(seeded, "query A { __typename }", operationName="B")[2]


def test_only_the_first_fault_is_told(seeded: Any) -> None:
    answer = ask(seeded, f"{{ {VIEW}(top: 1, where: {{colour: 1}}) {{ shape }} round }}")
    assert 1 == len(answer["errors"])
