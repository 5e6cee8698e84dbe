"""WING 5.4, 5.5, 5.21 by GraphQL: what a query selects, in what order, and how much of it."""

import json
from typing import Any

import pytest
from tests.wing.graphql_asking import GROUPS, RATED, SIM, VIEW, ask, find

from carrierbox import contracts

DOCUMENT = contracts.document("wing-subscription")["graphql"]
QUERIES = [each for each in DOCUMENT["documented_queries"] if each["answer"]]
OF_241 = 'where: {account_id: {_eq: "241"}}'
BY_ICCID = ["8939883226100291701", "8939883226100291719", "8939883226100291891", "8939883226100291909"]


def filled(documented: dict[str, Any]) -> str:
    text = documented["query"]
    for placeholder, value in documented.get("placeholders", {}).items():
        text = text.replace(placeholder, value)
    return str(text)


@pytest.mark.parametrize("documented", QUERIES, ids=lambda each: each["section"])
def test_a_documented_query_finds_what_is_documented(documented: dict[str, Any], seeded: Any) -> None:
    answer = ask(seeded, filled(documented), variables=None, operationName=documented["operationName"])
    [(root, expected)], [(same, found)] = documented["answer"]["data"].items(), answer["data"].items()
    assert root == same
    if documented["section"] == "5.5":  # the head of its row is lost
        found = [{name: value for name, value in row.items() if name in expected[0]} for row in found]
    assert expected == found


def test_the_row_that_5_11_sends_along_is_a_row_of_the_list(seeded: Any) -> None:
    expected = contracts.operation("wing-5.11").request.example["row"]
    [found] = find(seeded, f"{{ {VIEW}(where: {{id: {{_eq: 245904}}}}) {{ {' '.join(expected)} }} }}")
    expected = expected | {"custom_fields": json.loads(expected["custom_fields"])}  # a string there
    # 4.18 and 5.24's neighbours call that profile otherwise
    assert "ALLPLMN" == expected.pop("roaming_profile_rp_name")
    assert "Home only" == found.pop("roaming_profile_rp_name")
    assert expected == found


def test_tags_show_in_the_order_in_which_they_were_assigned(world: Any) -> None:
    made = [
        world.wing.post("/api/v1/tags", json={"name": name, "description": "", "visibilty": "Public"}).json()["id"]
        for name in ("north", "south")
    ]
    iccid = "8955644099890137106"
    for tag in reversed(made):
        assigned = {"subscriptionIccIdList": [iccid], "tagIdList": [tag]}
        assert world.wing.post("/api/v1/subscription/assignTags", json=assigned).is_success
    where = f'where: {{iccid: {{_eq: "{iccid}"}}}}'
    assert [{"tags": "south,north"}] == find(world, f"{{ {VIEW}({where}) {{ tags }} }}")
    [row] = find(world, f"{{ {SIM}({where}) {{ subscription_tag_associations {{ tag {{ id name }} }} }} }}")
    tags = [each["tag"] for each in row["subscription_tag_associations"]]
    assert [{"id": made[1], "name": "south"}, {"id": made[0], "name": "north"}] == tags
    bearing = '{subscription_tag_associations: {tag: {name: {_eq: "north"}}}}'
    assert [{"iccid": iccid}] == find(world, f"{{ {SIM}(where: {bearing}) {{ iccid }} }}")
    assert [{"iccid": iccid}] == find(world, f'{{ {VIEW}(where: {{tags: {{_like: "%north%"}}}}) {{ iccid }} }}')
    assert world.wing.delete(f"/api/v1/tags/{made[1]}").is_success
    assert [{"tags": "north"}] == find(world, f"{{ {VIEW}({where}) {{ tags }} }}")


def test_pages_through_an_account_in_the_documents_order(seeded: Any) -> None:
    pages = [
        find(seeded, f"{{ {VIEW}({OF_241}, limit: 2, offset: {offset}) {{ iccid }} }}") for offset in (0, 2, 4, 6, 9**9)
    ]
    assert [2, 2, 1, 0, 0] == [len(page) for page in pages]
    assert BY_ICCID == [row["iccid"] for page in pages for row in page][:4]


def test_keys_stand_in_the_order_of_the_selection(seeded: Any) -> None:
    [row] = find(seeded, f"{{ {VIEW}(limit: 1) {{ imsi b: id __typename a: id imsi iccid }} }}")
    assert ["imsi", "b", "__typename", "a", "iccid"] == list(row)
    assert row["a"] == row["b"]
    assert VIEW == row["__typename"]


def test_fields_that_are_selected_twice_are_merged(seeded: Any) -> None:
    query = f"{{ {SIM}(limit: 1) {{ account {{ name }} id account {{ id account_state }} id }} }}"
    [row] = find(seeded, query)
    assert ["account", "id"] == list(row)
    assert ["name", "id", "account_state"] == list(row["account"])


def test_every_column_can_be_selected(seeded: Any) -> None:
    for name in (VIEW, SIM):
        columns = [column["name"] for column in DOCUMENT["types"][name]["columns"]]
        [row] = find(seeded, f"{{ {name}(limit: 1) {{ {' '.join(columns)} }} }}")
        assert columns == list(row)


def test_more_columns_than_one_json_function_takes(seeded: Any) -> None:
    names = [f"a{number}: iccid b{number}: account {{ id }}" for number in range(70)]
    [row] = find(seeded, f"{{ {SIM}(limit: 1) {{ {' '.join(names)} }} }}")
    assert 140 == len(row)
    assert 1 == len({row[f"a{number}"] for number in range(70)})


def test_the_identity_has_every_field_of_the_record(seeded: Any) -> None:
    record = seeded.wing.get("/api/v1/subscription/sims", params={"id.equals": 520701}).json()[0]
    names = ["".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in wire) for wire in record]
    found = find(seeded, f"{{ {SIM}_by_pk(id: 520701) {{ {' '.join(names)} }} }}")
    moments = {"creation_timestamp": "2022-07-29T05:11:44", "initial_activation_date": "2022-08-08T15:17:33"}
    assert moments.items() <= found.items()
    same = [(wire, name) for wire, name in zip(record, names, strict=True) if "+0000" not in str(record[wire])]
    assert [record[wire] for wire, _ in same] == [found[name] for _, name in same]


def test_follows_relations_to_one_and_to_many(world: Any) -> None:
    group = world.wing.post(
        "/api/v1/accounts/groups", json={"name": "North"}, headers={"Account-Context-Id": "6501"}
    ).json()["id"]
    sim = {"iccid": "1955644099890004111", "imsi": "234509001014111", "accountId": 6501, "groupId": group}
    assert world.wing.put("/api/v1/subscription/sims/group", json=sim).is_success
    world.advance(until="idle")
    query = f"""{{ {SIM}(where: {{group_id: {{_eq: {group}}}}}) {{
        iccid state {{ name id }} apn_group {{ apn_group_name }} rate_plan {{ name }} roaming_profile {{ rp_name }}
        account {{
            name tbl_groups(where: {{name: {{_eq: "North"}}}}) {{ id }} tbl_groups_aggregate {{ aggregate {{ count }} }}
        }}
        subscription_tag_associations {{ id tag {{ name }} }} session_states {{ id }}
    }} }}"""
    assert [
        {
            "iccid": "1955644099890004111",
            "state": {"name": "ACTIVE", "id": 3},
            "apn_group": {"apn_group_name": "Trial"},
            "rate_plan": {"name": "IoT 1 GB"},
            "roaming_profile": {"rp_name": "Home only"},
            "account": {
                "name": "Group sample",
                "tbl_groups": [{"id": group}],
                "tbl_groups_aggregate": {"aggregate": {"count": 4}},
            },
            "subscription_tag_associations": [],
            "session_states": [],
        }
    ] == find(world, query)


def test_what_a_sim_does_not_have_is_null(world: Any) -> None:
    query = f"{{ {SIM}_by_pk(id: 700001) {{ network_profile {{ name }} group_id initial_activation_date }} }}"
    world.wing.put("/api/v1/subscription/sims/group", json={})  # changes nothing
    found = find(world, query)
    assert {"network_profile": {"name": "Data and SMS"}, "group_id": None, "initial_activation_date": None} == found


def test_finds_one_by_its_primary_key_or_null(seeded: Any) -> None:
    assert {"name": "grptest12509"} == find(seeded, f"{{ {GROUPS}_by_pk(id: 5651) {{ name }} }}")
    assert find(seeded, f"{{ {GROUPS}_by_pk(id: 1) {{ name }} }}") is None


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("{iccid: desc}", [6487224, 6407606, 6378438, 6456376, 6383019]),
        ("{id: asc}", [6378438, 6383019, 6407606, 6456376, 6487224]),
        ("[{state_name: asc}, {id: desc}]", [6487224, 6456376, 6407606, 6383019, 6378438]),
        ("{state_name: asc, id: desc}", [6487224, 6456376, 6407606, 6383019, 6378438]),
        ("{id: asc, iccid: null}", [6378438, 6383019, 6407606, 6456376, 6487224]),
        ("[]", [6383019, 6456376, 6378438, 6407606, 6487224]),
        ("{}", [6383019, 6456376, 6378438, 6407606, 6487224]),
        ("null", [6383019, 6456376, 6378438, 6407606, 6487224]),
        # one of them has been used in some device
        ("{last_used_imei: asc}", [6378438, 6383019, 6456376, 6407606, 6487224]),
        ("{last_used_imei: desc}", [6383019, 6456376, 6407606, 6487224, 6378438]),
        ("{last_used_imei: asc_nulls_first}", [6383019, 6456376, 6407606, 6487224, 6378438]),
        ("{last_used_imei: desc_nulls_last}", [6378438, 6383019, 6456376, 6407606, 6487224]),
    ],
)
def test_orders_rows(order: str, expected: list[int], seeded: Any) -> None:
    rows = find(seeded, f"{{ {VIEW}({OF_241}, order_by: {order}) {{ id }} }}")
    assert expected == [row["id"] for row in rows]


def test_orders_by_what_relations_lead_to(seeded: Any) -> None:
    accounts = '{account: {name: {_in: ["OGILINK SRL", "Group sample", "Deeps"]}}}'
    orders = "[{account: {name: desc}}, {session_states_aggregate: {count: desc}}, {iccid: desc}]"
    rows = find(seeded, f"{{ {SIM}(where: {accounts}, order_by: {orders}) {{ id account {{ name }} }} }}")
    assert ["OGILINK SRL"] * 5 + ["Group sample"] * 5 + ["Deeps"] * 2 == [row["account"]["name"] for row in rows]
    assert [6378438, 6487224, 6407606, 6456376, 6383019] == [row["id"] for row in rows][:5]


def test_orders_by_a_figure_over_a_relation(seeded: Any) -> None:
    orders = "{session_states_aggregate: {max: {started_at: desc}}}"
    orders = orders.replace("started_at", "session_start_time").replace("desc", "desc_nulls_last")
    [row] = find(seeded, f"{{ {SIM}({OF_241}, order_by: {orders}, limit: 1) {{ id }} }}")
    assert 6378438 == row["id"]


def test_keeps_the_first_of_rows_that_agree(seeded: Any) -> None:
    query = f"""{{ {VIEW}(where: {{account_id: {{_in: [241, 6501, 3992]}}}}, distinct_on: account_id,
        order_by: [{{account_id: desc}}, {{id: asc}}], offset: 1) {{ account_id id }} }}"""
    assert [{"account_id": 3992, "id": 432001}, {"account_id": 241, "id": 6378438}] == find(seeded, query)
    unordered = query.replace("order_by: [{account_id: desc}, {id: asc}], offset: 1", "")
    firsts = {"account_id": 241, "id": 6383019}, {"account_id": 3992, "id": 432001}
    assert [each in find(seeded, unordered) for each in firsts] == [True, True]
    assert 3 == len(find(seeded, unordered))


def test_keeps_the_first_of_related_rows_that_agree(seeded: Any) -> None:
    query = f"""{{ {SIM}({OF_241}, order_by: {{id: asc}}, limit: 1) {{
        data_usage_online(distinct_on: accumulated_usage) {{ accumulated_usage }}
        cdr_data(distinct_on: [served_imeisv], order_by: [{{served_imeisv: asc}}, {{id: desc}}]) {{ id }}
        session_states_aggregate(distinct_on: rat_type) {{ aggregate {{ count }} nodes {{ rat_type }} }}
    }} }}"""
    [row] = find(seeded, query)
    assert [{"accumulated_usage": 8937209}] == row["data_usage_online"]
    assert 1 == len(row["cdr_data"])
    assert {"aggregate": {"count": 1}, "nodes": [{"rat_type": 6}]} == row["session_states_aggregate"]


def test_figures_over_an_account(seeded: Any) -> None:
    query = f"""{{ {VIEW}_aggregate({OF_241}) {{ aggregate {{
        count all: count(columns: [id, iccid]) imeis: count(columns: last_used_imei)
        accounts: count(columns: account_id, distinct: true) pairs: count(columns: [account_id, id], distinct: true)
        sum {{ id }} avg {{ state_id }} min {{ iccid activation_time }} max {{ id data_usage_online }}
        stddev {{ state_id }} var_pop {{ id }} __typename
    }} nodes {{ id }} }} }}"""
    ids = [6383019, 6456376, 6378438, 6407606, 6487224]
    mean = sum(ids) / 5
    found = find(seeded, query)
    assert ids == [node["id"] for node in found["nodes"]]
    figures = found["aggregate"]
    assert pytest.approx(sum((each - mean) ** 2 for each in ids) / 5) == figures.pop("var_pop")["id"]
    assert {
        "count": 5,
        "all": 5,
        "imeis": 1,
        "accounts": 1,
        "pairs": 5,
        "sum": {"id": sum(ids)},
        "avg": {"state_id": 3.0},
        "min": {"iccid": BY_ICCID[0], "activation_time": "2022-05-03T09:00:00"},
        "max": {"id": 6487224, "data_usage_online": 8937209},
        "stddev": {"state_id": 0.0},
        "__typename": f"{VIEW}_aggregate_fields",
    } == figures


def test_figures_over_nothing(seeded: Any) -> None:
    query = f"""{{ {VIEW}_aggregate(where: {{id: {{_eq: 1}}}}) {{ aggregate {{
        count sum {{ id }} avg {{ id }} max {{ iccid }} min {{ id }} stddev_samp {{ id }} variance {{ id }}
    }} nodes {{ id }} }} }}"""
    nothing = {
        "count": 0,
        "sum": {"id": None},
        "avg": {"id": None},
        "max": {"iccid": None},
        "min": {"id": None},
        "stddev_samp": {"id": None},
        "variance": {"id": None},
    }
    assert {"aggregate": nothing, "nodes": []} == find(seeded, query)


def test_limit_and_offset_bind_figures_too(seeded: Any) -> None:
    arguments = f"{OF_241}, order_by: {{id: asc}}, limit: 3, offset: 1"
    query = f"{{ {VIEW}_aggregate({arguments}) {{ aggregate {{ count min {{ id }} }} }} }}"
    assert {"aggregate": {"count": 3, "min": {"id": 6383019}}} == find(seeded, query)


def test_takes_a_part_of_a_json_column(seeded: Any) -> None:
    query = f"""{{ {VIEW}({OF_241}, limit: 1) {{
        whole: custom_fields(path: "$") id: custom_fields(path: "$[0].id") value: custom_fields(path: "[6].value")
        element: custom_fields(path: "[0]") none: custom_fields(path: "$[99].id")
        quoted: custom_fields(path: "$[0][\\"id\\"]")
    }} }}"""
    [row] = find(seeded, query)
    assert 7 == len(row.pop("whole"))
    assert {"id": 13201, "value": " ", "element": {"id": 13201, "value": ""}, "none": None, "quoted": 13201} == row


def test_fragments_spread_what_they_say(seeded: Any) -> None:
    query = f"""
    query {{ {VIEW}({OF_241}, limit: 1) {{
        ...Identities ... on {VIEW} {{ state_name }} ... {{ tenant_id }} ... on tag {{ name }}
    }} }}
    fragment Identities on {VIEW} {{ iccid ...Number }}
    fragment Number on {VIEW} {{ msisdn }}
    fragment Unused on tag {{ name }}
    """
    assert [{"iccid": BY_ICCID[0], "msisdn": "393208016172", "state_name": "ACTIVE", "tenant_id": "1"}] == find(
        seeded, query
    )


@pytest.mark.parametrize(("flag", "expected"), [(True, ["iccid", "id"]), (False, ["iccid", "imsi"])])
def test_directives_decide_what_is_selected(*, flag: bool, expected: list[str], seeded: Any) -> None:
    query = f"""query ($with: Boolean!) {{ {VIEW}(limit: 1) {{
        iccid id @include(if: $with) ... @skip(if: $with) {{ imsi }} msisdn @skip(if: true) ...F @include(if: false)
    }} }} fragment F on {VIEW} {{ eid: id }}"""
    for _ in range(2):  # compiled, and kept
        [row] = find(seeded, query, variables={"with": flag})
        assert expected == list(row)


@pytest.mark.parametrize("given", [{}, {"most": 1}])
@pytest.mark.parametrize(
    "skipped",
    [
        "session_states(limit: $most) @include(if: $with) { id }",
        "... @skip(if: true) { session_states(limit: $most) { id } }",
        "... on account { tbl_groups(limit: $most) { id } }",
        "...Rest @include(if: $with)",
        "session_states(where: {_or: [{id: {_in: [$most]}}]}) @include(if: $with) { id }",
        "session_states @include(if: $with) { id @skip(if: $most) }",
    ],
)
def test_a_variable_that_only_a_skipped_field_names_may_be_given(
    skipped: str, given: dict[str, Any], seeded: Any
) -> None:
    query = f"""query Q($with: Boolean! = false, $most: Int) {{
        {SIM}(limit: 1) {{ id @skip(if: $with) {skipped} ...All }} }}
        fragment Rest on {SIM} {{ ...More }}
        fragment More on {SIM} {{ session_states(limit: $most) {{ id }} }}
        fragment All on {SIM} {{ iccid }}"""
    assert [["id", "iccid"]] == [list(row) for row in find(seeded, query, variables=given)]


def test_variables_can_be_conditions_orders_and_columns(seeded: Any) -> None:
    query = f"""query Q(
        $where: {VIEW}_bool_exp!, $order: [{VIEW}_order_by!], $on: [{VIEW}_select_column!], $most: Int
    ) {{ {VIEW}(where: $where, order_by: $order, distinct_on: $on, limit: $most) {{ id }} }}"""
    wheres = [{"account_id": {"_eq": 241}}, {"_and": [{"account_id": {"_eq": "241"}}, {"id": {"_in": [6378438]}}]}]
    orders: list[Any] = [None, [{"id": "desc"}], {"id": "asc"}]
    found = [
        [row["id"] for row in find(seeded, query, variables={"where": where, "order": order, "most": 2})]
        for where in wheres
        for order in orders
    ]
    assert [[6383019, 6456376], [6487224, 6456376], [6378438, 6383019], *[[6378438]] * 3] == found
    given = {"where": wheres[0], "on": ["account_id"]}
    assert 1 == len(find(seeded, query, variables=given))


def test_variables_have_defaults(seeded: Any) -> None:
    query = f"""query Q($account: bigint = 241, $order: {VIEW}_order_by! = {{id: desc}}, $most: Int! = 1) {{
        {VIEW}(where: {{account_id: {{_eq: $account}}}}, order_by: [$order], limit: $most) {{ id }} }}"""
    assert [6487224] == [row["id"] for row in find(seeded, query)]
    assert [6378438] == [row["id"] for row in find(seeded, query, variables={"order": {"id": "asc"}})]
    assert 2 == len(find(seeded, query, variables={"most": 2}))


def test_a_limit_that_is_null_or_not_given_is_none(seeded: Any) -> None:
    query = f"query Q($most: Int, $from: Int) {{ {VIEW}({OF_241}, limit: $most, offset: $from) {{ id }} }}"
    assert 5 == len(find(seeded, query))
    assert 5 == len(find(seeded, query, variables={"most": None, "from": None}))
    assert 2 == len(find(seeded, query, variables={"from": "3"}))


def test_several_root_fields_are_answered_together(seeded: Any) -> None:
    query = f"""{{
        one: {VIEW}(limit: 1) {{ id }} kind: __typename {GROUPS}(limit: 1) {{ id }} two: {RATED}(limit: 1) {{ active }}
    }}"""
    data = ask(seeded, query)["data"]
    assert ["one", "kind", GROUPS, "two"] == list(data)
    assert "query_root" == data["kind"]


def test_runs_the_operation_that_is_named(seeded: Any) -> None:
    query = f"query A {{ a: {GROUPS}(limit: 1) {{ id }} }} query B {{ b: {GROUPS}(limit: 1) {{ id }} }}"
    assert ["b"] == list(ask(seeded, query, operationName="B")["data"])


def test_the_type_of_each_sims_rate_plan_is_that_of_its_record(seeded: Any) -> None:
    rows = find(seeded, f"{{ {VIEW} {{ id rate_plan_type }} }}")
    records = seeded.wing.post("/api/v1/subscription/sims", params={"id.greaterThan": 0}).json()
    assert {sim["id"]: sim["ratePlanType"] for sim in records} == {row["id"]: row["rate_plan_type"] for row in rows}
