"""kernel/clock: durations and moments as they are spelled, and a world's clock, which never goes back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from carrierbox.kernel import clock
from carrierbox.kernel.clock import LAST_MOMENT, MAX_RATE, BadTime, Clock, ClockWouldGoBack

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Machine:
    """The machine's time, as a test sets it."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine()
    monkeypatch.setattr(clock, "real_now", machine)
    return machine


# ------------------------------------------------------------------------------------------------------------ durations


@pytest.mark.parametrize(
    ("spelled", "seconds"),
    [
        ("90s", 90),
        ("15m", 15 * 60),
        ("36h", 36 * 3600),
        ("35d", 35 * 86400),
        ("2w", 14 * 86400),
        ("250ms", 0.25),
        ("1h30m", 5400),
        ("1d12h", 36 * 3600),
        ("1.5h", 5400),
        ("0s", 0),
        ("90", 90),
        ("0.5", 0.5),
        (" 90s ", 90),
        ("PT90S", 90),
        ("PT1H30M", 5400),
        ("P35D", 35 * 86400),
        ("P2W", 14 * 86400),
        ("P1DT12H", 36 * 3600),
        ("PT0.25S", 0.25),
        (90, 90),
        (0, 0),
        (2.5, 2.5),
    ],
)
def test_a_duration_is_read(spelled: str | float, seconds: float) -> None:
    assert timedelta(seconds=seconds) == clock.duration(spelled)


@pytest.mark.parametrize(
    "spelled",
    [
        "",
        " ",
        "s",
        "soon",
        "90 s",
        "90S",
        "1h 30m",
        "1h30",
        "-90s",
        "+90s",
        "-1",
        "1e3",
        "nan",
        "inf",
        "P",
        "PT",
        "P1D12H",
        "PT90",
        "P1Y",
        "P1M",
        "-PT90S",
        "90s\x00",
        "1,5h",
        -1,
        -0.001,
        float("nan"),
        float("inf"),
        float("-inf"),
        True,
        10**18,
        10**400,
        1e300,
        "9" * 30 + "d",
        "9" * 5000,
        "9" * 5000 + "s",
        "P" + "9" * 400 + "D",
        "999999999d999999999d",
    ],
    ids=lambda spelled: repr(spelled)[:24],
)
def test_what_is_no_duration_is_refused(spelled: str | float) -> None:
    with pytest.raises(BadTime):
        clock.duration(spelled)


@given(st.text() | st.floats() | st.integers() | st.from_regex(r"P?T?(\d{1,12}(\.\d+)?[wdhmsWDHMS]{1,2}){1,3}"))
def test_whatever_is_said_is_a_duration_forward_or_refused(spelled: str | float) -> None:
    try:
        read = clock.duration(spelled)
    except BadTime:
        return
    assert timedelta() <= read


@given(st.integers(0, 10**6), st.sampled_from(["s", "m", "h", "d"]))
def test_short_and_iso_spelling_agree(count: int, unit: str) -> None:
    date, time = ("", f"T{count}{unit.upper()}") if unit != "d" else (f"{count}D", "")
    assert clock.duration(f"{count}{unit}") == clock.duration(f"P{date}{time}")


# -------------------------------------------------------------------------------------------------------------- moments


@pytest.mark.parametrize(
    "spelled",
    [
        "2026-11-23T12:00:00Z",
        "2026-11-23T12:00:00",
        "2026-11-23 12:00",
        "2026-11-23T13:00:00+01:00",
        "2026-11-23T02:00:00.000000-10:00",
        " 2026-11-23T12:00:00Z\n",
    ],
)
def test_a_moment_is_read_and_is_utc(spelled: str) -> None:
    read = clock.moment(spelled)
    assert NOON == read
    assert UTC is read.tzinfo


def test_a_day_is_its_first_moment() -> None:
    assert datetime(2026, 11, 23, tzinfo=UTC) == clock.moment("2026-11-23")


@pytest.mark.parametrize(
    "spelled",
    [
        "",
        "tomorrow",
        "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "2026-11-23T25:00:00Z",
        "2026-11-23T12:00:00+25:00",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "10000-01-01T00:00:00Z",
        "1763899200",
        "\x00",
        "2026-11-23\ud800",
    ],
)
def test_what_is_no_moment_is_refused(spelled: str) -> None:
    with pytest.raises(BadTime):
        clock.moment(spelled)


@given(st.text(max_size=40))
def test_whatever_is_said_is_a_moment_or_refused(spelled: str) -> None:
    try:
        read = clock.moment(spelled)
    except BadTime:
        return
    assert UTC is read.tzinfo


anywhere = st.timezones() | st.integers(-23, 23).map(lambda hours: timezone(timedelta(hours=hours)))
moments = st.builds(
    lambda since, zone: (datetime(1, 1, 3, tzinfo=UTC) + since).astimezone(zone),
    st.timedeltas(timedelta(), timedelta(days=9998 * 365)),
    anywhere,
)


@given(moments)
def test_a_moment_spelled_and_read_is_the_same_moment(moment: datetime) -> None:
    assert moment.astimezone(UTC) == clock.moment(clock.text(moment))


@given(moments, moments)
def test_the_order_of_spellings_is_the_order_of_moments(one: datetime, other: datetime) -> None:
    assert (one.astimezone(UTC) < other.astimezone(UTC)) == (clock.text(one) < clock.text(other))


def test_a_moment_has_one_spelling() -> None:
    assert "2026-11-23T12:00:00.000000Z" == clock.text(NOON)
    assert clock.text(NOON) == clock.text(NOON.astimezone(timezone(timedelta(hours=5, minutes=30))))


# ------------------------------------------------------------------------------------------------------------ the clock


def test_a_new_clock_runs_with_the_machine(machine: Machine) -> None:
    world = Clock.starting()
    assert NOON == world.now()
    machine.now += HOUR
    assert NOON + HOUR == world.now()


def test_a_clock_may_start_anywhere(machine: Machine) -> None:
    world = Clock.starting(datetime(2030, 1, 1, tzinfo=UTC))
    machine.now += HOUR
    assert datetime(2030, 1, 1, 1, tzinfo=UTC) == world.now()


def test_frozen_it_stands_still_and_unfrozen_it_goes_on_from_there(machine: Machine) -> None:
    world = Clock.starting()
    world.freeze()
    machine.now += 5 * HOUR
    assert NOON == world.now()
    world.unfreeze()
    assert NOON == world.now()
    machine.now += HOUR
    assert NOON + HOUR == world.now()


def test_at_a_rate_a_second_is_that_many(machine: Machine) -> None:
    world = Clock.starting()
    machine.now += HOUR
    world.run_at(60)
    machine.now += timedelta(minutes=1)
    assert NOON + 2 * HOUR == world.now()
    world.run_at(0.5)
    machine.now += HOUR
    assert NOON + 2.5 * HOUR == world.now()


def test_it_jumps_ahead_and_runs_on(machine: Machine) -> None:
    world = Clock.starting()
    world.jump(NOON + 35 * 24 * HOUR)
    machine.now += HOUR
    assert NOON + 35 * 24 * HOUR + HOUR == world.now()


def test_frozen_it_jumps_and_stands_there(machine: Machine) -> None:
    world = Clock.starting()
    world.freeze()
    world.jump(NOON + HOUR)
    machine.now += HOUR
    assert NOON + HOUR == world.now()


@pytest.mark.parametrize("is_frozen", [False, True], ids=["running", "frozen"])
def test_a_jump_back_is_refused_with_both_times_and_nothing_changes(machine: Machine, is_frozen: bool) -> None:
    world = Clock.starting()
    machine.now += HOUR
    if is_frozen:
        world.freeze()
    back = NOON + HOUR - timedelta(microseconds=1)
    with pytest.raises(ClockWouldGoBack) as refused:
        world.jump(back)
    assert (NOON + HOUR, back) == (refused.value.now, refused.value.wanted)
    assert clock.text(back) in str(refused.value)
    assert NOON + HOUR == world.now()


def test_a_jump_to_the_present_is_none(machine: Machine) -> None:
    world = Clock.starting()
    world.jump(NOON)
    assert NOON == world.now() == machine.now


def test_it_reaches_what_is_to_come_and_stays_where_that_is_past(machine: Machine) -> None:
    world = Clock.starting()
    world.reach(NOON + HOUR)
    assert NOON + HOUR == world.now()
    world.reach(NOON)
    assert NOON + HOUR == world.now()
    machine.now += HOUR
    assert NOON + 2 * HOUR == world.now()


@pytest.mark.parametrize("back", [timedelta(microseconds=1), HOUR, timedelta(days=3650)], ids=str)
@pytest.mark.parametrize("rate", [1.0, 60.0, MAX_RATE])
def test_the_machines_time_set_back_does_not_move_the_world_back(
    machine: Machine, back: timedelta, rate: float
) -> None:
    world = Clock.starting()
    world.run_at(rate)
    machine.now += timedelta(seconds=1)
    shown = world.now()
    machine.now -= back
    assert shown == world.now()
    world.freeze()
    assert shown == world.now()
    world.unfreeze()
    machine.now += timedelta(seconds=1)
    assert shown + timedelta(seconds=rate) == world.now()


@pytest.mark.parametrize("rate", [0, -1, -0.0, MAX_RATE * 1.01, float("nan"), float("inf")])
def test_a_rate_out_of_bounds_is_refused_and_nothing_changes(machine: Machine, rate: float) -> None:
    world = Clock.starting()
    with pytest.raises(BadTime):
        world.run_at(rate)
    machine.now += HOUR
    assert NOON + HOUR == world.now()


@pytest.mark.parametrize("go", [Clock.jump, Clock.reach], ids=["jump", "reach"])
def test_its_last_moment_can_be_shown_and_nothing_beyond(
    machine: Machine, go: Callable[[Clock, datetime], None]
) -> None:
    world = Clock.starting()
    with pytest.raises(BadTime):
        go(world, LAST_MOMENT + timedelta(microseconds=1))
    assert NOON == world.now()
    go(world, LAST_MOMENT)
    assert LAST_MOMENT == world.now()
    machine.now += HOUR
    assert LAST_MOMENT == world.now()


@pytest.mark.parametrize("later", [timedelta(days=1), timedelta(days=36500)], ids=str)
def test_left_alone_at_the_greatest_rate_it_ends_at_its_last_moment(machine: Machine, later: timedelta) -> None:
    world = Clock.starting()
    world.run_at(MAX_RATE)
    machine.now += later
    assert LAST_MOMENT == world.now()


class AnyUse(RuleBasedStateMachine):
    """Any use of a clock, on a machine whose time goes on and is set back."""

    def __init__(self) -> None:
        super().__init__()
        self.machine = Machine()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(clock, "real_now", self.machine)

    @initialize(before_its_end=st.timedeltas(timedelta(), LAST_MOMENT - NOON))
    def a_new_clock(self, before_its_end: timedelta) -> None:
        self.clock = Clock.starting(LAST_MOMENT - before_its_end)
        self.shown = self.clock.now()

    @rule(seconds=st.floats(0, 1e9))
    def time_passes(self, seconds: float) -> None:
        self.machine.now += timedelta(seconds=seconds)
        if self.clock.mode == "frozen":
            assert self.shown == self.clock.now(), "frozen it moved"

    @rule(seconds=st.floats(0, 1e9))
    def the_machine_is_set_back(self, seconds: float) -> None:
        self.machine.now -= timedelta(seconds=seconds)

    @rule()
    def it_is_frozen(self) -> None:
        self.clock.freeze()

    @rule()
    def it_is_unfrozen(self) -> None:
        self.clock.unfreeze()

    @rule(rate=st.floats(1e-6, MAX_RATE))
    def it_runs_at_a_rate(self, rate: float) -> None:
        self.clock.run_at(rate)

    @rule(seconds=st.floats(-1e9, 1e9))
    def it_jumps(self, seconds: float) -> None:
        to = self.clock.now() + timedelta(seconds=seconds)
        try:
            self.clock.jump(to)
        except (ClockWouldGoBack, BadTime):
            assert seconds < 0 or to > LAST_MOMENT
        else:
            assert to == self.clock.now()

    @rule()
    def it_is_written_down_and_read_again(self) -> None:
        kept = self.clock.now()
        self.clock.jump(kept)  # what is saved is the line through the present
        self.clock = Clock(self.clock.anchor, self.clock.anchored_at, self.clock.mode, self.clock.rate)

    @invariant()
    def it_never_goes_back(self) -> None:
        now = self.clock.now()
        assert self.shown <= now <= LAST_MOMENT
        self.shown = now

    def teardown(self) -> None:
        self.patch.undo()


def test_no_use_of_it_makes_it_go_back() -> None:
    run_state_machine_as_test(AnyUse, settings=settings(stateful_step_count=30, max_examples=100, deadline=None))
