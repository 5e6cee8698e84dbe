"""WING 5.13 and 9, SMS: what is sent, what becomes of it, and what a search finds."""

from typing import Any

import httpx
import pytest
from tests.wing.answers import wrong_fields
from tests.wing.rows import rows

SEND = "/api/v1/notification/sms/sendsms"
SEARCH = "/api/v1/notification/sms/searchsms"
DETAILS = "/api/v1/notification/sms/getsmsdetails"
ICCID, MSISDN = "8955644500001089016", "882362000349016"  # of account 3034
OTHER = "882362000349017"
ACTIVE = {"iccid": "8955644099890130870", "msisdn": "882362001030870"}  # of account 3439
SUSPENDED = {"iccid": "8955644099890130108", "msisdn": "882362001030108"}
NEVER = "2000-01-01"  # nothing is older


def send(world: Any, to: str, message: str = "Wake up") -> httpx.Response:
    answer: httpx.Response = world.wing.post(SEND, json={"to": to, "message": message})
    return answer


def found(world: Any, client: httpx.Client | None = None, **asked: Any) -> list[dict[str, Any]]:
    answer = (client or world.wing).post(SEARCH, json={"fromdate": NEVER, **asked})
    assert 200 == answer.status_code, answer.text
    return list(answer.json())


def statuses(world: Any, iccid: str) -> list[str]:
    return [sms["status"] for sms in found(world, iccid=iccid)]


def event(world: Any, iccid: str, kind: str, **facts: Any) -> None:
    path = f"/_box/worlds/{world.name}/sims/{iccid}/events"
    answer = world.control.post(path, json={"kind": kind, **facts})
    assert 201 == answer.status_code, answer.text


def test_a_message_is_submitted_at_once_and_sent_when_its_time_comes(world: Any) -> None:
    now = world.clock()["now"]
    answer = send(world, ACTIVE["msisdn"])
    assert (202, b"") == (answer.status_code, answer.content)
    [sms] = found(world, iccid=ACTIVE["iccid"])
    expected = {
        "id": sms["id"], "messageText": "Wake up", "eventTime": f"{now[:23]}+00:00", "originationMSISDN": "1234",
        "destinationMSISDN": ACTIVE["msisdn"], "iccid": ACTIVE["iccid"], "accountId": "3439", "messageType": "AO/MT",
        "status": "Message Submitted",
    }  # fmt: skip
    assert expected == sms
    world.advance(until="idle")
    assert {**expected, "status": "Message Sent"} == world.wing.get(f"{DETAILS}/{sms['id']}").json()


@pytest.mark.parametrize("numbers", [(MSISDN, OTHER), (OTHER, MSISDN)])
def test_one_goes_to_each_number_once_in_their_order_whatever_blanks_and_commas_there_are(
    numbers: tuple[str, str], world: Any
) -> None:
    first, second = numbers
    assert 202 == send(world, f" {first} ,{second},, {first},").status_code
    new = [sms["destinationMSISDN"] for sms in found(world, accountid=3034, fromdate="2024-01-01")]
    assert [second, first] == new  # newest first


def test_numbers_of_no_sim_within_reach_are_left_out_unless_none_is(world: Any) -> None:
    assert 202 == send(world, f"4479000000001,{ACTIVE['msisdn']}").status_code
    assert 1 == len(found(world, iccid=ACTIVE["iccid"]))
    assert 404 == send(world, "4479000000001,882362000349999").status_code
    elsewhere = world.wing_as("sandbox-admin", account="3034")
    assert 404 == elsewhere.post(SEND, json={"to": ACTIVE["msisdn"], "message": "x"}).status_code
    assert 1 == len(found(world, iccid=ACTIVE["iccid"]))


def test_a_sim_that_may_not_use_the_network_gets_nothing(world: Any) -> None:
    send(world, SUSPENDED["msisdn"])
    assert ["Message Submitted"] == statuses(world, SUSPENDED["iccid"])
    world.advance(until="idle")
    assert ["Message Failed"] == statuses(world, SUSPENDED["iccid"])


def test_a_sim_on_trial_gets_its_messages(world: Any) -> None:
    sim = world.sim_in("TRIAL")
    assert 202 == send(world, sim["msisdn"]).status_code
    world.advance(until="idle")
    assert "Message Sent" == statuses(world, sim["iccid"])[0]


def test_the_state_counts_in_which_the_sim_is_when_the_message_comes(world: Any) -> None:
    world.change(world.sim(ACTIVE["iccid"]), "SUSPENDED", 4)
    world.advance(by="1s")
    send(world, ACTIVE["msisdn"])
    world.advance(until="idle")
    assert ["Message Failed"] == statuses(world, ACTIVE["iccid"])


def test_a_device_that_is_off_the_network_gets_nothing_until_it_is_back(world: Any) -> None:
    for kind, status in (("detach", "Message Failed"), ("attach", "Message Sent")):
        event(world, ACTIVE["iccid"], kind)
        send(world, ACTIVE["msisdn"])
        world.advance(until="idle")
        assert status == statuses(world, ACTIVE["iccid"])[0]


@pytest.mark.parametrize(
    ("do", "status"),
    [
        ({"fail": {"reason": "The SMSC is down", "code": 503}}, "Message Failed"),
        ({"stick": True}, "Message Submitted"),
        ({"take": "10s"}, "Message Sent"),
    ],
)
def test_an_outcome_says_how_it_ends(do: dict[str, Any], status: str, world: Any) -> None:
    body = {"match": {"workflow": "send_sms_wf"}, "do": do}
    answer = world.control.post(f"/_box/worlds/{world.name}/outcomes", json=body)
    assert 201 == answer.status_code, answer.text
    send(world, ACTIVE["msisdn"])
    world.advance(by="5s")
    assert [status if "take" not in do else "Message Submitted"] == statuses(world, ACTIVE["iccid"])
    world.advance(by="1h")
    assert [status] == statuses(world, ACTIVE["iccid"])


def test_a_message_on_a_magic_sim_fails(world: Any) -> None:
    [sim] = [sim for sim in world.wing.get("/api/v1/subscription/sims").json() if sim["iccid"].endswith("0400")]
    send(world, sim["msisdn"])
    world.advance(until="idle")
    assert ["Message Failed"] == statuses(world, sim["iccid"])


def test_what_a_device_sends_and_receives_is_found_by_its_direction(world: Any) -> None:
    event(world, ACTIVE["iccid"], "sms-mo", text="I am here")
    event(world, ACTIVE["iccid"], "sms-mt", text="Stay there", peer="1234")
    send(world, ACTIVE["msisdn"], "Come back")
    [mo] = found(world, iccid=ACTIVE["iccid"], messagetype="MO/AT")
    assert ("I am here", ACTIVE["msisdn"], "1234", "MO/AT", "Message Sent") == (
        mo["messageText"], mo["originationMSISDN"], mo["destinationMSISDN"], mo["messageType"], mo["status"],
    )  # fmt: skip
    texts = [sms["messageText"] for sms in found(world, iccid=ACTIVE["iccid"], messagetype="AO/MT")]
    assert ["Come back", "Stay there"] == texts


@pytest.mark.parametrize(
    ("first", "last", "hits"),
    [
        ("2023-02-14", "2023-02-16", 1),  # as printed; at 20:31 UTC it is the 14th in that account
        ("2023-02-13", None, 1),
        ("2023-02-13", "2023-02-13", 0),
        ("2023-02-14", "2023-02-14", 1),
        ("2023-02-15", None, 0),
        ("0001-01-01", "9999-12-31", 1),
        ("9999-12-31", None, 0),
    ],
)
def test_days_are_the_accounts_and_both_are_included(first: str, last: str | None, hits: int, world: Any) -> None:
    assert hits == len(found(world, iccid=ICCID, fromdate=first, todate=last))


def test_most_accounts_have_days_of_utc(world: Any) -> None:
    world.clock(now="2027-03-01T23:59:00Z")
    send(world, ACTIVE["msisdn"])
    for day, hits in (("2027-03-01", 1), ("2027-03-02", 0)):
        assert hits == len(found(world, iccid=ACTIVE["iccid"], fromdate=day))
        assert hits == len(found(world, accountid="3439", fromdate=day, todate=day))


def test_without_sim_and_account_all_within_reach_is_found(world: Any) -> None:
    send(world, f"{ACTIVE['msisdn']},{MSISDN}")
    everybodys, accounts, tops, acmes = (
        {sms["accountId"] for sms in found(world, client)}
        for client in (
            world.wing,
            world.wing_as("sandbox-admin", account="3439"),
            world.wing_as("sandbox-reader", account="3122"),
            world.wing_as("acme-admin", realm="acme-iot"),
        )
    )
    assert {"3034", "3439"} <= everybodys & tops  # beside those of the fleet, whose devices write too
    assert {"3439"} == accounts
    assert acmes <= {"9001", "9002"}


def test_a_message_stays_with_the_account_that_had_the_sim(world: Any) -> None:
    send(world, ACTIVE["msisdn"])
    sim = world.sim(ACTIVE["iccid"])
    body = {
        "accountId": 3992, "fromAccountId": 3439, "useImsi": True, "range": {"from": sim["imsi"], "to": sim["imsi"]},
    }  # fmt: skip
    world.wing.post("/api/v1/resources/batch/sims/assign", json=body)
    world.advance(until="idle")
    send(world, ACTIVE["msisdn"], "Welcome")
    former, present = (world.wing_as("sandbox-admin", account=account) for account in ("3439", "3992"))
    assert ["Welcome"] == [sms["messageText"] for sms in found(world, present, iccid=ACTIVE["iccid"])]
    for asked in ({}, {"iccid": ACTIVE["iccid"]}):
        assert ["Wake up"] == [sms["messageText"] for sms in found(world, former, **asked)]
    [old] = found(world, former)
    assert 200 == former.get(f"{DETAILS}/{old['id']}").status_code
    assert 404 == present.get(f"{DETAILS}/{old['id']}").status_code


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"fromdate": None}, "fromdate"),
        ({"fromdate": "14.02.2023"}, "fromdate"),
        ({"fromdate": "2023-02-30"}, "fromdate"),
        ({"fromdate": "2023-2-1"}, "fromdate"),
        ({"fromdate": 20230214}, "fromdate"),
        ({"fromdate": "2023-02-14T00:00:00Z"}, "fromdate"),
        ({"todate": "2023-02-13"}, "todate"),
        ({"todate": ""}, "todate"),
        ({"messagetype": "MO"}, "messagetype"),
        ({"iccid": "x"}, "iccid"),
        ({"iccid": []}, "iccid"),
        ({"accountid": "x"}, "accountid"),
        ({"accountid": 0}, "accountid"),
    ],
)
def test_a_search_that_cannot_be_is_refused_by_field(change: dict[str, Any], field: str, world: Any) -> None:
    body = {"iccid": ICCID, "fromdate": "2023-02-14", "todate": "2023-02-16", **change}
    assert {field} == wrong_fields(world.wing.post(SEARCH, json=body))


def test_a_search_without_its_first_day_names_it(world: Any) -> None:
    assert {"fromdate"} == wrong_fields(world.wing.post(SEARCH, json={"iccid": ICCID}))


def test_a_sim_that_never_had_a_message_here_is_404(world: Any) -> None:
    elsewhere = world.wing_as("sandbox-admin", account="3992")
    send(world, ACTIVE["msisdn"])
    assert 404 == elsewhere.post(SEARCH, json={"fromdate": NEVER, "iccid": ACTIVE["iccid"]}).status_code


@pytest.mark.parametrize("to", ["999", "1" * 16, "88236x"])
def test_a_number_that_is_none_is_refused_with_what_one_is(to: str, world: Any) -> None:
    [wrong] = send(world, to).json()["fieldErrors"]
    assert ("to", f"'{to}' is not an MSISDN: digits only, 5 to 15") == (wrong["field"], wrong["message"])


@pytest.mark.parametrize("asked", [{"iccid": "8955644099890139999"}, {"accountid": 999_999}, {"accountid": "9001"}])
def test_an_unknown_sim_or_account_is_404(asked: dict[str, Any], world: Any) -> None:
    assert 404 == world.wing.post(SEARCH, json={"fromdate": NEVER, **asked}).status_code


def test_another_accounts_or_realms_messages_do_not_exist(world: Any) -> None:
    acme = world.wing_as("acme-admin", realm="acme-iot")
    elsewhere = world.wing_as("sandbox-admin", account="3439")
    for client in (acme, elsewhere):
        assert 404 == client.get(f"{DETAILS}/121").status_code
        assert 404 == client.post(SEARCH, json={"fromdate": NEVER, "iccid": ICCID}).status_code
        assert 404 == client.post(SEND, json={"to": MSISDN, "message": "x"}).status_code
    assert [121] == [sms["id"] for sms in found(world, iccid=ICCID)]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"to": ""}, "to"),
        ({"to": " , ,"}, "to"),
        ({"to": None}, "to"),
        ({"to": ["882362000349016"]}, "to"),
        ({"to": f"{MSISDN},mother"}, "to"),
        ({"to": f"+{MSISDN}"}, "to"),
        ({"to": f"{MSISDN};{OTHER}"}, "to"),
        ({"to": "8" * 16}, "to"),
        ({"to": f"{MSISDN}," * 1001}, "to"),
        ({"to": "8" * 30_000}, "to"),
        ({"message": ""}, "message"),
        ({"message": None}, "message"),
        ({"message": 7}, "message"),
        ({"message": "x" * 1601}, "message"),
        ({"message": "a\0b"}, "message"),
    ],
)
def test_what_cannot_be_sent_is_refused_by_field_and_nothing_goes_out(
    change: dict[str, Any], field: str, world: Any
) -> None:
    before = rows(world)
    assert {field} == wrong_fields(world.wing.post(SEND, json={"to": MSISDN, "message": "x", **change}))
    assert before == rows(world)


def test_a_message_has_1600_signs_at_most_of_any_script(world: Any) -> None:
    assert 202 == send(world, ACTIVE["msisdn"], "ش" * 1600).status_code
    assert "ش" * 1600 == found(world, iccid=ACTIVE["iccid"])[0]["messageText"]


@pytest.mark.parametrize("name", ["to", "message"])
def test_a_sending_without_a_mandatory_field_names_it(name: str, world: Any) -> None:
    body = {"to": MSISDN, "message": "x"}
    del body[name]
    assert {name} == wrong_fields(world.wing.post(SEND, json=body))


@pytest.mark.parametrize(
    ("sms_id", "status"), [("x", 400), ("-1", 400), ("9" * 30, 400), ("999999999", 404), ("0", 404)]
)
def test_details_of_no_message_are_refused(sms_id: str, status: int, world: Any) -> None:
    assert status == world.wing.get(f"{DETAILS}/{sms_id}").status_code


def test_who_may_only_read_searches_and_does_not_send(world: Any) -> None:
    reader = world.wing_as("sandbox-reader")
    assert 200 == reader.post(SEARCH, json={"fromdate": NEVER}).status_code
    assert 200 == reader.get(f"{DETAILS}/121").status_code
    assert 403 == reader.post(SEND, json={"to": MSISDN, "message": "x"}).status_code
