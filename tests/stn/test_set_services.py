"""SetServicesSubscription, in every detail of the seed document."""

import re
from typing import Any

import pytest
from tests.conftest import World
from tests.stn.conftest import NUMBER, SUBSCRIPTION, Stn, refusal

from carrierbox import contracts
from carrierbox.carriers.stn.subscriptions.services import CATALOGUE, DEFAULTS

CONTRACT = contracts.document("stn")["services"]
FRESH = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}\+0[12]:00"


def test_answers_init_at_once_with_times_of_seven_digits(stn: Stn) -> None:
    answer = stn.post("SetServicesSubscription", subscriptionId=SUBSCRIPTION, services={"internationalDialing": True})
    assert re.fullmatch(r"[0-9A-Za-z]{17}", answer["id"])
    assert re.fullmatch(FRESH, answer["createdAt"])
    assert answer["createdAt"] == answer["modifiedAt"]
    assert {
        "status": "INIT", "activationType": "SETSERVICES", "providerEnvironment": "SP16001", "referenceNumber": "",
        "subscriptionId": SUBSCRIPTION, "phoneNumber": NUMBER, "info": {"services": {"internationalDialing": True}},
    } == {name: value for name, value in answer.items() if name not in {"id", "createdAt", "modifiedAt"}}  # fmt: skip


def test_goes_from_init_over_busy_to_done_and_shows_only_then(stn: Stn, world: World) -> None:
    sent = stn.post("SetServicesSubscription", subscriptionId=SUBSCRIPTION, services={"voiceMail": False})
    seen = {}
    for _ in range(30):
        now = stn.activation(sent["id"])
        seen.setdefault(now["status"], now["modifiedAt"])
        assert ("DONE" != now["status"]) == stn.subscription()["services"]["voiceMail"]
        assert ("DONE" == now["status"]) == ("activatedDate" in now)
        assert ("INIT" != now["status"]) == ("providerOrderNumber" in now)
        world.advance(by=0.1)
    assert ["INIT", "BUSY", "DONE"] == list(seen)
    assert 3 == len(set(seen.values()))


def test_changes_what_it_names_and_leaves_the_rest(stn: Stn) -> None:
    before = stn.subscription()["services"]
    stn.done(
        "SetServicesSubscription",
        subscriptionId=SUBSCRIPTION,
        services={"dataRoamingLimitation": "Limit 200", "fixedIp": False},
    )
    after = stn.subscription()
    assert {**before, "dataRoamingLimitation": "Limit 200", "fixedIp": False} == after["services"]
    assert list(before) == list(after["services"])
    assert "fixedIpAddress" not in after


def test_a_fixed_address_comes_with_its_service(stn: Stn) -> None:
    stn.done("SetServicesSubscription", phoneNumber="0612345678", services={"fixedIp": True})
    assert re.fullmatch(r"100\.\d+\.\d+\.\d+", stn.subscription("SUB12345")["fixedIpAddress"])


@pytest.mark.parametrize(
    "which",
    [
        {"subscriptionId": "SUB12345"},
        {"phoneNumber": "0612345678"},
        {"phoneNumber": "06-12345678"},
        {"phoneNumber": "+31612345678"},
        {"phoneNumber": "31612345678"},
        {"phoneNumber": "0031612345678"},
        {"subscriptionId": "SUB12345", "phoneNumber": "0612345678"},
        {"SubscriptionID": "SUB12345"},
        {"subscriptionId": "SUB12345", "phoneNumber": ""},
        {"subscriptionId": None, "phoneNumber": "0612345678"},
    ],
    ids=str,
)
def test_finds_the_subscription_by_id_or_number(which: dict[str, Any], stn: Stn) -> None:
    answer = stn.post("SetServicesSubscription", **which, services={})
    assert ("SUB12345", "06-12345678", {"services": {}}) == (
        answer["subscriptionId"], answer["phoneNumber"], answer["info"],
    )  # fmt: skip


@pytest.mark.parametrize(
    "which",
    [
        {},
        {"subscriptionId": "", "phoneNumber": ""},
        {"subscriptionId": "nobody"},
        {"phoneNumber": "06-99999999"},
        {"subscriptionId": "SUB12345", "phoneNumber": NUMBER},
        {"subscriptionId": "nobody", "phoneNumber": NUMBER},
        {"subscriptionId": "###mPuAf###WJmSPv"},  # PENDING
        {"phoneNumber": "020-1234567"},
        {"phoneNumber": "0201234567"},
        {"phoneNumber": "+46701234567"},
        {"phoneNumber": "061234567"},
        {"phoneNumber": "06123456789"},
        {"phoneNumber": "06-1234-5678"},
        {"phoneNumber": "٠٦١٢٣٤٥٦٧٨"},
        {"phoneNumber": "a"},
    ],
    ids=str,
)
@pytest.mark.usefixtures("unchanged")
def test_a_subscription_that_cannot_be_found_is_refused(which: dict[str, Any], stn: Stn) -> None:
    told = refusal(stn.ask("SetServicesSubscription", {**which, "services": {}}), 400, "BadRequest")
    assert [] == told["errors"]


@pytest.mark.parametrize(
    ("services", "kept"),
    [
        ({"newOptionNotDefined": True}, {}),
        ({"newOptionNotDefined": True, "voiceMail": False}, {"voiceMail": False}),
        ({"VoiceMail": False}, {}),
        ({"voiceMail": None}, {}),
        ({"accessType": "Mobile Pay"}, {}),
        ({"dataPlan": "20GB", "voicePlan": "Unlimited", "internationalCalling": True},) * 2,
    ],
    ids=str,
)
def test_what_does_not_exist_is_dropped_and_the_rest_goes_on(services: Any, kept: Any, stn: Stn) -> None:
    activation = stn.done("SetServicesSubscription", subscriptionId=SUBSCRIPTION, services=services)
    assert ("DONE", {"services": kept}) == (activation["status"], activation["info"])
    assert {**stn.subscription()["services"], **kept} == stn.subscription()["services"]


@pytest.mark.parametrize(
    "services",
    [
        {"dataRoamingLimitation": "Limit 12.5"},
        {"dataRoamingLimitation": "Limit 12.5", "voiceMail": False},
        {"dataRoamingLimitation": 50},
        {"dataUsageNotification": True},
        {"voiceMail": "true"},
        {"voiceMail": 1},
        {"voiceMail": []},
        {"voiceMail": {"a": 1}},
        {"dataPlan": 20},
        {"internationalCalling": "yes"},
    ],
    ids=str,
)
def test_an_impossible_value_is_init_at_first_and_ends_the_whole_request_in_error(services: Any, stn: Stn) -> None:
    before = stn.subscription()
    answer = stn.post("SetServicesSubscription", subscriptionId=SUBSCRIPTION, services=services)
    assert ("INIT", services) == (answer["status"], answer["info"]["services"])
    stn.world.advance(by=0.7)
    assert "BUSY" == stn.activation(answer["id"])["status"]
    stn.world.advance(by="10s")
    ended = stn.activation(answer["id"])
    assert ("ERROR", {"services": services}) == (ended["status"], ended["info"])
    assert "activatedDate" not in ended
    assert before == stn.subscription()


def test_a_reference_of_fifteen_characters_is_kept_and_may_repeat(stn: Stn) -> None:
    for _ in range(2):
        answer = stn.post("SetServicesSubscription", subscriptionId=SUBSCRIPTION, services={}, referenceNumber="x" * 15)
        assert "x" * 15 == answer["referenceNumber"]
    assert 2 == stn.envelope("QueryActivation", referenceNumber="x" * 15)["total"]


@pytest.mark.usefixtures("unchanged")
def test_a_longer_reference_is_refused_as_the_vendor_prints_it(stn: Stn) -> None:
    answer = stn.ask(
        "SetServicesSubscription",
        {"subscriptionId": SUBSCRIPTION, "services": {}, "referenceNumber": "Regular Error Notification"},
    )
    printed = contracts.document("stn")["errors"]["400"]["examples"][0]["body"]["responseStatus"]
    assert printed == refusal(answer, 400, "MaximumLength")


def test_works_on_a_suspended_subscription(stn: Stn) -> None:
    stn.done("SuspendSubscription", subscriptionId=SUBSCRIPTION)
    done = stn.done("SetServicesSubscription", subscriptionId=SUBSCRIPTION, services={"voiceMail": False})
    assert "DONE" == done["status"]
    assert ("SUSPENDED", False) == (stn.subscription()["state"], stn.subscription()["services"]["voiceMail"])


def test_the_catalogue_is_the_contracts(stn: Stn) -> None:
    listed = [service["name"] for service in (*CONTRACT["known"], *CONTRACT["seed_examples_only"])]
    assert sorted(listed) == sorted(CATALOGUE)
    for service in CONTRACT["known"]:
        ours = CATALOGUE[service["name"]]
        assert [*service.get("values", ()), *service.get("chosen_values", ())] == list(ours.values)
        assert service.get("settable", True) == ours.is_settable
        assert not any(ours.takes(value) for value in service.get("impossible", ()))
    on = {name for name, value in DEFAULTS.items() if value is True}
    assert set(CONTRACT["defaults"]["switched_on"]) == on
    assert CONTRACT["defaults"]["strings"] == {
        name: value for name, value in DEFAULTS.items() if isinstance(value, str)
    }
    assert DEFAULTS == stn.subscription("SUB12345")["services"]
