"""Reading an uploaded file: from a form's part `file` or `File`, or as the body itself; and telling CSV from all else.

open: the document calls the request JSON, though it is a file.
"""

import asyncio
import csv
import io
import re
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import UploadFile

from carrierbox import edge
from carrierbox.carriers.wing.errors import BadField, BodyMediaType, FileTooLarge
from carrierbox.carriers.wing.ordering.door import OrderingDoor

MEBIBYTE = 1024 * 1024
MOST_BYTES = 5 * MEBIBYTE
#: With what a form puts around a file.
MOST_BODY = MOST_BYTES + 64 * 1024
LONGEST_NAME = 200
#: What a file is called whose sender does not say.
NAMELESS = "attachment.csv"
#: Types that browsers and spreadsheets give CSV files.
_TYPES = {"text/csv", "application/csv", "application/vnd.ms-excel"}
#: No text has these; line ends and tabs are no such signs.
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came."""

    name: str
    content: bytes


class UploadDoor(OrderingDoor):
    """An operation that is handed a CSV file."""

    async def receive(self, request: Request) -> None:
        """Read the file.

        Raises: BodyMediaType, BadField, FileTooLarge.
        """
        given = request.headers.get("Content-Type", "")
        kind = given.partition(";")[0].strip().lower()
        if kind == "multipart/form-data":
            upload = await _part(request)
        elif kind == "text/csv":
            upload = Upload(NAMELESS, await request.body())
        else:
            raise BodyMediaType(given=given)
        await asyncio.to_thread(check, upload)  # five megabytes take some hundredths of a second
        edge.visit(request).call = upload


async def _part(request: Request) -> Upload:
    """The one file of a form.

    Raises: BadField.
    """
    async with request.form(max_files=10, max_fields=100) as form:
        parts = [*form.getlist("file"), *form.getlist("File")]
        part = parts[0] if len(parts) == 1 else None
        if not isinstance(part, UploadFile):
            raise BadField(field="file", problem="must be one file" if parts else "must not be null")
        name = _plain(part.filename or "")
        if not name.lower().endswith(".csv") and part.content_type not in _TYPES:
            raise BadField(field="file", problem=f"must be a CSV file, not '{name}' of type {part.content_type}")
        return Upload(name, await part.read())


def _plain(name: str) -> str:
    """A file's name without the folders that some clients send along, and without signs that no header can hold."""
    name = re.split(r"[/\\]", name)[-1]
    name = "".join(sign for sign in name if sign.isprintable()).strip()
    if len(name) > LONGEST_NAME:
        raise BadField(field="file", problem=f"must have a name of at most {LONGEST_NAME} characters")
    return name or NAMELESS


def check(upload: Upload) -> None:
    """Let a file pass that is CSV: a text with at least one row, its quotation marks closed.

    Raises: BadField, FileTooLarge.
    """
    if len(upload.content) > MOST_BYTES:
        raise FileTooLarge(most=MOST_BYTES // MEBIBYTE)
    if not upload.content.strip():
        raise BadField(field="file", problem="must not be empty")
    if _CONTROLS.search(upload.content):
        raise BadField(field="file", problem="must be a CSV file: it is no text")
    # spreadsheets write UTF-8 or a code page of one byte a sign, and rows look the same in all of them
    text = io.StringIO(upload.content.decode("latin-1"), newline="")
    try:
        for _ in csv.reader(text, strict=True):
            pass
    except csv.Error as unreadable:
        raise BadField(field="file", problem=f"must be a CSV file: {unreadable}") from unreadable
