"""kill -9 in the middle of a move of some thousand SIMs: after a restart it goes on where it was, and loses none."""

from collections import Counter
from contextlib import suppress
from pathlib import Path
from threading import Thread

import httpx
from tests.conftest import World, start_box
from tests.wing.rows import rows

SOURCE, TARGET = 3501, 3502
MOVE = {
    "accountId": TARGET, "fromAccountId": SOURCE, "useImsi": False,
    "range": {"from": "8955644200000000000", "to": "8955644200000999999"},
}  # fmt: skip


def advance(world: World) -> None:
    """Let the move go on until the box is gone."""
    with suppress(httpx.TransportError):
        httpx.post(f"{world.control.base_url}/_box/worlds/default/clock/advance", json={"until": "idle"}, timeout=60)


def test_a_move_that_was_cut_off_goes_on_and_moves_each_sim_once(tmp_path: Path) -> None:
    box = start_box("--data", str(tmp_path), "--sims", "16000")
    with httpx.Client(base_url=box.url, timeout=60) as control:
        world = World("default", box.url, control)
        world.clock(mode="frozen")
        before = {row["iccid"]: row["account_id"] for row in rows(world)["wing_sim"]}
        answer = world.wing.post("/api/v1/resources/batch/sims/assign", params={"reassign": "true"}, json=MOVE)
        assert 202 == answer.status_code, answer.text
        batch, token = answer.text, world.wing.headers["authorization"]
        going = Thread(target=advance, args=[world])
        going.start()
        while not (shown := world.workflow(batch))["output"].get("succeeded"):
            assert "RUNNING" == shown["status"]
        assert "RUNNING" == shown["status"]
        world.close()
        box.kill()
        going.join()

    moving = {iccid for iccid, account in before.items() if account == SOURCE and iccid.startswith("8955644200000")}
    assert shown["output"]["succeeded"] < len(moving)
    box = start_box("--data", str(tmp_path))
    with httpx.Client(base_url=box.url, timeout=60) as control:
        world = World("default", box.url, control)
        world.wing.headers["authorization"] = token
        halfway = sum(row["account_id"] != before[row["iccid"]] for row in rows(world)["wing_sim"])
        assert shown["output"]["succeeded"] <= halfway < len(moving)
        assert halfway == world.workflow(batch)["output"]["succeeded"]
        world.advance(until="idle")
        done = world.workflow(batch)
        assert ("COMPLETED", {"message": "Success", "statusCode": 200}) == (done["status"], done["output"])
        after = rows(world)
        world.close()
    assert 0 == box.stop()
    expected = before | dict.fromkeys(moving, TARGET)
    assert expected == {row["iccid"]: row["account_id"] for row in after["wing_sim"]}
    imsis = {row["imsi"] for row in after["wing_sim"] if row["iccid"] in moving}
    moved = [row for row in after["wing_audit"] if row["action"] == "SIM_ACCOUNT_CHANGE"]
    assert Counter(dict.fromkeys(imsis, 1)) == Counter(row["imsi"] for row in moved)
    assert {"COMPLETED"} == {row["status"] for row in moved}
