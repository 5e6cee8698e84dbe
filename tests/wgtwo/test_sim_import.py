"""sim.import: a card comes to the platform, unassigned."""

from typing import Any

import pytest
from tests.wgtwo.conftest import refused

from carrierbox import contracts

PRINTED = contracts.operation("wgtwo-sim-import").request
assert PRINTED is not None
CARD: dict[str, Any] = PRINTED.example


def bring(wg: Any, **changes: Any) -> Any:
    return wg.http.post("/sim/v0/import", json={**CARD, **changes})


def test_an_imported_card_can_be_activated(wg: Any) -> None:
    assert 201 == bring(wg).status_code
    wg.do("activate", bssid="operator_name", iccid=CARD["iccid"], msisdn="46737678299", userid="u")
    sim = wg.show("46737678299")["simcards"][0]
    assert (CARD["imsis"], CARD["imsis"][0]) == (sim["imsis"], sim["activeImsi"])
    assert not {"ki", "pin1"} & sim.keys()
    assert 200 == wg.http.get(f"/subscription/v2/imsi/{CARD['imsis'][1]}").status_code


def test_a_repeat_changes_nothing_also_when_the_card_is_in_use(wg: Any) -> None:
    bring(wg)
    wg.do("activate", bssid="operator_name", iccid=CARD["iccid"], msisdn="46737678299", userid="u")
    before = wg.rows()
    assert 201 == bring(wg).status_code
    assert before == wg.rows()


@pytest.mark.parametrize(
    "changes",
    [
        {"ki": "F" * 32},
        {"pin1": "4321"},
        {"pin1": None},
        {"opc": "0" * 32},
        {"imsis": CARD["imsis"][:1]},
        {"imsis": [*CARD["imsis"][::-1]]},
        {"iccid": "89100423481445593696"},  # its IMSIs are on another card then
        {"iccid": "2420198416000015720"},
        {"iccid": "89100423481445593696", "imsis": ["242016000015721"]},
    ],
)
def test_a_card_or_imsi_that_is_there_with_other_content_is_400(wg: Any, changes: Any) -> None:
    bring(wg)
    before = wg.rows()
    refused(bring(wg, **changes), 400, "other content")
    assert before == wg.rows()


@pytest.mark.parametrize(("bssid", "status"), [("nobody", 404), ("other_operator", 403), ("operator_pilot", 403)])
def test_only_a_known_tenant_of_the_callers_with_the_feature_imports(wg: Any, bssid: str, status: int) -> None:
    before = wg.rows()
    refused(bring(wg, bssid=bssid), status, bssid)
    assert before == wg.rows()


@pytest.mark.parametrize(
    "changes",
    [
        {"bssid": None},
        {"iccid": "891"},
        {"iccid": None},
        {"imsis": []},
        {"imsis": "310170845466094"},
        {"imsis": ["310170845466094", "310170845466094"]},
        {"imsis": ["31017"]},
        {"imsis": [310170845466094]},
        {"ki": None},
        {"ki": "00"},
        {"ki": "x" * 32},
        {"opc": "00"},
        {"pin1": 1234},
    ],
    ids=str,
)
def test_a_card_of_the_wrong_shape_is_400(wg: Any, changes: Any) -> None:
    before = wg.rows()
    refused(bring(wg, **changes), 400)
    assert before == wg.rows()
