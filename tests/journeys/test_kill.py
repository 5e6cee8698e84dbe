"""kill -9 in the middle of work: what was acknowledged is there after a restart, ends, and was done once."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
from tests.conftest import World, start_box

from carrierbox import contracts


def test_every_acknowledged_workflow_ends_after_a_restart(tmp_path: Path) -> None:
    batches: dict[str, Any] = {}
    box = start_box("--data", str(tmp_path), "--sims", "400")
    with httpx.Client(base_url=box.url) as control:
        world = World("default", box.url, control)
        stock = world.wing.get("/api/v1/subscription/sims", params={"size": 2000}).json()
        for sim in stock[:200]:
            batches[world.change(sim, "DEACTIVATED", 8).text] = sim
        token = world.wing.headers["authorization"]
        world.close()
    box.kill()

    box = start_box("--data", str(tmp_path))
    with httpx.Client(base_url=box.url, timeout=60) as control:
        world = World("default", box.url, control)
        world.wing.headers["authorization"] = token  # the keys are on disk too
        world.advance(until="idle")
        assert 200 == len(batches)
        for batch, sim in batches.items():
            done = world.workflow(batch)
            now = world.sim(sim["iccid"])
            assert done["status"] in {"COMPLETED", "FAILED"}
            assert ("DEACTIVATED" if done["status"] == "COMPLETED" else sim["stateName"]) == now["stateName"]
            assert not now["stateChangeLock"]
        assert {"COMPLETED", "FAILED"} == {world.workflow(batch)["status"] for batch in batches}
        world.close()
    assert 0 == box.stop()


def answered(answer: httpx.Response) -> dict[str, Any]:
    """What an accepted request was told."""
    assert answer.is_success, answer.text
    return dict(answer.json()) if answer.content else {}


def counted(folder: Path, table: str, **where: object) -> int:
    """How many such rows a world's file holds."""
    conditions = " AND ".join(f"{name} = :{name}" for name in where)
    with closing(sqlite3.connect(f"file:{folder}/worlds/default.db?mode=ro", uri=True)) as read:
        return int(read.execute(f"SELECT count(*) FROM {table} WHERE {conditions}", where).fetchone()[0])


def test_what_each_carrier_acknowledged_is_there_once_and_the_files_are_sound(tmp_path: Path) -> None:
    """A rule, an order, a tag, an activation, a block and a device's session; then the power cut."""
    box = start_box("--data", str(tmp_path))
    with httpx.Client(base_url=box.url, timeout=60) as control:
        world = World("default", box.url, control)
        frozen = world.clock(mode="frozen")["now"]
        rule = contracts.operation("wing-6.1.1").request
        order = contracts.operation("wing-8.1.1").request
        assert rule is not None
        assert order is not None
        rules = "/api/v1/automation-rules/automation-rule/v1/monitored-rules"
        orders = "/api/v1/sim-ordering"
        made = answered(world.wing.post(rules, json=rule.example | {"ruleName": "Kept"}))["id"]
        tenant = {"X-Tenant-Id": "7"}
        ordered = answered(world.wing.post(f"{orders}/createOrder", json=order.example, headers=tenant))["id"]
        answered(world.wing.post("/api/v1/tags", json={"name": "Kept", "description": "", "visibilty": "Public"}))
        services = {"phoneNumber": "0612345678", "services": {"internationalDialing": True}}
        activation = answered(world.stn.post("/stn/api/SetServicesSubscription", json=services))["id"]
        block = {"bssid": "operator_name", "msisdn": "46737678218"}
        answered(world.wgtwo.post("/wgtwo/provision/v2/block", json=block))
        sim = world.sim_in("ACTIVE")
        used = {"kind": "data", "up_bytes": 1000, "down_bytes": 23}
        answered(control.post(f"/_box/worlds/default/sims/{sim['iccid']}/events", json=used))
        sessions = counted(tmp_path, "wing_session", sim_id=sim["id"])
        assert sessions
        world.close()
        box.kill()

    doctor = [sys.executable, "-m", "carrierbox", "doctor", "--data", str(tmp_path), "--port", "0"]
    assert 0 == subprocess.run(doctor, capture_output=True, check=False).returncode
    with closing(sqlite3.connect(tmp_path / "worlds" / "default.db")) as world_file:
        assert [("ok",)] == world_file.execute("PRAGMA integrity_check").fetchall()
    box = start_box("--data", str(tmp_path))
    with httpx.Client(base_url=box.url, timeout=60) as control:
        world = World("default", box.url, control)
        assert frozen == control.get("/_box/worlds/default/clock").json()["now"]
        world.advance(until="idle")
        assert ordered == answered(world.wing.get(f"{orders}/orderDetails/{ordered}"))["id"]
        [shown] = answered(world.stn.get("/stn/api/QueryActivation", params={"id": activation}))["results"]
        assert "DONE" == shown["status"]
        assert answered(world.wgtwo.get("/wgtwo/subscription/v2/msisdn/46737678218"))["active"] is False
        world.close()
    assert 0 == box.stop()
    assert [1, 1] == [counted(tmp_path, "wing_rule", id=made), counted(tmp_path, "wing_tag", name="Kept")]
    assert sessions == counted(tmp_path, "wing_session", sim_id=sim["id"])
