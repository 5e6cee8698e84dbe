"""The subscription record as v2 and v1 spell it, from one row.

Members without a value are left out. Source: contract `wgtwo.yaml`, wgtwo-get-subscription, wgtwo-v1-get-subscription.
"""

import json
from collections.abc import Mapping
from typing import Any

import orjson

Row = Mapping[str, Any]

#: A subscription's columns, and its SIMs as a JSON list.
COLUMNS = """
    s.*, (
        SELECT json_group_array(json_object(
            'imsis', json(m.imsis), 'iccid', m.iccid, 'bss', m.bss,
            'created', substr(m.created_at, 1, 19) || 'Z', 'lastModified', substr(m.modified_at, 1, 19) || 'Z',
            'activeImsi', json_extract(m.imsis, '$[0]')
        )) FROM (SELECT * FROM wgtwo_sim WHERE subscription_id = s.id ORDER BY id) m
    ) AS simcards
"""


def v2(row: Row) -> bytes:
    """The record with a list of services."""
    services = json.loads(row["services"])
    return orjson.dumps(
        {
            **_head(row),
            "simcards": orjson.Fragment(row["simcards"]),
            "services": [
                {"servicename": name} if config is None else {"servicename": name, "config": config}
                for name, config in services.items()
            ],
            **{name: row[name] for name in ("roamingprofile", "apnprofile") if row[name] is not None},
            **_dates(row),
        }
    )


def v1(row: Row) -> bytes:
    """The record with a map of services, without what came later; its first SIM shows at the top as well."""
    simcards = json.loads(row["simcards"])
    first = [{"imsi": sim.pop("activeImsi"), "iccid": sim["iccid"]} for sim in simcards][:1]
    return orjson.dumps(
        {
            **_head(row),
            "simcards": simcards,
            "services": {name: config or {} for name, config in json.loads(row["services"]).items()},
            **_dates(row),
            **(first[0] if first else {}),
        }
    )


def _head(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "msisdn": row["msisdn"],
        "active": row["state"] == "active",
        "userId": row["user_id"],
        "bss": row["bss"],
    }


def _dates(row: Row) -> dict[str, str]:
    return {"created": f"{row['created_at'][:19]}Z", "lastModified": f"{row['modified_at'][:19]}Z"}
