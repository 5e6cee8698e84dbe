"""A documented request with something strange in it gets an answer that the OpenAPI document has, and no fault."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.contract.test_documents import ANSWERED, ask

from carrierbox.contracts import Operation

APIS = ["wing", "wgtwo", "dish", "stn"]
#: What nobody expects in any place of a body.
STRANGE: list[Any] = [
    *(None, True, 0, -1, 1.5, 2**31, 2**63, -(2**63) - 1, 10**30, 1e308),
    *("", " ", "\x00", "a\x00b", "x" * 70_000, "٣", "%", "_", "\\", "'", "9" * 400, "null", "../../etc/passwd"),
    *("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "2022-02-30", "0000-00-00"),
    *([], {}, [None], [[[[[[1]]]]]], {"": ""}, ["x"] * 3_000),
]


def places(value: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The ways to all that is inside a JSON value."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in members:
        yield (*way, name)
        yield from places(member, (*way, name))


def put(value: Any, way: tuple[str | int, ...], new: Any) -> Any:
    """The value with something else in one place."""
    if not way:
        return new
    name, *rest = way
    if isinstance(value, list):
        return [put(each, tuple(rest), new) if at == name else each for at, each in enumerate(value)]
    return {**value, name: put(value[name], tuple(rest), new)}


def with_body(api: str) -> list[Operation]:
    """The operations of an API that take a JSON object."""
    return [
        operation
        for operation in ANSWERED
        if operation.system == api and operation.request is not None and isinstance(operation.request.example, dict)
        and operation.request.content_type.endswith("json")
    ]  # fmt: skip


@pytest.fixture(scope="module")
def described(control: httpx.Client) -> dict[str, Any]:
    """The answers of each operation, by all the sections that share it, as the APIs describe themselves."""
    documents = [control.get(f"/{api}/openapi.json").json() for api in APIS]
    operations = [each for document in documents for path in document["paths"].values() for each in path.values()]
    return {
        section: each["responses"]
        for each in operations
        for section in [each["operationId"], *each.get("x-carrierbox-sections", [])]
    }


@pytest.mark.parametrize("api", APIS)
@settings(max_examples=60, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_something_strange_in_a_body_is_refused_as_described(
    api: str, world: Any, described: dict[str, Any], data: st.DataObject
) -> None:
    operation = data.draw(st.sampled_from(with_body(api)))
    assert operation.request is not None
    example = operation.request.example
    strange = put(example, data.draw(st.sampled_from([*places(example)])), data.draw(st.sampled_from(STRANGE)))
    answer = ask(replace(operation, request=replace(operation.request, example=strange)), world)
    assert answer.status_code < 500, answer.text
    if answer.status_code < 400:
        return
    responses = described[answer.headers["x-carrierbox-operation"]]
    content = responses.get(str(answer.status_code), responses["default"]).get("content")
    if content is None:
        assert b"" == answer.content
        return
    [(content_type, body)] = content.items()
    assert content_type == answer.headers["content-type"].partition(";")[0]
    assert {*body["schema"]["required"]} <= answer.json().keys() <= body["schema"]["properties"].keys()
