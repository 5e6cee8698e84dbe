"""What 5.7 is sent."""

from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)

from carrierbox.carriers.wing.subscriptions.record import STATES
from carrierbox.carriers.wing.subscriptions.sims.filters import PROSE_STATES
from carrierbox.kernel.lifecycle import StateName

#: States of the operator's own, which no request can ask for. Source: WING guide 5.7.
NOT_FOR_ASKING = ("ENTERPRISE-INVENTORY", "REGULATORY-HOLD", "CSP-HOLD", "DEALLOCATED")


def _digits(given: Any) -> Any:
    """Identities are strings on the wire, but the document's tables call them integers: both are taken."""
    return str(given) if isinstance(given, int) and not isinstance(given, bool) else given


Digits = Annotated[str, BeforeValidator(_digits), Field(pattern=r"^[0-9]{1,32}$")]


class StateChange(BaseModel):
    """A wish for another billing state. Source: WING guide 5.7."""

    model_config = ConfigDict(populate_by_name=True, strict=True)

    iccid: Digits
    imsi: Digits
    new_state: str = Field(alias="newState")
    new_state_id: int = Field(alias="newStateId", ge=1, le=10)
    _sent: dict[str, Any] = PrivateAttr(default_factory=dict)

    @property
    def wanted(self) -> StateName:
        """The state that is asked for."""
        return StateName(self.new_state)

    @property
    def sent(self) -> dict[str, Any]:
        """The body as it came; workflows show it unchanged."""
        return self._sent

    @field_validator("new_state")
    @classmethod
    def _a_state(cls, name: str) -> str:
        name = PROSE_STATES.get(name, name)
        if name not in STATES.states or name in NOT_FOR_ASKING:
            allowed = [state for state in STATES.states if state not in NOT_FOR_ASKING]
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return name

    @field_validator("new_state_id")
    @classmethod
    def _the_same_state(cls, number: int, read: ValidationInfo) -> int:
        name = read.data.get("new_state")
        if name is not None and STATES.states[name] != number:
            raise ValueError(f"must be {STATES.states[name]} for {name}")
        return number

    @model_validator(mode="wrap")
    @classmethod
    def _keep(cls, sent: Any, read: ValidatorFunctionWrapHandler) -> Self:
        change: Self = read(sent)
        change._sent = sent
        return change
