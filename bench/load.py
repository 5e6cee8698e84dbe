"""A load generator: keep-alive connections that send prepared requests one after the other.

Runs as a process of its own: `python -m bench.load PORT SECONDS CONNECTIONS` reads requests from standard input, one
JSON string a line, and prints one JSON object with counts by status and latencies.
"""

import asyncio
import itertools
import json
import sys
import time
from collections import Counter


class Client(asyncio.Protocol):
    """One connection: the next request goes out when the answer to the last is whole."""

    def __init__(self, requests: "itertools.cycle[bytes]", results: "Results") -> None:
        self._requests = requests
        self._results = results
        self._buffer = b""
        self._missing = -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._send()

    def _send(self) -> None:
        self._sent_at = time.perf_counter()
        self._transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        if self._missing < 0:
            self._buffer += data
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            self._status = int(head[9:12])
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            self._missing = int(length or 0) - len(rest)
            self._buffer = b""
        else:
            self._missing -= len(data)
        if self._missing <= 0:
            self._missing = -1
            self._results.add(self._status, time.perf_counter() - self._sent_at)
            if not self._results.is_over():
                self._send()
            else:
                self._transport.close()

    def connection_lost(self, _error: Exception | None) -> None:
        self._results.lose()


class Results:
    """What came back, within the measured time."""

    def __init__(self, seconds: float, connections: int) -> None:
        self.statuses: Counter[int] = Counter()
        self.latencies: list[float] = []
        self._connections = connections
        self.over = asyncio.Event()
        self._end = time.perf_counter() + seconds

    def add(self, status: int, latency: float) -> None:
        self.statuses[status] += 1
        self.latencies.append(latency)

    def lose(self) -> None:
        self._connections -= 1
        if not self._connections:
            self.over.set()

    def is_over(self) -> bool:
        return time.perf_counter() >= self._end


async def run(port: int, seconds: float, connections: int, requests: list[bytes]) -> dict[str, object]:
    """Load a server on loopback for so many seconds."""
    loop = asyncio.get_running_loop()
    cycle = itertools.cycle(requests)
    results = Results(seconds, connections)
    for _ in range(connections):
        await loop.create_connection(lambda: Client(cycle, results), "127.0.0.1", port)
    await asyncio.wait_for(results.over.wait(), seconds + 60)
    latencies = sorted(results.latencies) or [0.0]
    return {
        "statuses": dict(results.statuses),
        "per_second": len(results.latencies) / seconds,
        "p50_ms": latencies[len(latencies) // 2] * 1000,
        "p99_ms": latencies[int(len(latencies) * 0.99)] * 1000,
        "max_ms": latencies[-1] * 1000,
    }


if __name__ == "__main__":
    try:
        import uvloop

        uvloop.install()
    except ImportError:
        pass
    port, seconds, connections = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    lines = [json.loads(line).encode() for line in sys.stdin]
    print(json.dumps(asyncio.run(run(port, seconds, connections, lines))))
