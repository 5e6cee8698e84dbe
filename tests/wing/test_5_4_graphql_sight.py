"""WING 5.4 by GraphQL: a row out of reach does not exist, in lists, figures, conditions, orders and relations alike."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.wing.graphql_asking import BALANCE, GROUPS, PATH, RATED, SIM, VIEW, inquire
from tests.wing.inside import started

from carrierbox import contracts
from carrierbox.carriers.wing.accounts import reach as reaches
from carrierbox.kernel.world import Cause

SIMS = "/api/v1/subscription/sims"
#: Who asks, and in what account.
CALLERS = {
    "admin, everywhere": ("sandbox-admin", "wdh-sitstg2", "*"),
    "admin, in a whole tenant": ("sandbox-admin", "wdh-sitstg2", "3122"),
    "admin, in an account with others below": ("sandbox-admin", "wdh-sitstg2", "3503"),
    "reader, in one account": ("sandbox-reader", "wdh-sitstg2", "3439"),
    "acme, everywhere": ("acme-admin", "acme-iot", "*"),
    "acme, in one account": ("acme-admin", "acme-iot", "9002"),
}


@pytest.fixture(params=CALLERS.values(), ids=CALLERS)
def caller(request: pytest.FixtureRequest, seeded: Any) -> Any:
    username, realm, account = request.param
    return seeded.wing_as(username, realm=realm, account=account)


def find(caller: httpx.Client, query: str) -> Any:
    answer = caller.post(PATH, json={"query": query}).json()
    assert ["data"] == list(answer), answer
    [found] = answer["data"].values()
    return found


def seen(caller: httpx.Client) -> set[int]:
    """The SIMs that REST shows."""
    return {sim["id"] for sim in caller.get(SIMS, params={"size": 2000}).json()}


@pytest.mark.parametrize("table", [VIEW, SIM])
def test_lists_and_counts_the_sims_that_rest_shows(table: str, caller: Any) -> None:
    expected = seen(caller)
    assert expected == {row["id"] for row in find(caller, f"{{ {table} {{ id }} }}")}
    counted = find(caller, f"{{ {table}_aggregate {{ aggregate {{ count min {{ id }} }} nodes {{ id }} }} }}")
    assert {"count": len(expected), "min": {"id": min(expected)}} == counted["aggregate"]
    assert expected == {row["id"] for row in counted["nodes"]}
    assert len(expected) == find(caller, f"{{ {table}_aggregate {{ aggregate {{ count }} }} }}")["aggregate"]["count"]


@pytest.mark.parametrize("table", [BALANCE, RATED])
def test_accumulators_are_of_those_sims(table: str, caller: Any) -> None:
    imsi = "subscription_id_data0" if table == BALANCE else "imsi"
    imsis = {sim["imsi"] for sim in caller.get(SIMS, params={"size": 2000}).json()}
    assert imsis == {row["imsi"] for row in find(caller, f"{{ {table} {{ imsi: {imsi} }} }}")}
    count = f"count(columns: {imsi}, distinct: true)"
    assert len(imsis) == find(caller, f"{{ {table}_aggregate {{ aggregate {{ {count} }} }} }}")["aggregate"]["count"]


@pytest.mark.parametrize(
    "where",
    [
        'tenant_id: {_eq: "30"}',
        "account_id: {_eq: 9002}",
        "id: {_gte: 9300001, _lt: 9300021}",
        '_or: [{tenant_id: {_eq: "30"}}, {account_id: {_eq: 9002}}]',
        "_not: {account_id: {_neq: 9002}}",
    ],
)
@pytest.mark.parametrize("table", [VIEW, SIM])
def test_a_condition_narrows_and_never_widens(where: str, table: str, caller: Any) -> None:
    theirs = {sim for sim in seen(caller) if 9300001 <= sim < 9300021}
    assert theirs == {row["id"] for row in find(caller, f"{{ {table}(where: {{{where}}}) {{ id }} }}")}


def test_a_key_out_of_reach_finds_nothing(caller: Any) -> None:
    for sim, iccid in ((1169, "8955644500001089020"), (9300001, None), (520701, "8955644099890130108")):
        found = find(caller, f"{{ {SIM}_by_pk(id: {sim}) {{ id }} }}")
        assert ({"id": sim} if sim in seen(caller) else None) == found
        if iccid:
            rows = find(caller, f'{{ {VIEW}(where: {{iccid: {{_eq: "{iccid}"}}}}) {{ id }} }}')
            assert ([{"id": sim}] if sim in seen(caller) else []) == rows


def test_an_accumulator_out_of_reach_is_not_found_by_its_key(seeded: Any) -> None:
    everywhere, elsewhere = (seeded.wing_as("sandbox-admin", account=account) for account in ("*", "3439"))
    for table, imsi in ((BALANCE, "subscription_id_data0"), (RATED, "imsi")):
        where = f'where: {{{imsi}: {{_eq: "234500001089020"}}}}'
        for row in find(everywhere, f"{{ {table}({where}) {{ id }} }}"):
            assert row == find(everywhere, f"{{ {table}_by_pk(id: {row['id']}) {{ id }} }}")
            assert find(elsewhere, f"{{ {table}_by_pk(id: {row['id']}) {{ id }} }}") is None


def test_groups_are_those_of_accounts_within_reach(seeded: Any) -> None:
    expected = {
        "admin, everywhere": [5053, 5651, 18351, 18401],
        "admin, in a whole tenant": [5053, 5651, 18351, 18401],
        "admin, in an account with others below": [],
        "reader, in one account": [5053],
        "acme, everywhere": [],
        "acme, in one account": [],
    }
    for name, (username, realm, account) in CALLERS.items():
        caller = seeded.wing_as(username, realm=realm, account=account)
        assert expected[name] == [row["id"] for row in find(caller, f"{{ {GROUPS} {{ id }} }}")]
        figures = find(caller, f"{{ {GROUPS}_aggregate {{ aggregate {{ count }} }} }}")
        assert len(expected[name]) == figures["aggregate"]["count"]
        assert (5651 in expected[name]) == (find(caller, f"{{ {GROUPS}_by_pk(id: 5651) {{ id }} }}") is not None)


def test_sims_of_each_realm_show_the_names_of_what_they_have(seeded: Any) -> None:
    acme = seeded.wing_as("acme-admin", realm="acme-iot")
    parts = "apn_group { apn_group_name } rate_plan { name } network_profile { name } roaming_profile { rp_name }"
    named = {
        "apn_group": {"apn_group_name": "Default"}, "rate_plan": {"name": "Acme 5 MB"},
        "network_profile": {"name": "Acme services"}, "roaming_profile": {"rp_name": "Acme home"},
    }  # fmt: skip
    assert [named] * 20 == find(acme, f"{{ {SIM} {{ {parts} }} }}")


def test_names_of_one_realm_are_not_those_of_another(tmp_path: Path) -> None:
    """What a SIM has belongs to its account or its realm; the same number elsewhere is another thing."""
    with started(tmp_path) as world:
        with world.transaction(Cause("request", "test")) as box:
            box.sql(
                "UPDATE wing_sim SET apn_group_id = 1158, rate_plan_id = 65362, network_profile_id = 1087055,"
                " roaming_profile_id = 1091802 WHERE realm = 'acme-iot'"
            )
            reach = reaches.of(box, "acme-iot", None, "*")

        def found(query: str) -> Any:
            [rows] = inquire(world, query, reach)["data"].values()
            return rows

        parts = "apn_group { id } rate_plan { name } network_profile { name } roaming_profile { rp_name }"
        nothing = dict.fromkeys(("apn_group", "rate_plan", "network_profile", "roaming_profile"))
        assert [nothing] * 3 == found(f"{{ {SIM}(limit: 3) {{ {parts} }} }}")
        view = "apn_group_name rate_plan_name network_profile_name roaming_profile_rp_name"
        assert {None} == {*found(f"{{ {VIEW}(limit: 1) {{ {view} }} }}")[0].values()}
        for where in ('rate_plan_name: {_eq: "IoT 1 GB"}', *(f"{name}: {{_is_null: false}}" for name in view.split())):
            assert [] == found(f"{{ {VIEW}(where: {{{where}}}) {{ id }} }}")
        for part in nothing:
            assert [] == found(f"{{ {SIM}(where: {{{part}: {{}}}}) {{ id }} }}")


def test_an_order_by_a_relation_says_nothing_of_others(world: Any) -> None:
    acme = world.wing_as("acme-admin", realm="acme-iot")
    order = "[{rate_plan: {name: asc}}, {account: {name: desc}}]"
    assert 20 == len(find(acme, f"{{ {SIM}(order_by: {order}) {{ id }} }}"))


def test_a_sim_that_moved_is_seen_where_it_is(world: Any) -> None:
    old, new = (world.wing_as("sandbox-admin", account=account) for account in ("3992", "3418"))
    query = f'{{ {VIEW}(where: {{iccid: {{_eq: "8955644099890132001"}}}}) {{ account_name apn_group_name }} }}'
    assert [{"account_name": "Deeps", "apn_group_name": "Trial"}] == find(old, query)
    assert [] == find(new, query)
    move = contracts.operation("wing-5.14.1")
    answer = world.wing.post(move.path.replace("{version}", "v1"), json=move.request.example)
    assert answer.is_success, answer.text
    assert [{"account_name": "Deeps", "apn_group_name": "Trial"}] == find(old, query)
    world.advance(until="idle")
    assert [] == find(old, query)
    assert [{"account_name": "BulkOperations", "apn_group_name": "Bulk"}] == find(new, query)


def test_without_a_token_or_a_context_no_query_is_looked_at(seeded: Any) -> None:
    query = {"query": "{ colour }"}
    assert 401 == seeded.client().post(PATH, json=query).status_code
    bare = seeded.client(headers={"Authorization": f"Bearer {seeded.token()}"})
    assert 400 == bare.post(PATH, json=query).status_code
    assert 403 == bare.post(PATH, json=query, headers={"Account-Context-Id": "9002"}).status_code
