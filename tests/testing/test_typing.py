"""What a user writes against the fixtures and the client is checked by mypy, and mistakes are found."""

from pathlib import Path

from mypy import api

GOOD = """
import asyncio
from typing import assert_type

from carrierbox.testing import AsyncBox, Box, World
from carrierbox.testing.answers import Advanced, ClockState, Entry, Fault, Sim
from carrierbox.testing.plugin import RunBox


def test_story(carrierbox: RunBox, carrierbox_world: World) -> None:
    assert_type(carrierbox.control, Box)
    assert_type(carrierbox_world.clock.advance("10s"), Advanced)
    assert_type(carrierbox_world.clock.freeze()["pending"], int)
    assert_type(carrierbox_world.sims.list(carrier="wing"), list[Sim])
    assert_type(carrierbox_world.faults.add({"status": 503}), Fault)
    assert_type(carrierbox_world.token("wing", "expired"), str)
    assert_type(carrierbox_world.snapshot(), bytes)
    assert_type(carrierbox.control.create(from_="default", pace="instant"), World)


async def story(box: AsyncBox) -> None:
    world = await box.create(sims=5)
    assert_type(await world.clock.show(), ClockState)
    assert_type(await world.journal.verify({"operation": "wing-5.7"}), Verdict)
    assert_type(await asyncio.create_task(world.journal.list(status="4xx", limit=5)), list[Entry])
""".replace("Fault, Sim\n", "Fault, Sim, Verdict\n")

BAD = {
    "world.clock.advance()": "Too few arguments",
    'world.clock.advance("10s", 3)': "Too many arguments",
    "world.clock.advance([])": "incompatible type",
    "world.clock.show()['then']": "is not a valid TypedDict key",
    "world.clock.fly()": "has no attribute",
    'world.token("wing", "stale")': "incompatible type",
    'world.sims.give_device("1", "toaster")': "incompatible type",
    'box.create(colour="red")': "Unexpected keyword",
    'box.create(pace="slow")': "incompatible type",
    "world.callbacks.list(state='gone')": "incompatible type",
    "world.journal.list(direction='up')": "incompatible type",
    "world.journal.har(operaton='wing-5.7')": "Unexpected keyword",
}


def test_the_fixtures_and_the_client_are_typed(tmp_path: Path) -> None:
    (tmp_path / "test_good.py").write_text(GOOD)
    bad = "from carrierbox.testing import Box, World\n\n\ndef story(box: Box, world: World) -> None:\n"
    (tmp_path / "bad.py").write_text(bad + "".join(f"    {line}\n" for line in BAD))
    said, wrong, _ = api.run(
        ["--strict", "--config-file", "", "--cache-dir", str(tmp_path / "cache"), "--no-error-summary",
         str(tmp_path / "test_good.py"), str(tmp_path / "bad.py")]
    )  # fmt: skip
    assert "" == wrong
    lines = said.splitlines()
    assert [] == [line for line in lines if "test_good.py" in line]
    for number, (call, told) in enumerate(BAD.items(), 5):
        assert any(f"bad.py:{number}: error: " in line and told in line for line in lines), (call, said)
