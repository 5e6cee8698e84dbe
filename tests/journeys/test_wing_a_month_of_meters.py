"""A month in the life of ten meters, and all that shows what they used adds up."""

from collections import Counter
from typing import Any

import pytest

API = "/api/v1"
FIRST = "2027-03-01T00:00:00Z"
LAST = "2027-03-31T23:59:59Z"
ACCOUNT = "Fleet Metering North"
METERS = 10
MAGIC = 90_000_000  # the ids from there on are those of magic SIMs, which a request had better not name


def ask(world: Any, path: str, **query: Any) -> Any:
    answer = world.wing.get(f"{API}{path}", params=query)
    assert 200 == answer.status_code, answer.text
    return answer.json()


def by_records(world: Any, msisdn: str) -> Counter[str]:
    """Records of each type by 5.17, page by page, and the bytes of all of them."""
    counted: Counter[str] = Counter()
    for page in range(100):
        period = {"startDateTime": FIRST, "endDateTime": LAST}
        rows = ask(world, "/cdr-hdlr-service/cdr-data", msisdn=msisdn, page=page, size=50, **period)
        counted.update(row["recordType"] for row in rows)
        counted["bytes"] += sum(int(row["intermediate_Usage"]) for row in rows)
        if len(rows) < 50:
            return counted
    raise AssertionError("there is no end to the pages")


def by_query(world: Any, imsis: list[str]) -> dict[str, tuple[int, int]]:
    """Bytes as the view of SIMs has them, and as the balance of the running cycle has them."""
    query = """query($imsis: [String!]!) {
      simlcmanagement_vw_subscription(where: {imsi: {_in: $imsis}}) {
        imsi data_usage_online_radius_accumulated_usage }
      restgw_tbl_subscriber_data_balance(where: {subscription_id_data0: {_in: $imsis}, active: {_eq: "true"}}) {
        subscription_id_data0 accumulated_usage }
    }"""
    answer = world.wing.post(f"{API}/graphql", json={"query": query, "variables": {"imsis": imsis}}).json()
    assert "data" in answer, answer
    views, balances = answer["data"].values()
    balance = {row["subscription_id_data0"]: row["accumulated_usage"] for row in balances}
    return {row["imsi"]: (row["data_usage_online_radius_accumulated_usage"], balance[row["imsi"]]) for row in views}


def log_in(world: Any) -> None:
    """Have a token again: months went by."""
    world.wing.headers["authorization"] = f"Bearer {world.token()}"


@pytest.fixture
def meters(world: Any) -> list[dict[str, Any]]:
    """Ten SIMs of one account, into each of which a meter is put on the first of the month."""
    world.clock(now=FIRST)
    log_in(world)
    criteria = {"stateName.equals": "ACTIVE", "accountName.equals": ACCOUNT, "size": 200, "page": 1}
    sims = ask(world, "/subscription/sims", **criteria, **{"id.lessThan": MAGIC})[-METERS:]
    for sim in sims:
        path = f"/_box/worlds/{world.name}/sims/{sim['iccid']}/device"
        assert 200 == world.control.put(path, json={"profile": "meter"}).status_code
    return list(sims)


def test_records_counters_zones_plans_queries_and_the_invoice_agree(world: Any, meters: list[dict[str, Any]]) -> None:
    world.advance(to=LAST)
    log_in(world)
    queried = by_query(world, [meter["imsi"] for meter in meters])
    plans: dict[int, Any] = {}
    for meter in meters:
        counted = by_records(world, meter["msisdn"])
        used = counted["bytes"]
        assert 4 * 31 == counted["UPDATE_REQUEST"]  # a meter reports four times a day
        assert counted["INITIATE_REQUEST"] - counted["TERMINATE_REQUEST"] in {0, 1}
        assert 124 * 600 <= used <= 124 * 4_000

        about = f"/channel-manager/subscription/{meter['iccid']}"
        assert used == ask(world, f"{about}/usages", usageType="Online")["dataUsage"]
        by_zone = ask(world, f"{about}/usageInZone", usageType="Online")["billCycleUsageInZones"]
        [(plan, zones)] = by_zone.items()
        assert used == sum(zone["dataUsage"] for zone in zones)
        assert (used, used) == queried[meter["imsi"]]

        name = plan.rpartition(",")[0]
        if name not in plans:
            criteria = {"usageType": "Online", "ratePlanName": name, "accountName": ACCOUNT, "page": 0, "size": 100}
            plans[name] = ask(world, "/channel-manager/usages", **criteria)
        assert used == sum(
            row["usage"]["dataUsage"]
            for zone in plans[name]["zones"]
            for row in zone["subscriptions"]
            if row["iccid"] == meter["iccid"]
        )

    query = f"""{{ restgw_tbl_subscriber_data_balance_aggregate(
        where: {{account_id: {{_eq: {meters[0]["accountId"]}}}, active: {{_eq: "true"}}}})
        {{ aggregate {{ sum {{ accumulated_usage }} }} }} }}"""
    answer = world.wing.post(f"{API}/graphql", json={"query": query}).json()["data"]
    whole = answer["restgw_tbl_subscriber_data_balance_aggregate"]["aggregate"]["sum"]["accumulated_usage"]
    invoice = ask(world, f"/invoice-data/invoice-data/v1/getInvoiceDetails/{meters[0]['accountId']}")
    assert sum(used for used, _ in queried.values()) <= whole
    assert round(whole / 1024**2, 2) == invoice["dataUsage"]


def test_a_meter_that_may_not_use_the_network_is_silent_and_then_goes_on(
    world: Any, meters: list[dict[str, Any]]
) -> None:
    quiet = meters[0]
    world.advance(by="10d")
    log_in(world)
    world.change(quiet, "SUSPENDED", 4)
    world.advance(by="10d")
    log_in(world)
    assert "SUSPENDED" == world.sim(quiet["iccid"])["stateName"]
    assert 40 == by_records(world, quiet["msisdn"])["UPDATE_REQUEST"]
    assert 80 == by_records(world, meters[1]["msisdn"])["UPDATE_REQUEST"]
    world.change(quiet, "ACTIVE", 3)
    world.advance(by="5d")
    log_in(world)
    counted = by_records(world, quiet["msisdn"])
    assert 60 == counted["UPDATE_REQUEST"]
    about = f"/channel-manager/subscription/{quiet['iccid']}"
    assert counted["bytes"] == ask(world, f"{about}/usages", usageType="Online")["dataUsage"]
