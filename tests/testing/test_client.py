"""The typed client: the same calls for those who wait and those who await, and errors that say what was wrong."""

import asyncio
import re
import tempfile
from typing import Any

import httpx
import pytest

from carrierbox.docs.client_calls import client_calls
from carrierbox.testing import AsyncBox, Box, NoBox, Refused


def test_who_waits_gets_the_answer(box: Any, world: Any) -> None:
    with Box(box.url) as client:
        found = client.world(world.name)
        assert "frozen" == found.clock.show()["mode"]
        before = found.clock.show()["now"]
        assert before < found.clock.advance("1h")["now"]
        assert {"pace": "instant"}.items() <= found.settings.change(pace="instant").items()
        assert found.name in [each.name for each in client.worlds()]
        assert "ok" == client.health()["status"]


def test_who_awaits_gets_the_same(box: Any, world: Any) -> None:
    async def ask() -> tuple[Any, ...]:
        async with AsyncBox(box.url) as client:
            found = await client.world(world.name)
            return await found.clock.show(), await found.inbox.list(), await found.headers("wing")

    clock, inbox, headers = asyncio.run(ask())
    with Box(box.url) as client:
        found = client.world(world.name)
        assert (clock["now"], inbox) == (found.clock.show()["now"], found.inbox.list())
    assert headers["Authorization"].startswith("Bearer ")


def test_worlds_are_made_and_dropped(box: Any) -> None:
    with Box(box.url) as client:
        made = client.create(from_="default", pace="instant")
        assert "instant" == made.show()["settings"]["pace"]
        made.clock.freeze()
        made.reset()
        made.drop()
        with pytest.raises(Refused, match=made.name) as refused:
            made.clock.show()
        assert 404 == refused.value.status


def test_a_refusal_says_what_the_box_said(box: Any, world: Any) -> None:
    with Box(box.url) as client, pytest.raises(Refused, match="back") as refused:
        client.world(world.name).clock.set("2001-01-01T00:00:00Z")
    assert 409 == refused.value.status


def test_where_no_box_is_that_is_said() -> None:
    with Box("http://127.0.0.1:9") as client, pytest.raises(NoBox, match="no box answers"):
        client.health()


#: What only receivers, monitors and browsers call.
NOT_FOR_CLIENTS = {
    ("POST", "/worlds/{w}/inbox/{name}"),
    ("GET", "/livez"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
}


def test_every_call_of_the_control_api_is_there(box: Any) -> None:
    described = httpx.get(f"{box.url}/_box/openapi.json").json()["paths"]
    there = {(method.upper(), path) for path, methods in described.items() for method in methods} - NOT_FOR_CLIENTS
    anonymous = {(method, re.sub(r"\{(?!w\})[a-z_]+\}", "{}", path)) for method, path in there}
    assert anonymous == client_calls().keys()


def test_snapshots_go_through_memory_or_files(box: Any, world: Any) -> None:
    with Box(box.url) as client:
        found = client.world(world.name)
        before = found.show()
        saved = found.snapshot()
        found.sims.force("8955644099890700001", "RETIRED")
        assert before["sims"] == found.restore(saved)["sims"]
        with tempfile.TemporaryFile() as file:
            found.save(file)
            assert file.tell() > 1000
            found.sims.force("8955644099890700001", "RETIRED")
            file.seek(0)
            assert before["sims"] == found.load(file)["sims"]
        with tempfile.TemporaryFile() as file, pytest.raises(Refused, match="nowhere"):
            client.rooms("nowhere").save(file)


def test_a_test_waits_for_what_happens_meanwhile(box: Any, world: Any) -> None:
    with Box(box.url) as client:
        found = client.world(world.name)
        batch = world.change({"iccid": "8955644099890700001", "imsi": "234500001087001"}, "ACTIVE", 3).text
        with pytest.raises(Refused) as refused:
            found.wait({"workflow": batch}, timeout=0.05)
        assert 408 == refused.value.status
        found.clock.unfreeze()
        found.clock.run_at(1000)
        assert "completed" == found.wait({"workflow": batch})["workflow"]["status"]


def test_a_tokens_fault_is_in_its_headers(box: Any, world: Any) -> None:
    with Box(box.url) as client:
        found = client.world(world.name)
        path = f"{found.urls['wing']}/api/v1/subscription/sims?page=1&size=1"
        assert 200 == httpx.get(path, headers=found.headers("wing")).status_code
        assert 401 == httpx.get(path, headers=found.headers("wing", "expired")).status_code
        assert found.token("stn") == "sandbox-api-key"


def test_who_awaits_may_do_all_that(box: Any, world: Any) -> None:
    async def story() -> None:
        async with AsyncBox(box.url) as client:
            made = await client.create(from_=world.name)
            assert made.name in [each.name for each in await client.worlds()]
            assert made.name == (await client.rooms(made.name).show())["name"]
            await made.restore(await made.snapshot())
            assert (await made.token("wing")).count(".") == 2
            assert {"wgtwo"} == {each["carrier"] for each in (await client.lifecycle_coverage("wgtwo"))["lifecycles"]}
            assert (await client.health())["status"] == "ok"
            await made.outbox.clear()
            await made.drop()
            with pytest.raises(Refused):
                await made.show()

    asyncio.run(story())
