"""What WING's GraphQL costs in a large world: `python -m bench.graphql [--sims N] [--seconds S]`.

Box on one core, load on another. The first question is a portal's: five SIMs of an account, twenty columns of each
(5.4.3). Then the same text with other values each time, 5.21 by a SIM's id, and figures and conditions that walk the
fleet.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import httpx

from bench.__main__ import PASSWORD, REALM, Row, box, load, request

GRAPHQL = "/wing/api/v1/graphql"
VIEW = "simlcmanagement_vw_subscription"
COLUMNS = (
    "account_id account_name account_account_state apn_group_id apn_group_name custom_fields iccid id imsi msisdn"
    " network_profile_id network_profile_name rate_plan_id rate_plan_name rate_plan_subscription_type rate_plan_type"
    " roaming_profile_id roaming_profile_rp_name state_id state_name"
)
USAGE = "tags ip_address last_used_imei data_usage_online_radius_accumulated_usage"
BY_ID = """query Q($id: bigint!) { simlcmanagement_subscription_identity(where: {id: {_eq: $id}}) {
    id network_profile { name rat_type } apn_group { apn_group_name } roaming_profile { rp_name }
    rate_plan { name plan_type subscription_type } state { name } subscription_tag_associations { id tag { name id } }
    group_id account { account_state tbl_groups { name id } account_name: name }
    session_states(limit: 1, order_by: {id: desc}) { id session_id session_start_time pdp_address }
    data_usage_online { accumulated_usage }
} }"""
ACTIVE = '{state_name: {_eq: "ACTIVE"}}'
#: Conditions and figures that no index serves, and how many of them are read one after the other.
WALKS = {
    "count all SIMs": f"{{ {VIEW}_aggregate {{ aggregate {{ count }} }} }}",
    "count the ACTIVE ones": f"{{ {VIEW}_aggregate(where: {ACTIVE}) {{ aggregate {{ count }} }} }}",
    "the five newest": f"{{ {VIEW}(limit: 5, order_by: {{id: desc}}) {{ iccid }} }}",
    "five by the end of their number": f'{{ {VIEW}(limit: 5, where: {{msisdn: {{_like: "%77777"}}}}) {{ iccid }} }}',
    "20,000 SIMs, four columns": f"{{ {VIEW}(limit: 20000) {{ id iccid imsi state_name }} }}",
}
TIMES = 5


def listed(account: int, columns: str, offset: int) -> str:
    """5.4.3: five SIMs of an account."""
    where = f'{{_and: [{{tenant_id: {{_eq: "21"}}}}, {{account_id: {{_eq: "{account}"}}}},]}}'
    return f"""query GetList_simlcmanagement_vw_subscription {{
        {VIEW}(limit: 5, offset: {offset}, where: {where}) {{ {columns} }}
    }}"""


def measure(url: str, sims: int, seconds: float) -> Iterator[Row]:
    """Every figure, one after the other."""
    with httpx.Client(base_url=url, timeout=120) as client:
        token = client.post(REALM, data=PASSWORD).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}", "Account-Context-Id": "*", "Content-Type": "application/json"}
        accounts = (3501, 3502, 3503, 3504)

        def post(query: str, **variables: Any) -> str:
            body = {"query": query, "variables": variables}
            answer = client.post(GRAPHQL, json=body, headers=headers).json()
            assert "data" in answer, answer
            return request("POST", GRAPHQL, headers, json.dumps(body))

        for context in ("*", "3122", "3501"):
            headers["Account-Context-Id"] = context
            got = load(url, [post(listed(3501, COLUMNS, 0))], seconds)
            yield rate(f"five SIMs of an account, 20 columns, one text, in account {context}", got, 300)
        headers["Account-Context-Id"] = "*"
        texts = [post(listed(account, COLUMNS, offset)) for account in accounts for offset in range(0, 1000, 5)]
        yield rate("... 800 texts in turn", load(url, texts, seconds), 300)
        texts = [post(listed(account, COLUMNS, offset)) for account in accounts for offset in range(0, 5000, 5)]
        yield rate("... 4,000 texts in turn, more than are kept", load(url, texts, seconds), 300)
        yield rate("... and its usage and tags", load(url, [post(listed(3501, f"{COLUMNS} {USAGE}", 0))], seconds), 300)
        ids = [post(BY_ID, id=10_000_001 + number * (sims // 1000)) for number in range(1000)]
        yield rate("5.21 by a SIM's id, another each time", load(url, ids, seconds), 300)
        for what, query in WALKS.items():
            times = [timed(client, query, headers) for _ in range(TIMES)]
            yield Row(what, f"{statistics.median(times):.0f} ms", "")


def rate(what: str, got: dict[str, Any], least: float) -> Row:
    """A rate on one core."""
    assert all(status.startswith("2") for status in got["statuses"]), got["statuses"]
    measured = f"{got['per_second']:.0f} /s, p99 {got['p99_ms']:.1f} ms"
    return Row(what, measured, f"{least:.0f} /s", got["per_second"] >= least)


def timed(client: httpx.Client, query: str, headers: dict[str, str]) -> float:
    """Milliseconds until an answer is there, whole."""
    started = time.perf_counter()
    answer = client.post(GRAPHQL, json={"query": query}, headers=headers).json()
    took = (time.perf_counter() - started) * 1000
    assert "data" in answer, answer
    return took


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.graphql", description=__doc__)
    parser.add_argument("--sims", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=5)
    wanted = parser.parse_args()
    print("| what | measured | wanted | |\n|---|--:|--:|---|")
    with tempfile.TemporaryDirectory() as data, box("--data", data, "--sims", str(wanted.sims)) as (url, _):
        for row in measure(url, wanted.sims, wanted.seconds):
            verdict = "" if row.holds is None else "yes" if row.holds else "**no**"
            print(f"| {row.what} | {row.measured} | {row.wanted} | {verdict} |", flush=True)


if __name__ == "__main__":
    main()
