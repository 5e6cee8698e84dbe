"""The pytest plugin: a box for a test run, a world for each test.

Under pytest-xdist all workers share one box: the first that needs it starts it, and the run's end stops it. It ends as
well when the run's leading process does, however that ends. Nothing heavy is imported before a test asks for a fixture.
"""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from carrierbox.testing import Box, World
    from carrierbox.testing.answers import Entry

#: How many of a world's last journal lines a failed test shows.
LAST_LINES = 20

_FOLDER = pytest.StashKey[Path]()
_HELD = pytest.StashKey[IO[bytes]]()
_WORLD = pytest.StashKey["World"]()


def _folder(config: pytest.Config) -> Path:
    """Where the run keeps its box's address: made by whoever leads the run, told to its workers."""
    told = getattr(config, "workerinput", {}).get("carrierbox_folder")
    if told is not None:
        return Path(told)
    if _FOLDER not in config.stash:
        from carrierbox import temporary

        # the box ends when the lock does that is held in it, and so with this process
        config.stash[_FOLDER], config.stash[_HELD] = temporary.make()
    return config.stash[_FOLDER]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where the run keeps its box's address."""
    node.workerinput["carrierbox_folder"] = str(_folder(node.config))


class RunBox:
    """The box of this test run."""

    def __init__(self, control: "Box") -> None:
        self.control = control
        self.url = control.url


@pytest.fixture(scope="session")
def carrierbox(pytestconfig: pytest.Config) -> Iterator[RunBox]:
    """The box: ``.url``, and ``.control``, its control API as typed calls.

    It is the one that CARRIERBOX_URL names, else one that keeps nothing, on a free port.
    """
    from carrierbox.testing import Box

    with Box(_address(_folder(pytestconfig)), os.environ.get("CARRIERBOX_CONTROL_KEY")) as control:
        yield RunBox(control)


def _address(folder: Path) -> str:
    """The address of the run's box; started by whoever comes first, where it is not there already."""
    import fcntl

    from carrierbox.testing.running import RunningBox

    address = folder / "url"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not address.exists():
            url = os.environ.get("CARRIERBOX_URL")
            if url is None:
                box = RunningBox.start("--while-locked", str(folder / "run"), log=folder / "box.log")
                (folder / "pid").write_text(str(box.let_go()))
                url = box.url
            address.write_text(url)
    return address.read_text()


@pytest.fixture
def carrierbox_world_settings() -> dict[str, Any]:
    """How worlds of tests are made; override it: ``{"pace": "instant", "seed": 1, "sims": 1000}``."""
    return {}


@pytest.fixture
def carrierbox_world(
    carrierbox: RunBox, carrierbox_world_settings: dict[str, Any], request: pytest.FixtureRequest
) -> Iterator["World"]:
    """A world of its own: forked from the default one, unless its settings say otherwise, and dropped afterwards."""
    from carrierbox.testing import Refused

    wanted = dict(carrierbox_world_settings)
    if not wanted.keys() & {"from", "from_", "fixture", "sims"}:
        wanted["from_"] = "default"
    world = carrierbox.control.create(**wanted)
    request.node.stash[_WORLD] = world
    yield world
    try:
        world.drop()
    except Refused as refused:
        if refused.status != 404:  # the test has dropped it itself
            raise


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Show the last lines of its world's journal with a test that failed, or whose fixtures did."""
    report: pytest.TestReport = yield
    world = item.stash.get(_WORLD, None)
    if report.failed and report.when != "teardown" and world is not None:  # by then the world is dropped
        report.sections.append((f"carrierbox world {world.name}, newest first", _journal_of(world)))
    return report


def _journal_of(world: "World") -> str:
    from carrierbox.testing import NoBox, Refused

    try:
        entries = world.journal.list(limit=LAST_LINES)
    except (NoBox, Refused) as broken:
        return f"its journal cannot be read: {broken}"
    return "\n".join(_line(entry) for entry in entries) or "nothing was asked of it"


def _line(entry: "Entry") -> str:
    way = "<-" if entry["direction"] == "out" else "->"
    more = [entry.get(member) for member in ("operation", "fault", "error")]
    said = "  ".join(str(each) for each in more if each)
    return f"{entry['at']}  {way} {entry['status'] or '---'}  {entry['method']} {entry['path']}  {said}".rstrip()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say how much of each carrier's lifecycles was exercised since the box was started."""
    address = config.stash[_FOLDER] / "url" if _FOLDER in config.stash else None
    if address is None or not address.exists():
        return
    from carrierbox.testing import Box, NoBox, Refused

    if logged := _log(address.parent):
        terminalreporter.section("carrierbox's log")
        terminalreporter.write_line(logged)
    try:
        with Box(address.read_text(), os.environ.get("CARRIERBOX_CONTROL_KEY"), patience_seconds=5) as box:
            models = box.lifecycle_coverage()["lifecycles"]
    except (NoBox, Refused):
        return
    told = []
    for carrier in dict.fromkeys(model["carrier"] for model in models):
        taken, steps = (sum(m[figure] for m in models if m["carrier"] == carrier) for figure in ("taken", "steps"))
        if taken:
            told.append(f"{carrier} {taken} of {steps}")
    if told:
        terminalreporter.write_line(f"carrierbox lifecycle steps taken: {', '.join(told)}")


def _log(folder: Path) -> str:
    """The last that the run's box had to say: warnings, and what it could not foresee."""
    try:
        return "\n".join((folder / "box.log").read_text(errors="replace").splitlines()[-LAST_LINES:])
    except FileNotFoundError:  # it is another's
        return ""


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the run's box."""
    folder = config.stash.get(_FOLDER, None)
    if folder is None:
        return
    with contextlib.suppress(FileNotFoundError):  # none was started
        from carrierbox.testing.running import stop

        stop(int((folder / "pid").read_text()))
    config.stash[_HELD].close()
    shutil.rmtree(folder, ignore_errors=True)
