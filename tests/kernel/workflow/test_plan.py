"""kernel/workflow: tasks are planned by the pace."""

from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from tests.kernel.workflow.conftest import NOON, PACES, PARTS

from carrierbox.kernel import workflow
from carrierbox.kernel.workflow import plan
from carrierbox.kernel.world import Pace


@given(
    st.sampled_from(PACES),
    st.lists(st.text(max_size=5), min_size=1, max_size=8),
    st.timedeltas(timedelta(), timedelta(days=365_000)),
    st.integers(),
)
def test_tasks_follow_one_another_from_the_start_on(pace: Pace, tasks: list[str], since: timedelta, seed: int) -> None:
    begun = NOON + since
    planned = plan(pace, tasks, begun, Random(seed))
    assert tasks == [name for name, _, _ in planned]
    before = workflow.milliseconds(begun)
    for _, begins, ends in planned:
        assert before <= begins <= ends
        before = ends


def test_instant_takes_no_time() -> None:
    at = workflow.milliseconds(NOON)
    assert [(name, at, at) for name in PARTS] == plan("instant", PARTS, NOON, Random(1))


def test_brisk_takes_some_two_seconds_and_no_chance() -> None:
    planned = plan("brisk", PARTS, NOON, Random(1))
    assert planned == plan("brisk", PARTS, NOON, Random(2))
    assert 1500 < planned[-1][2] - workflow.milliseconds(NOON) < 2500


@given(st.integers(), st.integers())
def test_realistic_takes_tens_of_seconds_as_the_seed_says(seed: int, other: int) -> None:
    planned = plan("realistic", PARTS, NOON, Random(seed))
    assert planned == plan("realistic", PARTS, NOON, Random(seed))
    assert (planned == plan("realistic", PARTS, NOON, Random(other))) == (
        Random(seed).random() == Random(other).random()
    )
    assert 10_000 < planned[-1][2] - workflow.milliseconds(NOON) < 61_000
