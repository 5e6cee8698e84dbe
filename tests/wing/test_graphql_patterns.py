"""Patterns of WING's GraphQL: expressions match what Python's do, and take no longer on one text than on another."""

import re
import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrierbox.carriers.wing.graphql.functions import furnish
from carrierbox.carriers.wing.graphql.patterns import glob
from carrierbox.carriers.wing.graphql.regex import compiled, matches

#: Expressions that Python and PostgreSQL read alike.
ATOMS = st.sampled_from(["a", "b", "1", ".", "[ab]", "[^a]", "[a-c1]", r"\d", r"\w", r"\s", r"\.", "-"])
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{0,1}", "{1,3}", "{2,}", "*?"])).map(
            lambda part: f"(?:{part[0]}){part[1]}"
        ),
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
    ),
    max_leaves=6,
)
ANCHORED = st.tuples(st.sampled_from(["", "^"]), EXPRESSIONS, st.sampled_from(["", "$"])).map("".join)
TEXTS = st.text(alphabet="abcABC1-. ", max_size=8)


@settings(max_examples=400, deadline=None)
@given(pattern=ANCHORED, text=TEXTS)
def test_matches_what_python_matches(pattern: str, text: str) -> None:
    assert bool(re.search(pattern, text)) == matches("regex", pattern, text)
    assert bool(re.search(pattern, text, re.IGNORECASE)) == matches("iregex", pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("abc", "abc", True), ("abc", "xabc", False), ("%", "", True), ("%b%", "abc", True), ("a_c", "abc", True),
        ("a_c", "ac", False), ("(a|b)c", "bc", True), ("a.c", "abc", False), ("a.c", "a.c", True), ("^a$", "a", False),
        ("a{2,}", "aaa", True), (r"a\%", "a%", True), (r"a\%", "ab", False), ("[a-c]+", "abc", True), ("", "", True),
        ("", "a", False), ("%a%|b", "b", True),
    ],
)  # fmt: skip
def test_similar_to_describes_the_whole_text(pattern: str, text: str, *, expected: bool) -> None:
    assert expected == matches("similar", pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("[[:digit:]]+", "a1", True), ("^[[:alpha:]]+$", "a1", False), ("[]a]", "]", True), ("[^]a]", "]", False),
        ("[a-]", "-", True), ("", "", True), ("", "a", True), ("^$", "", True), ("^$", "a", False), ("a|", "b", True),
        ("x{0}y", "y", True),
        ("a{", "a{", True), ("É", "é", False), (r"\D\S\W", "a--", True), (r"\t", "\t", True), ("a$b", "a$b", False),
    ],
)  # fmt: skip
def test_regular_expressions_describe_a_part_of_the_text(pattern: str, text: str, *, expected: bool) -> None:
    assert expected == matches("regex", pattern, text)


def test_case_is_minded_or_not() -> None:
    assert [False, True] == [matches(kind, "[A-C]é", "bÉ") for kind in ("regex", "iregex")]


@pytest.mark.parametrize(
    "pattern",
    [
        *("(", ")", "a)", "(a", "[", "[a", "[^", "[]", "*", "a**", "a+*", "+a", "(*a)", "a{2}{3}", "{2}", "a{3,2}"),
        *("a{256}", "a{1,", "\\", r"\1", r"\b", r"\y", "(?=a)", "(?!a)", "(?<a>b)", "[[:colour:]]", "[z-a]"),
        *("((a{200}){200}){200}", "(" * 60 + ")" * 60, "a" * 1_001),
    ],
)  # fmt: skip
def test_what_is_no_expression_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        compiled("regex", pattern)


@settings(max_examples=200, deadline=None)
@given(
    kind=st.sampled_from(["regex", "iregex", "similar"]),
    pattern=st.text(alphabet="ab()[]{}|*+?\\^$.,-%_:12 é", max_size=12),
)
def test_any_text_is_an_expression_or_refused(kind: str, pattern: str) -> None:
    try:
        automaton = compiled(kind, pattern)
    except ValueError:
        return
    for text in ("", "a", "ab12é", "a" * 50):
        automaton.matches(text)


@pytest.mark.parametrize("pattern", ["(a*)*b", "(a|aa)+$x", "(a|a)*b", "^(.*)*(.*)*(.*)*x"])
def test_a_text_of_ten_thousand_letters_takes_a_walk_through_it(pattern: str) -> None:
    """Python's own would not come to an end with the first of them."""
    assert matches("regex", pattern, "a" * 10_000) is False


@settings(max_examples=300, deadline=None)
@given(pattern=st.text(alphabet="ab%_*?[]\\", max_size=6), text=st.text(alphabet="ab%_*?[]\\", max_size=6))
def test_like_is_glob_in_other_signs(pattern: str, text: str) -> None:
    described = re.sub(
        r"\\(.)|(.)",
        lambda sign: re.escape(sign[1]) if sign[1] else {"%": ".*", "_": "."}.get(sign[2], re.escape(sign[2])),
        pattern,
    )
    if re.fullmatch(r"(?:[^\\]|\\.)*", pattern, re.DOTALL) is None:  # it ends with an escape character
        return
    found = sqlite3.connect(":memory:").execute("SELECT ? GLOB ?", (text, glob(pattern, "$"))).fetchone()[0]
    assert bool(re.fullmatch(described, text, re.DOTALL)) == bool(found)


@pytest.fixture
def database() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    furnish(connection)
    return connection


@pytest.mark.parametrize(
    ("operator", "text", "wanted", "expected"),
    [
        ("contains", '{"a": 1, "b": [1, {"c": 2}]}', '{"b": [{"c": 2}]}', 1),
        ("contains", '{"a": 1}', '{"a": 1, "b": 1}', 0),
        ("contains", "[1, 2, 2]", "[2, 1, 1]", 1),
        ("contains", "[1, [2]]", "[2]", 0),
        ("contains", '["a", "b"]', '"a"', 1),
        ("contains", "[true]", "[1]", 0),
        ("contains", "1", "1.0", 1),
        ("within", '{"a": 1}', '{"a": 1, "b": 1}', 1),
        ("same", '{"a": 1, "b": 2}', '{"b": 2, "a": 1.0}', 1),
        ("same", "[1, 2]", "[2, 1]", 0),
        ("same", "null", "false", 0),
        ("among", "[]", '["7", "[]"]', 1),
        ("any key", '{"a": 1}', '["b", "a"]', 1),
        ("any key", '["a", 1]', '["1"]', 0),
        ("any key", '"a"', '["a"]', 1),
        ("all keys", '{"a": 1, "b": 1}', '["b", "a"]', 1),
        ("all keys", '{"a": 1}', '["b", "a"]', 0),
        ("same", None, "1", None),
    ],
)  # fmt: skip
def test_json_is_compared_as_postgresql_does(
    operator: str, text: str | None, wanted: str, expected: int | None, database: sqlite3.Connection
) -> None:
    assert expected == database.execute("SELECT wing_json(?, ?, ?)", (operator, text, wanted)).fetchone()[0]


def test_deviations_stay_exact_over_large_numbers(database: sqlite3.Connection) -> None:
    numbers = [10**9, 10**9 + 1, 10**9 + 2, None]
    values = ", ".join(f"({'NULL' if number is None else number})" for number in numbers)
    for name, expected in (("var_pop", 2 / 3), ("var_samp", 1.0), ("stddev_pop", (2 / 3) ** 0.5), ("stddev_samp", 1.0)):
        found = database.execute(f"SELECT wing_{name}(column1) FROM (VALUES {values})").fetchone()[0]
        assert pytest.approx(expected) == found
    for name, expected in (("var_pop", 0.0), ("var_samp", None)):
        assert (expected,) == database.execute(f"SELECT wing_{name}(column1) FROM (VALUES (7))").fetchone()
    assert (None,) == database.execute("SELECT wing_var_pop(1) WHERE 0").fetchone()
