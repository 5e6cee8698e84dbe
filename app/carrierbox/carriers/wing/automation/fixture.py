"""Rules in fixtures: as the API shows them, and by which part of chapter 6 they were made."""

import json
from collections.abc import Mapping
from typing import Any

from carrierbox.carriers.wing.automation.tables import AutomationRule
from carrierbox.carriers.wing.automation.triggers import SUBSCRIPTION
from carrierbox.kernel import clock
from carrierbox.kernel.world import Box


def put_rule(box: Box, row: Mapping[str, Any]) -> None:
    """Keep a rule that is never taken up: it waits for an edit."""
    tenant = box.sql("SELECT realm FROM wing_tenant WHERE id = :id", id=row["tenantId"]).fetchone()
    if tenant is None:
        raise ValueError(f"there is no tenant {row['tenantId']}")
    watched = row["resourceDetail1"]
    box.session.add(
        AutomationRule(
            id=row["id"],
            family=row["family"],
            realm=tenant["realm"],
            tenant_id=row["tenantId"],
            account_id=int(row["accountId"]),
            name=row["ruleName"],
            resource_id=row["resourceId"],
            resource_mode="All_Subscription" if row["resourceId"] == SUBSCRIPTION else None,
            resource_detail1=watched,
            all_items=row["resourceId"] == SUBSCRIPTION,
            watched_id=int(watched) if watched else None,
            end_date=clock.moment(row["endDate"]),
            triggers=json.dumps(row["monitoredTriggers"]),
            notifications=json.dumps(row["notifications"]),
            actions=json.dumps(row["actions"]),
            last_trigger_id=max(monitored["id"] for monitored in row["monitoredTriggers"]),
            created_on=clock.moment(row["createdOn"]),
            updated_on=clock.moment(row["updatedOn"]),
        )
    )
