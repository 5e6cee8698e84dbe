"""Log lines on standard error, as text or as JSON."""

import json
import logging
from datetime import UTC, datetime

from carrierbox.kernel import clock
from carrierbox.settings import LogFormat


class _Text(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802 - logging's
        return _moment(record)


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": _moment(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


def _moment(record: logging.LogRecord) -> str:
    return clock.text(datetime.fromtimestamp(record.created, UTC))


def configure(form: LogFormat, *, quiet: bool) -> None:
    """Log our own news and everybody's warnings; when *quiet*, warnings only."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Json() if form == "json" else _Text())
    # Libraries speak from warnings on: uvicorn tells of its start, httpx of addresses that may hold secrets.
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("carrierbox").setLevel(logging.WARNING if quiet else logging.INFO)
    logging.captureWarnings(True)
