"""Fault rules that are not understood are refused, with what is wrong and where; nothing goes wrong by them."""

from typing import Any

import httpx
import pytest
from tests.conftest import World
from tests.control.answers import good, problem

BAD = [
    ({}, "body.do"),
    ({"do": {}}, "say one or more of status, latency_ms, hang, reset and truncate"),
    ({"do": {"retry_after": 1}}, "say one or more of"),
    ({"do": {"status": 399}}, "body.do.status"),
    ({"do": {"status": 600}}, "body.do.status"),
    ({"do": {"status": 200}}, "body.do.status"),
    ({"do": {"status": "503"}}, "body.do.status"),
    ({"do": {"status": 503, "retry_after": -1}}, "body.do.retry_after"),
    ({"do": {"status": 503, "retry_after": "soon"}}, "body.do.retry_after"),
    ({"do": {"latency_ms": 100, "retry_after": 1}}, "retry_after goes with a status or a hang"),
    ({"do": {"latency_ms": 0}}, "body.do.latency_ms"),
    ({"do": {"latency_ms": 600_001}}, "body.do.latency_ms"),
    ({"do": {"latency_ms": "1s"}}, "body.do.latency_ms"),
    ({"do": {"hang": 0}}, "do.hang"),
    ({"do": {"hang": 601}}, "do.hang"),
    ({"do": {"hang": "11m"}}, "do.hang"),
    ({"do": {"hang": "soon"}}, "not a duration"),
    ({"do": {"hang": False}}, "body.do.hang"),
    ({"do": {"reset": False}}, "body.do.reset"),
    ({"do": {"reset": "before"}}, "body.do.reset"),
    ({"do": {"reset": True, "status": 503}}, "leave out status and truncate"),
    ({"do": {"reset": "after", "truncate": 1}}, "leave out status and truncate"),
    ({"do": {"reset": "after", "hang": True}}, "what hangs is not done"),
    ({"do": {"truncate": -1}}, "body.do.truncate"),
    ({"do": {"truncate": 1.5}}, "body.do.truncate"),
    ({"do": {"explode": True}}, "body.do.explode"),
    ({"do": {"status": 503}, "when": {"times": 0}}, "body.when.times"),
    ({"do": {"status": 503}, "when": {"times": True}}, "body.when.times"),
    ({"do": {"status": 503}, "when": {"share": 0}}, "body.when.share"),
    ({"do": {"status": 503}, "when": {"share": 1.1}}, "body.when.share"),
    ({"do": {"status": 503}, "when": {"share": "half"}}, "body.when.share"),
    ({"do": {"status": 503}, "when": {"after": "soon"}}, "'soon' is not an ISO 8601 time"),
    ({"do": {"status": 503}, "when": {"after": "2026-01-02", "until": "2026-01-01"}}, "lies before when.after"),
    ({"do": {"status": 503}, "when": {"after": "2026-01-02", "until": "2026-01-02"}}, "lies before when.after"),
    ({"do": {"status": 503}, "when": {"until": 5}}, "body.when.until"),
    ({"do": {"status": 503}, "match": {"carrier": "nobody"}}, "no carrier 'nobody'"),
    ({"do": {"status": 503}, "match": {"operation": "wing-99"}}, "no operation 'wing-99'"),
    ({"do": {"status": 503}, "match": {"operation": "box-health"}}, "no operation 'box-health'"),
    ({"do": {"status": 503}, "match": {"method": "GET /"}}, "body.match.method"),
    ({"do": {"status": 503}, "match": {"path": "api/v1"}}, "match.path"),
    ({"do": {"status": 503}, "match": {"path": "/" * 2001}}, "body.match.path"),
    ({"do": {"status": 503}, "match": {"iccid": 5}}, "body.match.iccid"),
    ({"do": {"status": 503}, "match": {"imsi": "1"}}, "body.match.imsi"),
    ({"do": {"status": 503}, "match": []}, "body.match"),
    ({"do": {"status": 503}, "times": 1}, "body.times"),
    ([], "body"),
    ("rule", "body"),
]


@pytest.mark.parametrize(("body", "told"), BAD, ids=lambda given: repr(given)[:60])
def test_a_rule_that_is_not_understood_is_not_taken(world: World, body: Any, told: str) -> None:
    path = f"/_box/worlds/{world.name}/faults"
    assert told in problem(world.control.post(path, json=body), 400)["detail"]
    assert [] == world.control.get(path).json()


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_rule_that_is_not_there_is_not_found(world: World, method: str) -> None:
    path = f"/_box/worlds/{world.name}/faults/nothing"
    assert "nothing" in problem(world.control.request(method, path), 404)["detail"]


def test_a_rule_is_shown_as_it_was_asked_for(world: World, control: httpx.Client) -> None:
    rule = {
        "match": {"carrier": "wing", "operation": "wing-5.7", "method": "POST", "path": "/api/*", "iccid": "1",
                  "msisdn": "2"},
        "when": {"times": 3, "share": 0.5, "after": "2026-01-01", "until": "2030-01-01T00:00:00+02:00"},
        "do": {"status": 503, "retry_after": 9, "latency_ms": 10, "hang": "5s", "truncate": 3},
    }  # fmt: skip
    path = f"/_box/worlds/{world.name}/faults"
    made = good(control.post(path, json=rule), 201)
    assert {"id": made["id"], **rule, "applied": 0} == made
    assert made == good(control.get(f"{path}/{made['id']}"))
    assert [made] == control.get(path).json()


def test_a_misspelt_operation_is_told_with_those_alike(world: World) -> None:
    body = {"match": {"operation": "stn-suspendsubscripton"}, "do": {"status": 503}}
    told = problem(world.control.post(f"/_box/worlds/{world.name}/faults", json=body), 400)
    assert "stn-suspendsubscription" in told["detail"]


def test_operations_that_the_box_sends_or_no_document_has_are_known(world: World, control: httpx.Client) -> None:
    for operation in ("dish-oauth2-token", "keycloak-certs", "wgtwo-freeze", "wing-5.19", "dish-notification"):
        body = {"match": {"operation": operation}, "do": {"status": 503}}
        good(control.post(f"/_box/worlds/{world.name}/faults", json=body), 201)


@pytest.mark.parametrize("limit", [-1, 1_000_001, 1.5, "5", True])
def test_a_rate_limit_that_is_none_is_refused(world: World, limit: Any) -> None:
    path = f"/_box/worlds/{world.name}/settings"
    before = world.control.get(path).json()
    told = problem(world.control.patch(path, json={"rate_limit_per_second": limit}), 400)
    assert "body.rate_limit_per_second" in told["detail"]
    assert before == world.control.get(path).json()
