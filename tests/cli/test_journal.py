"""`carrierbox journal`: what was asked and answered, as lines, as a HAR file, and held against what is expected."""

import json

import httpx
import pytest

THERE = {"CARRIERBOX_WORLD": "asked"}


@pytest.fixture
def asked(ask, box):
    """A world that was asked three things."""
    ask("world", "fork", "default", "asked")
    for path in ("/gateway/echo", "/stn/api/QuerySimcard?take=1", "/dish/sps/v5/subscription/transactionStatus/T1"):
        httpx.get(f"{box.url}/w/asked{path}", headers={"stn-api-key": "sandbox-api-key"})
    yield
    ask("world", "drop", "asked")


@pytest.mark.usefixtures("asked")
class TestJournal:
    """A world's journal."""

    def test_shows_the_latest_first(self, ask, say):
        shown = ask("journal", "show", **THERE)
        assert ["dish", "stn", "wing"] == [entry["carrier"] for entry in shown]
        assert [shown[1]] == ask("journal", "show", "--carrier", "stn", "--status", "2xx", "--direction", "in", **THERE)
        assert shown[:1] == ask("journal", "show", "--limit", 1, **THERE)
        line = say("journal", "show", **THERE)[1]
        assert "-> 200  GET /api/QuerySimcard  stn-querysimcard" in line

    def test_is_exported_as_har(self, ask, tmp_path):
        file = tmp_path / "all.har"
        assert {"file": str(file), "entries": 3} == ask("journal", "export", file, **THERE)
        log = json.loads(file.read_text())["log"]
        assert ("1.2", [401, 200, 401]) == (log["version"], [entry["response"]["status"] for entry in log["entries"]])
        assert 1 == ask("journal", "export", file, "--carrier", "stn", **THERE)["entries"]

    def test_holds_what_is_expected(self, ask, say, tmp_path):
        file = tmp_path / "expect.json"
        file.write_text('{"expect": [{"operation": "stn-querysimcard", "times": 1}], "in_order": true}')
        assert {"holds": True} == ask("journal", "verify", file, **THERE)
        assert ["it holds"] == say("journal", "verify", file, **THERE)

    def test_ends_with_3_and_says_how_it_differs_where_it_does_not(self, here, box, tmp_path):
        file = tmp_path / "expect.yaml"
        file.write_text("expect:\n- {operation: stn-querysimcard, times: 2}\n")
        ended = here("journal", "verify", file, "--url", box.url, **THERE)
        assert (3, "") == (ended.code, ended.err)
        assert "wanted exactly 2, found 1" in ended.out
        ended = here("journal", "verify", file, "--url", box.url, "--json", **THERE)
        assert (3, False) == (ended.code, json.loads(ended.out)["holds"])

    def test_is_cleared(self, ask):
        assert {"cleared": "asked"} == ask("journal", "clear", **THERE)
        assert [] == ask("journal", "show", **THERE)


@pytest.mark.parametrize("content", ["", "[]", "{", "{}", "expect: 7", "expect: [{operation: nothing}]", "expect: []",
                                     "{expect: [{operation: wing-5.7, at_most: 9}], inorder: true}"])  # fmt: skip
def test_expectations_that_cannot_be_read_are_told_in_one_line(here, box, tmp_path, content):
    file = tmp_path / "expect.yaml"
    file.write_text(content)
    ended = here("journal", "verify", file, "--url", box.url)
    assert (1, "") == (ended.code, ended.out)
    assert ended.error_line


def test_files_that_are_not_there_are_told_in_one_line(here, box, tmp_path):
    for verb in (("verify", tmp_path / "nothing"), ("export", tmp_path / "no" / "x.har")):
        ended = here("journal", *verb, "--url", box.url)
        assert 1 == ended.code
        assert str(verb[1]) in ended.error_line
