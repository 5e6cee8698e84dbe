"""docs/readings.md: what the contracts mended and chose, operation by operation."""

from carrierbox.docs.markdown import MADE


def readings() -> str:
    """What the contracts mended and chose, operation by operation."""
    from carrierbox.contracts import operations
    from carrierbox.contracts.coverage import APIS

    lines = [
        "# How the documents were read",
        "",
        MADE,
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
