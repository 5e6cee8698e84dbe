"""The canned reports that there are.

The document names none; contract `wing-services.yaml`, key `reports`, has the choice. Each is made from the store, so
that a change shows in the next run.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from carrierbox.carriers.wing.reports import collect
from carrierbox.carriers.wing.reports.collect import Collector


@dataclass(frozen=True, slots=True)
class Canned:
    """A report: its number, its name, what its query is called, its columns, and how its rows are found."""

    id: int
    name: str
    query: str
    columns: tuple[str, ...]
    collect: Collector
    is_of_cycle: bool = False  # else it is about how things stand


CANNED: Mapping[int, Canned] = {
    report.id: report
    for report in (
        Canned(
            101,
            "Data Usage Summary",
            "data_usage_summary",
            ("iccid", "imsi", "msisdn", "ratePlan", "zone", "dataBytes"),
            collect.data_usage,
            is_of_cycle=True,
        ),
        Canned(
            102,
            "SMS Usage Summary",
            "sms_usage_summary",
            ("iccid", "imsi", "msisdn", "smsMo", "smsMt"),
            collect.sms_usage,
            is_of_cycle=True,
        ),
        Canned(
            103,
            "SIM Inventory",
            "sim_inventory",
            ("iccid", "imsi", "msisdn", "accountId", "stateName", "ratePlan", "apnGroup"),
            collect.inventory,
        ),
        Canned(
            104,
            "SIM State Changes",
            "sim_state_changes",
            ("iccid", "fromState", "toState", "reason", "at"),
            collect.state_changes,
        ),
        Canned(
            105,
            "SIM Orders",
            "sim_orders",
            ("orderId", "accountMasterId", "productQty", "orderStatus", "orderSubmittedDate"),
            collect.orders,
        ),
        Canned(106, "Invoices", "invoices", ("accountId", *collect.INVOICED), collect.invoiced, is_of_cycle=True),
    )
}
