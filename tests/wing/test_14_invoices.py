"""WING 14.1, invoices: what SIMs, their plans and their usage come to in the running cycle, and came to in another."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.wing import inside
from tests.wing.answers import problem
from tests.wing.ordering import Shop, done
from tests.wing.rows import rows

from carrierbox.carriers.wing.rating.invoices import closing, rules
from carrierbox.kernel import clock
from carrierbox.kernel.world import Box, Cause

PATH = "/api/v1/invoice-data/invoice-data/v1/getInvoiceDetails"
SIMS = "/api/v1/subscription/sims"
#: The one SIM of account 3241, and one of the two of 3992; all on plan 65362.
LONE, PAIRED = "8955644099890089041", "8955644099890132001"
MB = 1024**2


def invoice(world: Any, account: int, client: Any = None, **headers: str) -> dict[str, Any]:
    return dict(done((client or world.wing).get(f"{PATH}/{account}", headers=headers)))


def does(world: Any, iccid: str, kind: str, **facts: Any) -> None:
    answer = world.control.post(f"/_box/worlds/{world.name}/sims/{iccid}/events", json={"kind": kind, **facts})
    assert 201 == answer.status_code, answer.text


def uses(world: Any, iccid: str, megabytes: float, country: str | None = None) -> None:
    if country:
        does(world, iccid, "location", country=country)
    does(world, iccid, "data", up_bytes=round(megabytes * MB), down_bytes=0)


def tariff(world: Any, plan: int) -> dict[str, Any]:
    [found] = done(world.wing.get("/api/v1/rating/getrateplandetails", params={"id": plan}))
    return dict(found)


def charges(figures: dict[str, Any]) -> tuple[int, int, int]:
    return figures["simChargesTotal"], figures["accountChargesTotal"], figures["accountTotal"]


def test_an_account_pays_the_fee_of_each_sim_that_can_be_used(world: Any) -> None:
    assert 8.0 == tariff(world, 65362)["subscription_fee"]
    now = world.clock()["now"]
    assert {
        "accountName": "Assignment sample", "status": "Draft", "externalAccountId": None,
        "billingPeriod": f"{now[:7]}-01", "currency": "EUR", "activeSubscribers": 1, "masterAccountGrandTotalSub": 1,
        "dataUsage": 0, "smsUsage": 0, "voiceUsage": 0, "simChargesTotal": 8, "accountChargesTotal": 0,
        "accountTotal": 8, "masterAccountGrandTotalCharges": 8,
    } == invoice(world, 3241)  # fmt: skip
    assert (2, 16) == tuple(invoice(world, 3992)[name] for name in ("activeSubscribers", "accountTotal"))


def test_usage_beyond_what_the_plan_includes_is_paid_for_zone_by_zone(world: Any) -> None:
    # 1024 MB are included at home, 50 MB in Zone 2, where one more costs 0.5
    uses(world, LONE, 1024)
    assert 8 == invoice(world, 3241)["accountTotal"]
    uses(world, LONE, 50, country="US")
    assert 8 == invoice(world, 3241)["accountTotal"]
    uses(world, LONE, 10)
    figures = invoice(world, 3241)
    assert ((13, 0, 13), 1084) == (charges(figures), figures["dataUsage"])
    uses(world, LONE, 20, country="GB")  # at home one more MB costs 0.05
    assert (14, 0, 14) == charges(invoice(world, 3241))


def test_calls_count_in_minutes_and_messages_by_the_piece(world: Any) -> None:
    # 60 minutes are included at home, one more costs 0.1; none in Zone 2, where one costs 0.8
    does(world, LONE, "voice", direction="mo", seconds=4500)
    does(world, LONE, "voice", direction="mt", seconds=90)
    figures = invoice(world, 3241)
    assert (76.5, 10) == (figures["voiceUsage"], figures["simChargesTotal"])  # 8 + 15 * 0.1, half to even
    does(world, LONE, "location", country="US")
    does(world, LONE, "voice", direction="mo", seconds=300)
    assert 14 == invoice(world, 3241)["simChargesTotal"]  # 9.5 + 5 * 0.8
    for _ in range(5):
        does(world, LONE, "sms-mo", text="hello")
    does(world, LONE, "sms-mt", text="hello")
    figures = invoice(world, 3241)
    assert (6, 14) == (figures["smsUsage"], figures["simChargesTotal"])  # 13.5 + 5 * 0.2


@pytest.mark.parametrize(
    ("state", "number", "active", "total"),
    [("SUSPENDED", 4, 0, 8), ("CONDITIONAL-SUSPEND", 7, 0, 8), ("DEACTIVATED", 8, 0, 8)],
)
def test_a_sim_is_paid_for_in_the_cycle_in_which_it_could_be_used(
    state: str, number: int, active: int, total: int, world: Any
) -> None:
    world.change(world.sim(LONE), state, number)
    world.advance(until="idle")
    figures = invoice(world, 3241)
    assert (active, total) == (figures["activeSubscribers"], figures["accountTotal"])
    world.advance(by="32d")
    later = invoice(world, 3241, world.wing_as("sandbox-admin"))
    assert later["billingPeriod"] > figures["billingPeriod"]
    assert (0 if state == "DEACTIVATED" else 8) == later["accountTotal"]


def test_a_sim_that_never_was_active_is_free(world: Any) -> None:
    before = invoice(world, 26)
    order = Shop(world).complete(productQty=3)
    assert before == invoice(world, 26)
    # deactivated without having been active
    [sim, *_] = Shop(world).sims(order)
    world.change(sim, "DEACTIVATED", 8)
    world.advance(until="idle")
    assert before == invoice(world, 26)


def test_the_first_activation_costs_once(world: Any) -> None:
    assert (1.0, 2.0) == tuple(tariff(world, 7001)[f"{fee}_fee"] for fee in ("activation", "subscription"))
    before = invoice(world, 26)
    [sim] = Shop(world).sims(Shop(world).complete(productQty=1))
    for state, number in (("ACTIVE", 3), ("DEACTIVATED", 8), ("ACTIVE", 3)):
        world.change(sim, state, number)
        world.advance(until="idle")
        after = invoice(world, 26)
        assert 3 == after["accountTotal"] - before["accountTotal"]
    assert 1 == after["activeSubscribers"] - before["activeSubscribers"]


def test_a_cycle_begins_with_the_first_moment_of_its_month(world: Any) -> None:
    [sim] = Shop(world).sims(Shop(world).complete(productQty=1))
    world.control.patch(f"/_box/worlds/{world.name}/settings", json={"pace": "instant"})
    now = clock.moment(world.clock()["now"])
    midnight = (now.replace(day=1, hour=0, minute=0, second=0, microsecond=0) + timedelta(days=32)).replace(day=1)
    world.clock(now=clock.text(midnight))
    world.wing.headers["Authorization"] = f"Bearer {world.token()}"
    before = invoice(world, 26)["accountTotal"]
    world.change(sim, "ACTIVE", 3)
    world.advance(until="idle")
    after = invoice(world, 26)
    assert (clock.text(midnight)[:10], 3) == (after["billingPeriod"], after["accountTotal"] - before)


def test_a_pooled_plan_costs_its_account_once(world: Any) -> None:
    assert 25.0 == tariff(world, 1077)["pool_subscription_fee"]
    body = {
        "resourceType": "RATE-PLAN", "resourceId": 1077, "accountMasterId": 3992, "isDefault": False,
        "effectiveDate": "2022-05-02T09:50:11.424Z", "expirationDate": "9999-12-31T23:59:59.999Z",
    }  # fmt: skip
    assert 300 > world.wing.post("/api/v1/accounts/account/3992/resources", json=body).status_code
    totals = [charges(invoice(world, 3992))]
    for iccid in (PAIRED, "8955644099890132019"):
        sim = world.sim(iccid)
        change = {"iccid": iccid, "imsi": sim["imsi"], "accountId": 3992, "ratePlanId": 1077}
        answer = world.wing.put("/api/v1/subscription/sims/rateplan", json=change)
        assert 300 > answer.status_code, answer.text
        world.advance(until="idle")
        totals.append(charges(invoice(world, 3992)))
    # 2 * 8.0; then 8.0 + 0.8 and the pool; then 2 * 0.8 and the same pool
    assert [(16, 0, 16), (9, 25, 34), (2, 25, 27)] == totals


def test_a_master_account_sums_up_those_below(world: Any) -> None:
    change = {"id": 3992, "parentAccountId": 3241}
    assert 200 == world.wing.put("/api/v1/accounts/account", json=change).status_code
    uses(world, PAIRED, 60, country="US")  # 10 * 0.5
    master, below = invoice(world, 3241), invoice(world, 3992)
    assert (1, 3, 8, 29) == (
        master["activeSubscribers"], master["masterAccountGrandTotalSub"], master["accountTotal"],
        master["masterAccountGrandTotalCharges"],
    )  # fmt: skip
    assert (0, 60, 21, 21) == (
        master["dataUsage"], below["dataUsage"], below["accountTotal"], below["masterAccountGrandTotalCharges"],
    )  # fmt: skip


def test_a_whole_tree_adds_up(world: Any) -> None:
    accounts = done(world.wing.get("/api/v1/accounts/account", params={"size": 2000}))
    for sim in done(world.wing.get(SIMS, params={"stateName.equals": "ACTIVE", "size": 40})):
        uses(world, sim["iccid"], 17.3, country="US")
    parents = {account["id"]: account["parentAccountId"] for account in accounts}

    def is_below(account: int | None, top: int) -> bool:
        return account is not None and (account == top or is_below(parents[account], top))

    found = {}
    for account in parents:
        answer = world.wing.get(f"{PATH}/{account}")
        if answer.status_code == 200 and answer.json()["billingPeriod"] != "2022-04-25":  # 7633's is of its own
            found[account] = answer.json()
    assert 10 < len(found)
    for top, figures in found.items():
        below = [each for account, each in found.items() if is_below(account, top)]
        assert figures["accountTotal"] == figures["simChargesTotal"] + figures["accountChargesTotal"]
        assert figures["masterAccountGrandTotalCharges"] == sum(each["accountTotal"] for each in below)
        assert figures["masterAccountGrandTotalSub"] == sum(each["activeSubscribers"] for each in below)


def test_what_a_sim_used_stays_with_the_account_whose_it_was(world: Any) -> None:
    uses(world, LONE, 60, country="US")
    move = {
        "accountId": 7918, "fromAccountId": 3241, "useImsi": False, "tenantId": "21",
        "range": {"from": LONE, "to": LONE},
    }  # fmt: skip
    before = invoice(world, 7918)
    answer = world.wing.post("/api/v1/resources/batch/sims/assign", json=move)
    assert 202 == answer.status_code, answer.text
    world.advance(until="idle")
    assert 7918 == world.sim(LONE)["accountId"]
    left = invoice(world, 3241)  # no SIM is there any more
    assert (0, 60, 5, 5) == (
        left["activeSubscribers"], left["dataUsage"], left["accountTotal"], left["masterAccountGrandTotalCharges"],
    )  # fmt: skip
    uses(world, LONE, 40)  # included again: it is another account's
    after = invoice(world, 7918)
    assert (8, 40) == (after["accountTotal"] - before["accountTotal"], after["dataUsage"] - before["dataUsage"])


def test_a_new_cycle_begins_with_nothing_used(world: Any) -> None:
    uses(world, LONE, 60, country="US")
    first = invoice(world, 3241)
    assert 60 == first["dataUsage"]
    world.advance(by="32d")
    later = invoice(world, 3241, world.wing_as("sandbox-admin"))
    assert (0, 8) == (later["dataUsage"], later["accountTotal"])
    assert first["billingPeriod"] < later["billingPeriod"]
    assert "-01" == later["billingPeriod"][7:]


def test_an_invoice_that_was_drawn_up_gives_way_to_a_running_cycle(world: Any) -> None:
    printed = invoice(world, 7633)
    assert ("2022-04-25", 89) == (printed["billingPeriod"], printed["masterAccountGrandTotalCharges"])
    move = {
        "accountId": 7633, "fromAccountId": 3241, "useImsi": False, "tenantId": "21",
        "range": {"from": LONE, "to": LONE},
    }  # fmt: skip
    world.wing.post("/api/v1/resources/batch/sims/assign", json=move)
    world.advance(until="idle")
    running = invoice(world, 7633)
    assert ([*printed], "3AT Test 04 MRR_2505", "2341", 1) == (
        [*running], running["accountName"], running["externalAccountId"], running["activeSubscribers"],
    )  # fmt: skip
    assert running["billingPeriod"] > printed["billingPeriod"]


@pytest.mark.parametrize("account", ["777777", "9001", "4906"], ids=["nobody's", "another realm's", "without SIMs"])
def test_what_has_no_invoice_is_404(account: str, world: Any) -> None:
    problem(world.wing.get(f"{PATH}/{account}"), 404)


def test_an_account_out_of_reach_is_404_like_one_that_is_not_there(world: Any) -> None:
    problem(world.wing.get(f"{PATH}/3241", headers={"Account-Context-Id": "3439"}), 404)
    assert 8 == invoice(world, 3241, **{"Account-Context-Id": "3122"})["accountTotal"]
    acme = world.wing_as("acme-admin", "acme-iot")
    problem(acme.get(f"{PATH}/3241"), 404)
    assert "Acme IoT" == invoice(world, 9001, acme)["accountName"]


@pytest.mark.parametrize("account", ["abc", "1.5", "-1", "99999999999999999999", "%D9%A1", "1%00", "*"])
def test_an_account_that_is_no_number_is_400(account: str, world: Any) -> None:
    assert "accountId" in problem(world.wing.get(f"{PATH}/{account}"), 400)["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v2/invoice-data/invoice-data/v1/getInvoiceDetails/7633",
        "/api/v1/invoice-data/invoice-data/v2/getInvoiceDetails/7633",
    ],
)
def test_both_versions_are_v1(path: str, world: Any) -> None:
    problem(world.wing.get(path), 404)


def test_it_needs_an_account_context_and_a_token(world: Any) -> None:
    context = world.wing.headers.pop("Account-Context-Id")
    problem(world.wing.get(f"{PATH}/7633"), 400)
    world.wing.headers.update({"Account-Context-Id": context, "Authorization": "Bearer nonsense"})
    problem(world.wing.get(f"{PATH}/7633"), 401)


def test_a_reader_may_read_it(world: Any) -> None:
    assert 8 == invoice(world, 3241, world.wing_as("sandbox-reader"))["accountTotal"]


# ----------------------------------------------------------------------------------------------------- closed cycles


def next_cycle(world: Any, months: int = 1) -> None:
    """Let the cycle end, and some more; tokens last ten hours."""
    end = clock.moment(world.clock()["now"]).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    for _ in range(months):
        end = (end + timedelta(days=31)).replace(day=1)
    world.advance(to=clock.text(end))
    world.wing.headers["Authorization"] = f"Bearer {world.token()}"


def moves(world: Any, source: int, target: int, first: str, last: str) -> None:
    body = {
        "accountId": target, "fromAccountId": source, "useImsi": False, "tenantId": "21",
        "range": {"from": first, "to": last},
    }  # fmt: skip
    answer = world.wing.post("/api/v1/resources/batch/sims/assign", json=body)
    assert 202 == answer.status_code, answer.text
    world.advance(until="idle")


def test_an_invoice_is_final_when_its_cycle_has_ended_and_stays_as_it_is(world: Any) -> None:
    uses(world, LONE, 60, country="US")
    moves(world, 3241, 7918, LONE, LONE)
    draft = invoice(world, 3241)
    assert ("Draft", 60, 5) == (draft["status"], draft["dataUsage"], draft["accountTotal"])
    next_cycle(world)
    assert draft | {"status": "Final"} == invoice(world, 3241)
    done(world.wing.put("/api/v1/accounts/account", json={"id": 3241, "name": "Renamed", "parentAccountId": 3992}))
    uses(world, LONE, 10)
    next_cycle(world, 13)
    assert draft | {"status": "Final"} == invoice(world, 3241)


def test_the_sims_of_a_final_invoice_are_those_of_the_end_of_its_cycle(world: Any) -> None:
    change = {"id": 3992, "parentAccountId": 3241}
    done(world.wing.put("/api/v1/accounts/account", json=change))
    draft = {account: invoice(world, account) for account in (3241, 3992)}
    assert (3, 24) == tuple(draft[3241][f"masterAccountGrandTotal{what}"] for what in ("Sub", "Charges"))
    next_cycle(world)
    # in the new cycle all of them leave both
    moves(world, 3992, 7918, "8955644099890132001", "8955644099890132019")
    moves(world, 3241, 7918, LONE, LONE)
    done(world.wing.put("/api/v1/accounts/account", json={"id": 3992, "parentAccountId": 3122}))
    assert {account: each | {"status": "Final"} for account, each in draft.items()} == {
        account: invoice(world, account) for account in draft
    }


def test_what_happens_once_in_a_cycle_is_not_in_the_next_one(world: Any) -> None:
    [sim, other] = Shop(world).sims(Shop(world).complete(productQty=2))
    before = [invoice(world, 26)["accountTotal"]]
    for each, state, number in ((sim, "ACTIVE", 3), (other, "ACTIVE", 3), (other, "DEACTIVATED", 8)):
        world.change(each, state, number)
        world.advance(until="idle")
    month = invoice(world, 26)["billingPeriod"]
    next_cycle(world, 3)
    kept = {row["billing_period"]: row["figures"] for row in rows(world)["wing_invoice"] if row["account_id"] == 26}
    first, *others = [json.loads(figures)["kept"]["sims"] for _, figures in sorted(kept.items())]
    assert (month, 3, 1) == (min(kept), len(kept), len(first))
    plan, active, paid, activated, usable = first[0]
    assert (7001, 2, usable + 1) == (plan, activated, paid)
    assert [[[plan, active, usable, 0, usable]]] * 2 == others
    # 2 of subscription for one of them; the activations and the other one were the first cycle's
    assert 2 == invoice(world, 26)["accountTotal"] - before[0]


def test_an_invoice_of_before_gives_way_to_a_final_one(world: Any) -> None:
    moves(world, 3241, 7633, LONE, LONE)
    running = invoice(world, 7633)
    next_cycle(world)
    moves(world, 7633, 3241, LONE, LONE)
    assert running | {"status": "Final"} == invoice(world, 7633)
    next_cycle(world)
    assert running["billingPeriod"] == invoice(world, 7633)["billingPeriod"]


def test_closing_is_nothing_to_wait_for(world: Any) -> None:
    before = world.clock()["now"]
    world.advance(until="idle")
    assert before == world.clock()["now"]


def test_cycles_are_closed_no_more_after_two_quiet_years_until_something_changes(world: Any) -> None:
    def closed() -> list[str]:
        return [row["billing_period"] for row in rows(world)["wing_invoice"] if row["account_id"] == 3241]

    next_cycle(world, 200)
    assert 1 + closing.QUIET == len(closed())
    world.change(world.sim(LONE), "SUSPENDED", 4)
    moves(world, 3241, 7918, LONE, LONE)
    next_cycle(world, 2)
    assert 3 + closing.QUIET == len(closed())
    assert world.clock()["now"] > max(closed()) > sorted(closed())[-3]


def test_a_world_of_an_older_box_closes_its_cycles_from_when_somebody_looks(tmp_path: Path) -> None:
    month = 40 * 86_400
    with inside.started(tmp_path) as world:
        with inside.asking(world) as (box, _):
            box.sql("DELETE FROM box_job WHERE kind = 'close_billing_cycle'")
        inside.advance(world, month)
        with inside.asking(world) as (box, caller):
            assert [] == closing.history(box, box.now)
        box = Box(world, world.clock.now(), Cause("request", "test"))
        figures = asyncio.run(rules.latest(box, caller, 3241, "v1"))
        inside.advance(world, month)
        with inside.asking(world) as (box, _):
            [closed] = closing.history(box, box.now)
            assert figures["billingPeriod"] == str(closed.cycle.date())
            assert closed == closing.closed(box, closed.cycle)
