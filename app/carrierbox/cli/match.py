"""Flags that say which requests, work or notifications something is about."""

from typing import Annotated

from carrierbox.settings import flag

CarrierFlag = Annotated[str | None, flag("--carrier", "wing, wgtwo, dish or stn.", metavar="NAME")]
OperationFlag = Annotated[str | None, flag("--operation", "The contract's id, such as wing-5.7.", metavar="ID")]
IccidFlag = Annotated[str | None, flag("--iccid", "The SIM that it is about.", metavar="ICCID")]
TimesFlag = Annotated[int | None, flag("--times", "How often it applies; for ever where left out.", min=1)]
LimitFlag = Annotated[int | None, flag("--limit", "How many at most; at first 100.", min=1)]
AllFlag = Annotated[bool, flag("--all", "All of them.")]
