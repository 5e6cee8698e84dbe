"""What 16 is sent, and what it answers."""

from ipaddress import IPv4Address
from typing import Annotated, Any

from pydantic import AfterValidator

from carrierbox.carriers.wing.bodies import Digits, Name, Number, Wish


def _an_address(text: str) -> str:
    try:
        return str(IPv4Address(text))
    except ValueError:
        raise ValueError("must be an IPv4 address") from None


class AddressChange(Wish):
    """The SIM, where its new address comes from, and the address."""

    iccid: Digits
    imsi: Digits
    account_id: Number
    apn_group_name: Name
    apn_name: Name
    ip_pool_name: Name
    ip_address: Annotated[Name, AfterValidator(_an_address)]

    def answer(self, workflow_id: str) -> dict[str, Any]:
        """What the request is answered with: in another order, and without the pool."""
        return {
            "iccid": self.iccid,
            "imsi": self.imsi,
            "accountId": self.account_id,
            "apnName": self.apn_name,
            "ipAddress": self.ip_address,
            "apnGroupName": self.apn_group_name,
            "wdhTransactionId": workflow_id,
        }
