"""A data CDR as 5.17 shows it: 61 members, each a text or null, the id alone a number.

Source: WING guide 5.17; contract `wing-subscription.yaml`, key `cdr`. The document shows records of a session's start
and middle; what closes one (its end, how long it was, what was used in all) is ours.
"""

from collections.abc import Mapping
from typing import Any

from carrierbox.kernel import clock

#: What a row is made of: a record, its session, and the SIM.
COLUMNS = (
    "c.id, c.record_type, c.sequence, c.opened_at, c.up_bytes, c.down_bytes, ifnull(c.apn, x.apn) AS apn,"
    " x.session_id, x.account_id, x.started_at, x.plmn, x.rat_type, x.imeisv, x.pdp_address, x.is_static,"
    " x.sgsn_address, x.location, x.up_bytes + x.down_bytes AS total_bytes, s.tenant_id, s.imsi, s.msisdn"
)


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """A record on the wire."""
    is_first, is_last = row["record_type"] == "INITIATE_REQUEST", row["record_type"] == "TERMINATE_REQUEST"
    return {
        "id": row["id"],
        "recordType": row["record_type"],
        "tenantId": row["tenant_id"],
        "brandId": str(row["account_id"]),
        "offerId": None,
        "servedIMSI": row["imsi"],
        "chargingId": row["session_id"],
        "servingNodeAddress": row["sgsn_address"],
        "accessPointName": row["apn"],
        "pdpPDNType": "0",
        "servedPDPPDNAddress": None if is_first else row["pdp_address"],  # at the start there is none yet
        "servedPDPPDNAddressExtension": None,
        "dynamicAddressFlag": "0" if row["is_static"] else "1",
        "recordOpeningTime": row["opened_at"][:19],
        "duration": _duration(row) if is_last else None,
        "causeForRecClosing": "0" if is_last else None,  # 3GPP's normal release
        "recordSequenceNumber": str(row["sequence"]),
        "nodeID": "Rest.Gateway",
        "sequenceNumber": None,
        "apnSelectionMode": None,
        "servedMSISDN": row["msisdn"],
        "chargingCharacteristics": None,
        "chargingCharacteristicsSelectionMode": None,
        "servedIMEISV": row["imeisv"],
        "servingNodePLMNIdentifier": row["plmn"],
        "rATType": str(row["rat_type"]),
        "mSTimeZone": "GMT+0",
        "userLocationInformation": row["location"],
        "ratingGroup": "0",
        "chargingRuleBaseName": None,
        "resultCode": "2001",  # Diameter's success
        "localSequenceNumber": None,
        "timeOfFirstUsage": None,
        "timeOfLastUsage": None,
        "timeUsage": None,
        "serviceConditionChange": None,
        "qCI": None,
        "aRP": None,
        "listOfServiceDataSgsnAddress": None,
        "dataVolumeFBCUplink": None,
        "dataVolumeFBCDownlink": None,
        "timeOfReport": None,
        "failureHandlingContinue": None,
        "servingNodeType": "SGSN",
        "startTime": f"{row['started_at'][:19]}Z",
        "endTime": f"{row['opened_at'][:19]}Z" if is_last else None,
        "intermediate_Usage": str(row["up_bytes"] + row["down_bytes"]),
        "finalUsage": str(row["total_bytes"]) if is_last else None,
        "subscriptionID": None,
        **{f"reserved{number}": None for number in range(1, 8)},
        "imsiunathenticatedFlag": None,
        "pgwaddress": None,
        "pgwplmnidentifier": row["plmn"],
        "tadigcode": None,
        "imssignallingContext": None,
    }


def _duration(row: Mapping[str, Any]) -> str:
    """How long the session was, in whole seconds."""
    lasted = clock.moment(row["opened_at"]) - clock.moment(row["started_at"])
    return str(int(lasted.total_seconds()))
