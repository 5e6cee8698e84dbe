"""WING 15, rate plans: their names, and what they cost and include."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from carrierbox import keycloak
from carrierbox.carriers.wing.door import Caller
from carrierbox.carriers.wing.rating import tariff
from carrierbox.carriers.wing.rating.plans import rules
from carrierbox.carriers.wing.users import permits
from carrierbox.kernel import clock
from carrierbox.kernel import world as kernel
from carrierbox.kernel.world import Cause, Settings
from carrierbox.kernel.worlds import Origin, Worlds
from carrierbox.main import PARTS

NAMES = "/api/v1/rating/getrateplans"
DETAILS = "/api/v1/rating/getrateplandetails"


def plans(world: Any, context: str = "*", **asked: str) -> dict[str, str]:
    answer = world.wing.get(NAMES, params=asked, headers={"Account-Context-Id": context})
    assert 200 == answer.status_code, answer.text
    return {each["id"]: each["name"] for each in answer.json()}


def test_15_1_lists_all_plans_of_the_realm_for_who_sees_all(world: Any) -> None:
    assert {"1", "2", "1011", "4044", "65362"} <= plans(world).keys()
    assert "3000011" not in plans(world)


def test_15_1_lists_what_is_assigned_within_reach(world: Any) -> None:
    assert {"1011", "1077", "65362", "103752"} <= plans(world, "3439").keys()
    assert not {"1", "4044"} & plans(world, "3439").keys()


def test_15_1_filters_by_accounts_and_by_plans_and_by_both(world: Any) -> None:
    assert {"1": "rateplan1", "2": "rateplan2"} == plans(world, accountId="1")
    assert {"2": "rateplan2", "4044": "PP2"} == plans(world, rateplanId="2, 4044")
    assert {"2": "rateplan2"} == plans(world, accountId="1,3439", rateplanId="2")
    assert {} == plans(world, accountId="77777") == plans(world, rateplanId="77777")


def test_15_1_takes_a_filter_that_comes_more_than_once(world: Any) -> None:
    answer = world.wing.get(NAMES, params={"rateplanId": ["1", "2,4044"]})
    assert ["1", "2", "4044"] == [each["id"] for each in answer.json()]


def test_15_1_lists_nothing_that_15_2_does_not_know(world: Any) -> None:
    known = plans(world)
    answer = world.wing.get(DETAILS, params={"id": ",".join(known)})
    assert 200 == answer.status_code, answer.text
    assert known == {str(each["id"]): each["name"] for each in answer.json()}


def test_15_1_shows_another_realm_its_own_plans_only(world: Any) -> None:
    acme = world.wing_as("acme-admin", "acme-iot")
    assert ["3000011"] == [each["id"] for each in acme.get(NAMES).json()]
    assert 404 == acme.get(DETAILS, params={"id": "4044"}).status_code


def test_15_1_follows_an_assignment(world: Any) -> None:
    assert "4044" not in plans(world, "3439")
    body = {
        "resourceType": "RATE-PLAN", "resourceId": 4044, "accountMasterId": 3439, "isDefault": False,
        "effectiveDate": "2022-05-02T09:50:11.424Z", "expirationDate": "9999-12-31T23:59:59.999Z",
    }  # fmt: skip
    assert 200 <= world.wing.post("/api/v1/accounts/account/3439/resources", json=body).status_code < 300
    assert "PP2" == plans(world, "3439")["4044"]
    answer = world.wing.get(DETAILS, params={"id": "4044"}, headers={"Account-Context-Id": "3439"})
    assert 200 == answer.status_code


def test_15_1_lists_an_assignment_from_its_first_day_to_its_last(world: Any) -> None:
    now = clock.moment(world.clock()["now"])
    first, last = (clock.text(now + timedelta(minutes=minutes)) for minutes in (1, 2))
    body = {
        "resourceType": "RATE-PLAN", "resourceId": 4044, "accountMasterId": 3439, "isDefault": False,
        "effectiveDate": first, "expirationDate": last,
    }  # fmt: skip
    assert 300 > world.wing.post("/api/v1/accounts/account/3439/resources", json=body).status_code
    seen = []
    for _ in range(4):
        answer = world.wing.get(DETAILS, params={"id": "4044"}, headers={"Account-Context-Id": "3439"})
        seen.append(("4044" in plans(world, "3439"), answer.status_code))
        world.advance(by="40s")
    assert [(False, 404), (False, 404), (True, 200), (False, 404)] == seen


def test_15_2_shows_a_plan_without_a_tariff_as_one_that_costs_nothing(tmp_path: Path) -> None:
    fixture = tmp_path / "plan.yaml"
    fixture.write_text("wing:\n  catalogue:\n    acme-iot:\n      RATE-PLAN: {77: Bare}\n", encoding="utf-8")
    house = Worlds(tmp_path, PARTS)
    world = house.start(Origin((fixture,), sims=0), Settings())
    with world.transaction(Cause("request", "test")) as box:
        user = keycloak.without_token(box, "acme-iot", "acme-admin")
        caller = Caller(user, *permits.admit(box, user, "*", frozenset(), "WRITE"))
        bare, other = rules.details(box, caller, [77, 3000011])
        assert ([*other], "Bare", "30", None, [], 0) == (
            [*bare], bare["name"], bare["tenant_id"], bare["subscription_fee"], bare["band_labels"],
            tariff.of(box, 77).subscription_fee,
        )  # fmt: skip
    house.close()


def test_what_a_plan_includes_counts_in_the_units_of_its_counters(inside: kernel.World) -> None:
    with inside.transaction(Cause("rule", "test")) as box:
        small, large = tariff.of(box, 1012).included["Default Zone"], tariff.of(box, 65362).included["Default Zone"]
    assert (500 * 1024, 5, 0) == (small.data, small.sms_mo, small.voice_mo)
    assert (1024 * 1024**2, 100, 60 * 60) == (large.data, large.sms_mo, large.voice_mo)


def test_15_2_gives_an_element_for_each_id_in_the_order_asked(world: Any) -> None:
    answer = world.wing.get(DETAILS, params={"id": "65362,4044"})
    assert [65362, 4044] == [each["id"] for each in answer.json()]
    fleet, printed = answer.json()
    assert [*printed] == [*fleet]
    assert ["DATA", "SMS", "VOICE"] == [service["servicetype"] for service in fleet["service_lists"]]
    band_ids = {band["id"] for band in fleet["band_labels"]}
    for service in fleet["service_lists"]:
        for row in (*service["included_counters"], *service["rate_details"]):
            assert row["bandlabel_id"] in band_ids
            assert service["id"] == row["servicelist_id"]


@pytest.mark.parametrize("spelled", ["", "x", "1,", "1;2", "-1", "1.5", "9" * 30, "\u0663", "1,2,\0"])
def test_15_refuses_ids_that_are_not_numbers(world: Any, spelled: str) -> None:
    for path, name in ((DETAILS, "id"), (NAMES, "accountId"), (NAMES, "rateplanId")):
        answer = world.wing.get(path, params={name: spelled})
        assert (400, "error.http.400") == (answer.status_code, answer.json()["message"]), (name, answer.text)
        assert name in answer.json()["detail"]


def test_15_2_refuses_more_ids_than_it_answers_at_once(world: Any) -> None:
    assert 400 == world.wing.get(DETAILS, params={"id": ",".join(["1"] * 1001)}).status_code


def test_15_2_does_not_know_others_plans_nor_without_an_id(world: Any) -> None:
    assert 400 == world.wing.get(DETAILS).status_code
    assert 404 == world.wing.get(DETAILS, params={"id": "4045"}).status_code
    assert 404 == world.wing.get(DETAILS, params={"id": "4044"}, headers={"Account-Context-Id": "3439"}).status_code
