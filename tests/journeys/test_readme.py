"""The README's stories: each block of shell runs as pasted, in order, against a fresh box."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import start_box

README = Path(__file__).parents[2] / "README.md"
BLOCK = r"```bash\n(.*?)```"


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list[str]]]:
    """What each block of the README prints, by the first words of its story's heading."""
    stories = re.split(r"^## ", README.read_text(encoding="utf-8"), flags=re.MULTILINE)
    blocks = [(story.partition("\n")[0], block) for story in stories for block in re.findall(BLOCK, story, re.DOTALL)]
    box = start_box("--data", str(tmp_path_factory.mktemp("data")))
    script = "\necho; echo ----\n".join(block for _, block in blocks).replace("http://localhost:7462", box.url)
    command = ["bash", "-euo", "pipefail", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert 0 == done.returncode, done.stderr
    outputs: dict[str, list[str]] = {}
    for (heading, _), output in zip(blocks, done.stdout.split("----"), strict=True):
        outputs.setdefault(heading, []).append(output)
    yield outputs
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


def test_a_sims_life_on_wing(printed: dict[str, list[str]]) -> None:
    _, listed, started, advanced, read = map(objects, printed["A SIM's life on WING"])
    stock, sim = listed
    [running], [moved] = started, advanced
    done, changed, [audited] = read
    assert ["ENTERPRISE-INVENTORY"] * 2 == [each["stateName"] for each in stock]
    assert (1169, "8955644500001089020") == (sim["id"], sim["iccid"])
    assert "RUNNING" == running["status"]
    assert [(running["workflowId"], "completed")] == [(each["id"], each["outcome"]) for each in moved["ran"]]
    assert ("COMPLETED", running["workflowId"]) == (done["status"], done["workflowId"])
    assert "ACTIVE" == changed["stateName"]
    assert ('"ENTERPRISE-INVENTORY"', '"ACTIVE"') == (audited["preValue"], audited["newValue"])


def test_a_fleet_on_wing(printed: dict[str, list[str]]) -> None:
    [[[assigned], moved, answer]] = map(objects, printed["A fleet on WING: tags, plans, GraphQL"])
    assert ("success", "harbour") == (assigned["type"], assigned["tag"])
    assert ["change_rate_plan_sim_wf"] == [each["kind"] for each in moved["ran"]]
    [row] = answer["data"]["simlcmanagement_vw_subscription"]
    assert ("8955644200000000021", "IoT 10 GB", "harbour") == (row["iccid"], row["rate_plan_name"], row["tags"])
    assert row["data_usage_online_radius_accumulated_usage"] > 0


def test_a_meter_goes_rogue_on_wing(printed: dict[str, list[str]]) -> None:
    _, [[mail], sim, trail] = map(objects, printed["A meter goes rogue on WING"])
    assert ("email", "ops@example.com", "234502000000002 has used 100 MB.") == (mail["kind"], mail["to"], mail["text"])
    assert "SUSPENDED" == sim["stateName"]
    assert ('"ACTIVE"', '"SUSPENDED"') == (trail[0]["preValue"], trail[0]["newValue"])
    assert mail["cause"] == trail[0]["userId"]


def test_accounts_and_people_on_wing(printed: dict[str, list[str]]) -> None:
    [password], [[account], hidden, forbidden] = map(objects, printed["Accounts and people on WING"])
    assert password["userId"]
    assert 4376 == account["id"]
    assert (404, 403) == (hidden["status"], forbidden["status"])


def test_replacing_a_sim_on_working_group_two(printed: dict[str, list[str]]) -> None:
    [before], requests, [after, old] = map(objects, printed["Replacing a SIM on Working Group Two"])
    assert 3 == len({each["requestid"] for each in requests})
    assert before["id"] == after["id"]
    assert "2420198412148748973" in json.dumps(after)
    assert "2420198412148748973" not in json.dumps(before)
    assert {"status": 404} == old


def test_a_subscriptions_life_on_dish(printed: dict[str, list[str]]) -> None:
    [taken, transaction], [_, inbox, callbacks], [settings] = map(objects, printed["A subscription's life on DISH"])
    assert ({"status": "Success"}, {"status": "InProgress"}) == (taken, transaction)
    assert "Suspend" in json.dumps(inbox)
    assert ["delivered"] == [each["state"] for each in callbacks]
    assert {"dish": "http://127.0.0.1:9000/hook"} == settings["callback_url"]


def test_a_subscriptions_life_on_stn(printed: dict[str, list[str]]) -> None:
    [_, activations, subscriptions], [_, _, event, usage] = map(objects, printed["A subscription's life on sTN"])
    assert ["DONE"] == [each["status"] for each in activations["results"]]
    assert "internationalDialing" in json.dumps(subscriptions["results"])
    assert event["followed"]
    assert usage


def test_a_world_for_each_test(printed: dict[str, list[str]]) -> None:
    [[made, stranger, clock, moved, reset]] = map(objects, printed["In tests: a world for each, and time that obeys"])
    assert "t1" == made["name"] == reset["name"]
    assert 401 == stranger["status"]
    assert "frozen" == clock["mode"]
    assert [] == moved["ran"]


def test_when_things_go_wrong(printed: dict[str, list[str]]) -> None:
    [[fault, _, outcome, [entry], verdict, told]] = map(objects, printed["When things go wrong"])
    assert 500 == fault["do"]["status"]
    assert "HLR unreachable" == outcome["do"]["fail"]["reason"]
    assert ("stn-querysubscription", 500, fault["id"]) == (entry["operation"], entry["status"], entry["fault"])
    assert verdict["holds"]
    assert "Rogue meters" in json.dumps(told)


def test_the_pytest_example_passes(tmp_path: Path) -> None:
    [example] = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "test_example.py").write_text(example, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path)
    assert 0 == done.returncode, done.stdout
    assert "1 passed" in done.stdout
