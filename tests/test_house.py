"""The house rules that no linter knows: who may commit, and that arrows point down."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "app" / "carrierbox"
FILES = sorted(PACKAGE.rglob("*.py"))

#: The one place that commits; requests and jobs end at its transaction.
COMMITS = PACKAGE / "kernel" / "store.py"

ENTRANCES = {"carrierbox.main", "carrierbox.cli"}
UPPER_FLOOR = {"carrierbox.shell", "carrierbox.control", "carrierbox.console"}
CARRIERS = {f"carrierbox.carriers.{carrier}" for carrier in ("wing", "wgtwo", "dish", "stn")}
KEYCLOAK = {"carrierbox.keycloak"}

#: What lies in a package may not import these, nor what lies in them.
FORBIDDEN = {
    "carrierbox.kernel": ENTRANCES | UPPER_FLOOR | KEYCLOAK | {"carrierbox.carriers", "fastapi", "starlette"},
    "carrierbox.keycloak": ENTRANCES | UPPER_FLOOR | {"carrierbox.carriers"},
    **{carrier: ENTRANCES | UPPER_FLOOR | CARRIERS - {carrier} for carrier in CARRIERS},
    **dict.fromkeys(UPPER_FLOOR, ENTRANCES),
}


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def place(path: Path, node: ast.stmt | ast.expr) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno}"


def imports(path: Path) -> Iterator[tuple[ast.stmt, str]]:
    """Each import with the full name of what it takes; imports inside functions and for types count too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{place(path, node)} imports relatively: write the full name"
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def commits(path: Path) -> Iterator[ast.expr]:
    """Each ``.commit(...)``, and each text that is the statement COMMIT."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Attribute(attr="commit")):
                yield node
            case ast.Constant(value=str(text)) if text.strip(" ;\n").upper() == "COMMIT":
                yield node


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_arrows_point_down(path):
    module = module_name(path)
    forbidden = [package for floor, names in FORBIDDEN.items() if is_within(module, floor) for package in names]
    wrong = [
        f"{place(path, node)} imports {name}"
        for node, name in imports(path)
        if any(is_within(name, package) for package in forbidden)
    ]
    assert not wrong, f"{module} may not know those above or beside it:\n" + "\n".join(wrong)


@pytest.mark.parametrize("path", [path for path in FILES if path != COMMITS], ids=module_name)
def test_only_the_store_commits(path):
    wrong = [f"{place(path, node)} commits" for node in commits(path)]
    assert not wrong, "the edge of the request or job commits, through kernel/store.py alone:\n" + "\n".join(wrong)


def test_the_store_does_commit():
    assert list(commits(COMMITS)), "kernel/store.py has no commit left: the rule above looks in the wrong place"


MODULES = {module_name(path) for path in FILES}


def at_once(path: Path) -> Iterator[str]:
    """The modules of ours that a module imports when it is imported itself."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom):
            for name in node.names:
                yield from [each for each in (f"{node.module}.{name.name}", node.module) if each in MODULES][:1]


def test_the_kernel_imports_itself_in_no_circle():
    kernel = [path for path in FILES if is_within(module_name(path), "carrierbox.kernel")]
    TopologicalSorter({module_name(path): {*at_once(path)} for path in kernel}).prepare()
