"""`carrierbox fault` and `carrierbox outcome`: what goes wrong with requests, and how work ends."""

import httpx
import pytest

STATUS = "/dish/sps/v5/subscription/transactionStatus/T1"


@pytest.fixture(autouse=True)
def no_rules(ask):
    yield
    ask("fault", "remove", "--all")
    ask("outcome", "remove", "--all")


def test_a_fault_is_added_applied_listed_and_removed(ask, box):
    made = ask("fault", "add", "--carrier", "dish", "--status", 503, "--retry-after", 7, "--times", 1)
    assert ({"carrier": "dish"}, {"times": 1}, {"status": 503, "retry_after": 7}) == (
        made["match"],
        made["when"],
        made["do"],
    )
    first, second = (httpx.get(f"{box.url}{STATUS}") for _ in range(2))
    assert (503, "7", 401) == (first.status_code, first.headers["Retry-After"], second.status_code)
    [listed] = ask("fault", "list")
    assert {**made, "applied": 1} == listed
    assert {"removed": made["id"]} == ask("fault", "remove", made["id"])
    assert [] == ask("fault", "list")


@pytest.mark.parametrize(
    ("flags", "part", "expected"),
    [
        (("--latency-ms", 20), "do", {"latency_ms": 20}),
        (("--hang", "2s"), "do", {"hang": "2s"}),
        (("--reset", "at-once"), "do", {"reset": True}),
        (("--reset", "after"), "do", {"reset": "after"}),
        (("--truncate", "half"), "do", {"truncate": True}),
        (("--truncate", 0), "do", {"truncate": 0}),
        (("--status", 500, "--operation", "wing-5.7"), "match", {"operation": "wing-5.7"}),
        (("--status", 500, "--method", "post", "--path", "/api/*"), "match", {"method": "POST", "path": "/api/*"}),
        (("--status", 500, "--iccid", "1", "--msisdn", "2"), "match", {"iccid": "1", "msisdn": "2"}),
        (("--status", 500, "--share", 0.25), "when", {"share": 0.25}),
        (("--status", 500, "--after", "2030-01-01", "--until", "2031-01-01"), "when",
         {"after": "2030-01-01", "until": "2031-01-01"}),
    ],
    ids=str,
)  # fmt: skip
def test_each_flag_says_a_part_of_the_rule(ask, flags, part, expected):
    assert expected == ask("fault", "add", *flags)[part]


def test_lines_for_people_say_what_goes_wrong_with_what(say):
    [line] = say("fault", "add", "--carrier", "stn", "--status", 500)
    assert line.endswith("do status=500; match carrier=stn; applied 0 times")
    assert [line] == say("fault", "list")
    assert ["every rule is removed"] == say("fault", "remove", "--all")
    [line] = say("outcome", "add", "--fail", "No network", "--times", 2)
    assert "fail={'reason': 'No network', 'code': 500}; match all; 2 times more" in line


@pytest.mark.parametrize(
    ("flags", "do"),
    [
        (("--complete",), {"complete": True}),
        (("--stick",), {"stick": True}),
        (("--take", "36h"), {"take": "36h"}),
        (("--fail", "No network"), {"fail": {"reason": "No network", "code": 500}}),
    ],
    ids=str,
)
def test_an_outcome_is_added_listed_and_removed(ask, flags, do):
    made = ask("outcome", "add", *flags, "--workflow", "update_state_sim_wf", "--iccid", "1", "--times", 3)
    assert (do, {"workflow": "update_state_sim_wf", "iccid": "1"}, 3) == (made["do"], made["match"], made["times"])
    assert [made] == ask("outcome", "list")
    assert {"removed": made["id"]} == ask("outcome", "remove", made["id"])
    assert [] == ask("outcome", "list")


def test_partly_names_the_sims_that_fail(ask):
    made = ask("outcome", "add", "--partly", "1", "--partly", "2")
    assert ["1", "2"] == made["do"]["partly"]["iccids"]


@pytest.mark.parametrize(
    "verb",
    [
        ("fault", "add"),
        ("fault", "add", "--carrier", "dish"),
        ("fault", "add", "--status", "200"),
        ("fault", "add", "--truncate", "all"),
        ("fault", "add", "--hang", "soon"),
        ("fault", "add", "--status", "500", "--share", "2"),
        ("fault", "add", "--status", "500", "--after", "tomorrow"),
        ("fault", "remove"),
        ("fault", "remove", "1", "--all"),
        ("outcome", "add"),
        ("outcome", "add", "--complete", "--stick"),
        ("outcome", "add", "--take", "soon"),
        ("outcome", "remove"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_meant_is_wrong_usage(here, box, verb):
    ended = here(*verb, "--url", box.url)
    assert 2 == ended.code
    assert ended.error_line


@pytest.mark.parametrize(
    "verb",
    [
        ("fault", "add", "--status", "500", "--carrier", "nobody"),
        ("fault", "add", "--status", "500", "--operation", "nothing"),
        ("fault", "add", "--retry-after", "5"),
        ("fault", "remove", "nothing"),
        ("outcome", "add", "--complete", "--workflow", "nothing"),
        ("outcome", "remove", "nothing"),
    ],
    ids=" ".join,
)
def test_what_the_box_refuses_is_told_in_its_words(here, box, verb):
    ended = here(*verb, "--url", box.url)
    assert 1 == ended.code
    assert len(ended.error_line) > len("carrierbox: ")
