"""kernel/fixtures: what is wrong in a seed file is told with the file, the line where known, and the reason."""

from pathlib import Path
from typing import Any

import pytest

from carrierbox import main
from carrierbox.kernel import fixtures
from carrierbox.kernel.fixtures import BadFixture, read_yaml
from carrierbox.kernel.world import Settings
from carrierbox.kernel.worlds import Origin, Worlds


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "seed.yaml"


def test_a_fixture_is_a_mapping_of_sections(path: Path) -> None:
    path.write_text("# a comment\nwing:\n  sims: []\n")
    assert {"wing": {"sims": []}} == read_yaml(path)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("wing:\n  sims: [\n", 3),
        ("wing:\n\tsims: []\n", 2),
        ("wing: {}\n  sims: []\n", 2),
        ('wing:\n  name: "half\n', 3),
        ("wing:\n- a\n- &x b\n- *y\n", 4),
        ("wing:\n- {[1]: 2}\n", 2),
        ("wing:\n- !!python/object:os.system {}\n", 2),
        ("wing: 1\n---\ndish: 2\n", 2),
    ],
    ids=[
        "open bracket",
        "a tab",
        "indented",
        "open quote",
        "unknown alias",
        "a list as key",
        "an object",
        "two in one",
    ],
)
def test_what_is_not_yaml_is_told_with_its_line(path: Path, content: str, line: int) -> None:
    path.write_text(content)
    with pytest.raises(BadFixture) as refused:
        read_yaml(path)
    assert str(refused.value).startswith(f"{path}:{line}: ")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe\x00w", b"wing: \x00\n", b"\xc3\x28: 1\n", b"wing: 2026-13-45\n", b"wing: !!int nine\n"],
    ids=["another encoding", "a NUL", "no UTF-8", "a 13th month", "a number that is none"],
)
def test_what_cannot_be_read_is_told_with_its_file(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(BadFixture, match=str(path)):
        read_yaml(path)


@pytest.mark.parametrize("content", ["", "# nothing\n", "- wing\n", "wing\n", "7\n", "null\n"])
def test_what_is_not_a_mapping_is_refused(path: Path, content: str) -> None:
    path.write_text(content)
    with pytest.raises(BadFixture, match=r"seed\.yaml:1: is not a mapping"):
        read_yaml(path)


def test_a_file_that_is_not_there_is_named(path: Path) -> None:
    with pytest.raises(BadFixture, match=r"seed\.yaml: No such file"):
        read_yaml(path)


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(BadFixture, match="Is a directory"):
        read_yaml(tmp_path)


def test_the_shipped_fixtures_lie_where_they_are_looked_for() -> None:
    shipped: dict[str, dict[str, Any]] = {path.name: read_yaml(path) for path in fixtures.folder().glob("*.yaml")}
    brings = {part.name for part in main.PARTS} - {"callbacks"}  # which has nothing before something happens
    assert brings == {section for read in shipped.values() for section in read}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("wnig: {}\n", "unknown section wnig"),
        ("wing: {}\nb: {}\na: {}\n7: {}\n", "unknown section 7, a, b"),
        ("wing: []\n", "section wing: "),
        ("wing: {tenants: [{id: '9', realm: wdh-sitstg2, colour: red}]}\n", "section wing: "),
        ("wing: {accounts: [{id: 1}]}\n", "section wing: NOT NULL constraint failed: wing_account."),
        ("wing: {sims: [{iccid: '1', tenantId: nowhere}]}\n", "section wing: KeyError('nowhere')"),
        ("keycloak: {realms: [{clients: []}]}\n", "section keycloak: KeyError('name')"),
    ],
)
def test_a_section_that_does_not_fit_is_told_with_the_file_and_nothing_is_made(
    tmp_path: Path, path: Path, content: str, problem: str
) -> None:
    path.write_text(content)
    house = Worlds(tmp_path / "data", main.PARTS)
    with pytest.raises(BadFixture) as refused:
        house.start(Origin(files=(path,), sims=0), Settings())
    assert str(refused.value).startswith(f"{path}: {problem}")
    assert [] == [each for each in (tmp_path / "data").rglob("*") if each.is_file()]
