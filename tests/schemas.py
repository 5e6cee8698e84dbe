"""JSON Schema as the box's OpenAPI documents use it: what of a value does not fit.

No library of it is among what the project needs. A word that is not known here is an error, so that nothing passes
unseen.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

#: Words that say nothing about what fits.
TALK = {"title", "description", "default", "examples", "example", "format", "writeOnly", "contentMediaType", "nullable"}
TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def misfits(value: Any, schema: Schema, document: Schema, at: str = "body") -> Iterator[str]:
    """Each place where a value does not fit."""
    if "$ref" in schema:
        schema = _named(schema["$ref"], document)
    for word, wanted in schema.items():
        if word not in TALK:
            yield from CHECKS[word](value, wanted, schema, document, at)


def _named(reference: str, document: Schema) -> Schema:
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)


def _type(value: Any, wanted: str, _schema: Schema, _document: Schema, at: str) -> Iterator[str]:
    if not isinstance(value, TYPES[wanted]) or (isinstance(value, bool) and wanted in {"integer", "number"}):
        yield f"{at}: {value!r} is no {wanted}"


def _any_of(value: Any, wanted: list[Schema], _schema: Schema, document: Schema, at: str) -> Iterator[str]:
    tries = [[*misfits(value, each, document, at)] for each in wanted]
    if all(tries):
        yield f"{at}: fits none of {len(tries)}: {[each[0] for each in tries]}"


def _properties(value: Any, wanted: Schema, _schema: Schema, document: Schema, at: str) -> Iterator[str]:
    for name, each in wanted.items():
        if isinstance(value, dict) and name in value:
            yield from misfits(value[name], each, document, f"{at}.{name}")


def _additional(value: Any, wanted: Any, schema: Schema, document: Schema, at: str) -> Iterator[str]:
    others = value.keys() - schema.get("properties", {}).keys() if isinstance(value, dict) else set()
    for name in others:
        if wanted is False:
            yield f"{at}.{name}: is not known"
        elif wanted is not True:
            yield from misfits(value[name], wanted, document, f"{at}.{name}")


def _names(value: Any, wanted: Schema, _schema: Schema, document: Schema, at: str) -> Iterator[str]:
    for name in value if isinstance(value, dict) else ():
        yield from misfits(name, wanted, document, f"{at}: the name {name!r}")


def _required(value: Any, wanted: list[str], _schema: Schema, _document: Schema, at: str) -> Iterator[str]:
    yield from (f"{at}.{name}: is missing" for name in wanted if isinstance(value, dict) and name not in value)


def _items(value: Any, wanted: Schema, _schema: Schema, document: Schema, at: str) -> Iterator[str]:
    for position, each in enumerate(value if isinstance(value, list) else ()):
        yield from misfits(each, wanted, document, f"{at}[{position}]")


def _enum(value: Any, wanted: list[Any], _schema: Schema, _document: Schema, at: str) -> Iterator[str]:
    if value not in wanted:
        yield f"{at}: {value!r} is none of {wanted}"


def _const(value: Any, wanted: Any, schema: Schema, document: Schema, at: str) -> Iterator[str]:
    yield from _enum(value, [wanted], schema, document, at)


def _pattern(value: Any, wanted: str, _schema: Schema, _document: Schema, at: str) -> Iterator[str]:
    if isinstance(value, str) and not re.search(wanted, value):
        yield f"{at}: {value!r} is not like {wanted}"


def _least(value: Any, wanted: float, _schema: Schema, _document: Schema, at: str) -> Iterator[str]:
    if isinstance(value, int | float) and value < wanted:
        yield f"{at}: {value} is less than {wanted}"


def _most(value: Any, wanted: float, _schema: Schema, _document: Schema, at: str) -> Iterator[str]:
    if isinstance(value, int | float) and value > wanted:
        yield f"{at}: {value} is more than {wanted}"


def _below(value: Any, wanted: float, _schema: Schema, _document: Schema, at: str) -> Iterator[str]:
    if isinstance(value, int | float) and value >= wanted:
        yield f"{at}: {value} is not less than {wanted}"


def _shortest(value: Any, wanted: int, _schema: Schema, _document: Schema, at: str) -> Iterator[str]:
    if isinstance(value, str | list) and len(value) < wanted:
        yield f"{at}: is shorter than {wanted}"


def _longest(value: Any, wanted: int, _schema: Schema, _document: Schema, at: str) -> Iterator[str]:
    if isinstance(value, str | list) and len(value) > wanted:
        yield f"{at}: is longer than {wanted}"


CHECKS = {
    "type": _type,
    "anyOf": _any_of,
    "properties": _properties,
    "additionalProperties": _additional,
    "propertyNames": _names,
    "required": _required,
    "items": _items,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "minimum": _least,
    "maximum": _most,
    "exclusiveMaximum": _below,
    "minLength": _shortest,
    "maxLength": _longest,
    "minItems": _shortest,
    "maxItems": _longest,
}


def unknown(schema: Schema) -> Iterator[str]:
    """The words of a schema that mean nothing, such as those that a library wrote and could not translate."""
    yield from schema.keys() - CHECKS.keys() - TALK - {"$ref"}
    within = [schema["items"]] if "items" in schema else []
    for inner in (*schema.get("properties", {}).values(), *schema.get("anyOf", ()), *within):
        yield from unknown(inner)
