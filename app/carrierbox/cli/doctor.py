"""`carrierbox doctor`: what is wrong with the installation, the port, the data folder; or with a running box."""

import json
import platform
import re
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from carrierbox import __version__, settings
from carrierbox.cli import folder
from carrierbox.cli.failed import Failed
from carrierbox.cli.port import PortInUse, listen, url_of
from carrierbox.cli.remote import failure

PATIENCE_SECONDS = 3
_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)(?:\[[\w,-]+\])?>=(?P<least>[\d.]+)")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. Only a `fail` keeps a box from working."""

    level: Literal["ok", "warn", "fail"]
    what: str
    do: str | None = None


def doctor(  # noqa: PLR0913 - one parameter a flag
    url: Annotated[
        str | None, settings.flag("--url", "Look at the box that runs there, and at nothing else.", metavar="URL")
    ] = None,
    host: settings.HostFlag = settings.HOST,
    port: settings.PortFlag = settings.PORT,
    data: settings.DataFlag = None,
    database_url: settings.DatabaseUrlFlag = None,
    as_json: settings.JsonFlag = False,
) -> None:
    """Say what is wrong with this installation, or with a running box.

    It looks at Python and packages, the port, the data folder with its worlds, and the database; the exit code is 1 if
    anything is wrong.
    """
    if url is not None:
        findings = [_running_box(url)]
    else:
        findings = [
            *_installation(),
            _port(host, port),
            *_data_folder(settings.data_folder(data)),
            _database(database_url),
        ]
    if as_json:
        well = all(finding.level != "fail" for finding in findings)
        typer.echo(json.dumps({"well": well, "findings": [asdict(finding) for finding in findings]}, indent=2))
    else:
        for finding in findings:
            typer.echo(f"{finding.level:4}  {finding.what}" + (f"; {finding.do}" if finding.do else ""))
    if any(finding.level == "fail" for finding in findings):
        raise typer.Exit(1)


def _running_box(url: str) -> Finding:
    try:
        health = _health(url)
    except Failed as failed:
        return Finding("fail", failed.wrong, failed.advice)
    return Finding(
        "ok",
        f"carrierbox {health['version']} at {url}: {health['status']}, up {health['uptime_seconds']:.0f} s,"
        f" {health['worlds']} worlds",
    )


def _health(url: str) -> dict[str, Any]:
    from carrierbox.testing import Box, NoBox, Refused

    try:
        with Box(url, patience_seconds=PATIENCE_SECONDS) as box:
            health: dict[str, Any] = {**box.health()}
    except (NoBox, Refused) as failed:
        raise failure(failed) from failed
    except TypeError:  # something answers, and JSON, but no box
        health = {}
    if not health.keys() >= {"status", "version", "uptime_seconds", "worlds"}:
        raise Failed(f"what answers at {url} is no carrierbox", "say where the box is with --url")
    return health


def _installation() -> Iterator[Finding]:
    wanted = sys.version_info >= (3, 11)
    yield Finding(
        "ok" if wanted else "fail", f"Python {platform.python_version()}", None if wanted else "take 3.11 or later"
    )
    try:
        yield from _packages(metadata.requires("carrierbox") or [])
    except metadata.PackageNotFoundError:
        yield Finding(
            "warn", "carrierbox is not installed, and runs from a checkout", "pip install carrierbox, or make run"
        )
    try:
        from carrierbox import main
        from carrierbox.kernel import fixtures
    except ImportError as missing:
        yield Finding("fail", f"carrierbox cannot be loaded: {missing}", "install it again")
        return
    shipped = list(fixtures.folder().glob("*.yaml"))
    if main.PARTS and shipped:
        yield Finding("ok", f"carrierbox {__version__}, seed world in {fixtures.folder()}")
    else:
        yield Finding("fail", f"no seed world in {fixtures.folder()}", "install carrierbox again")


def _packages(requirements: list[str]) -> Iterator[Finding]:
    for requirement in requirements:
        needed = _REQUIREMENT.match(requirement)
        if needed is None or ";" in requirement:  # what only some systems or developers need
            continue
        try:
            there = metadata.version(needed["name"])
        except metadata.PackageNotFoundError:
            yield Finding("fail", f"{needed['name']} is missing", f"pip install '{requirement}'")
            continue
        if _numbers(there) < _numbers(needed["least"]):
            yield Finding("fail", f"{needed['name']} {there} is too old", f"pip install '{requirement}'")
        else:
            yield Finding("ok", f"{needed['name']} {there}")


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)[:3]]


def _port(host: str, number: int) -> Finding:
    try:
        listen(host, number).close()
    except PortInUse as taken:
        url = url_of(host, number)
        try:
            return Finding("ok", f"port {number} on {host} is used by carrierbox {_health(url)['version']}")
        except Failed:
            return Finding("fail", f"port {number} on {host} is used by something else", taken.advice)
    except Failed as failed:
        return Finding("fail", failed.wrong, failed.advice)
    return Finding("ok", f"port {number} on {host} is free")


def _data_folder(data: Path | None) -> Iterator[Finding]:
    if data is None:
        yield Finding("ok", "no data folder: nothing is kept")
        return
    try:
        place = next(path for path in (data, *data.parents) if path.exists())
        with tempfile.TemporaryFile(
            dir=place
        ):  # by trying: what root or a read-only disk allow is in no permission bit
            pass
        used_by = folder.holder(data)
    except OSError as refused:
        failed = folder.unwritable(data, refused)
        yield Finding("fail", failed.wrong, failed.advice)
        return
    state = "is not there yet" if place != data else f"is in use by the box at {used_by}" if used_by else "is free"
    yield Finding("ok", f"the data folder {data} can be written to, and {state}")
    yield from _worlds(data)


def _worlds(data: Path) -> Iterator[Finding]:
    from carrierbox import main  # noqa: F401 - brings every table, and so the schema's version

    whole = 0
    for path in folder.world_files(data):
        if found := folder.problem(path, thorough=True):
            yield Finding("fail", f"{path} {found}", "move it away, or take another folder with --data")
        else:
            whole += 1
    yield Finding("ok", f"world files that are whole: {whole}")


def _database(url: str | None) -> Finding:
    if url is not None:
        return Finding("fail", "a database by URL is not supported yet", "leave --database-url out")
    return Finding("ok", f"the database is SQLite {sqlite3.sqlite_version}, in the data folder")
