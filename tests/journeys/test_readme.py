"""The README's stories: each block of shell runs as pasted, in order, against a fresh box."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import start_box

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """What each block of the README prints."""
    box = start_box("--data", str(tmp_path_factory.mktemp("data")))
    blocks = re.findall(r"```bash\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    script = "\necho; echo ----\n".join(blocks).replace("http://localhost:7462", box.url)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert 0 == done.returncode, done.stderr
    yield [part.strip() for part in done.stdout.split("----")]
    assert 0 == box.stop()


def objects(text: str) -> list[Any]:
    """The JSON values that were printed one behind the other."""
    decoder, values = json.JSONDecoder(), []
    text = text.strip()
    while text:
        value, end = decoder.raw_decode(text)
        values.append(value)
        text = text[end:].strip()
    return values


def test_lists_sims_in_stock_and_the_guides_1169(printed: list[str]) -> None:
    stock, sim = objects(printed[1])
    assert ["ENTERPRISE-INVENTORY"] * 2 == [each["stateName"] for each in stock]
    assert (1169, "8955644500001089020") == (sim["id"], sim["iccid"])


def test_starts_a_workflow_that_runs_and_completes_when_time_moves(printed: list[str]) -> None:
    [running] = objects(printed[2])
    [moved] = objects(printed[3])
    done, sim, [audited] = objects(printed[4])
    assert "RUNNING" == running["status"]
    assert [(running["workflowId"], "completed")] == [(each["id"], each["outcome"]) for each in moved["ran"]]
    assert ("COMPLETED", running["workflowId"]) == (done["status"], done["workflowId"])
    assert "ACTIVE" == sim["stateName"]
    assert ('"ENTERPRISE-INVENTORY"', '"ACTIVE"') == (audited["preValue"], audited["newValue"])


def test_replaces_a_sim_on_working_group_two(printed: list[str]) -> None:
    [before] = objects(printed[5])
    requests = objects(printed[6])
    after, old = objects(printed[7])
    assert 3 == len({each["requestid"] for each in requests})
    assert before["id"] == after["id"]
    assert "2420198412148748973" in json.dumps(after)
    assert "2420198412148748973" not in json.dumps(before)
    assert {"status": 404} == old


def test_makes_a_world_of_its_own_and_drops_it(printed: list[str]) -> None:
    made, stranger, clock, moved, reset = objects(printed[-1])
    assert "t1" == made["name"] == reset["name"]
    assert 401 == stranger["status"]
    assert "frozen" == clock["mode"]
    assert [] == moved["ran"]
