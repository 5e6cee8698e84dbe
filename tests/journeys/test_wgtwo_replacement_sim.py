"""Provision replacement SIM: a lost card is blocked, another takes its place, and all works again."""

from pathlib import Path
from typing import Any

import httpx
from tests.conftest import World, start_box

WHO = {"bssid": "operator_name", "msisdn": "46737678218"}
CHANGE = {"bssid": "operator_name", "iccid": "2420198416000015720", "newIccid": "2420198412148748973"}
OLD_IMSI, NEW_IMSI = "242016000015721", "242016000015731"
WORKING = "x-carrierbox-working-services"


def read(world: Any) -> httpx.Response:
    answer: httpx.Response = world.wgtwo.get("/subscription/v2/msisdn/46737678218")
    assert 200 == answer.status_code
    return answer


def do(world: Any, operation: str, body: dict[str, str]) -> None:
    answer = world.wgtwo.post(f"/provision/v2/{operation}", json=body)
    assert 201 == answer.status_code
    assert 32 == len(answer.json()["requestid"])


def imsi_status(world: Any, imsi: str) -> int:
    return int(world.wgtwo.get(f"/subscription/v2/imsi/{imsi}").status_code)


def test_in_the_documents_three_steps(world: Any) -> None:
    before = read(world)
    do(world, "block", WHO)
    blocked = read(world)
    assert (False, "") == (blocked.json()["active"], blocked.headers[WORKING])
    do(world, "changesim", CHANGE)
    changed = read(world).json()
    assert ([CHANGE["newIccid"]], False) == ([sim["iccid"] for sim in changed["simcards"]], changed["active"])
    assert (404, 200) == (imsi_status(world, OLD_IMSI), imsi_status(world, NEW_IMSI))
    do(world, "unblock", WHO)
    after = read(world)
    assert after.json()["active"]
    assert before.headers[WORKING] == after.headers[WORKING]
    for member in ("id", "msisdn", "userId", "services"):
        assert before.json()[member] == after.json()[member]


def test_changing_the_sim_alone_does_it_too(world: Any) -> None:
    do(world, "changesim", CHANGE)
    assert read(world).json()["active"]
    assert (404, 200) == (imsi_status(world, OLD_IMSI), imsi_status(world, NEW_IMSI))


def test_over_a_power_cut_with_the_same_token(tmp_path: Path) -> None:
    box = start_box("--data", str(tmp_path), "--sims", "20")
    with httpx.Client(base_url=box.url, timeout=60) as control:
        world = World("default", box.url, control)
        do(world, "block", WHO)
        token = world.wgtwo.headers["authorization"]
        world.close()
    box.kill()

    box = start_box("--data", str(tmp_path))
    with httpx.Client(base_url=box.url, timeout=60) as control:
        world = World("default", box.url, control)
        world.wgtwo.headers["authorization"] = token
        assert not read(world).json()["active"]
        do(world, "changesim", CHANGE)
        do(world, "changesim", CHANGE)  # the answer may have been lost
        do(world, "unblock", WHO)
        assert ([CHANGE["newIccid"]], True) == (
            [sim["iccid"] for sim in read(world).json()["simcards"]],
            read(world).json()["active"],
        )
        world.close()
    assert 0 == box.stop()
