"""A suite of tests, each in a world of its own, against one box: nobody meets anybody, and nothing stays behind.

`bench.worlds` is the same at full size.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
from tests.conftest import start_box

from carrierbox.testing import Box, World

SIM = {"iccid": "8955644099890700001", "imsi": "234500001087001"}
WORKERS, TESTS = 4, 40
MOST_MB = 25


def story(url: str, number: int) -> tuple[str, str, int]:
    """What a test does: nothing is there of others, then its own is."""
    with Box(url) as box:
        world: World = box.create(from_="default", name=f"test-{number}")
        before = world.sims.show(SIM["iccid"])["state"]
        assert [] == world.journal.list()
        with httpx.Client(base_url=world.urls["wing"], headers=world.headers("wing"), timeout=120) as wing:
            wing.post("/api/v1/sim/update_state", json=SIM | {"newState": "ACTIVE", "newStateId": 3})
        world.clock.advance(f"{10 + number}s")
        after, asked = world.sims.show(SIM["iccid"])["state"], len(world.journal.list())
        world.drop()
        return before, after, asked


def left_behind(data: Path, process: int) -> tuple[set[str], int, float]:
    """The files of a box, how many it has open, and the memory of its own in MB."""
    files = {str(path.relative_to(data)) for path in data.rglob("*") if not path.name.endswith(("-wal", "-shm"))}
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
    [anonymous] = [line.split()[1] for line in rollup.splitlines() if line.startswith("Anonymous:")]
    return files, len([*Path(f"/proc/{process}/fd").iterdir()]), int(anonymous) / 1024


def test_nobody_sees_what_another_did_and_nothing_stays_behind(tmp_path: Path) -> None:
    box = start_box("--data", str(tmp_path), "--sims", "1000")
    try:
        with ThreadPoolExecutor(WORKERS) as workers:

            def run(first: int) -> list[tuple[str, str, int]]:
                return [*workers.map(lambda number: story(box.url, number), range(first, first + TESTS))]

            expected: list[Any] = [("ENTERPRISE-INVENTORY", "ACTIVE", 1)] * TESTS
            assert expected == run(0)  # fills caches, and makes the threads and connections that stay
            files, handles, memory = left_behind(tmp_path, box.process.pid)
            assert expected == run(TESTS)
        after = left_behind(tmp_path, box.process.pid)
        assert files == after[0]
        assert after[1] <= handles + 2
        assert after[2] - memory < MOST_MB
    finally:
        assert 0 == box.stop()
