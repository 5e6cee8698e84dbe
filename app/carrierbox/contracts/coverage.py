"""The coverage page: which operations of the four APIs are implemented, and how sure each one's contract is.

``python -m carrierbox.contracts.coverage`` writes docs/coverage.md, from the root of a checkout.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from carrierbox.contracts import Operation, operations

PAGE = Path("docs/coverage.md")

APIS = {
    "wing": "Nokia WING Digital Hub",
    "wgtwo": "Working Group Two",
    "dish": "DISH Wireless",
    "stn": "sTN Partner API",
}

BASES = ("documented", "mended", "assumed")

#: APIs whose documents show bodies and neither methods nor paths.
_ADDRESSES_ARE_OURS = frozenset({"dish"})

_HEAD = """\
# Coverage

Every operation of the four APIs, in the order of the vendors' documents. Made from the contract files by
`python -m carrierbox.contracts.coverage`; a test fails when it is out of date.

**Source** is `document` for what the vendor's document has, `public` for what only its other public pages have.

**Basis** says how sure the contract is of method, path, request and success answer; the first line that fits counts:

- `assumed`: sources leave out part of that, and the contract fills it in: the page is cut off or gives a name only, the
  success answer is put together or chosen, or, for all of DISH, method and path are published nowhere;
- `mended`: sources show all of that, with slips or torn text that the contract repairs and lists under `mended`;
- `documented`: sources show all of that as it is.

**Open** counts the finer points that no source settles (an error's body, a border case); the contract lists each with
the reading that is chosen. Where operations share a method and a path, one route answers for all of them.
"""


def basis(operation: Operation) -> str:
    """How sure the contract is of an operation, by the rule in the page's head: one of `BASES`."""
    answer = operation.success.raw
    if (
        operation.system in _ADDRESSES_ARE_OURS
        or operation.raw.get("evidence", "full") != "full"
        or answer.get("chosen")
        or answer.get("composed")
    ):
        return "assumed"
    return "mended" if operation.mended else "documented"


def render(implemented: set[str]) -> str:
    """The page, in Markdown, for these operation ids."""
    return "\n".join([_HEAD, *_totals(implemented), *(line for api in APIS for line in _table(api, implemented)), ""])


def _totals(implemented: set[str]) -> Iterator[str]:
    yield f"| API | operations | implemented | {' | '.join(BASES)} |"
    yield f"|---|{'--:|' * (2 + len(BASES))}"
    for api, title in APIS.items():
        yield _row(title, *_counts(operations(api), implemented))
    yield _row("all", *_counts(operations(), implemented))


def _counts(counted: Iterable[Operation], implemented: set[str]) -> list[int]:
    counted = list(counted)
    bases = [basis(operation) for operation in counted]
    done = sum(operation.id in implemented for operation in counted)
    return [len(counted), done, *(bases.count(each) for each in BASES)]


def _table(api: str, implemented: set[str]) -> Iterator[str]:
    yield f"\n## {APIS[api]}\n"
    yield "| operation | section | name | method and path | source | basis | open | implemented |"
    yield "|---|---|---|---|---|---|--:|---|"
    for operation in sorted(operations(api), key=_chapter):
        yield _row(
            f"`{operation.id}`",
            operation.section,
            operation.name,
            f"`{operation.method} {operation.path}`",
            "document" if operation.scope == "seed" else "public",
            basis(operation),
            len(operation.open),
            "yes" if operation.id in implemented else "no",
        )


def _chapter(operation: Operation) -> tuple[int, ...]:
    """The section's numbers, so that 5.10 follows 5.9; sections that are named keep the files' order."""
    parts = operation.section.split(".")
    return tuple(map(int, parts)) if all(part.isdecimal() for part in parts) else ()


def _row(*cells: object) -> str:
    escaped = " | ".join(str(cell).replace("|", r"\|") for cell in cells)
    return f"| {escaped} |"


def main() -> None:
    """Write the page for the operations that are implemented."""
    from carrierbox.main import implemented_operations

    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(render(implemented_operations()), encoding="utf-8")


if __name__ == "__main__":
    main()
