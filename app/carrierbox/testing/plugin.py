"""The pytest plugin: a box for a test run, a world for each test.

Under pytest-xdist all workers share one box: the first that needs it starts it, and the run's end stops it. Nothing
heavy is imported before a test asks for a fixture.
"""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from carrierbox.testing import Box, World

#: How many of a world's last journal lines a failed test shows.
LAST_LINES = 20

_FOLDER = pytest.StashKey[Path]()


def _folder(config: pytest.Config) -> Path:
    """Where the run keeps its box's address: made by whoever leads the run, told to its workers."""
    told = getattr(config, "workerinput", {}).get("carrierbox_folder")
    if told is not None:
        return Path(told)
    if _FOLDER not in config.stash:
        config.stash[_FOLDER] = Path(tempfile.mkdtemp(prefix="carrierbox-"))
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

    url = os.environ.get("CARRIERBOX_URL") or _shared_box(_folder(pytestconfig))
    with Box(url, os.environ.get("CARRIERBOX_CONTROL_KEY")) as control:
        yield RunBox(control)


def _shared_box(folder: Path) -> str:
    """The address of the run's box; started by whoever comes first."""
    import fcntl

    from carrierbox.testing.running import RunningBox

    address = folder / "url"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not address.exists():
            box = RunningBox.start(log=folder / "box.log")
            (folder / "pid").write_text(str(box.process.pid))
            address.write_text(box.url)
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
    wanted = dict(carrierbox_world_settings)
    if not wanted.keys() & {"from", "from_", "fixture", "sims"}:
        wanted["from_"] = "default"
    world = carrierbox.control.create(**wanted)
    request.node.stash[_WORLD] = world
    yield world
    world.drop()


_WORLD = pytest.StashKey["World"]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Show the last lines of its world's journal with a test that failed."""
    report: pytest.TestReport = yield
    world = item.stash.get(_WORLD, None)
    if report.failed and report.when == "call" and world is not None:
        report.sections.append((f"carrierbox world {world.name}, newest first", _journal_of(world)))
    return report


def _journal_of(world: "World") -> str:
    from carrierbox.testing import NoBox, Refused

    try:
        entries = world.journal.list(limit=LAST_LINES)
    except (NoBox, Refused) as broken:
        return f"its journal cannot be read: {broken}"
    return "\n".join(_line(entry) for entry in entries) or "nothing was asked of it"


def _line(entry: dict[str, Any]) -> str:
    operation = entry.get("operation") or ""
    return (
        f"{entry.get('at', '')}  {entry.get('status')}  {entry.get('method')} {entry.get('path')}  {operation}".rstrip()
    )


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say how much of each carrier's lifecycle the run has taken."""
    address = config.stash[_FOLDER] / "url" if _FOLDER in config.stash else None
    if address is None or not address.exists():
        return
    from carrierbox.testing import Box, NoBox, Refused

    try:
        with Box(address.read_text()) as box:
            covered = box.lifecycle_coverage()["carriers"]
    except (NoBox, Refused):
        return
    told = ", ".join(f"{carrier} {each['percent']:.0f} %" for carrier, each in covered.items() if each["taken"])
    if told:
        terminalreporter.write_line(f"carrierbox lifecycle steps taken: {told}")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the run's box."""
    folder = config.stash.get(_FOLDER, None)
    if folder is None:
        return
    process = folder / "pid"
    if process.exists():
        _stop(int(process.read_text()))
    shutil.rmtree(folder, ignore_errors=True)


def _stop(process: int) -> None:
    try:
        os.kill(process, signal.SIGTERM)
        os.waitpid(process, 0)
    except (ProcessLookupError, ChildProcessError):  # it is gone, or another worker's child
        pass
