"""The pages of docs/ that are made from the code: the control API, the command line, and how contracts were read.

``python -m carrierbox.docs`` writes them, from the root of a checkout; a test fails when one is out of date.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

FOLDER = Path("docs")

_MADE = "Made by `python -m carrierbox.docs`; a test fails when it is out of date.\n"


def control_api() -> str:
    """Every call of the control API, from its OpenAPI."""
    from carrierbox import __version__, control
    from carrierbox.control.wiring import Control
    from carrierbox.kernel.worlds import Worlds

    with TemporaryDirectory() as nowhere:
        described = control.build(Control(Worlds(Path(nowhere), ()), __version__)).openapi()
    schemas = described["components"]["schemas"]
    lines = [
        "# Control API",
        "",
        _MADE,
        "All calls lie under `/_box`. JSON in and out; errors are RFC 9457 problem JSON. `{w}` is a world's name.",
        "Without a control key only this machine may call; with one, every call carries `Authorization: Bearer KEY`.",
        "The description for tools is at `/_box/openapi.json`.",
    ]
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            lines += ["", f"## `{method.upper()} {path}`", "", _told(operation)]
            lines += _parameters(operation)
            lines += _body(operation, schemas)
    return "\n".join([*lines, ""])


def _told(operation: Mapping[str, Any]) -> str:
    return str(operation.get("description", operation["summary"])).replace("``", "`")


def _parameters(operation: Mapping[str, Any]) -> Iterator[str]:
    asked = [each for each in operation.get("parameters", ()) if each["in"] == "query"]
    if asked:
        yield from ("", "| query | type | |", "|---|---|---|")
        for each in asked:
            yield _row(f"`{each['name']}`", _type(each["schema"]), each["schema"].get("description", ""))


def _body(operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[str]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    for name in _named(content["schema"]) if content else ():
        schema = schemas[name]
        members = schema.get("properties", {})
        if members:
            told = " ".join(schema.get("description", "").split())
            yield from ("", f"{name}: {told}", "", "| member | type | |", "|---|---|---|")
        for member, each in members.items():
            must = "" if member not in schema.get("required", ()) else "required. "
            yield _row(f"`{member}`", _type(each), must + each.get("description", ""))
        inner = {inner for each in members.values() for inner in _named(each)}
        for each in sorted(inner):
            if "properties" in schemas[each]:
                fields = ", ".join(f"`{field}` {_type(kind)}" for field, kind in schemas[each]["properties"].items())
                yield from ("", f"{each}: {fields}.")


def _named(schema: Mapping[str, Any]) -> list[str]:
    """The named schemas that a schema is, or is one of."""
    if "$ref" in schema:
        return [schema["$ref"].rpartition("/")[2]]
    return [name for each in (*schema.get("anyOf", ()), *schema.get("oneOf", ())) for name in _named(each)]


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "enum" in schema or "const" in schema:
        return " or ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    if several := (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        return " or ".join(_type(each) for each in several if each.get("type") != "null")
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("type", "any"))


def command_line() -> str:
    """Every verb and its flags."""
    import typer

    from carrierbox.cli.app import app

    lines = [
        "# Command line",
        "",
        _MADE,
        "Every flag has a variable; a flag goes before its variable, and that before the default. All that print take",
        "`--json`. `carrierbox --install-completion` lets your shell complete verbs and flags.",
        "Exit codes: 0 clean, 1 failed with one line that says what and what to do, 2 wrong usage,",
        "3 a verification that does not hold.",
    ]
    root: Any = typer.main.get_command(app)
    lines += _commands(root, "carrierbox")
    return "\n".join([*lines, ""])


def _commands(group: Any, name: str) -> Iterator[str]:
    for verb, command in group.commands.items():
        if command.hidden:
            continue
        if hasattr(command, "commands"):
            yield from _commands(command, f"{name} {verb}")
            continue
        arguments = [each for each in command.params if each.param_type_name == "argument"]
        flags = [each for each in command.params if each.param_type_name == "option" and not each.hidden]
        usage = " ".join([name, verb, *(_placeholder(each) for each in arguments)])
        yield from ("", f"## `{usage}`", "", " ".join((command.help or "").split()))
        if arguments or flags:
            yield from ("", "| | | variable |", "|---|---|---|")
        for each in arguments:
            yield _row(f"`{_placeholder(each)}`", each.help or "", "")
        for each in flags:
            names = ", ".join(f"`{flag}`" for flag in each.opts)
            yield _row(names, each.help or "", ", ".join(f"`{variable}`" for variable in each.envvar or ()))


def _placeholder(argument: Any) -> str:
    shown = str(argument.metavar or argument.name.rstrip("_").upper())
    return shown if argument.required else f"[{shown}]"


def readings() -> str:
    """What the contracts mended and chose, operation by operation."""
    from carrierbox.contracts import operations
    from carrierbox.contracts.coverage import APIS

    lines = [
        "# How the documents were read",
        "",
        _MADE,
        "What stands here is not in the vendors' documents as printed: `mended` is what torn or misspelt text was read",
        "as, `assumed` what no source settles and what the box does there. The rest is as documented; see",
        "[coverage.md](coverage.md).",
    ]
    for api, title in APIS.items():
        lines += ["", f"## {title}"]
        for operation in operations(api):
            if operation.mended or operation.open:
                lines += ["", f"### `{operation.id}` {operation.name}", ""]
                lines += [f"- mended: {_plain(each)}" for each in operation.mended]
                lines += [f"- assumed: {_plain(each)}" for each in operation.open]
    return "\n".join([*lines, ""])


def _plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    return " ".join(str(text).split()).replace("<", "&lt;").replace("*", r"\*").replace("_", r"\_")


def _row(*cells: str) -> str:
    escaped = " | ".join(" ".join(cell.split()).replace("|", r"\|") for cell in cells)
    return f"| {escaped} |"


PAGES: Mapping[str, Callable[[], str]] = {
    "control-api.md": control_api,
    "command-line.md": command_line,
    "readings.md": readings,
}


def main() -> None:
    """Write the pages."""
    FOLDER.mkdir(exist_ok=True)
    for name, make in PAGES.items():
        (FOLDER / name).write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main()
