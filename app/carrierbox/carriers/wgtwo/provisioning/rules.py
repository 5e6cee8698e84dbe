"""What provisioning does: at once, so that the next GET shows it.

Each operation reads the facts, decides, and takes its steps. A request whose outcome holds already is answered like the
first one and changes nothing. Source: contract `wgtwo.yaml`, keys `lifecycle`, `idempotency`, operations of /provision.
"""

import json
from dataclasses import asdict, replace

from carrierbox.carriers.wgtwo.access.rules import Tenant, tenants
from carrierbox.carriers.wgtwo.door import Caller
from carrierbox.carriers.wgtwo.errors import NumberInUse, SimInUse, SimNotThere, UnknownSubscription, UseridInUse
from carrierbox.carriers.wgtwo.provisioning import facts, steps
from carrierbox.carriers.wgtwo.provisioning.facts import Row
from carrierbox.carriers.wgtwo.provisioning.schemas import Activation, Wanted, Who
from carrierbox.carriers.wgtwo.provisioning.steps import ACTIVE, BLOCKED, TERMINATED
from carrierbox.carriers.wgtwo.services import rules as services
from carrierbox.carriers.wgtwo.services.catalogue import DEFAULT_V2
from carrierbox.kernel.world import Box


def activate(box: Box, caller: Caller, asked: Activation) -> None:
    """Make a subscription of a SIM and a number; or give the SIM to this user's, when that has none left.

    Raises: ForeignTenant, UnknownSim, SimInUse, NumberInUse, UseridInUse.
    """
    caller.check(asked.bssid)
    sim = facts.sim(box, caller, asked.iccid, asked.bssid)
    holder = facts.holder(box, caller, "msisdn", asked.msisdn)
    if holder is None:
        _check_free(sim)
        if facts.holder(box, caller, "user_id", asked.userid, asked.bssid):
            raise UseridInUse(userid=asked.userid)
        steps.create(box, caller, sim, asked, _given(box, asked))
    elif (holder["bss"], holder["user_id"]) != (asked.bssid, asked.userid):
        raise NumberInUse(msisdn=asked.msisdn)
    elif sim["subscription_id"] == holder["id"]:
        if not _has(holder, asked.wanted):
            raise NumberInUse(msisdn=asked.msisdn)
    else:
        _check_free(sim)
        if facts.sims(box, holder):
            raise NumberInUse(msisdn=asked.msisdn)
        steps.join(box, sim, holder)
        steps.apply(box, holder, asked.wanted)


def _given(box: Box, asked: Activation) -> services.Services:
    """The services that a new subscription gets: exactly those named, or the defaults."""
    defaults = asked.defaults or tenants(box).get(asked.bssid, Tenant()).default_services or DEFAULT_V2
    return services.change({}, add=asked.wanted.add or ((name, None) for name in defaults))


def _has(subscription: Row, wanted: Wanted) -> bool:
    """Whether an activation would have led to what is there."""
    profiles = (wanted.roamingprofile, subscription["roamingprofile"]), (wanted.apnprofile, subscription["apnprofile"])
    named = services.change({}, add=wanted.add)
    return all(asked in (None, present) for asked, present in profiles) and (
        not named or named == json.loads(subscription["services"])
    )


def block(box: Box, caller: Caller, who: Who) -> None:
    """Stop all services of a subscription, and keep them.

    Raises: ForeignTenant, NotNamed, UnknownSubscription, NamedTwo, WrongUser.
    """
    steps.move(box, facts.subscription(box, caller, who), BLOCKED)


def unblock(box: Box, caller: Caller, who: Who) -> None:
    """Let a subscription's services work again.

    Raises: ForeignTenant, NotNamed, UnknownSubscription, NamedTwo, WrongUser.
    """
    steps.move(box, facts.subscription(box, caller, who), ACTIVE)


def update(box: Box, caller: Caller, who: Who, wanted: Wanted) -> None:
    """Add, change and delete services, and set profiles; a blocked subscription stays blocked.

    Raises: ForeignTenant, UnknownSubscription, WrongUser.
    """
    steps.apply(box, facts.subscription(box, caller, who), wanted)


def terminate(box: Box, caller: Caller, who: Who) -> None:
    """End a subscription for good; its number, userid and SIMs are free at once.

    Raises: ForeignTenant, NotNamed, UnknownSubscription, NamedTwo, WrongUser.
    """
    try:
        steps.move(box, facts.subscription(box, caller, who), TERMINATED)
    except UnknownSubscription:
        facts.subscription(box, caller, who, ended=True)  # where there is one, this is a repeat


def change_sim(box: Box, caller: Caller, who: Who, new_iccid: str) -> None:
    """Put another SIM in the place of one; it works from now on, and the old one no longer.

    Raises: ForeignTenant, UnknownSubscription, NamedTwo, WrongUser, UnknownSim, SimInUse.
    """
    sent = {**asdict(who), "new_iccid": new_iccid}
    try:
        subscription = facts.subscription(box, caller, who)
    except UnknownSubscription:
        if facts.repeats(box, caller, Who(bssid=who.bssid, iccid=new_iccid), "changesim", sent):
            return
        raise
    if new_iccid != who.iccid:
        new = facts.sim(box, caller, new_iccid, subscription["bss"])
        _check_free(new)
        [old] = (sim for sim in facts.sims(box, subscription) if sim["iccid"] == who.iccid)
        steps.replace(box, old, new, subscription)
        steps.note(box, subscription, "changesim", sent)


def change_msisdn(box: Box, caller: Caller, who: Who, new_msisdn: str) -> None:
    """Give a subscription another number; the old one is free at once.

    Raises: ForeignTenant, NotNamed, UnknownSubscription, NamedTwo, WrongUser, NumberInUse.
    """
    sent = {**asdict(who), "new_msisdn": new_msisdn}
    try:
        subscription = facts.subscription(box, caller, who)
    except UnknownSubscription:
        if facts.repeats(box, caller, Who(bssid=who.bssid, msisdn=new_msisdn), "changemsisdn", sent):
            return
        raise
    if new_msisdn != subscription["msisdn"]:
        if facts.holder(box, caller, "msisdn", new_msisdn):
            raise NumberInUse(msisdn=new_msisdn)
        steps.renumber(box, caller, subscription, new_msisdn)
        steps.note(box, subscription, "changemsisdn", sent)


def disengage_sim(box: Box, caller: Caller, who: Who) -> None:
    """Take a SIM off a subscription, which stays; without ICCID its only one.

    Raises: ForeignTenant, UnknownSubscription, WrongUser, SimNotThere.
    """
    subscription = facts.subscription(box, caller, replace(who, iccid=None))
    sims = facts.sims(box, subscription)
    meant = [sim for sim in sims if who.iccid in (None, sim["iccid"])]
    if len(meant) == 1:
        steps.leave(box, meant[0])
        steps.note(box, subscription, "disengagesim", asdict(who))
    elif meant or json.loads(subscription["moves"]).get("disengagesim") != asdict(who):
        raise SimNotThere(present=len(sims), meant=len(meant))


def refresh(box: Box, caller: Caller, who: Who) -> None:
    """Let the network take a subscription anew: its location (v2) or its profile (v1). Nothing here changes.

    Raises: ForeignTenant, NotNamed, UnknownSubscription, NamedTwo.
    """
    facts.subscription(box, caller, who)


def _check_free(sim: Row) -> None:
    if sim["state"] in {ACTIVE, BLOCKED}:
        raise SimInUse(iccid=sim["iccid"])
