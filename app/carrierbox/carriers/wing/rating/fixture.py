"""Rate plans in fixtures: one as 15.2 shows it, or in short by its fees and bands.

A band in short has its ``zone``, what is included there (``data`` in MB or its ``data_unit``, ``sms_mo``, ``voice_mo``
in minutes) and what more than that costs: ``data_rate`` a MB, ``sms_mo_rate``, ``voice_mo_rate``.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from carrierbox.carriers.wing.rating.tables import Invoice, Tariff
from carrierbox.kernel.world import Box

_FEES = ("activation_fee", "network_access_fee", "subscription_fee", "re_activation_fee", "pool_activation_fee",
         "pool_subscription_fee")  # fmt: skip


def put_plan(box: Box, row: Mapping[str, Any]) -> None:
    """Keep a rate plan's tariff: ``{id, tenant_id, detail}``, or ``{ids, tenant_id, fees, bands}`` for several."""
    for plan_id in row.get("ids", (row.get("id"),)):
        whole = row["detail"] if "detail" in row else detail(plan_id, row)
        box.session.add(Tariff(id=plan_id, tenant_id=row["tenant_id"], detail=json.dumps(whole)))


def put_invoice(box: Box, row: Mapping[str, Any]) -> None:
    """Keep an invoice: ``{account_id, billing_period, figures}``, the figures as 14.1 shows them."""
    period = date.fromisoformat(row["billing_period"])
    box.session.add(Invoice(account_id=row["account_id"], billing_period=period, figures=json.dumps(row["figures"])))


def detail(plan_id: int, row: Mapping[str, Any]) -> dict[str, Any]:
    """What 15.2 shows of a plan of these fees and bands, but for its names and types."""
    first = plan_id * 100  # ids of what belongs to the plan
    labels = [
        {"id": first + n, "name": band["zone"], "priority": n, "destzonelabel_id": None, "origzonelabel_id": first + n}
        for n, band in enumerate(row["bands"])
    ]
    bands = list(zip(labels, row["bands"], strict=True))
    return {
        "version": 0,
        **{fee: row["fees"].get(fee) for fee in _FEES},
        "start_date": "2021-01-01",
        "end_date": None,
        "status": "Active",
        "included_test_data": 0,
        "included_test_sms": None,
        "included_test_voice": None,
        "included_test_data_unit": "KB",
        "included_test_sms_unit": "SMS",
        "included_test_voice_unit": "Minute",
        "expiry_date": None,
        "trial_duration": 0,
        "rounding_for_data": "None",
        "rounding_for_voice": "None",
        "timeinterval_id": 1101,
        "tiered_volume_type": None,
        "validity_period": 1,
        "renew_on_expiry": True,
        "band_labels": labels,
        "service_lists": [
            {
                "servicetype": service,
                "id": first + 10 + n,
                "included_counters": [_counter(service, first + 10 + n, label, band) for label, band in bands],
                "rate_details": [_rate(service, first + 10 + n, label, band) for label, band in bands],
            }
            for n, service in enumerate(("DATA", "SMS", "VOICE"))
        ],
        "zone_label_priorities": [
            {
                "id": label["id"],
                "label_type": "ORIGIN",
                "priority": label["priority"],
                "zonelabel_id": label["origzonelabel_id"],
                "zone_label": {"name": label["name"]},
            }
            for label in labels
        ],
        "rel_rateplanratinggroups": [],
    }


def _counter(service: str, service_id: int, label: Mapping[str, Any], band: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": service_id * 100 + label["priority"],
        "counter_data": band.get("data", 0) if service == "DATA" else 0,
        "counter_data_unit": band.get("data_unit", "MB"),
        "counter_sms_mo_unit": "0",
        "counter_sms_mt_unit": "0",
        "counter_voice_mo_unit": "Minute",
        "counter_voice_mt_unit": "Minute",
        "counter_sms_mo": band.get("sms_mo", 0) if service == "SMS" else 0,
        "counter_sms_mt": 0,
        "counter_voice_mo": band.get("voice_mo", 0) if service == "VOICE" else 0,
        "counter_voice_mt": 0,
        "ratinggroup_id": None,
        "servicelist_id": service_id,
        "bandlabel_id": label["id"],
        "renew_on_quota_exhaust": None,
        "band_label": {
            "id": label["id"],
            "name": label["name"],
            "priority": label["priority"],
            "origzonelabel_id": label["origzonelabel_id"],
            "destzonelabel_id": label["destzonelabel_id"],
        },
        "rating_group": None,
    }


def _rate(service: str, service_id: int, label: Mapping[str, Any], band: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": service_id * 100 + 50 + label["priority"],
        "data_overage_rate": band.get("data_rate", 0.0) if service == "DATA" else 0.0,
        "data_overage_rate_unit": "MB",
        "sms_mo_overage_rate": band.get("sms_mo_rate", 0.0) if service == "SMS" else 0.0,
        "sms_mo_overage_rate_unit": "SMS",
        "sms_mt_overage_rate": 0.0,
        "sms_mt_overage_rate_unit": "SMS",
        "voice_mo_overage_rate": band.get("voice_mo_rate", 0.0) if service == "VOICE" else 0.0,
        "voice_mo_overage_rate_unit": "Minutes",
        "voice_mt_overage_rate": 0.0,
        "voice_mt_overage_rate_unit": "Minutes",
        "data_overage_rate_unit_factor": None,
        "bandlabel_id": label["id"],
        "ratinggroup_id": None,
        "servicelist_id": service_id,
        "tier_volume_details": [],
    }
