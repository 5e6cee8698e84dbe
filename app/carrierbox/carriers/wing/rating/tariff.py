"""Reading a rate plan: what it includes in a zone, what more than that costs, and the fees that are always due.

A band of the plan stands for the rating zone of its name. Data counts in bytes, voice in seconds.
Source: WING guide 15.2; contract `wing-services.yaml`, key `rating`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from carrierbox.kernel.world import Box

_BYTES = {"KB": 1024, "MB": 1024**2, "GB": 1024**3}
_SECONDS = {"Minute": 60, "Minutes": 60}


class Amounts(NamedTuple):
    """A figure for each service: of what is included, or of what one unit costs."""

    data: float = 0
    sms_mo: float = 0
    sms_mt: float = 0
    voice_mo: float = 0
    voice_mt: float = 0


@dataclass(frozen=True, slots=True)
class Tariff:
    """A rate plan as rating uses it."""

    subscription_fee: float
    activation_fee: float
    account_fee: float  # for the plan's network access and pool, once an account
    included: Mapping[str, Amounts]  # by zone, for each SIM and cycle
    rates: Mapping[str, Amounts]  # by zone, for each byte, message and second beyond


def of(box: Box, plan_id: int) -> Tariff:
    """A rate plan's tariff; a plan that has none costs nothing."""
    return box.world.memo(("wing.tariff", plan_id), lambda: _read(box, plan_id))


def _read(box: Box, plan_id: int) -> Tariff:
    row = box.sql("SELECT detail FROM wing_tariff WHERE id = :id", id=plan_id).fetchone()
    detail = json.loads(row["detail"]) if row else {}
    zones = {band["id"]: band["name"] for band in detail.get("band_labels", ())}
    included: dict[str, Amounts] = {}
    rates: dict[str, Amounts] = {}
    for service in detail.get("service_lists", ()):
        for counter in service["included_counters"]:
            _add(included, zones.get(counter["bandlabel_id"]), _included(counter))
        for rate in service["rate_details"]:
            _add(rates, zones.get(rate["bandlabel_id"]), _rates(rate))
    return Tariff(
        detail.get("subscription_fee") or 0,
        detail.get("activation_fee") or 0,
        (detail.get("network_access_fee") or 0) + (detail.get("pool_subscription_fee") or 0),
        included,
        rates,
    )


def _add(known: dict[str, Amounts], zone: str | None, more: Amounts) -> None:
    if zone is not None:
        known[zone] = Amounts(*map(sum, zip(known.get(zone, Amounts()), more, strict=True)))


def _included(counter: Mapping[str, Any]) -> Amounts:
    amounts = Amounts(*(counter[f"counter_{service}"] or 0 for service in Amounts._fields))
    return amounts._replace(
        data=amounts.data * _BYTES.get(counter["counter_data_unit"], 1),
        voice_mo=amounts.voice_mo * _SECONDS.get(counter["counter_voice_mo_unit"], 1),
        voice_mt=amounts.voice_mt * _SECONDS.get(counter["counter_voice_mt_unit"], 1),
    )


def _rates(rate: Mapping[str, Any]) -> Amounts:
    amounts = Amounts(*(rate[f"{service}_overage_rate"] or 0 for service in Amounts._fields))
    return amounts._replace(
        data=amounts.data / _BYTES.get(rate["data_overage_rate_unit"], 1),
        voice_mo=amounts.voice_mo / _SECONDS.get(rate["voice_mo_overage_rate_unit"], 1),
        voice_mt=amounts.voice_mt / _SECONDS.get(rate["voice_mt_overage_rate_unit"], 1),
    )
