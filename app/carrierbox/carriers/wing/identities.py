"""Which SIM a request is about, whichever of its identities it names."""

import json
from collections.abc import Collection, Iterable

from carrierbox.kernel.world import Box

#: Under these names a number is a SIM's id; it may be anything else's under others.
IDS = frozenset(
    {
        *("sims", "simId", "simIds", "subscriptionId", "subscriptionIds", "subscriptionIdList"),
        "updateSubscriptionCustomField",
        "simlcmanagement_subscription_identity.id",
        "simlcmanagement_subscription_identity_by_pk.id",
        "simlcmanagement_vw_subscription.id",
    }
)
#: Where SIMs are listed, the id is a SIM's too.
LIST = ("subscription", "sims")
#: An id that its column can hold.
MOST_DIGITS = 18


def names(box: Box, said: Collection[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """Which of these values, each with the name under which it stood, lead to a SIM: the value and the ICCID.

    They are ICCIDs, IMSIs, MSISDNs, and ids where the name says so.
    """
    numbers = {value for _, value in said if value.isascii() and value.isdigit()}
    digits = json.dumps([number for number in numbers if len(number) > 6])
    under = IDS | {value[1:] for name, value in said if name in IDS and value[0] == "$"}  # a variable stands for it
    under |= {"id"} if LIST in said else set()
    ids = json.dumps(
        [int(value) for name, value in said if name in under and value in numbers and len(value) <= MOST_DIGITS]
    )
    for row in box.sql(
        "SELECT s.id, s.iccid, s.imsi, s.msisdn FROM wing_sim s WHERE s.iccid IN (SELECT value FROM json_each(:digits))"
        " OR s.imsi IN (SELECT value FROM json_each(:digits)) OR s.msisdn IN (SELECT value FROM json_each(:digits))"
        " OR s.id IN (SELECT value FROM json_each(:ids))",
        digits=digits,
        ids=ids,
    ):
        for value in (str(row["id"]), row["iccid"], row["imsi"], row["msisdn"]):
            if value in numbers:
                yield value, row["iccid"]


def state(box: Box, iccid: str) -> str | None:
    """The billing state of a SIM; none where there is no such SIM."""
    row = box.sql("SELECT state FROM wing_sim WHERE iccid = :iccid", iccid=iccid).fetchone()
    return row["state"] if row else None
