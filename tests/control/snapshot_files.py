"""Snapshots as a tester has them: saved, loaded, and opened to see what they are made of."""

import gzip
import json
from typing import Any

import httpx
from tests.conftest import World


def save(world: World) -> bytes:
    """A world as one file."""
    answer = world.control.get(f"/_box/worlds/{world.name}/snapshot")
    assert 200 == answer.status_code, answer.text
    return answer.content


def load(control: httpx.Client, name: str, snapshot: bytes) -> httpx.Response:
    """Let a world be what a file holds."""
    return control.put(f"/_box/worlds/{name}/snapshot", content=snapshot)


def opened(snapshot: bytes) -> tuple[dict[str, Any], bytes]:
    """A snapshot's first line, and the rest."""
    line, _, rest = gzip.decompress(snapshot).partition(b"\n")
    return json.loads(line), rest
