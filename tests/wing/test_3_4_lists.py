"""WING 3 and 4, lists: JHipster's criteria, pages from 0, sizes, orders, and the headers beside them."""

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrierbox.carriers.wing import lists
from carrierbox.carriers.wing.accounts.resources.rules import LISTED
from carrierbox.carriers.wing.errors import BadParameter

ACCOUNTS = "/api/v1/accounts/account"
RESOURCES = "/api/v1/accounts/resources"
LISTS = [
    *(ACCOUNTS, RESOURCES, "/api/v1/accounts/account/3921/resources", "/api/v1/accounts/address/3418/apnGroup"),
    *("/api/v1/users/users/wdh-sitstg2/user", "/api/v1/users/users/find-by-category/ACCOUNT"),
    *("/api/v1/users/user-groups/wdh-sitstg2", "/api/v1/users/user-groups/find-by-category/ACCOUNT"),
    *("/api/v1/users/roles/wdh-sitstg2/role", "/api/v1/users/roles/find-by-category/ACCOUNT"),
]


@pytest.fixture(scope="module")
def shared(box: Any, control: httpx.Client) -> Any:
    """The default world, of which nothing here changes anything."""
    from tests.conftest import World

    world = World("default", box.url, control)
    yield world
    world.close()


def ids(world: Any, path: str, query: str) -> list[int]:
    answer = world.wing.get(f"{path}?{query}")
    assert 200 == answer.status_code, answer.text
    return [row["id"] for row in answer.json()]


@pytest.mark.parametrize("path", LISTS)
def test_each_list_has_pages_a_total_and_ways_onward(path: str, shared: Any) -> None:
    every = ids(shared, path, "size=2000")
    paged = []
    url: str | None = f"{path}?size=2&page=0"
    while url:
        answer = shared.wing.get(url)
        assert str(len(every)) == answer.headers["x-total-count"]
        paged += [row["id"] for row in answer.json()]
        url = answer.links.get("next", {}).get("url")
        assert {"first", "last"} <= answer.links.keys()
    assert every == paged
    assert sorted(every, reverse=True) == ids(shared, path, "size=2000&sort=id,desc")
    assert [every[0]] == ids(shared, path, f"id.equals={every[0]}")
    assert every[1:] == ids(shared, path, f"id.notEquals={every[0]}&size=2000")


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "query",
    ["page=-1", "page=x", "size=0", "size=", "size=1e3", "sort=colour", "sort=id,up", "id.like=1", "id.specified=7"],
)
def test_a_query_that_cannot_be_read_is_400(path: str, query: str, shared: Any) -> None:
    answer = shared.wing.get(f"{path}?{query}")
    assert 400 == answer.status_code, answer.text
    assert f"'{query.partition('=')[0]}'" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name.equals=Demo create account1", [4376]),
        ("name.equals=demo create account1", []),
        ("name.contains=DEMO", [3921, 4376]),
        ("name.equals=nobody", []),
        ("parentAccountId.equals=3921", [4376]),
        ("id.in=3921,4376&id.in=9001", [3921, 4376]),
        ("accountState.equals=DRAFT&id.greaterThan=4376", [4906]),
        ("billingAccountId.specified=true", [3741, 4376, 4906]),
        ("extId.specified=true", [4376, 7633]),
        ("colour.equals=red&id.equals=4376", [4376]),
    ],
)
def test_criteria_find_accounts(query: str, found: list[int], shared: Any) -> None:
    assert found == ids(shared, ACCOUNTS, query)


@pytest.mark.parametrize("spelling", ["accountMasterId", "masterAcccountId", "masterAccountId"])
def test_4_27_takes_each_spelling_of_the_account(spelling: str, shared: Any) -> None:
    assert [6477, 6478] == ids(shared, RESOURCES, f"{spelling}.equals=3921&resourceType.equals=APN")


def test_links_repeat_the_query_with_page_and_size_replaced(shared: Any) -> None:
    answer = shared.wing.get(f"{RESOURCES}?resourceType.equals=APN&page=1&size=2&sort=id,desc")
    assert {"next", "prev", "last", "first"} == answer.links.keys()
    back = answer.links["prev"]["url"]
    assert back.endswith(f"{RESOURCES}?resourceType.equals=APN&sort=id%2Cdesc&page=0&size=2")
    assert 200 == shared.wing.get(back).status_code


def test_nothing_found_is_one_empty_page(shared: Any) -> None:
    answer = shared.wing.get(f"{ACCOUNTS}?name.equals=nobody")
    assert "0" == answer.headers["x-total-count"]
    assert {"last", "first"} == answer.links.keys()


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), max_size=5))
def test_any_query_is_read_or_refused(query: list[tuple[str, str]]) -> None:
    try:
        search = lists.read(query, LISTED.fields, lists.PAGE)
    except BadParameter:
        return
    assert search.size is not None
    assert 1 <= search.size <= 2000
