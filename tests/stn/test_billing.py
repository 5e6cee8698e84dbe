"""Chapter h: what devices do becomes CDRs, and all figures add up."""

from collections import defaultdict
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import World
from tests.stn.conftest import CARDS, SUBSCRIPTION, Stn

from carrierbox.carriers.stn.billing import rating
from carrierbox.kernel.devices import Event

CARD = "893####4077444062"
PRODUCTS = {"INT": "data", "SMS": "sms"}  # else voice
HOME = {"N_MOBKPN", "N_MOBOV", "N_VAST", "R_BEL_EU", "SMS_NAT", "SMS_EU", "INT_NAT", "INT_EU"}


def put_device(world: World, iccid: str, profile: str) -> None:
    answer = world.control.put(f"/_box/worlds/{world.name}/sims/{iccid}/device", json={"profile": profile})
    assert 200 == answer.status_code, answer.text


def adds_up(stn: Stn) -> int:
    """Usage, CDRs and invoices agree for every month that there is; answers how many CDRs there are."""
    seen = 0
    invoices = {row["invoiceDate"][:7].replace("-", "_"): row for row in stn.query("QueryInvoice")}
    for month in stn.query("QueryCdrMonth"):
        year_month = month["yearMonth"]
        cdrs = stn.query("QueryCdr", yearMonth=year_month)
        usages = stn.query("QueryUsageSubscription", yearMonth=year_month)
        seen += len(cdrs)
        assert {row["subscriptionId"] for row in cdrs} == {row["subscriptionId"] for row in usages}
        for usage in usages:
            mine = [row for row in cdrs if row["subscriptionId"] == usage["subscriptionId"]]
            assert lines(mine) == lines_of(usage["usageDetails"])
            for field, product, unit in (("Voice", "voice", 60), ("Data", "data", 1024), ("Sms", "sms", 1)):
                home = sum(row["volume"] for row in mine if row["rateClass"] in HOME and product_of(row) == product)
                assert usage[f"usageHome{field}"] == pytest.approx(home / unit, abs=0.006)
            assert usage["amountTotalUsage"] == pytest.approx(sum(row["amount"] for row in mine), abs=0.001)
        if year_month in invoices:
            invoice = invoices[year_month]
            assert lines(cdrs) == lines_of(invoice["invoiceSpecificationLines"])
            front = sum(line["amount"] for line in invoice["frontPageLines"])
            assert front == pytest.approx(sum(row["amount"] for row in cdrs), abs=0.001)
            assert {usage["subscriptionId"]: usage["usageHomeData"] for usage in usages} == {
                line["subscriptionId"]: line["usageHomeData"] for line in invoice["bundleSubscriptionLines"]
            }
    return seen


def product_of(cdr: dict[str, Any]) -> str:
    return PRODUCTS.get(cdr["rateClass"][:3], "voice")


def lines(cdrs: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    """How many CDRs there are of each rate class, and their volume."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for cdr in cdrs:
        found[cdr["rateClass"]][0] += 1
        found[cdr["rateClass"]][1] += cdr["volume"]
    return {code: (count, volume) for code, (count, volume) in found.items()}


def lines_of(shown: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    return {line["invoiceLineCode"]: (line["quantity"], line["volume"]) for line in shown}


def test_figures_add_up_on_a_fresh_box_and_month_after_month(stn: Stn, world: World) -> None:
    fresh = adds_up(stn)
    assert fresh > 500
    world.advance(by="45d")
    later = adds_up(stn)
    assert later > fresh
    assert later == adds_up(stn)
    assert [] == world.advance(until="idle")["ran"]


def test_looking_changes_nothing_and_a_twin_sees_the_same(stn: Stn, world: World) -> None:
    made = world.control.post("/_box/worlds", json={"from": world.name}).json()
    twin = World(made["name"], made["base_url"], world.control)
    twin.clock(mode="frozen", now=world.clock()["now"])
    for pause in ("1h", "30d", "8h"):
        world.advance(by=pause)
        stn.query("QueryCdrMonth")
    twin.advance(by="729h")
    other = Stn(twin)
    assert world.clock()["now"] == twin.clock()["now"]
    for month in (row["yearMonth"] for row in stn.query("QueryCdrMonth")):
        found, there = (
            each.query("QueryCdr", yearMonth=month, orderBy="usageDate,phoneNumber") for each in (stn, other)
        )
        assert [{**row, "id": ""} for row in found] == [{**row, "id": ""} for row in there]
    twin.close()
    world.control.delete(f"/_box/worlds/{twin.name}")


def test_an_invoice_is_drawn_up_on_the_27th_of_its_month(calm: Stn) -> None:
    calm.event(CARD, kind="data", up_bytes=1024, down_bytes=1024)
    calm.world.advance(to="2031-02-26T22:59:59Z")
    assert [] == calm.query("QueryInvoice", yearMonth="2031_02")
    calm.world.advance(to="2031-02-26T23:00:00Z")
    invoice = calm.one("QueryInvoice", yearMonth="2031_02")
    assert ("2031-02-27", "Februari 2031") == (invoice["invoiceDate"], invoice["invoiceDescription"])
    assert invoice == calm.one("QueryInvoice", invoiceNumber=invoice["invoiceNumber"])


def test_the_billing_month_is_the_month_after_in_amsterdam(calm: Stn) -> None:
    calm.world.clock(now="2031-01-31T22:59:59Z")
    calm.event(CARD, kind="sms-mo")
    calm.world.advance(by="1s")
    calm.event(CARD, kind="sms-mo")
    for month, at in (("2031_02", "2031-01-31T22:59:59Z"), ("2031_03", "2031-01-31T23:00:00Z")):
        assert [at] == [row["usageDate"] for row in calm.query("QueryCdr", yearMonth=month)]


@pytest.mark.parametrize(
    ("now", "month"),
    [
        ("2031-03-26T22:59:59Z", "2031_03"),  # its invoice is of the 27th
        ("2031-03-26T23:00:00Z", "2031_04"),
        ("2031-04-26T21:59:59Z", "2031_04"),
        ("2031-04-26T22:00:00Z", "2031_05"),
    ],
)
@pytest.mark.parametrize("looks", [True, False], ids=["looked at", "not looked at"])
def test_what_comes_after_its_months_invoice_is_billed_in_the_first_that_is_open(
    looks: bool, now: str, month: str, calm: Stn
) -> None:
    calm.world.clock(now="2031-02-28T12:00:00Z")
    calm.event(CARD, kind="sms-mo", peer="46701740605")
    calm.world.advance(to=now)
    issued = calm.query("QueryInvoice") if looks else []
    calm.event(CARD, kind="sms-mo", peer="46701740606", at="2031-02-28T12:00:00Z")
    [late] = calm.query("QueryCdr", yearMonth=month, destination="46701740606")
    assert "2031-02-28T12:00:00Z" == late["usageDate"]
    assert issued == [each for each in calm.query("QueryInvoice") if each in issued]
    adds_up(calm)


def test_what_devices_do_by_themselves_is_in_time_however_late_it_is_looked_at(calm: Stn) -> None:
    put_device(calm.world, "8931080000000000027", "meter")
    calm.world.advance(by="70d")
    used = calm.query("QueryCdr", yearMonth="2031_02")
    assert {"2031-01"} == {row["usageDate"][:7] for row in used}
    assert len(used) > 100


def test_a_card_used_nothing_before_it_was_activated(stn: Stn, world: World) -> None:
    activated = world_time(stn.card(CARD)["activatedDate"])
    path = f"/_box/worlds/{world.name}/sims/{CARD.replace('#', '%23')}/events"
    early = {"kind": "sms-mo", "at": "2020-01-01T00:00:00Z"}
    refused = world.control.post(path, json=early)
    assert 409 == refused.status_code
    assert activated[:-1] in refused.text
    assert [] == stn.query("QueryUsageSubscription", subscriptionId=SUBSCRIPTION)
    stn.event(CARD, **{**early, "at": activated})
    assert 1 == len(stn.query("QueryUsageSubscription", subscriptionId=SUBSCRIPTION))


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            {"kind": "data", "up_bytes": 1, "down_bytes": 1024},
            "INT_NAT Internet nationaal 2 0 000INTERNET NL None",
        ),
        (
            {"kind": "data", "up_bytes": 0, "down_bytes": 1024, "country": "DE"},
            "INT_EU Internet in de EU 1 0 000INTERNET DE None",
        ),
        (
            {"kind": "data", "up_bytes": 0, "down_bytes": 102_400, "plmn": "310410"},
            "INT_WRLD Internet buiten de EU 100 0.2 000INTERNET US None",
        ),
        (
            {"kind": "voice", "direction": "mo", "seconds": 61, "peer": "31612000001"},
            "N_MOBKPN Bellen naar mobiel 61 0 31612000001 NL NL",
        ),
        (
            {"kind": "voice", "direction": "mo", "seconds": 5, "peer": "31614000001"},
            "N_MOBOV Bellen naar mobiel 5 0 31614000001 NL NL",
        ),
        (
            {"kind": "voice", "direction": "mo", "seconds": 5, "peer": "31201234567"},
            "N_VAST Bellen naar vast 5 0 31201234567 NL NL",
        ),
        (
            {"kind": "voice", "direction": "mo", "seconds": 10, "peer": "4915112345678"},
            "I_BEL Bellen naar het buitenland 10 0.04 4915112345678 NL DE",
        ),
        (
            {"kind": "sms-mo", "text": "hi", "peer": "31612000001"},
            "SMS_NAT Sms nationaal 1 0 31612000001 NL NL",
        ),
        (
            {"kind": "sms-mo", "peer": "46701740605"},
            "SMS_INT Sms naar het buitenland 1 0.1 46701740605 NL SE",
        ),
    ],
)
def test_an_event_becomes_a_cdr(event: dict[str, Any], expected: str, calm: Stn) -> None:
    calm.world.clock(now="2031-01-15T12:00:00.7Z")
    answer = calm.event(CARD, **event)
    cdr = calm.one("QueryCdr", yearMonth="2031_02", subscriptionId=SUBSCRIPTION)
    shown = "rateClass description volume amount destination countryCodeOwn countryCodeDestination"
    assert expected == " ".join(str(cdr.get(name)) for name in shown.split())
    assert "2031-01-15T12:00:00Z" == cdr["usageDate"]
    assert [cdr["id"]] == [followed["cdr"]["id"] for followed in answer["followed"]]


@pytest.mark.parametrize(
    "event",
    [
        {"kind": "sms-mt"},
        {"kind": "voice", "direction": "mt", "seconds": 60},
        {"kind": "attach", "plmn": "20408", "rat": "LTE", "imei": "356938035643809"},
        {"kind": "location", "country": "NL"},
        {"kind": "imei-change", "imei": "356938035643809"},
        {"kind": "detach"},
    ],
    ids=lambda event: event["kind"],
)
def test_what_costs_nothing_leaves_no_cdr(event: dict[str, Any], stn: Stn) -> None:
    assert [] == stn.event(CARD, **event)["followed"]
    assert [] == stn.query("QueryUsageSubscription", subscriptionId=SUBSCRIPTION)


def test_a_service_bars_what_it_does_not_let_through(stn: Stn) -> None:
    iccid = stn.new()["simCardNumber"]
    for event, barred_by in (
        ({"kind": "data", "up_bytes": 1, "down_bytes": 1, "country": "US"}, "dataRoamingOutsideEU"),
        ({"kind": "voice", "direction": "mo", "seconds": 1, "peer": "4915112345678"}, "internationalDialing"),
    ):
        assert [{"barred_by": barred_by}] == stn.event(iccid, **event)["followed"]
    stn.done("SetServicesSubscription", phoneNumber=stn.one("QuerySimcard", simCardNumber=iccid)["phoneNumber"],
             services={"blockData": True, "internationalDialing": True})  # fmt: skip
    assert [{"barred_by": "blockData"}] == stn.event(iccid, kind="data", up_bytes=1, down_bytes=1)["followed"]
    assert "cdr" in stn.event(iccid, kind="voice", direction="mo", seconds=1, peer="4915112345678")["followed"][0]


@pytest.mark.parametrize("end", ["SuspendSubscription", "TerminateSubscription", "PortingOutSubscription"])
def test_a_subscription_that_may_not_use_the_network_makes_no_usage(end: str, stn: Stn, world: World) -> None:
    subscription = stn.new()
    put_device(world, subscription["simCardNumber"], "phone")
    world.advance(by="10d")
    stn.done(end, subscriptionId=subscription["id"])
    ended_at = stn.query("QueryActivation", subscriptionId=subscription["id"])[0]["activatedDate"]
    world.advance(by="70d")
    used = [
        row["usageDate"]
        for month in stn.query("QueryCdrMonth")
        for row in stn.query("QueryCdr", yearMonth=month["yearMonth"], subscriptionId=subscription["id"])
    ]
    assert len(used) > 20
    assert max(used) <= world_time(ended_at)
    refused = world.control.post(
        f"/_box/worlds/{world.name}/sims/{subscription['simCardNumber']}/events", json={"kind": "sms-mo"}
    )
    assert 409 == refused.status_code
    adds_up(stn)


def world_time(spelled: str) -> str:
    from carrierbox.carriers.stn import times

    return f"{times.read(spelled).isoformat()[:19]}Z"


def test_a_device_goes_on_when_its_subscription_is_resumed_and_moves_with_a_sim_swap(stn: Stn, world: World) -> None:
    subscription = stn.new()
    put_device(world, subscription["simCardNumber"], "meter")
    stn.done("SuspendSubscription", subscriptionId=subscription["id"])
    world.advance(by="30d")
    stn.done("ResumeSubscription", subscriptionId=subscription["id"])
    assert [] == stn.query("QueryUsageSubscription", subscriptionId=subscription["id"])
    world.advance(by="2d")
    stn.done("SimSwapSubscription", subscriptionId=subscription["id"], newSimCardNumber=CARDS[1])
    world.advance(by="2d")
    usages = stn.query("QueryUsageSubscription", subscriptionId=subscription["id"])
    assert 16 == pytest.approx(sum(line["quantity"] for usage in usages for line in usage["usageDetails"]), abs=1)
    shown = stn.query("QueryUsageSubscription", simCardNumber=CARDS[1])
    assert usages == shown


events = st.one_of(
    st.fixed_dictionaries(
        {"kind": st.just("data"), "up_bytes": st.integers(0, 2**40), "down_bytes": st.integers(0, 2**40)},
        optional={"country": st.sampled_from(["NL", "DE", "US"])},
    ),
    st.fixed_dictionaries(
        {"kind": st.just("voice"), "direction": st.sampled_from(["mo", "mt"]), "seconds": st.integers(0, 100_000)},
        optional={"peer": st.sampled_from(["31612000001", "31201234567", "4915112345678"])},
    ),
    st.fixed_dictionaries({"kind": st.sampled_from(["sms-mo", "sms-mt"])}),
    st.fixed_dictionaries({"kind": st.just("location"), "country": st.sampled_from(["NL", "BE", "US"])}),
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happening=st.lists(st.tuples(events, st.sampled_from(["1s", "5h", "9d", "40d"])), max_size=8))
def test_whatever_devices_do_figures_add_up(
    happening: list[tuple[dict[str, Any], str]], stn: Stn, world: World
) -> None:
    for event, pause in happening:
        stn.event(CARD, **event)
        world.advance(by=pause)
    adds_up(stn)


@given(
    st.builds(
        Event,
        st.just("1"),
        st.none(),
        st.sampled_from(["attach", "detach", "data", "sms-mo", "sms-mt", "voice", "imei-change", "location"]),
        direction=st.sampled_from(["mo", "mt"]),
        peer=st.none() | st.from_regex(r"[1-9][0-9]{2,14}", fullmatch=True),
        country=st.none() | st.sampled_from(["NL", "DE", "US", "XX"]),
    )
)
def test_every_event_is_of_one_rate_class_or_free(event: Event) -> None:
    code = rating.RATE_CLASSES.get(rating.classify(event))
    used = event.kind in {"data", "sms-mo"} or (event.kind == "voice" and event.direction == "mo")
    assert not used or code is not None
    assert not code or event.kind in {"data", "sms-mo", "voice"}
