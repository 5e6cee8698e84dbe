"""What a request says: each value with the name under which it stands there, and the SIMs that those lead to.

A value of a path is named by the segment before it, one of a query or form by its parameter, one of a JSON body by its
member. Of a text that is more than one word, the long numbers in it count as well: a filter, a GraphQL query. What
stands in brackets behind a name has that before its own: of ``sims(where: {id: {_eq: 5}})`` the 5 is ``sims.id``.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice, pairwise
from typing import Any
from urllib.parse import parse_qsl

from carrierbox.kernel.world import Box

#: A name, and a value that stands there.
Pair = tuple[str, str]
#: Which of these values lead to SIMs: the value and the ICCID. What `Part.names` is.
Names = Callable[[Box, Collection[Pair]], Iterable[Pair]]

#: A request that says more than so much is read no further.
MOST_VALUES = 10_000

_NUMBER = re.compile(r"[0-9]{7,32}")
#: A name before a bracket, or a member and its value, a number or a variable, perhaps behind an operator.
_CALLED = re.compile(
    r"\b(?P<call>\w++)\s*+\(|\b(?P<member>\w++)\s*+:\s*+(?:\{\s*+_\w++\s*+:\s*+)?\"?(?P<value>\$\w++|[0-9]++)", re.ASCII
)
_WORD = re.compile(r"[\w#*-]{1,64}", re.ASCII)


def said(path: str, query: bytes, body: bytes) -> set[Pair]:
    """All that a request says which may be an identity."""
    found: set[Pair] = set()
    for name, text in _texts(path, query, body):
        found.update((name, value) for value in _values(text))
        found.update(_called(text) if "(" in text else ())
        if len(found) >= MOST_VALUES:
            break
    return found


def iccids(box: Box, names: Names | None, pairs: Collection[Pair]) -> set[str]:
    """The SIMs that these values lead to."""
    return {iccid for _, iccid in names(box, pairs)} if names and pairs else set()


def _texts(path: str, query: bytes, body: bytes) -> Iterator[Pair]:
    yield from pairwise(path.split("/"))
    if query:
        yield from _form(query)
    if not body:
        return
    try:
        sent = json.loads(body, parse_int=str, parse_float=str)  # a number's digits, of which JSON allows any number
    except (ValueError, RecursionError):
        yield from _form(body)
        yield "", body.decode(errors="replace")
    else:
        yield from _members(sent)


def _form(encoded: bytes) -> Iterator[Pair]:
    try:
        pairs = parse_qsl(encoded.decode(errors="replace"), max_num_fields=MOST_VALUES)
    except ValueError:  # more fields than anybody sends
        return
    for name, text in pairs:
        yield name.partition(".")[0], text  # WING's filters: iccid.equals


def _members(sent: Any) -> Iterator[Pair]:
    """The texts of a JSON value; a list's stand under the list's name."""
    waiting: list[tuple[str, Any]] = [("", sent)]
    while waiting:
        name, value = waiting.pop()
        match value:
            case dict():
                waiting.extend(value.items())
            case list():
                waiting.extend((name, each) for each in value)
            case str():
                yield name, value


def _values(text: str) -> Iterator[str]:
    """A text as one value, or those that it lists, or the long numbers in it."""
    for part in text.split(",") if "," in text else (text,):
        value = part.strip().removeprefix("+")
        if _WORD.fullmatch(value):
            yield value
        else:
            yield from _NUMBER.findall(value)


def _called(text: str) -> Iterator[Pair]:
    """What stands in brackets behind names."""
    call = ""
    for found in islice(_CALLED.finditer(text), MOST_VALUES):
        if found["call"]:
            call = found["call"]
        elif call:
            yield f"{call}.{found['member']}", found["value"]
