"""4.36, 5.4, 5.5, 5.21: running a query, within reach and within limits.

graphql-core takes a third of a second to import, and so waits for the first query.
"""

import asyncio
import sqlite3
from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from carrierbox.carriers.wing.accounts.reach import Reach
from carrierbox.carriers.wing.graphql import functions, sight  # noqa: F401 - functions furnishes connections
from carrierbox.carriers.wing.graphql.errors import Faulty, mismatch, too_much
from carrierbox.carriers.wing.graphql.limits import MOST_BYTES, MOST_ROWS, MOST_SECONDS, STEPS_AT_A_TIME
from carrierbox.carriers.wing.usage.network import NETWORK
from carrierbox.kernel import clock, devices
from carrierbox.kernel.world import Box

if TYPE_CHECKING:
    from carrierbox.carriers.wing.graphql.compiling import Compiled, Part


async def answer(box: Box, reach: Reach, sent: Any) -> tuple[bytes, str | None]:
    """The answer to ``query``, with ``variables`` and ``operationName``, and the section of the document that it is.

    Faults are answered too, as Hasura does.
    """
    section = None
    try:
        query, variables, name = _request(sent)
        from carrierbox.carriers.wing.graphql.compiling import compiled

        found, variables = compiled(query, name, variables)
        section = found.section
        if found.is_live:
            await devices.settle(box.world, NETWORK)
        texts = await _texts(box, reach, found, variables)
    except Faulty as faulty:
        return orjson.dumps(faulty.body), section
    members = ",".join(f'"{part.key}":{text}' for part, text in zip(found.parts, texts, strict=True))
    return f'{{"data":{{{members}}}}}'.encode(), section


def _request(sent: Any) -> tuple[str, Mapping[str, Any], str | None]:
    if not isinstance(sent, dict) or not isinstance(sent.get("query"), str):
        raise Faulty("$", 'key "query" not present', "parse-failed")
    variables, name = sent.get("variables"), sent.get("operationName")
    if variables is not None and not isinstance(variables, dict):
        raise mismatch("$.variables", "an object", "variables", variables)
    if name is not None and not isinstance(name, str):
        raise mismatch("$.operationName", "a string", "String", name)
    return sent["query"], variables or {}, name


async def _texts(box: Box, reach: Reach, found: "Compiled", variables: Mapping[str, Any]) -> Sequence[str]:
    """Each part's JSON; all statements see the same moment."""
    shared = sight.values(reach) | {"cycle": f"{box.now:%Y-%m}", "user": box.cause.actor}
    kind = sight.kind(reach)
    known: dict[Hashable, Any] = {}
    statements = [
        (part, part.statement(kind), part.values(variables, known) | shared) if part.sql else None
        for part in found.parts
    ]
    asked = [statement for statement in statements if statement is not None]
    read = iter(await box.world.aside(lambda reader: _read(reader, asked)) if asked else ())
    texts = []
    for part in found.parts:
        if part.sql:
            texts.append(next(read))
        elif part.described is not None:
            texts.append(await asyncio.to_thread(part.described.answer, variables))
        else:
            texts.append(part.text)
    return texts


def _read(reader: sqlite3.Connection, statements: Sequence[tuple["Part", str, Mapping[str, Any]]]) -> list[str]:
    """Run statements on one connection, held to what one query may take."""
    end = clock.monotonic() + MOST_SECONDS
    usual = reader.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_BYTES)
    reader.set_progress_handler(lambda: clock.monotonic() > end, STEPS_AT_A_TIME)
    try:
        if len(statements) == 1:
            return [_one(reader, *statements[0])]
        reader.execute("BEGIN")
        try:
            texts = [_one(reader, *statement) for statement in statements]
        finally:
            reader.execute("ROLLBACK")
        if sum(map(len, texts)) > MOST_BYTES:
            raise _too_large()
        return texts
    except sqlite3.DataError as large:
        raise _too_large() from large
    except sqlite3.OperationalError as refused:
        raise _refused(refused) from refused
    finally:
        reader.set_progress_handler(None, 0)
        reader.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, usual)


def _one(reader: sqlite3.Connection, part: "Part", statement: str, values: Mapping[str, Any]) -> str:
    row = reader.execute(statement, values).fetchone()
    if row is None:
        return "null"
    if len(row) > 1 and row[1] > MOST_ROWS:
        raise too_much(part.path, f"a list has at most {MOST_ROWS} rows here: ask for a part of it by limit and offset")
    return str(row[0])


def _too_large() -> Faulty:
    size = MOST_BYTES // 1024 // 1024
    return too_much("$", f"an answer has at most {size} MiB here: ask for fewer rows or columns")


def _refused(refused: sqlite3.OperationalError) -> Exception:
    """What the database did not do, as a fault of the query; what it could not do is none."""
    said = str(refused)
    if "interrupted" in said:
        return too_much("$", "the query takes too long: ask for fewer rows, or by columns with an index")
    if "overflow" in said and "integer" in said:
        return Faulty("$", "bigint out of range", "data-exception")
    if "stack overflow" in said or "too large" in said:
        return too_much("$", "the query is nested too deeply")
    return refused
