"""What 7.2 and 7.3 are sent: a report as 7.1 shows it, or as the document prints it, with fillers.

The printed fillers, ``string`` and 0, say nothing and leave what is stored. Of a canned report the schedule, the form,
the roles and how long files are kept can be set; all else comes along.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from carrierbox.carriers.wing.bodies import LARGEST, Body, Flag, Lenient, Text
from carrierbox.carriers.wing.ordering.wire import TenantId

FILLERS = ("string", 0, ["string"])


def _said(given: Any) -> Any:
    """What a member says, None where it has its filler; false is no filler."""
    return None if not isinstance(given, bool) and given in FILLERS else given


def _days(given: Any) -> Any:
    """A number of days, which comes as text."""
    if isinstance(given, str):
        if not (given.isascii() and given.isdigit() and len(given) < 10):
            raise ValueError("must be a number of days")
        return int(given)
    return given


_Filler = Lenient(_said, also={"enum": [*FILLERS]})
_Id = Annotated[Annotated[int, Field(ge=0, le=LARGEST)] | None, _Filler]
_Text = Annotated[Text | None, _Filler]
_Days = Annotated[
    Annotated[int, Field(ge=1, le=3650)] | None,
    Lenient(_days, also={"type": "string", "pattern": "^[0-9]+$"}),
    _Filler,  # is looked for first
]

Role = Literal["ENTERPRISE_ADMIN", "ENTERPRISE_USER"]


class Schedule(Body):
    """How often a report is prepared."""

    active: Flag | None = None
    folder_path: _Text = None
    id: _Id = None
    report_enabled_on: _Text = None
    report_meta_data_id: _Id = Field(default=None, alias="reportMetaDataID")
    schedule_period: Annotated[Literal["DAILY", "WEEKLY", "MONTHLY"] | None, _Filler] = None
    schedule_time: Annotated[Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] | None, _Filler] = (
        None  # HH:mm, UTC
    )


class ReportChange(Body):
    """A report, as the caller wants it."""

    account_id: _Text = None
    active: Flag | None = None
    content_type: Annotated[Literal["text/csv", "application/json"] | None, _Filler] = None
    created_by: _Id = None
    encrypted: Flag | None = None
    id: _Id = None
    last_updated_by: _Id = None
    query: _Text = None
    report_expiry_days: _Days = None
    report_level: Annotated[Literal["ACCOUNT"] | None, _Filler] = None
    report_schedule: Schedule | None = None
    report_template_name: _Text = None
    response_format: Annotated[Literal["CSV", "JSON"] | None, _Filler] = None
    role_name: Annotated[Annotated[list[Role], Field(min_length=1)] | None, _Filler] = None
    template: Flag | None = None
    tenant_id: Annotated[TenantId | None, _Filler] = None
