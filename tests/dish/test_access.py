"""DISH, who is let in: tokens by client credentials, and the tree of wholesale customers."""

from typing import Any

import httpx
import pytest
from tests.dish.conftest import BRAND, GPSI, ICCID, STOCK, Partner, refusal

from carrierbox import contracts

PATHS = ("/dish/oauth2/token", "/dish/sps/oauth2/token", "/dish/oauth/token", "/oauth2/token", "/sps/oauth2/token")
GRANT = {"grant_type": "client_credentials"}
CLIENT = ("sandbox-partner", "sandbox-secret")
FORM = {"client_id": CLIENT[0], "client_secret": CLIENT[1]}
OPERATIONS = [each for each in contracts.operations("dish") if not each.is_outgoing]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("how", [{"auth": CLIENT, "data": GRANT}, {"data": GRANT | FORM}], ids=["basic", "form"])
def test_a_token_is_had_by_basic_and_by_form(world: Any, path: str, how: dict[str, Any]) -> None:
    answer = httpx.post(world.url + path, **how)
    assert 200 == answer.status_code, answer.text
    assert ["access_token", "token_type", "expires_in"] == list(answer.json())
    assert ("Bearer", 3600) == (answer.json()["token_type"], answer.json()["expires_in"])
    assert "no-store" == answer.headers["Cache-Control"]
    client = world.client(headers={"Authorization": f"Bearer {answer.json()['access_token']}"})
    assert 200 == client.get("/sps/v5/subscription-sim/simCheck", params={"iccid": ICCID}).status_code


def test_without_prefix_the_client_id_decides(world: Any) -> None:
    answers = {
        client: httpx.post(f"{world.url}/oauth2/token", data=GRANT, auth=(client, "sandbox-secret")).headers
        for client in ("sandbox-partner", "sandbox-client", "nobody")
    }
    assert {
        "sandbox-partner": "dish-oauth2-token",
        "sandbox-client": "wgtwo-oauth2-token",
        "nobody": "wgtwo-oauth2-token",
    } == {client: headers["X-Carrierbox-Operation"] for client, headers in answers.items()}


@pytest.mark.parametrize(
    ("form", "auth", "status", "error"),
    [
        (GRANT, ("sandbox-partner", "wrong"), 401, "invalid_client"),
        (GRANT, ("nobody", "sandbox-secret"), 401, "invalid_client"),
        (GRANT, None, 401, "invalid_client"),
        (GRANT | FORM | {"client_secret": ""}, None, 401, "invalid_client"),
        ({}, CLIENT, 400, "invalid_request"),
        ({"grant_type": "password"}, CLIENT, 400, "unsupported_grant_type"),
        ({f"a{i}": "x" for i in range(200)}, CLIENT, 400, "invalid_request"),
        ({"grant_type": ["client_credentials", "client_credentials"]}, CLIENT, 400, "invalid_request"),
    ],
)
def test_other_requests_get_none(world: Any, form: dict[str, Any], auth: Any, status: int, error: str) -> None:
    answer = httpx.post(f"{world.url}/dish/oauth2/token", data=form, auth=auth)
    assert (status, error) == (answer.status_code, answer.json()["error"])


def test_a_token_expires_on_the_worlds_clock(partner: Partner) -> None:
    assert partner.is_free(STOCK[0])
    partner.world.advance(by="59m")
    assert partner.is_free(STOCK[0])
    partner.world.advance(by="2m")
    answer = partner.api.get("/sps/v5/subscription-sim/simCheck", params={"iccid": ICCID})
    refusal(answer, 401, "UNAUTHORIZED")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer x.y", "Basic c2FuZGJveC1wYXJ0bmVyOng="])
def test_without_a_token_that_holds_nothing_is_answered(
    module_partner: Partner, operation: contracts.Operation, header: str | None
) -> None:
    headers = {} if header is None else {"Authorization": header}
    client = module_partner.world.client(headers=headers)
    answer = client.request(operation.method, operation.path, content=b"{")
    refusal(answer, 401, "UNAUTHORIZED")
    assert "Bearer" == answer.headers["WWW-Authenticate"]


def test_tokens_belong_to_their_world_and_open_worlds_want_none(partner: Partner) -> None:
    fork = partner.world.control.post("/_box/worlds", json={"from": partner.world.name, "auth": "open"}).json()
    path = "/sps/v5/subscription-sim/simCheck?iccid=" + ICCID
    partner.api.get(path)
    strange = httpx.get(fork["base_url"] + path, headers={"Authorization": partner.api.headers["Authorization"]})
    refusal(strange, 401, "UNAUTHORIZED")
    assert 200 == httpx.get(fork["base_url"] + path).status_code


def test_a_call_may_be_about_a_node_below_and_reaches_what_lies_there(partner: Partner) -> None:
    api, brand = partner.api, partner.world.dish_as("sandbox-partner", **BRAND)
    order = partner.order()
    assert 200 == brand.post("/sps/v5/subscription/activate", json=order).status_code
    partner.world.advance(until="idle")
    assert BRAND["wholesaleCustomerId"] == partner.events()[0]["wholesaleCustomerId"]
    details, mine, theirs = "/sps/v5/subscription-profile", {"iccid": ICCID}, {"iccid": STOCK[0]}
    assert [200, 200] == [client.get(details, params=theirs).status_code for client in (api, brand)]
    assert [200, 404] == [client.get(details, params=mine).status_code for client in (api, brand)]
    prepaid = {"wholesaleCustomerId": "920000108466"}
    refusal(api.get(details, params=theirs, headers=prepaid), 404, "SUBSCRIPTION_NOT_FOUND")
    # the same transaction id is another one there
    assert (
        200
        == api.post(
            "/sps/v5/subscription/activate", json=order | {"iccid": STOCK[1], "gpsi": "12995550000"}
        ).status_code
    )


@pytest.mark.parametrize("node", ["930000000001", "999999999999", "x"])
def test_nodes_of_others_and_unknown_ones_are_not_found(partner: Partner, node: str) -> None:
    answer = partner.api.get(
        "/sps/v5/subscription-profile", params={"gpsi": GPSI}, headers={"wholesaleCustomerId": node}
    )
    refusal(answer, 404, "CUSTOMER_NOT_FOUND")


def test_partners_see_nothing_of_each_other(partner: Partner) -> None:
    other = partner.world.dish_as("other-partner")
    for path, params in (
        ("subscription-profile", {"iccid": ICCID}),
        ("subscription-device", {"gpsi": GPSI}),
        ("subscription-sim/simDetails", {"iccid": STOCK[0]}),
        ("subscription-sim/simCheck", {"iccid": ICCID}),
        ("subscription-balance/balances", {"gpsi": GPSI}),
    ):
        assert 404 == other.get(f"/sps/v5/{path}", params=params).status_code
    assert 200 == other.get("/sps/v5/subscription-profile", params={"subscriberId": "Other001"}).status_code
