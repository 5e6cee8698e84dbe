"""Each API's own reference, with nothing fetched from elsewhere."""

import re
from typing import Any

import pytest

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
