"""docs/command-line.md: every verb and its flags."""

from collections.abc import Iterator
from typing import Any

from carrierbox.docs.markdown import MADE, row


def command_line() -> str:
    """Every verb and its flags."""
    import typer

    from carrierbox.cli.app import app

    lines = [
        "# Command line",
        "",
        MADE,
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
            yield row(f"`{_placeholder(each)}`", each.help or "", "")
        for each in flags:
            names = ", ".join(f"`{flag}`" for flag in each.opts)
            yield row(names, each.help or "", ", ".join(f"`{variable}`" for variable in each.envvar or ()))


def _placeholder(argument: Any) -> str:
    shown = str(argument.metavar or argument.name.rstrip("_").upper())
    return shown if argument.required else f"[{shown}]"
