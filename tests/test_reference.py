"""Each API's own reference, with nothing fetched from elsewhere."""

import re
from typing import Any

import httpx
import pytest

from carrierbox import contracts
from carrierbox.contracts import Operation, Request
from tests.schemas import misfits, unknown

APIS = ["wing", "wgtwo", "dish", "stn"]


@pytest.mark.parametrize("api", APIS)
def test_the_page_takes_all_that_it_needs_from_the_box(api: str, world: Any) -> None:
    client = world.client()
    page = client.get(f"/{api}/docs")
    assert 200 == page.status_code
    taken = re.findall(r"(?:src|href)=\"([^\"]+)\"", page.text)
    assert 3 == len(taken)
    assert all(url.startswith(f"/w/{world.name}/{api}/docs/assets/") for url in taken)
    root = world.url.removesuffix(f"/w/{world.name}")
    assert [200] * 3 == [client.get(root + url).status_code for url in taken]
    assert f"/w/{world.name}/{api}/openapi.json" in page.text


@pytest.mark.parametrize("api", APIS)
def test_the_document_declares_every_part_of_a_path(api: str, world: Any) -> None:
    document = world.client().get(f"/{api}/openapi.json").json()
    assert document["paths"]
    for path, operations in document["paths"].items():
        for operation in operations.values():
            declared = {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "path"}
            assert set(re.findall(r"\{(\w+)\}", path)) == declared
            assert operation["operationId"]


def test_wings_lists_name_every_section_that_shares_their_route(world: Any) -> None:
    document = world.client().get("/wing/openapi.json").json()
    shared = document["paths"]["/api/{version}/subscription/sims"]["get"]["x-carrierbox-sections"]
    assert {"wing-5.1.1", "wing-5.2.1", "wing-5.2.5", "wing-5.3.1", "wing-5.3.2"} <= set(shared)


def described(api: str, world: Any) -> dict[str, Any]:
    """The operations of an API, by id, as its OpenAPI document has them."""
    document = world.client().get(f"/{api}/openapi.json").json()
    assert not {"HTTPValidationError", "ValidationError"} & document["components"].get("schemas", {}).keys()
    return {each["operationId"]: each for operations in document["paths"].values() for each in operations.values()}


@pytest.mark.parametrize("api", APIS)
def test_the_document_says_what_the_contracts_say_of_answers(api: str, world: Any) -> None:
    documented = described(api, world)
    for name in documented.keys() & contracts.ids():
        success = contracts.operation(name).success
        answer = documented[name]["responses"][str(success.status)]
        if success.content_type is not None:
            content_type = success.content_type.partition(";")[0]
            assert [content_type] == list(answer["content"]), name
            assert success.example == answer["content"][content_type].get("example"), name


#: What an API answers to a call without credentials, and what it says always.
REFUSED = {
    "wing": ("/wing/gateway/echo", "wing-13.1", ["type", "title", "status", "path", "message"]),
    "wgtwo": ("/wgtwo/subscription/v2/msisdn/46737678218", "wgtwo-get-subscription", ["error"]),
    "dish": (
        "/dish/sps/v5/subscription/transactionStatus/1",
        "dish-query-transaction-status",
        ["status", "reasonCode", "reasonDesc"],
    ),
    "stn": ("/stn/api/QuerySimcard", "stn-querysimcard", ["responseStatus"]),
    "_box": ("/_box/worlds/nowhere", "box-show-world", ["type", "title", "status", "detail"]),
}


@pytest.mark.parametrize("api", REFUSED)
def test_the_document_says_how_the_vendor_refuses(api: str, world: Any) -> None:
    path, name, members = REFUSED[api]
    responses = described(api, world)[name]["responses"]
    assert "422" not in responses
    answer = world.control.get(path) if api == "_box" else world.client().get(path)
    [(content_type, content)] = responses.get(str(answer.status_code), responses["default"])["content"].items()
    assert content_type == answer.headers["content-type"].partition(";")[0]
    assert members == content["schema"]["required"]
    assert {*members} <= answer.json().keys() <= content["schema"]["properties"].keys()


@pytest.mark.parametrize("name", ["dish-oauth2-token", "wgtwo-oauth2-token"])
def test_the_document_says_how_a_token_is_asked_for(name: str, world: Any) -> None:
    [(content_type, content)] = described(name.partition("-")[0], world)[name]["requestBody"]["content"].items()
    assert "application/x-www-form-urlencoded" == content_type
    assert ["grant_type"] == content["schema"]["required"]
    assert {"const": "client_credentials"} == content["schema"]["properties"]["grant_type"]


@pytest.mark.parametrize(
    ("api", "schema", "member"),
    [("dish", "StatusUpdate", "gpsi"), ("wgtwo", "carrierbox__carriers__wgtwo__v1__schemas__Named", "msisdn")],
)
def test_the_document_takes_a_number_where_the_vendors_own_example_has_one(
    api: str, schema: str, member: str, world: Any
) -> None:
    document = world.client().get(f"/{api}/openapi.json").json()
    taken = document["components"]["schemas"][schema]["properties"][member]["anyOf"]
    assert {"string", "integer"} <= {each["type"] for each in taken}


#: Documented operations that are in no document of their carrier's API: the Keycloak's, and the one that the box sends.
NOT_THERE = {"wing-2", "dish-notification"}
#: Headers that a document lists and nobody looks at: 8.1.2 and 8.1.3 have the order's id in the path already.
UNREAD = {"id"}
CALLS = [
    pytest.param(operation, method, path, id=f"{operation.id} {method} {path}")
    for operation in contracts.operations()
    if operation.id not in NOT_THERE
    for method, path in ((operation.method, operation.path), *(other.split(" ", 1) for other in operation.also))
]


@pytest.fixture(scope="module")
def documents(box: Any) -> dict[str, Any]:
    """The OpenAPI documents, by carrier."""
    return {api: httpx.get(f"{box.url}/{api}/openapi.json").json() for api in APIS}


def published(document: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    """The operation that an address leads to; words in it go before variables."""
    asked = re.sub(r"\{\w+\}", "x", path.partition("?")[0])
    for template in sorted(document["paths"], key=lambda each: each.count("{")):
        is_it = re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template)), asked)
        if is_it and method.lower() in document["paths"][template]:
            return dict(document["paths"][template][method.lower()])
    raise AssertionError(f"{method} {path} is not in the document")


@pytest.mark.parametrize(("operation", "method", "path"), CALLS)
def test_the_document_has_every_documented_address_with_its_parameters(
    operation: Operation, method: str, path: str, documents: dict[str, Any]
) -> None:
    document = documents[operation.system]
    found = published(document, method, path)
    shared = found.get("x-carrierbox-sections", [found["operationId"]])
    assert operation.id in shared
    declared = {(each["in"], each["name"].lower()): each.get("required", False) for each in found["parameters"]}
    keys = {scheme.get("name") for scheme in document["components"]["securitySchemes"].values()}
    for name, wanted in operation.headers.items():
        if name not in keys | UNREAD:
            assert (wanted == "required") == declared["header", name.lower()], name
    if (method, path) != (operation.method, operation.path):
        return
    for parameter in operation.query:
        if not parameter["name"].startswith("<"):
            is_required = declared["query", parameter["name"].lower()]
            assert is_required == parameter["required"] or (len(shared) > 1 and not is_required), parameter["name"]


def test_no_two_operations_of_a_document_have_one_name(documents: dict[str, Any]) -> None:
    for document in documents.values():
        names = [each["operationId"] for operations in document["paths"].values() for each in operations.values()]
        assert len(names) == len({*names})


#: Documented bodies that are refused: 12.1 prints an empty imsi (contracts/README.md).
REFUSED_BODIES = {"wing-12.1"}


def bodies(request: Request) -> list[Any]:
    """All examples of an operation's body."""
    others = request.raw.get("examples", request.raw.get("more_examples", []))
    return [request.example, *(others.values() if isinstance(others, dict) else others)]


BODIES = [
    pytest.param(operation, example, id=f"{operation.id} {number}")
    for operation in contracts.operations()
    if operation.request is not None and operation.id not in NOT_THERE
    for number, example in enumerate(bodies(operation.request))
]


@pytest.mark.parametrize(("operation", "example"), BODIES)
def test_a_documented_body_is_what_the_document_asks_for(
    operation: Operation, example: Any, documents: dict[str, Any]
) -> None:
    assert operation.request is not None
    document = documents[operation.system]
    content = published(document, operation.method, operation.path)["requestBody"]["content"]
    schema = content[operation.request.content_type.partition(";")[0]]["schema"]
    assert (operation.id in REFUSED_BODIES) == bool([*misfits(example, schema, document)])


@pytest.mark.parametrize("api", APIS)
def test_every_schema_is_written_in_words_that_json_schema_has(api: str, documents: dict[str, Any]) -> None:
    for schema in documents[api]["components"].get("schemas", {}).values():
        assert [] == [*unknown(schema)]
