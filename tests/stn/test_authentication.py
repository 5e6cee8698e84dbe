"""The key in the header stn-api-key: who is let in, and what each key sees."""

import pytest
from tests.conftest import World
from tests.stn.conftest import CARDS, SUBSCRIPTION, Stn, refusal

from carrierbox import contracts

OPERATIONS = contracts.operations("stn")
SUSPEND = {"subscriptionId": SUBSCRIPTION}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
@pytest.mark.parametrize("key", [None, "", "wrong", "sandbox-api-key2"])
@pytest.mark.usefixtures("unchanged")
def test_every_operation_wants_a_key_that_is_known(
    operation: contracts.Operation, key: str | None, world: World
) -> None:
    stranger = world.client(headers={} if key is None else {"stn-api-key": key})
    answer = stranger.request(operation.method, operation.path, json={} if operation.method == "POST" else None)
    told = refusal(answer, 401, "Unauthorized")
    assert contracts.document("stn")["errors"]["401"]["body"]["responseStatus"] == told
    assert operation.id == answer.headers["x-carrierbox-operation"]


def test_a_key_that_may_only_read_reads_and_is_refused_writes(world: World, stn: Stn) -> None:
    reader = Stn(world, "sandbox-reader-key")
    before = stn.everything()
    assert before == reader.everything()
    refusal(reader.ask("SuspendSubscription", SUSPEND), 403, "Forbidden")
    assert before == stn.everything()


def test_two_partners_see_nothing_of_each_other(world: World, stn: Stn) -> None:
    acme = Stn(world, "acme-api-key")
    ours, theirs = stn.everything()[0], acme.everything()[0]
    for mine, other in zip(ours, theirs, strict=True):
        assert not {row["id"] for row in mine} & {row["id"] for row in other}
    assert theirs[0]
    assert theirs[2]
    for name, body in (
        ("SuspendSubscription", SUSPEND),
        ("SuspendSubscription", {"phoneNumber": "0612345678"}),
        ("CancelTerminateSubscription", {"activationId": "###eP7ds###WQJoIE"}),
        ("NewSubscription", {"simCardNumber": CARDS[0], "stnCustomerId": "AcmeNoordT7m2Xq9L"}),
    ):
        assert "not found" in refusal(acme.ask(name, body), 400, "BadRequest")["message"], name
    assert [] == acme.query("QueryCdr", yearMonth="2025_01")
    assert [] == acme.query("QueryInvoice")


def test_a_partner_with_several_customer_numbers_names_one(world: World) -> None:
    acme = Stn(world, "acme-api-key")
    [card, *_] = acme.query("QuerySimcard", status="FREE")
    wish = {"simCardNumber": card["simCardNumber"]}
    assert "stnCustomerId" in refusal(acme.ask("NewSubscription", wish), 400, "BadRequest")["message"]
    refusal(acme.ask("NewSubscription", {**wish, "stnCustomerId": "###Sc3iA###MQCmA89"}), 400, "BadRequest")
    taken_in = acme.post("NewSubscription", **wish, stnCustomerId="AcmeZuidW4k8Rb3vP")
    assert ("ACM2", "AcmeZuidW4k8Rb3vP") == (taken_in["info"]["customerId"], taken_in["info"]["stnCustomerId"])


def test_a_box_with_open_auth_takes_a_call_without_a_key_for_the_sandboxs_partner(world: World, stn: Stn) -> None:
    world.control.patch(f"/_box/worlds/{world.name}/settings", json={"auth": "open"})
    assert stn.everything() == Stn(world, None).everything()
    refusal(Stn(world, "wrong").ask("SuspendSubscription", SUSPEND), 401, "Unauthorized")


@pytest.mark.parametrize(
    "path", ["/api/SuspendSubscription", "/api/suspendsubscription", "/stn/api/SUSPENDsubscription"]
)
def test_names_are_matched_without_regard_to_case_with_and_without_prefix(path: str, stn: Stn) -> None:
    assert "SUSPEND" == stn.client.post(path, json=SUSPEND).json()["activationType"]


def test_what_is_not_there_is_404_and_another_method_405(stn: Stn) -> None:
    for path in ("/api/NoSuchThing", "/stn/api", "/stn/api/QuerySimcard/1", "/stn/"):
        refusal(stn.client.get(path), 404, "NotFound")
    refusal(stn.client.get("/api/SuspendSubscription"), 405, "MethodNotAllowed")
    refusal(stn.client.delete("/api/QuerySimcard"), 405, "MethodNotAllowed")
    root = stn.world.url.partition("/w/")[0]
    refusal(stn.client.get(f"{root}/w/no-such-world/stn/api/QuerySimcard"), 404, "NotFound")
