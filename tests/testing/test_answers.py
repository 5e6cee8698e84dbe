"""What the client says of the control API's answers is true: every member is there, of its type, and no other is."""

import re
from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

import pytest
from tests.conftest import SIM_OF_5_7

from carrierbox.docs.client_calls import client_calls
from carrierbox.testing import Box, World
from carrierbox.testing.answers import Step
from carrierbox.testing.calls import Ask, Line

ICCID, STN, DISH = SIM_OF_5_7["iccid"], "8931080000000000027", "11986621644523024501"
TYPES = client_calls()


def misfits(kind: Any, value: Any, where: str = "") -> Iterator[str]:
    """How a value differs from its type."""
    origin, parts = get_origin(kind), get_args(kind)
    if is_typeddict(kind):
        yield from misfits_of_members(kind, value, where)
    elif origin in (Union, UnionType):
        found = [[*misfits(part, value, where)] for part in parts]
        if all(found):
            yield from min(found, key=len)
    elif origin is list and isinstance(value, list):
        for at, each in enumerate(value):
            yield from misfits(parts[0], each, f"{where}[{at}]")
    elif origin is dict and isinstance(value, dict):
        for key, each in value.items():
            yield from misfits(parts[1], each, f"{where}.{key}")
    elif origin is Literal:
        if value not in parts:
            yield f"{where} is {value!r}"
    elif kind is not Any and not isinstance(value, (int, float) if kind is float else origin or kind):
        yield f"{where} is {value!r}"


def misfits_of_members(kind: Any, value: Any, where: str) -> Iterator[str]:
    hints = get_type_hints(kind, include_extras=True)
    must = {name for name, member in hints.items() if get_origin(member) is not NotRequired}
    yield from (f"{where}.{name} is not there" for name in must - value.keys())
    if kind is not Step:  # what the carrier's document says of a step stands beside it
        yield from (f"{where}.{name} is not told of" for name in value.keys() - hints.keys())
    for name, member in hints.items():
        if name in value:
            inner = get_args(member)[0] if get_origin(member) is NotRequired else member
            yield from misfits(inner, value[name], f"{where}.{name}")


#: What stands for an id in a path: whatever follows these.
ROOMS = ("sims", "faults", "outcomes", "callbacks", "callback-plans", "workflows")
IDS = re.compile("|".join(rf"(?<=/{room}/)[^/]+" for room in ROOMS))


class Checking(Line):
    """A line whose answers are held against their types."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.seen: set[tuple[str, str]] = set()

    def send(self, ask: Ask[Any]) -> Any:
        answer = super().send(ask)
        path = IDS.sub("{}", re.sub(r"^/worlds/[^/]+", "/worlds/{w}", ask.path))
        self.seen.add((ask.method, path))
        assert [] == [*misfits(TYPES[ask.method, path], answer)], f"{ask.method} {path}"
        return answer


@pytest.fixture
def client(box: Any) -> Iterator[Box]:
    """A client whose answers are checked."""
    with Box(box.url) as client:
        client.line.close()
        client.line = Checking(box.url)
        yield client


def test_every_answer_is_as_it_is_told(client: Box, world: Any) -> None:
    world.change(SIM_OF_5_7, "SUSPENDED", 4)
    suspend = {"partnerTransactionId": "T1", "iccid": DISH, "action": "Suspend"}
    world.dish.post("/sps/v5/subscription/status", json=suspend)
    told: World = client.world(world.name)
    told.clock.advance("10s")
    tell_rules(told)
    tell_sims(told)
    tell_the_rest(told)
    client.health()
    client.worlds()
    client.lifecycle_coverage()
    fork = client.create(from_=told.name)
    fork.clock.freeze()
    fork.drop()
    assert isinstance(client.line, Checking)
    answered = {asked for asked, kind in TYPES.items() if kind is not NoneType}
    assert set() == answered - client.line.seen


def tell_rules(told: World) -> None:
    told.faults.show(told.faults.add({"latency_ms": 1})["id"])
    told.outcomes.show(told.outcomes.add({"partly": [ICCID]})["id"])
    told.callbacks.show_plan(told.callbacks.plan({"lose": True})["id"])
    told.faults.list()
    told.outcomes.list()
    told.callbacks.plans()


def tell_sims(told: World) -> None:
    told.sims.list()
    for iccid in (ICCID, STN, DISH):
        told.sims.show(iccid)
        told.sims.explain(iccid)
    told.sims.force(ICCID, "ACTIVE")
    told.sims.explain(ICCID)
    told.sims.happen(STN, "sms-mo")
    told.sims.give_device(STN, "phone")


def tell_the_rest(told: World) -> None:
    [callback] = told.callbacks.list()
    told.callbacks.show(callback["id"])
    told.callbacks.resend(callback["id"])
    told.workflows.show(told.workflows.list()[0]["id"])
    told.clock.show()
    told.settings.show()
    told.settings.change(pace="brisk")
    told.inbox.list()
    told.outbox.list()
    told.journal.list()
    told.journal.har()
    for times in (1, 9):
        told.journal.verify({"operation": "wing-5.7", "times": times})
    told.mint("wing")
    told.rotate_keys()
    told.wait({"sim": ICCID, "state": "ACTIVE"})
    told.lifecycle_coverage()
    told.restore(told.snapshot())
    told.reset()
    told.show()
