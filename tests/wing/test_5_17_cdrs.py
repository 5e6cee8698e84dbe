"""WING 5.17, reading the CDRs of a SIM's data sessions."""

from typing import Any

import pytest
from tests.wing.usage import KB, SIM, cdrs, data, event, kinds, later, problem, put_device, session, start_of_cycle

from carrierbox import contracts

PATH = "/api/v1/cdr-hdlr-service/cdr-data"
DAY = {"startDateTime": "2022-02-17T00:00:00Z", "endDateTime": "2022-02-18T00:00:00Z"}
PRINTED = "882362001200001"


def test_each_record_has_the_61_documented_members_in_their_order(world: Any) -> None:
    fields = contracts.document("wing-subscription")["cdr"]["fields"]
    data(world)
    event(world, kind="detach")
    records = cdrs(world)
    assert ["I", "U", "T"] == kinds(records)
    for record in records:
        assert [field["name"] for field in fields] == list(record)
        for field in fields:
            value = record[field["name"]]
            if field["name"] == "id":
                assert isinstance(value, int)
            elif field["type"] == "string":
                assert isinstance(value, str)
            else:
                assert value is None or isinstance(value, str)


def test_the_records_tell_the_session(world: Any) -> None:
    start_of_cycle(world)
    data(world, up=KB, down=2 * KB)
    running = session(world)
    later(world, by="90m")
    data(world, up=4 * KB, down=8 * KB)
    later(world, by="10m")
    event(world, kind="detach")
    first, second, third, last = cdrs(world)
    assert ["0", "1", "2", "3"] == [record["recordSequenceNumber"] for record in (first, second, third, last)]
    assert [str(KB * each) for each in (0, 3, 12, 0)] == [
        record["intermediate_Usage"] for record in (first, second, third, last)
    ]
    assert [running["sessionId"]] * 4 == [record["chargingId"] for record in (first, second, third, last)]
    assert (None, running["ipAddress"]) == (first["servedPDPPDNAddress"], second["servedPDPPDNAddress"])
    assert ("2031-02-01T13:30:00", "2031-02-01T12:00:00Z") == (third["recordOpeningTime"], third["startTime"])
    assert ("2031-02-01T13:40:00Z", "6000", str(15 * KB)) == (last["endTime"], last["duration"], last["finalUsage"])
    assert [(None, None, None)] * 3 == [
        (record["endTime"], record["duration"], record["finalUsage"]) for record in (first, second, third)
    ]
    assert {(SIM["imsi"], SIM["msisdn"], "3439", "21")} == {
        (record["servedIMSI"], record["servedMSISDN"], record["brandId"], record["tenantId"])
        for record in (first, second, third, last)
    }


def test_both_ends_of_the_period_are_included_to_the_second(world: Any) -> None:
    start_of_cycle(world)
    later(world, to="2031-02-01T12:30:00.700Z")
    data(world)
    opened = "2031-02-01T12:30:00"
    assert {opened} == {record["recordOpeningTime"] for record in cdrs(world)}
    assert 2 == len(cdrs(world, period=(f"{opened}Z", f"{opened}Z")))
    assert [] == cdrs(world, period=("2031-02-01T00:00:00Z", "2031-02-01T12:29:59Z"))
    assert [] == cdrs(world, period=("2031-02-01T12:30:01Z", "2031-02-02T00:00:00Z"))


def test_pages_count_from_0_and_have_50_records_where_nobody_says(world: Any) -> None:
    start_of_cycle(world)
    put_device(world, SIM["iccid"], "tracker")
    later(world, by="4d")
    whole = cdrs(world)
    assert len(whole) > 100
    assert sorted(record["id"] for record in whole) == [record["id"] for record in whole]
    period = {"startDateTime": "2031-01-01T00:00:00Z", "endDateTime": "2032-01-01T00:00:00Z"}
    assert whole[:50] == world.wing.get(PATH, params={"msisdn": SIM["msisdn"], **period}).json()
    pages = [cdrs(world, page=page, size=30) for page in range(len(whole) // 30 + 2)]
    assert whole == [record for page in pages for record in page]
    assert [] == pages[-1]


def test_reading_lets_the_device_live_up_to_now(world: Any) -> None:
    start_of_cycle(world)
    put_device(world, SIM["iccid"], "meter")
    later(world, by="3d")
    assert 12 == kinds(cdrs(world)).count("U")


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"startDateTime": "yesterday"}, "startDateTime"),
        ({"startDateTime": "2022-02-17"}, "startDateTime"),
        ({"startDateTime": "2022-02-17T00:00:00"}, "startDateTime"),
        ({"startDateTime": "2022-02-30T00:00:00Z"}, "startDateTime"),
        ({"endDateTime": "2022-02-18T00:00:00+00:00"}, "endDateTime"),
        ({"endDateTime": "٢٠٢٢-02-18T00:00:00Z"}, "endDateTime"),
        ({"endDateTime": "2022-02-16T23:59:59Z"}, "endDateTime"),
        ({"endDateTime": "0000-01-01T00:00:00Z"}, "endDateTime"),
        ({"msisdn": "+882362001200001"}, "msisdn"),
        ({"msisdn": ""}, "msisdn"),
        ({"page": "-1"}, "page"),
        ({"page": "first"}, "page"),
        ({"size": "0"}, "size"),
    ],
)
def test_what_cannot_be_read_is_refused(change: dict[str, str], wrong: str, world: Any) -> None:
    answer = world.wing.get(PATH, params={"msisdn": PRINTED, **DAY, **change})
    assert f"Parameter '{wrong}'" in problem(answer, 400)["detail"]


@pytest.mark.parametrize("missing", ["msisdn", "startDateTime", "endDateTime"])
def test_number_and_period_are_wanted(missing: str, world: Any) -> None:
    asked = {"msisdn": PRINTED, **DAY}
    del asked[missing]
    said = problem(world.wing.get(PATH, params=asked), 400)
    assert [missing] == [each["field"] for each in said["fieldErrors"]]


def test_a_number_that_the_caller_does_not_see_has_no_records(world: Any) -> None:
    asked = {"msisdn": PRINTED, **DAY}
    assert 2 == len(world.wing.get(PATH, params=asked).json())
    assert [] == world.wing.get(PATH, params=asked | {"msisdn": "882362001299999"}).json()
    assert [] == world.wing_as("acme-admin", "acme-iot").get(PATH, params=asked).json()
    assert [] == world.wing_as("sandbox-admin", account="7420").get(PATH, params=asked).json()
    assert 2 == len(world.wing_as("sandbox-reader").get(PATH, params=asked).json())


def test_ages_of_ages_are_a_period_too(world: Any) -> None:
    asked = {"msisdn": PRINTED, "startDateTime": "0001-01-01T00:00:00Z", "endDateTime": "9999-12-31T23:59:59Z"}
    assert 3 == len(world.wing.get(PATH, params=asked).json())
