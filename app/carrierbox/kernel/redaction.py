"""Cuts secrets out of what is shown of requests and answers: passwords, tokens, keys, PINs and PUKs.

A secret is known by the name under which it stands, in JSON, forms, multipart bodies, queries and plain text alike; a
signed token by its looks as well. What it was cannot be told from what is left. All of it takes time in proportion to
what is read, whoever sent it.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, unquote_plus

CUT = "[cut]"
TOO_DEEP = "[cut: nested too deep]"
#: Bodies that are nested deeper are shown so deep only.
DEEPEST = 64

Headers = Iterable[tuple[bytes, bytes]]

FORM = "application/x-www-form-urlencoded"

#: Secrets by their names, letters and digits only.
_SECRET = re.compile(
    r".*(password|passwd|passphrase|secret).*"
    r"|.*(tokens?|apikeys?|privatekeys?|credentials?|assertion|codeverifier|authorization|cookies?)"
    r"|pwd|(pin|puk)[12]?|e?ki|e?opc|adm1?"
)
#: At a token's address, in forms and in the addresses of redirections only: elsewhere a code is no secret.
_SECRET_IN_FORMS = frozenset({"code"})
#: Any name in running text, and what stands between it and the beginning of its value.
_NAMED = re.compile(r"(?<![\w.-])(?P<name>[\w.-]+)[\\\"']*\s*[:=]\s*(?P<opening>\\*[\"']|[\[{]|)", re.ASCII)
_PLAIN = re.compile(r"(?:(?:basic|bearer|digest)\s+)?[^\s&,;}\])\"'<]*", re.IGNORECASE)
#: A signed token; where a run of such letters is none, it is passed over as a whole.
_SIGNED = re.compile(r"eyJ(?:(?P<token>[\w-]{4,}+\.[\w-]++(?:\.[\w-]*+)?)|[\w-]*+)", re.ASCII)
_SCHEME = re.compile(r"(?:basic|bearer|digest) |", re.IGNORECASE)
#: Letters and the like that nobody needs to escape in JSON, escaped; in JSON within JSON the backslashes are many.
_HIDDEN = re.compile(r"\\{1,8}u00(2[de]|3[0-9]|[46][1-9a-f]|[57][0-9a]|5f)", re.IGNORECASE)
#: An element of XML, and the text that it begins with.
_ELEMENT = re.compile(r"(?P<tag><(?:[\w.-]++:)?+(?P<name>[\w.-]++)[^<>]*+>)(?:<!\[CDATA\[)?[^<]+", re.ASCII)
#: What every part of a multipart body has in its head, and the name there.
_PART = re.compile(r"^[ \t]*content-disposition[ \t]*:", re.IGNORECASE | re.MULTILINE)
_PART_NAME = re.compile(r"(?<![\w-])name[*\d]*\s*=\s*(?:\"((?:[^\"\\]|\\.)*)|([^;]*))", re.IGNORECASE)
#: What is a form, though it does not say so.
_FORM_LIKE = re.compile(r"[\w.%+*-]+=\S*", re.ASCII)


@lru_cache(maxsize=4096)
def is_secret(name: str) -> bool:
    """Whether what stands under a name is shown to nobody: a name as a whole, or a part of it between dots."""
    return any(_SECRET.fullmatch("".join(filter(str.isalnum, part)).lower()) for part in (name, *name.split(".")))


def header(name: str, value: str) -> str:
    """A header's value as it may be shown; of an Authorization the scheme is left."""
    if is_secret(name) and (scheme := _SCHEME.match(value)):
        return f"{scheme[0]}{CUT}"
    return text(value, in_form=True)


def body(content: bytes, media_type: str) -> Any:
    """A body as it may be shown: JSON as what it says, a form and all else as text; nothing as None."""
    if not content:
        return None
    try:
        return value(_read(content))
    except (ValueError, RecursionError):
        return _no_json(content, media_type)


def body_text(content: bytes, media_type: str) -> str:
    """A body as it may be shown, as text; spelled as it was where nothing is cut."""
    try:
        read = _read(content)
    except (ValueError, RecursionError):
        return _no_json(content, media_type)
    shown = value(read)
    return _decoded(content) if shown == read else json.dumps(shown)


def _no_json(content: bytes, media_type: str) -> str:
    read = _decoded(content)
    if _PART.search(read):
        return _multipart(read)
    is_form = media_type.partition(";")[0].strip().lower() == FORM or _FORM_LIKE.fullmatch(read.strip())
    return form(read) if is_form else text(read)


def _decoded(content: bytes) -> str:
    """A body's text; where it begins as UTF-16 or UTF-32 does, by that, whatever it says of itself."""
    return content.decode(json.detect_encoding(content), errors="replace").replace("\0", "")


def _read(spelled: str | bytes) -> Any:
    """JSON as Python reads it; a name that stands twice keeps both values.

    What only Python takes for JSON, and a number that it cannot hold, stays text.
    """
    return json.loads(spelled, parse_constant=str, parse_float=_number, object_pairs_hook=_object)


def _number(spelled: str) -> float | str:
    number = float(spelled)
    return number if math.isfinite(number) else spelled


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    all_of: dict[str, list[Any]] = {}
    for name, each in pairs:
        all_of.setdefault(name, []).append(each)
    return {name: each if len(each) > 1 else each[0] for name, each in all_of.items()}


def _multipart(read: str) -> str:
    """A multipart body as it may be shown.

    Parts are told apart by lines that begin with dashes, whatever boundary was announced. One whose name is a secret's
    goes as a whole, up to a line like the one before it.
    """
    shown: list[str] = []
    part: list[str] = []
    delimiter, is_head, is_cut = "", True, False
    for line in read.split("\n"):
        mark = line.strip()
        if mark.startswith("--") and (not is_cut or mark in {delimiter, f"{delimiter}--"}):
            shown += [*_content(part), line]
            part, delimiter, is_head, is_cut = [], mark, True, False
        elif is_cut:
            continue
        elif not is_head:
            part.append(line)
        elif _names_secret(line):
            shown += text(line), CUT
            is_cut = True
        else:
            shown.append(text(line))
            is_head = bool(mark)
    return "\n".join([*shown, *_content(part)])


def _names_secret(line: str) -> bool:
    names = (unquote(found[1] or found[2] or "").rpartition("'")[2].strip() for found in _PART_NAME.finditer(line))
    return any(is_secret(name) or name.lower() in _SECRET_IN_FORMS for name in names)


def _content(lines: list[str]) -> list[str]:
    return [_text_in_json("\n".join(lines), 0)] if lines else []


def value(given: Any, depth: int = 0) -> Any:
    """A JSON value as it may be shown."""
    if isinstance(given, str):
        return _text_in_json(given, depth)
    if not isinstance(given, dict | list):
        return given
    if depth == DEEPEST:
        return TOO_DEEP
    if isinstance(given, list):
        return [value(each, depth + 1) for each in given]
    return {text(name): CUT if is_secret(name) else value(each, depth + 1) for name, each in given.items()}


def _text_in_json(given: str, depth: int) -> str:
    """A text, which may hold JSON in turn; spelled as it was where nothing is cut."""
    if given.lstrip()[:1] in {"{", "["}:
        with suppress(ValueError, RecursionError):
            read = _read(given)
            shown = value(read, min(depth + 1, DEEPEST))
            return given if shown == read else json.dumps(shown)
    return text(given)


def form(encoded: str) -> str:
    """A form or a query as it may be shown, spelled as it was."""
    return "&".join(_field(field) for field in encoded.split("&"))


def _field(field: str) -> str:
    name, equals, given = field.partition("=")
    plain = unquote_plus(name)
    if given and (is_secret(plain) or plain.lower() in _SECRET_IN_FORMS):
        return f"{_unless_cut(name)}{equals}{CUT}"
    return _unless_cut(field)


def _unless_cut(encoded: str) -> str:
    """A piece of a form as it was, unless something has to be cut out of it."""
    read = unquote_plus(encoded)
    return encoded if (shown := text(read)) == read else shown


def text(given: str, *, in_form: bool = False) -> str:
    """Running text as it may be shown: an address, a GraphQL query, XML, JSON that was cut off."""
    read = _HIDDEN.sub(lambda found: chr(int(found[1], 16)), given) if "\\u00" in given else given
    shown: list[str] = []
    done = 0
    for found in _NAMED.finditer(read):
        name = found["name"]
        if found.start() < done or not (is_secret(name) or (in_form and name.lower() in _SECRET_IN_FORMS)):
            continue
        start = found.start("opening")
        shown += read[done:start], CUT
        done = _end(read, start, found["opening"])
    left = _ELEMENT.sub(_element, "".join([*shown, read[done:]]))
    left = _SIGNED.sub(lambda found: CUT if found["token"] else found[0], left)
    return given if left == read else left


def _element(found: re.Match[str]) -> str:
    return f"{found['tag']}{CUT}" if is_secret(found["name"]) else found[0]


def _end(given: str, start: int, opening: str) -> int:
    """Where the value ends that begins at *start*; of one that was cut off, the end of all."""
    if not opening:
        plain = _PLAIN.match(given, start)
        return plain.end() if plain else start
    if opening[-1] in "\"'":
        return _end_of_quoted(given, start + len(opening), opening)
    depth, at = 0, start
    while at < len(given):
        sign = given[at]
        if sign in "\"'":
            at = _end_of_quoted(given, at + 1, sign)
            continue
        depth += (sign in "[{") - (sign in "]}")
        at += 1
        if not depth:
            return at
    return len(given)


def _end_of_quoted(given: str, at: int, quote: str) -> int:
    """Behind the quote that ends a text; where backslashes make that doubtful, a later one: rather too much is cut."""
    while (found := given.find(quote, at)) >= 0:
        backslashes = 0
        while given[found - backslashes - 1 : found - backslashes] == "\\":
            backslashes += 1
        if not backslashes or (len(quote) == 1 and backslashes % 2 == 0):
            return found + len(quote)
        at = found + 1
    return len(given)


def headers(given: Headers) -> list[tuple[str, str]]:
    """Headers as they may be shown."""
    read = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in given]
    return [(name, header(name, value)) for name, value in read]


def joined(given: Headers) -> Mapping[str, str]:
    """Headers by their names, as they may be shown; those of one name are joined."""
    shown: dict[str, str] = {}
    for name, value in headers(given):
        shown[name] = f"{shown[name]}, {value}" if name in shown else value
    return shown
