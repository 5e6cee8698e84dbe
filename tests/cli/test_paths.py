"""`serve --paths FILE`: operations at their real addresses, and one line for each mistake in the file."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.conftest import World

ICCID = "11986621644523024501"
FILE = """
dish-update-subscription-status: PATCH /real/subscription/status
dish-query-transaction-status: GET /real/transactions/{partnerTransactionId}/state
dish-query-subscription: POST /real/transactions/search/state
wing-5.7: PUT /real/sims/state
wgtwo-get-subscription-imsi: GET /real.{imsi}
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "paths.yaml"
    path.write_text(text)
    return path


@pytest.mark.parametrize("prefix", ["", "/dish", "/w/t1", "/w/t1/dish"])
def test_operations_are_where_the_file_says(serve: Any, tmp_path: Path, prefix: str) -> None:
    served = serve("--data", "memory", "--sims", 0, "--paths", write(tmp_path, FILE))
    with httpx.Client(base_url=served.url, timeout=30) as control:
        name = control.post("/_box/worlds", json={"name": "t1"}).json()["name"] if "t1" in prefix else "default"
        world = World(name, served.url + (f"/w/{name}" if name == "t1" else ""), control)
        api = httpx.Client(base_url=served.url + prefix, headers=world.dish.headers)
        order = {"partnerTransactionId": "T/1", "iccid": ICCID, "action": "Suspend"}
        answer = api.patch("/real/subscription/status", json=order | {"partnerTransactionId": "T1"})
        assert (200, "dish-update-subscription-status") == (
            answer.status_code,
            answer.headers["X-Carrierbox-Operation"],
        )
        world.advance(until="idle")
        assert {"status": "Success"} == api.get("/real/transactions/T1/state").json()
        assert {"status": "Success"} == api.get("/sps/v5/subscription/transactionStatus/T1").json()
        found = api.post("/real/transactions/search/state", params={"iccid": ICCID})
        assert "Suspended" == found.json()["status"]
        assert 404 == api.get("/real/nothing").status_code
        assert 405 == api.patch("/sps/v5/subscription/activate").status_code
        api.close()
        world.close()
    assert 0 == served.end()


def test_other_carriers_operations_may_be_elsewhere_too(serve: Any, tmp_path: Path) -> None:
    served = serve("--data", "memory", "--sims", 0, "--auth", "open", "--paths", write(tmp_path, FILE))
    change = {"iccid": "8955644099890700001", "imsi": "234500001087001", "newState": "ACTIVE", "newStateId": 3}
    for prefix in ("", "/wing"):
        answer = httpx.put(f"{served.url}{prefix}/real/sims/state", json=change, headers={"Account-Context-Id": "*"})
        assert (202, "wing-5.7") == (answer.status_code, answer.headers["X-Carrierbox-Operation"])
    answer = httpx.get(f"{served.url}/wgtwo/real.242016000015721")
    assert (200, "wgtwo-get-subscription-imsi") == (answer.status_code, answer.headers["X-Carrierbox-Operation"])
    assert 404 == httpx.get(f"{served.url}/realx242016000015721").status_code


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dish-nothing: GET /x", "no contract has an operation of that id"),
        ("7: GET /x", "no contract has an operation of that id"),
        ("dish-notification: POST /x", "the box sends it"),
        ("dish-sim-check: /x", "is not a method and a path"),
        ("dish-sim-check: FETCH /x", "is not a method and a path"),
        ("dish-sim-check: GET x", "is not a method and a path"),
        ("dish-sim-check: [GET, /x]", "is not a method and a path"),
        ("dish-query-transaction-status: GET /x", "/x lacks {partnerTransactionId}"),
        ("dish-sim-check: GET /x/{iccid}", "it has none"),
        ("dish-query-transaction-status: GET /{partnerTransactionId}/{partnerTransactionId}", "there once"),
        ("dish-sim-check: GET /x/{", "cannot be read"),
        ("dish-sim-check: POST /sps/v5/subscription/activate", "is the address of dish-activate-subscription"),
        ("dish-sim-check: GET /x\ndish-sim-details: GET /x", "is the address of dish-sim-check"),
        ("- a list", "is not a mapping"),
        ("{", "paths.yaml:"),
    ],
)
def test_a_mistake_is_said_in_one_line(run: Any, tmp_path: Path, text: str, said: str) -> None:
    ended = run("serve", "--port", 0, "--data", tmp_path / "data", "--paths", write(tmp_path, text))
    assert 1 == ended.code
    assert said in ended.error_line
    assert "paths.yaml" in ended.error_line


def test_each_mistake_has_its_line(run: Any, tmp_path: Path) -> None:
    text = "dish-nothing: GET /x\ndish-sim-check: GET /ok\ndish-sim-details: FETCH /x\n"
    ended = run("serve", "--port", 0, "--data", "memory", "--paths", write(tmp_path, text))
    assert 1 == ended.code
    lines = ended.err.splitlines()
    assert ["dish-nothing", "dish-sim-details"] == [line.split(": ")[2] for line in lines]


def test_a_file_that_is_not_there_is_said(run: Any, tmp_path: Path) -> None:
    ended = run("serve", "--port", 0, "--data", "memory", "--paths", tmp_path / "none.yaml")
    assert 1 == ended.code
    assert "none.yaml: No such file" in ended.error_line
