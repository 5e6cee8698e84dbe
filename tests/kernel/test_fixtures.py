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


def refused(folder: Path, path: Path, content: str) -> str:
    """What is said of a fixture file that no world is made of."""
    path.write_text(content)
    with pytest.raises(BadFixture) as told:
        Worlds(folder / "data", main.PARTS).start(Origin(files=(path,), sims=0), Settings())
    return str(told.value)


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


THEN = "'2020-01-01T00:00:00Z'"
ACCOUNT = "{id: 90001, tenant_id: '21', name: Meters}"
SIM = (
    "{id: 90001001, tenantId: '21', accountId: 90001, stateName: SUSPENDED,"
    " iccid: '8955644900000000018', imsi: '234509000000001', msisdn: '882362900000001'}"
)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("wnig: {}\n", "1: unknown section wnig"),
        ("wing: {}\n\nb: {}\na: {}\n7: {}\n", "3: unknown section 7, a, b"),
        ("# a list\nwing: []\n", "2: section wing: is not a mapping"),
        ("wing: {nosuch: []}\n", "1: section wing: no part of it is called nosuch"),
        ("stn:\n  keys: []\n  nosuch: []\n", "3: section stn: no part of it is called nosuch"),
        ("wing:\n  sims: 7\n", "2: section wing: something is of another kind than is wanted: 'int' object"),
        (
            "wing:\n  tenants:\n  - {id: '9', realm: wdh-sitstg2, name: Nine, colour: red}\n",
            "3: section wing: no member is called colour",
        ),
        (
            f"wing:\n  accounts:\n  - {ACCOUNT}\n  - {ACCOUNT[:-1]}, nonsense: 1}}\n",
            "4: section wing: no member is called nonsense",
        ),
        (f"wing:\n  sims:\n  - {SIM[:-1]}, nonsense: 1}}\n", "3: section wing: no member is called nonsense"),
        ("wing: {accounts: [{id: 1}]}\n", "1: section wing: NOT NULL constraint failed: wing_account."),
        (
            f"wing:\n  accounts:\n  - {ACCOUNT}\n  - {ACCOUNT}\n",
            "4: section wing: UNIQUE constraint failed: wing_account.id",
        ),
        (
            f"wing:\n  accounts:\n  - {ACCOUNT}\n  sims:\n  - {SIM}\n  - {SIM}\n  audit: []\n",
            "6: section wing: UNIQUE constraint failed: wing_sim.",
        ),
        ("wing:\n  sims:\n  - {iccid: '1'}\n", "3: section wing: tenantId is missing"),
        ("wing: {sims: [{iccid: '1', tenantId: nowhere}]}\n", "1: section wing: there is no tenant nowhere"),
        ("wing:\n  devices:\n  - {iccid: '1', profile: phone}\n", "3: section wing: there is no SIM with ICCID 1"),
        (
            f"wing:\n  accounts: [{ACCOUNT}]\n  sims: [{SIM}]\n  devices:\n"
            "  - {iccid: '8955644900000000018', profile: toaster}\n",
            "5: section wing: there is no profile toaster",
        ),
        (
            "wing:\n  catalogue:\n    wdh-sitstg2:\n      APN:\n        1: {nmae: a}\n",
            "5: section wing: no member is called nmae",
        ),
        ("keycloak:\n  realms:\n  - {clients: []}\n", "3: section keycloak: name is missing"),
        (
            "keycloak:\n  realms:\n  - name: r\n    users:\n    - {id: u, username: u, hobby: chess}\n",
            "5: section keycloak: no member is called hobby",
        ),
        ("dish:\n  sims:\n  - {iccid: '1', customr: '2'}\n", "3: section dish: no member is called customr"),
        ("wgtwo:\n  tenants:\n  - {bssid: a, name: b}\n", "3: section wgtwo: no member is called name"),
        ("wgtwo:\n  simcards:\n  - {bss: a}\n", "3: section wgtwo: iccid is missing"),
        ("stn:\n  keys:\n  - {key: k, partner: p, is_reader: true}\n", "3: section stn: no member is called is_reader"),
        ("callbacks:\n  plans:\n  - {times: 1}\n", "3: section callbacks: do is missing"),
    ],
)
def test_a_section_that_does_not_fit_is_told_with_file_and_line_and_nothing_is_made(
    tmp_path: Path, path: Path, content: str, problem: str
) -> None:
    told = refused(tmp_path, path, content)
    assert told.startswith(f"{path}:{problem}")
    assert "\n" not in told
    assert [] == [each for each in (tmp_path / "data").rglob("*") if each.is_file()]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (f"wing:\n  sims:\n  - {SIM}\n", "3: section wing: sims: accountId 90001 leads nowhere"),
        (
            "wing:\n  accounts:\n  - {id: 90001, tenant_id: none, name: Meters}\n",
            "3: section wing: accounts: tenant_id none leads nowhere",
        ),
        (
            "wing:\n  tag_associations:\n  - {id: 777001, sim_id: 1169, tag_id: 777777}\n",
            "3: section wing: tag_associations: tag_id 777777 leads nowhere",
        ),
        (
            "dish:\n  sims:\n  - {iccid: '1', customer: nobody}\n",
            "3: section dish: sims: customer nobody leads nowhere",
        ),
        (
            "stn:\n  simcards:\n  - {id: a, partner: nobody, iccid: '1'}\n",
            "3: section stn: simcards: partner nobody leads nowhere",
        ),
        (
            f"wgtwo:\n  simcards:\n  - {{bss: nobody, iccid: '1', imsis: [], created: {THEN}, lastModified: {THEN}}}\n",
            "3: section wgtwo: simcards: bss nobody leads nowhere",
        ),
    ],
)
def test_a_row_that_names_what_is_not_there_is_told_with_its_line(
    tmp_path: Path, path: Path, content: str, problem: str
) -> None:
    assert refused(tmp_path, path, content).startswith(f"{path}:{problem}")


def test_rows_name_one_another_across_files_whichever_comes_first(tmp_path: Path) -> None:
    (sims := tmp_path / "sims.yaml").write_text(f"wing:\n  sims:\n  - {SIM}\n")
    (accounts := tmp_path / "accounts.yaml").write_text(f"wing:\n  accounts:\n  - {ACCOUNT}\n")
    house = Worlds(tmp_path / "data", main.PARTS)
    house.start(Origin(files=(sims, accounts), sims=0), Settings())
    house.close()
