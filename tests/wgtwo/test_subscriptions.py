"""Get subscription info: by number, by IMSI, and in v1's shape."""

import json
from typing import Any

import pytest
from tests.wgtwo.conftest import ICCID, MSISDN, refused

from carrierbox import contracts
from carrierbox.carriers.wgtwo.errors import BODIES, bare

DOCUMENTED = contracts.operation("wgtwo-get-subscription").success.example


def test_the_documents_subscription_is_there_member_by_member(wg: Any) -> None:
    assert DOCUMENTED == wg.show()
    assert list(DOCUMENTED) == list(wg.show())


@pytest.mark.parametrize("imsi", ["242016000015721", "242016000015722"])
def test_any_imsi_of_a_sim_finds_it(wg: Any, imsi: str) -> None:
    assert wg.show() == wg.http.get(f"/subscription/v2/imsi/{imsi}").json()


@pytest.mark.parametrize(
    "path",
    [
        "v2/msisdn/46700000000",
        "v2/msisdn/+46737678218",
        "v2/msisdn/abc",
        "v2/msisdn/%00",
        "v2/msisdn/%F0%9F%93%9E",
        "v2/imsi/242016000015731",
        "v2/imsi/1",
        "v1/msisdn/46700000000",
        "v2/iccid/2420198416000015720",
        "v2/userid/random-userid-123",
        "v3/msisdn/46737678218",
    ],
)
def test_what_leads_to_no_subscription_is_404_without_a_word(wg: Any, path: str) -> None:
    refused(wg.http.get(f"/subscription/{path}"), 404)


def test_another_method_is_405_without_a_word(wg: Any) -> None:
    refused(wg.http.delete(f"/subscription/v2/msisdn/{MSISDN}"), 405)
    refused(wg.http.get("/provision/v2/block"), 405, "/wgtwo/provision/v2/block: Method Not Allowed")


def test_there_is_no_path_called_freeze(wg: Any) -> None:
    refused(wg.ask("freeze", msisdn=MSISDN), 404)
    refused(wg.ask("unfreeze", msisdn=MSISDN), 404)


def test_members_without_a_value_are_left_out(wg: Any) -> None:
    assert not {"roamingprofile", "apnprofile"} & wg.show("4799990000").keys()
    assert {"servicename": "DATA"} in wg.show("4799990000")["services"]


def test_one_subscription_may_have_several_sims(wg: Any) -> None:
    assert 2 == len(wg.iccids("46737678220"))


def test_v1_has_a_map_of_services_and_the_first_sim_at_the_top(wg: Any) -> None:
    v1, v2 = wg.show(edition="v1"), wg.show()
    assert {name: config or {} for name, config in wg.services().items()} == v1["services"]
    assert (ICCID, "242016000015721") == (v1["iccid"], v1["imsi"])
    assert not {"roamingprofile", "apnprofile"} & v1.keys()
    assert "activeImsi" not in v1["simcards"][0]
    assert [v2[name] for name in ("id", "msisdn", "active", "userId", "bss", "created", "lastModified")] == [
        v1[name] for name in ("id", "msisdn", "active", "userId", "bss", "created", "lastModified")
    ]


def test_v1_without_a_sim_has_nothing_at_the_top(wg: Any) -> None:
    wg.do("disengagesim", msisdn=MSISDN)
    assert not {"iccid", "imsi"} & wg.show(edition="v1").keys()
    assert [] == wg.show(edition="v1")["simcards"]


def test_the_bodies_of_errors_are_the_contracts() -> None:
    for status, error in contracts.document("wgtwo")["errors"].items():
        if status.isdigit() and error["body"] not in ("none declared", "unknown"):
            assert error["body"] == BODIES[int(status)]
            assert error["body"] == json.loads(bytes(bare(int(status)).body))


def test_the_api_describes_itself(wg: Any) -> None:
    described = wg.http.get("/openapi.json").json()
    documented = {
        operation.path.replace("{version}", "v1")
        for operation in contracts.operations("wgtwo")
        if operation.id != "wgtwo-oauth2-token"
    }
    assert documented <= described["paths"].keys()
