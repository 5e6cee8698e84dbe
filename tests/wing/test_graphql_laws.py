"""Laws of WING's GraphQL: it finds what REST finds, counts what it lists, and its pages are the list."""

import asyncio
import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.wing.graphql_asking import VIEW, inquire

from carrierbox.carriers.wing.accounts.reach import Reach
from carrierbox.carriers.wing.criteria import OPERATORS
from carrierbox.carriers.wing.subscriptions.record import EXTENDED, FROM
from carrierbox.carriers.wing.subscriptions.sims import filters, rules
from carrierbox.carriers.wing.users import permits
from carrierbox.kernel.world import Box, Cause, World
from carrierbox.keycloak import without_token

SIM = "simlcmanagement_subscription_identity"
FIELDS = filters.PARAMETERS
CALLERS = [
    ("wdh-sitstg2", "sandbox-admin", "*"),
    ("wdh-sitstg2", "sandbox-admin", "3122"),
    ("wdh-sitstg2", "sandbox-admin", "3503"),
    ("wdh-sitstg2", "sandbox-reader", "3439"),
    ("acme-iot", "acme-admin", "*"),
]
law = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

#: Each operator of REST in Hasura's words. What is absent is unlike any value in REST; in SQL it is unknown.
WORDS = {
    "equals": "_eq",
    "notEquals": "_neq",
    "in": "_in",
    "notIn": "_nin",
    "contains": "_ilike",
    "doesNotContain": "_nilike",
    "greaterThan": "_gt",
    "lessThan": "_lt",
    "greaterThanOrEqual": "_gte",
    "lessThanOrEqual": "_lte",
}
NEGATIONS = {"notEquals", "notIn", "doesNotContain"}


@pytest.fixture(scope="module")
def values(inside: World) -> dict[str, list[Any]]:
    """What each field of REST's record is, over all SIMs of the world."""
    rows = inside.store.sql(f"SELECT {EXTENDED} AS record FROM {FROM}").fetchall()
    records = [json.loads(row["record"]) for row in rows]
    found: dict[str, list[Any]] = {}
    for name in FIELDS:
        present = {record[name] for record in records if record[name] not in {None, ""}}
        found[name] = sorted(present, key=str)[:40] or {"number": [7], "boolean": [True]}.get(FIELDS[name].kind, ["x"])
    return found


@st.composite
def criteria(draw: st.DrawFn, values: dict[str, list[Any]]) -> list[tuple[str, str, list[Any]]]:
    """Some filters: field, operator of REST, and what it is compared with, mostly of what is there."""
    chosen = []
    for _ in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(sorted(FIELDS)))
        operator = draw(st.sampled_from(OPERATORS[FIELDS[name].kind]))
        present = st.sampled_from(values[name])
        if FIELDS[name].kind == "number":
            present |= st.integers(-(2**63), 2**63 - 1)
        if operator in {"contains", "doesNotContain"}:
            part = present.flatmap(lambda text: st.integers(0, len(text) - 1).map(lambda at: text[at : at + 3]))
            present = part | st.text(st.characters(codec="ascii", exclude_characters="\0"), min_size=1, max_size=3)
        several = draw(st.lists(present, min_size=1, max_size=3 if operator in {"in", "notIn"} else 1))
        chosen.append((name, operator, [each for each in several if "," not in str(each)] or ["none"]))
    return [each for each in chosen if FIELDS[each[0]].kind == "string" or "none" not in each[2]]


def in_rest(asked: list[tuple[str, str, list[Any]]]) -> list[tuple[str, str]]:
    return [
        (f"{name}.{operator}", ",".join(str(each).lower() if isinstance(each, bool) else str(each) for each in several))
        for name, operator, several in asked
    ]


def in_graphql(asked: list[tuple[str, str, list[Any]]]) -> dict[str, Any]:
    conditions = []
    for name, operator, several in asked:
        column = "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in name)
        if FIELDS[name].kind == "moment":  # REST compares to the second what has no fraction, and so has this world
            several = [each.replace(" ", "T").removesuffix("+0000") for each in several]  # noqa: PLW2901
        value: Any = several if operator in {"in", "notIn"} else several[0]
        if operator in {"contains", "doesNotContain"}:
            value = "%" + re.sub(r"([%_\\])", r"\\\1", value) + "%"
        condition = {column: {WORDS[operator]: value}}
        conditions.append({"_or": [condition, {column: {"_is_null": True}}]} if operator in NEGATIONS else condition)
    return {"_and": conditions}


def reach_of(world: World, realm: str, username: str, context: str) -> tuple[Box, Reach]:
    box = Box(world, world.clock.now(), Cause("request", "test"))
    within, _ = permits.admit(box, without_token(box, realm, username), context, frozenset(), "READ")
    return box, within


FIND = f"""query Q($where: {SIM}_bool_exp!) {{
    {SIM}(where: $where) {{ iccid }} {SIM}_aggregate(where: $where) {{ aggregate {{ count }} }}
}}"""


@law
@given(data=st.data(), caller=st.sampled_from(CALLERS))
def test_rest_and_graphql_find_the_same_sims(
    data: st.DataObject, caller: tuple[str, str, str], inside: World, values: dict[str, list[Any]]
) -> None:
    asked = data.draw(criteria(values))
    box, reach = reach_of(inside, *caller)
    page = json.loads(asyncio.run(rules.page(box, reach, filters.read(in_rest(asked)))))
    answer = inquire(inside, FIND, reach, variables={"where": in_graphql(asked)})
    assert {sim["iccid"] for sim in page} == {row["iccid"] for row in answer["data"][SIM]}, asked
    assert len(page) == len(answer["data"][SIM]) == answer["data"][f"{SIM}_aggregate"]["aggregate"]["count"]


ORDERS = st.lists(
    st.tuples(
        st.sampled_from(
            ["state_name", "account_id", "activation_time", "tags", "rate_plan_name", "msisdn", "group_id"]
        ),
        st.sampled_from(["asc", "desc", "asc_nulls_first", "desc_nulls_last"]),
    ).map(lambda order: {order[0]: order[1]}),
    max_size=3,
)


@law
@given(orders=ORDERS, size=st.integers(20, 90), caller=st.sampled_from(CALLERS))
def test_pages_put_together_are_the_list(
    orders: list[dict[str, str]], size: int, caller: tuple[str, str, str], inside: World
) -> None:
    query = f"""query Q($order: [{VIEW}_order_by!], $n: Int, $from: Int) {{
        {VIEW}(order_by: $order, limit: $n, offset: $from) {{ iccid }}
    }}"""
    _, reach = reach_of(inside, *caller)

    def rows(**variables: Any) -> list[str]:
        answer = inquire(inside, query, reach, variables={"order": orders, **variables})
        return [row["iccid"] for row in answer["data"][VIEW]]

    whole = rows()
    assert len(whole) == len({*whole})
    pages = [rows(n=size, **{"from": start}) for start in range(0, len(whole) + 1, size)]
    assert whole == [iccid for page in pages for iccid in page]


@law
@given(data=st.data(), caller=st.sampled_from(CALLERS))
def test_a_condition_and_its_negation_share_no_sim_and_leave_out_none_but_the_unknown(
    data: st.DataObject, caller: tuple[str, str, str], inside: World, values: dict[str, list[Any]]
) -> None:
    where = in_graphql(data.draw(criteria(values)))
    _, reach = reach_of(inside, *caller)
    found, others, all_of_them = (
        {row["iccid"] for row in inquire(inside, FIND, reach, variables={"where": each})["data"][SIM]}
        for each in (where, {"_not": where}, {})
    )
    assert found & others == set()
    columns = {name for each in where["_and"] for name in (each if "_or" not in each else each["_or"][0])}
    is_known = {"_and": [{name: {"_is_null": False}} for name in columns]}
    known = {row["iccid"] for row in inquire(inside, FIND, reach, variables={"where": is_known})["data"][SIM]}
    assert known <= found | others <= all_of_them
