"""Each API's own reference, with nothing fetched from elsewhere."""

import re
from typing import Any

import pytest

from carrierbox import contracts

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
