"""kill -9 in the middle of two hundred workflows: every one that was acknowledged ends after a restart."""

from pathlib import Path
from typing import Any

import httpx
from tests.conftest import World, start_box


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
