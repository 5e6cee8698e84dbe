"""Services: the catalogue, adding, changing and deleting, configs, and what of them works."""

from typing import Any

import pytest
from tests.wgtwo.conftest import MSISDN, refused

from carrierbox import contracts
from carrierbox.carriers.wgtwo.services import rules
from carrierbox.carriers.wgtwo.services.catalogue import CATALOGUE, DEFAULT_V1
from carrierbox.carriers.wgtwo.services.schemas import Category

SERVICES = contracts.document("wgtwo")["services"]
NAMES = {row["name"]: row for row in SERVICES["names"]}
ALSO_V1 = {"VOICE_CALLWAITING"}
ALSO_V2 = {"DATA_HIGHSPEED"}

#: For each shape in the contract, a config that fits.
FITTING: dict[str, Any] = {
    "DATA": {"speed_bps": 256000},
    "DATA_CONTENT_FILTERING": {"forbidden_content": ["PORN", "GAMBLING"]},
    "PRODUCT_BUNDLING": {"products": ["one", "two"]},
    "VOICE_CALLFORWARD": {"unconditional": "46701234567", "busy": "46701234568", "busy_active": False},
    "DATA_CUSTOM_DNS": {"IPv4": {"primary": "192.0.2.1", "secondary": "192.0.2.2"}},
    "DATA_STATIC_IP": {"IPv4": {"ip": "192.0.2.10"}},
    "EVENT_STREAMING": {"types": ["*"]},
}
WRONG: list[tuple[str, Any]] = [
    ("DATA", {"speed_bps": "256000"}),
    ("DATA", {"speed_bps": 1.5}),
    ("DATA", {"speed_bps": True}),
    ("DATA", {"speed_bps": -1}),
    ("DATA", {"speed_bps": 10**30}),
    ("DATA", {"speed_bps": None}),
    ("DATA", {"speed": 256000}),
    ("DATA", []),
    ("DATA", "fast"),
    ("DATA", False),
    ("ROAMING", {"active": True}),
    ("DATA_CONTENT_FILTERING", {"forbidden_content": ["CATS"]}),
    ("DATA_CONTENT_FILTERING", {"forbidden_content": "PORN"}),
    ("PRODUCT_BUNDLING", {"products": []}),
    ("PRODUCT_BUNDLING", {"products": "some_product_id"}),
    ("PRODUCT_BUNDLING", {"products": [1]}),
    ("PRODUCT_BUNDLING", {"products": [""]}),
    ("VOICE_CALLWAITING", {"active": "true"}),
    ("VOICE_CALLWAITING", {"active": None}),
    ("VOICE_CALLFORWARD", {"unconditional": "+46701234567"}),
    ("VOICE_CALLFORWARD", {"busy": 46701234567}),
    ("VOICE_CALLFORWARD", {"sometimes": "46701234567"}),
]


def add(wg: Any, name: str, *config: Any) -> None:
    service = {"servicename": name} | ({"config": config[0]} if config else {})
    wg.do("update", msisdn=MSISDN, services={"add": [service]})


def test_the_catalogue_is_the_contracts() -> None:
    assert list(NAMES) == list(CATALOGUE)
    for name, row in NAMES.items():
        service = CATALOGUE[name]
        assert tuple(row["requires"]) == service.requires
        assert (row["v2"] == "network") == service.network
        assert (row["v1"] in {"yes", "former"} or name in ALSO_V1) == service.v1
        assert (row["v2"] == "yes" or row["spec_v2"] == "yes" or name in ALSO_V2) == service.v2
        fields = list(service.config.model_fields) if service.config else "none"
        assert (list(row["config"]) if row["config"] != "none" else "none") == fields
    assert tuple(SERVICES["default_v1"]) == DEFAULT_V1
    assert SERVICES["content_categories"] == list(Category.__args__)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", NAMES)
def test_every_name_of_v2_can_be_added_with_its_config_and_deleted(wg: Any, name: str) -> None:
    config = FITTING.get(name) or ({"active": True} if NAMES[name]["config"] == {"active": "boolean"} else None)
    service = {"servicename": name, "config": config} if config else {"servicename": name}
    if not CATALOGUE[name].v2:
        refused(wg.ask("update", msisdn=MSISDN, services={"add": [service]}), 400, name)
        return
    wg.do("update", msisdn=MSISDN, services={"add": [service]})
    assert service in wg.show()["services"]
    wg.do("update", msisdn=MSISDN, services={"delete": [name]})
    assert name not in wg.services()


@pytest.mark.parametrize("name", NAMES)
def test_every_name_of_v1_can_be_added_and_removed(wg: Any, name: str) -> None:
    who = {"bssid": "operator_name", "msisdn": 4799990000, "userid": "my-user-id"}
    service = {"name": name, "action": "ADD", "configuration": FITTING.get(name)}
    if not CATALOGUE[name].v1:
        refused(wg.ask("v1/update", **who, service=service), 400, name)
        return
    wg.do("v1/update", **who, service=service)
    shown = wg.show("4799990000", "v1")["services"][name]
    assert shown == (FITTING.get(name) or ({"active": False} if name == "VOICE_CALLWAITING" else {}))
    wg.do("v1/update", **who, service={"name": name, "action": "REMOVE"})
    assert name not in wg.show("4799990000", "v1")["services"]


@pytest.mark.parametrize(("name", "config"), WRONG, ids=str)
def test_a_config_of_the_wrong_shape_is_400_and_changes_nothing(wg: Any, name: str, config: Any) -> None:
    before = wg.rows()
    service = {"servicename": name, "config": config}
    refused(wg.ask("update", msisdn=MSISDN, services={"add": [{"servicename": "SMS_IN"}, service]}), 400, "config")
    refused(
        wg.ask(
            "v1/update",
            bssid="operator_name",
            msisdn=MSISDN,
            userid="random-userid-123",
            service={"name": name, "action": "ADD", "config": config},
        ),
        400,
    )
    assert before == wg.rows()


@pytest.mark.parametrize(
    "config", [{"IPv4": {"ip": "192.0.2.0"}}, {"IPv4": {"ip": "192.0.2.256"}}, {"IPv4": {}}, {"ip": 1}]
)
def test_a_fixed_address_is_a_hosts(wg: Any, config: Any) -> None:
    who = {"bssid": "operator_name", "msisdn": MSISDN, "userid": "random-userid-123"}
    service = {"name": "DATA_STATIC_IP", "action": "ADD", "configuration": config}
    refused(wg.ask("v1/update", **who, service=service), 400)


def test_a_new_config_replaces_the_old_one_whole_and_none_removes_it(wg: Any) -> None:
    add(wg, "VOICE_CALLFORWARD", {"unconditional": "46701234567", "busy": "46701234568"})
    add(wg, "VOICE_CALLFORWARD", {"no_reply": "46701234569"})
    assert {"no_reply": "46701234569"} == wg.services()["VOICE_CALLFORWARD"]
    add(wg, "VOICE_CALLFORWARD")
    assert wg.services()["VOICE_CALLFORWARD"] is None
    add(wg, "DATA", {})
    assert wg.services()["DATA"] is None
    add(wg, "PRODUCT_BUNDLING", {"products": ["another"]})
    assert {"products": ["another"]} == wg.services()["PRODUCT_BUNDLING"]


def test_a_switch_is_off_at_first_and_stays_as_it_was_where_it_is_left_out(wg: Any) -> None:
    add(wg, "VOICE_CALLER_ID_RESTRICTION")
    assert {"active": False} == wg.services()["VOICE_CALLER_ID_RESTRICTION"]
    add(wg, "VOICE_CALLER_ID_RESTRICTION", {"active": True})
    add(wg, "VOICE_CALLER_ID_RESTRICTION", {})
    add(wg, "VOICE_CALLER_ID_RESTRICTION")
    assert {"active": True} == wg.services()["VOICE_CALLER_ID_RESTRICTION"]


def test_deletions_come_first_then_additions(wg: Any) -> None:
    wg.do("update", msisdn=MSISDN, services={"add": [{"servicename": "DATA"}], "delete": ["DATA", "ROAMING"]})
    assert "ROAMING" not in wg.services()
    assert "DATA" in wg.services()


def test_the_clients_objects_are_taken_for_names_to_delete(wg: Any) -> None:
    wg.do("update", msisdn=MSISDN, services={"delete": [{"servicename": "ROAMING"}, "ROAMING_DATA"]})
    assert not {"ROAMING", "ROAMING_DATA"} & wg.services().keys()


@pytest.mark.parametrize("services", [None, {}, {"delete": ["VOICE_VOLTE"]}, {"add": [{"servicename": "ROAMING"}]}])
def test_an_update_that_asks_for_what_is_there_changes_nothing(wg: Any, services: Any) -> None:
    before = wg.rows()
    wg.wait(60)
    wg.do("update", msisdn=MSISDN, services=services)
    assert before == wg.rows()


def test_profiles_can_be_set_by_themselves(wg: Any) -> None:
    services = wg.services()
    wg.do("update", msisdn=MSISDN, roamingprofile="other")
    assert ("other", "apnprofile1", services) == (
        wg.show()["roamingprofile"], wg.show()["apnprofile"], wg.services(),
    )  # fmt: skip


def working(wg: Any, msisdn: str = MSISDN) -> list[str]:
    listed: str = wg.read(msisdn).headers["x-carrierbox-working-services"]
    return listed.split(", ") if listed else []


def test_dependencies_decide_what_works_and_not_what_is_stored(wg: Any) -> None:
    add(wg, "SMS_OUT_ROAM")
    assert "SMS_OUT_ROAM" not in working(wg)
    add(wg, "SMS_OUT")
    assert "SMS_OUT_ROAM" in working(wg)
    wg.do("update", msisdn=MSISDN, services={"delete": ["ROAMING"]})
    assert "SMS_OUT_ROAM" in wg.services()
    assert "SMS_OUT_ROAM" not in working(wg)
    assert working(wg) == wg.read(edition="v1").headers["x-carrierbox-working-services"].split(", ")


def test_a_service_of_the_network_works_where_the_vendor_has_enabled_it(wg: Any) -> None:
    wg.do("unblock", msisdn="46737678221")
    assert {"SMS_IN", "ROAMING", "SMS_IN_ROAM"} == wg.services("46737678221").keys()
    assert ["SMS_IN", "ROAMING"] == working(wg, "46737678221")


def test_working_is_what_has_all_that_it_requires() -> None:
    for name, service in CATALOGUE.items():
        everything = dict.fromkeys((name, *service.requires))
        assert name in rules.working(everything, None)
        for missing in service.requires:
            assert name not in rules.working({key: None for key in everything if key != missing}, None)
        assert (name in rules.working(everything, ())) != service.network
