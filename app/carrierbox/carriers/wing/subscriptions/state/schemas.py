"""What 5.7 is sent."""

from pydantic import Field, ValidationInfo, field_validator

from carrierbox.carriers.wing.bodies import Digits, Wish
from carrierbox.carriers.wing.subscriptions.record import STATES
from carrierbox.carriers.wing.subscriptions.sims.filters import PROSE_STATES
from carrierbox.kernel.lifecycle import StateName

#: States of the operator's own, which no request can ask for. Source: WING guide 5.7.
NOT_FOR_ASKING = ("ENTERPRISE-INVENTORY", "REGULATORY-HOLD", "CSP-HOLD", "DEALLOCATED")


class StateChange(Wish):
    """A wish for another billing state. Source: WING guide 5.7."""

    iccid: Digits
    imsi: Digits
    new_state: str
    new_state_id: int = Field(ge=1, le=10)

    @property
    def wanted(self) -> StateName:
        """The state that is asked for."""
        return StateName(self.new_state)

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
