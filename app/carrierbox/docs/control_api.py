"""docs/control-api.md: every call of the control API, from its OpenAPI, and what it answers, from the typed client."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import NoneType, UnionType
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from carrierbox.docs.client_calls import client_calls
from carrierbox.docs.markdown import MADE, row

Schemas = Mapping[str, Mapping[str, Any]]


def control_api() -> str:
    """The page."""
    from carrierbox import __version__, control
    from carrierbox.control.wiring import Control
    from carrierbox.kernel.worlds import Worlds

    with TemporaryDirectory() as nowhere:
        described = control.build(Control(Worlds(Path(nowhere), ()), __version__)).openapi()
    schemas, answers = described["components"]["schemas"], client_calls()
    lines = [
        "# Control API",
        "",
        MADE,
        "All calls lie under `/_box`. JSON in and out; errors are RFC 9457 problem JSON. `{w}` is a world's name.",
        "Without a control key only this machine may call; with one, every call carries `Authorization: Bearer KEY`.",
        "Where GET answers, HEAD does, without the body.",
        "The description for tools is at `/_box/openapi.json`. The types of answers stand at the end.",
    ]
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            lines += ["", f"## `{method.upper()} {path}`", "", _told(operation)]
            lines += _answered(answers.get((method.upper(), re.sub(r"\{(?!w\})\w+\}", "{}", path))))
            lines += _parameters(operation)
            lines += _body(operation, schemas)
    lines += ["", "# Answers"]
    for kind in typed_dicts(answers.values()):
        lines += _members(kind)
    return "\n".join([*lines, ""])


def _told(operation: Mapping[str, Any]) -> str:
    return str(operation.get("description", operation["summary"])).replace("``", "`")


def _parameters(operation: Mapping[str, Any]) -> Iterator[str]:
    asked = [each for each in operation.get("parameters", ()) if each["in"] == "query"]
    if asked:
        yield from ("", "| query | type | |", "|---|---|---|")
        for each in asked:
            yield row(f"`{each['name']}`", _type(each["schema"]), _about(each["schema"]))


def _body(operation: Mapping[str, Any], schemas: Schemas) -> Iterator[str]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    waiting, told = _named(content["schema"]) if content else [], set()
    while waiting:
        name = waiting.pop(0)
        schema = schemas[name]
        if name in told or "properties" not in schema:
            continue
        told.add(name)
        about = " ".join(schema.get("description", "").split()).replace("``", "`")
        yield from ("", f"`{name}`: {about}", "", "| member | type | |", "|---|---|---|")
        for member, each in schema["properties"].items():
            must = "" if member not in schema.get("required", ()) else "required. "
            yield row(f"`{member}`", _type(each), must + _about(each))
            waiting += _named(each)


def _about(schema: Mapping[str, Any]) -> str:
    """What is said of a member, or of the one kind that it may be of."""
    parts = (schema, *schema.get("anyOf", ()))
    return next((str(each["description"]) for each in parts if "description" in each), "")


def _named(schema: Mapping[str, Any]) -> list[str]:
    """The named schemas that a schema is, is one of, or is a list of."""
    if "$ref" in schema:
        return [schema["$ref"].rpartition("/")[2]]
    parts = (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *([schema["items"]] if "items" in schema else ()))
    return [name for each in parts for name in _named(each)]


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return f"`{schema['$ref'].rpartition('/')[2]}`"
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return " or ".join(f"`{value}`" if isinstance(value, str) else str(value).lower() for value in values)
    if several := (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        return " or ".join(_type(each) for each in several if each.get("type") != "null")
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("type", "any"))


def _answered(kind: Any) -> Iterator[str]:
    if kind is bytes:
        yield from ("", "Answers the file.")
    elif kind not in (None, NoneType):
        yield from ("", f"Answers {_spelled(kind)}.")


def typed_dicts(kinds: Iterable[Any]) -> list[Any]:
    """The named types that answers are made of, by name."""
    found: dict[str, Any] = {}
    waiting = [*kinds]
    while waiting:
        kind = waiting.pop()
        if is_typeddict(kind):
            if kind.__name__ not in found:
                found[kind.__name__] = kind
                waiting += get_type_hints(kind).values()
        else:
            waiting += get_args(kind)
    return [found[name] for name in sorted(found)]


def _members(kind: Any) -> Iterator[str]:
    about = " ".join(kind.__doc__.split()).replace("``", "`")
    yield from ("", f"## {kind.__name__}", "", about, "", "| member | type |", "|---|---|")
    for name, member in get_type_hints(kind, include_extras=True).items():
        may_miss = get_origin(member) is NotRequired
        yield row(f"`{name}`", _spelled(get_args(member)[0] if may_miss else member) + (", if any" if may_miss else ""))


_PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean", NoneType: "null", dict: "object", Any: "any"}


def _spelled(kind: Any) -> str:
    """A type as JSON has it."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    if is_typeddict(kind):
        return f"[{kind.__name__}](#{kind.__name__.lower()})"
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in parts)
    if origin in (Union, UnionType):
        return " or ".join(map(_spelled, parts))
    if origin is list:
        return f"list of {_spelled(parts[0])}"
    return "object" if parts[1] is Any else f"object of {_spelled(parts[1])}"
