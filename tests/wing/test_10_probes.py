"""WING 10.1, where the network knows a SIM to be."""

from typing import Any

import pytest
from tests.wing.usage import SIM, data, event, later, problem, put_device, registration, start_of_cycle

PATH = "/api/v1/probes/network-registration"
IDENTITIES = {"iccid": SIM["iccid"], "imsi": SIM["imsi"], "msisdn": SIM["msisdn"]}


def test_a_sim_that_never_registered_is_known_nowhere(world: Any) -> None:
    shown = registration(world)
    assert IDENTITIES == {name: value for name, value in shown.items() if value is not None}
    assert [
        *IDENTITIES, "networkName", "country", "ratType", "sgsn", "mme", "vlr", "location", "address", "apn",
        "lastRegistered3G", "lastRegistered4G",
    ] == list(shown)  # fmt: skip


def test_a_sim_registers_where_its_device_attaches(world: Any) -> None:
    start_of_cycle(world)
    event(world, kind="attach", plmn="26201")
    shown = registration(world)
    assert ("Telekom Deutschland GmbH", "Germany", "EUTRAN (4G)") == (
        shown["networkName"], shown["country"], shown["ratType"],
    )  # fmt: skip
    assert ("2031-02-01T12:00:00Z", None) == (shown["lastRegistered4G"], shown["lastRegistered3G"])
    assert (None, None) == (shown["sgsn"], shown["vlr"])
    assert shown["mme"].isdigit()
    assert "nokia.wing.trial" == shown["apn"]


@pytest.mark.parametrize(
    ("rat", "name", "digits"),
    [
        ("GERAN", "GERAN (2G)", 14),
        ("UTRAN", "UTRAN (3G)", 14),
        ("LTE", "EUTRAN (4G)", 24),
        ("NB-IoT", "NB-IoT (4G)", 24),
        ("5G", "NR (5G)", 24),
    ],
)
def test_its_nodes_and_its_place_are_those_of_the_radio_technology(
    rat: str, name: str, digits: int, world: Any
) -> None:
    event(world, kind="attach", rat=rat, plmn="23410")
    shown = registration(world)
    assert name == shown["ratType"]
    assert digits == len(shown["location"])
    assert "32F401" == shown["location"][:6]
    is_before_4g = digits == 14
    assert [is_before_4g] * 4 == [shown[name] is not None for name in ("sgsn", "vlr", "lastRegistered3G")] + [
        shown["mme"] is None
    ]
    assert all(shown[name] is None or shown[name].isdigit() for name in ("sgsn", "vlr", "mme"))


def test_it_registers_anew_when_it_is_elsewhere_and_not_while_it_stays(world: Any) -> None:
    start_of_cycle(world)
    data(world)
    later(world, by="1h")
    data(world)
    assert "2031-02-01T12:00:00Z" == registration(world)["lastRegistered4G"]
    event(world, kind="location", country="FR")
    assert ("France", "2031-02-01T13:00:00Z") == (
        registration(world)["country"], registration(world)["lastRegistered4G"],
    )  # fmt: skip
    event(world, kind="attach", rat="2G")
    shown = registration(world)
    assert ("GERAN (2G)", "2031-02-01T13:00:00Z", "2031-02-01T13:00:00Z") == (
        shown["ratType"], shown["lastRegistered3G"], shown["lastRegistered4G"],
    )  # fmt: skip


def test_a_country_without_a_network_of_ours_has_the_test_network(world: Any) -> None:
    event(world, kind="location", country="TV")
    assert ("Test network", "TV") == (registration(world)["networkName"], registration(world)["country"])


def test_what_came_in_late_does_not_move_it(world: Any) -> None:
    start_of_cycle(world)
    data(world)
    data(world, at="2031-02-01T10:00:00Z", country="FR")
    assert "United Kingdom" == registration(world)["country"]


def test_reading_lets_the_device_live_up_to_now(world: Any) -> None:
    put_device(world, SIM["iccid"], "meter")
    later(world, by="7h")
    assert "United Kingdom" == registration(world)["country"]


def test_an_imsi_that_the_caller_does_not_see_is_404(world: Any) -> None:
    problem(world.wing.get(f"{PATH}/234500001999999"), 404)
    problem(world.wing.get(f"{PATH}/nobody"), 404)
    problem(world.wing_as("acme-admin", "acme-iot").get(f"{PATH}/{SIM['imsi']}"), 404)
    problem(world.wing_as("sandbox-admin", account="7420").get(f"{PATH}/{SIM['imsi']}"), 404)
    assert 200 == world.wing_as("sandbox-reader").get(f"{PATH}/{SIM['imsi']}").status_code
