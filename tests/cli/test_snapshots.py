"""Worlds as files: `carrierbox world save` and `load`, and `carrierbox serve --world`."""

import gzip
import stat

import pytest


@pytest.fixture
def demo(ask):
    """A world in which a SIM was forced, apart from all others."""
    ask("world", "fork", "default", "demo")
    ask("clock", "freeze", "--in", "demo")
    ask("sim", "force", "8955644099890700001", "RETIRED", "--in", "demo")
    yield "demo"
    ask("world", "drop", "demo")


def state(ask, world, **variables):
    return ask("sim", "show", "8955644099890700001", "--in", world, **variables)["state"]


def test_a_world_is_saved_and_loaded(ask, demo, tmp_path):
    file = tmp_path / "demo.world"
    saved = ask("world", "save", file, "--in", demo)
    assert {"saved": demo, "file": str(file), "bytes": file.stat().st_size} == saved
    ask("sim", "force", "8955644099890700001", "ACTIVE", "--in", demo)
    assert demo == ask("world", "load", file, "--in", demo)["name"]
    assert "RETIRED" == state(ask, demo)
    assert "other" == ask("world", "load", file, "other")["name"]
    assert "RETIRED" == state(ask, "other")
    assert {"dropped": "other"} == ask("world", "drop", "other")


def test_what_is_saved_is_for_its_owner_only_since_it_holds_keys(ask, demo, tmp_path):
    file = tmp_path / "demo.world"
    ask("world", "save", file, demo)
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)
    assert [file] == [*tmp_path.iterdir()]


def test_lines_for_people_say_where_it_is(say, demo, tmp_path):
    [line] = say("world", "save", tmp_path / "demo.world", "--in", demo)
    assert line.startswith(f"demo is saved in {tmp_path / 'demo.world'}, ")
    [line] = say("world", "load", tmp_path / "demo.world", "--in", demo)
    assert line.startswith("demo  http://")


def test_a_world_that_cannot_be_saved_leaves_no_file(here, box, tmp_path):
    file = tmp_path / "x.world"
    ended = here("world", "save", file, "--in", "nowhere", "--url", box.url)
    assert (1, True) == (ended.code, "nowhere" in ended.error_line)
    assert [] == [*tmp_path.iterdir()]
    file.write_text("kept")
    assert 1 == here("world", "save", file, "--in", "nowhere", "--url", box.url).code
    assert "kept" == file.read_text()
    ended = here("world", "save", tmp_path / "no" / "x.world", "--url", box.url)
    assert (1, True) == (ended.code, "cannot be written" in ended.error_line)


@pytest.mark.parametrize("content", [b"", b"hello", gzip.compress(b"hello", mtime=0)])
def test_a_file_that_is_no_snapshot_changes_nothing(here, ask, box, demo, tmp_path, content):
    file = tmp_path / "bad.world"
    file.write_bytes(content)
    ended = here("world", "load", file, "--in", demo, "--url", box.url)
    assert (1, True) == (ended.code, "no snapshot" in ended.error_line)
    assert "RETIRED" == state(ask, demo)
    assert 1 == here("world", "load", tmp_path / "nothing", "--url", box.url).code


# ------------------------------------------------------------------------------------------------------ serve --world


@pytest.fixture
def file(ask, demo, tmp_path):
    """A snapshot, in a folder of its own."""
    folder = tmp_path / "worlds"
    folder.mkdir()
    ask("world", "save", folder / "demo.world", "--in", demo)
    return folder / "demo.world"


def told(here, served, *arguments):
    return here(*arguments, "--url", served.url).out


def test_a_snapshot_becomes_a_world_of_its_name(here, serve, file, data):
    served = serve("--data", data, "--sims", 5, "--world", file)
    assert ["default", "demo"] == sorted(line.split()[0] for line in told(here, served, "world", "list").splitlines())
    assert "RETIRED" in told(here, served, "sim", "show", "8955644099890700001", "--in", "demo")
    assert "INVENTORY" in told(here, served, "sim", "show", "8955644099890700001")
    told(here, served, "sim", "force", "8955644099890700001", "ACTIVE", "--in", "demo")
    served.end()
    again = serve("--data", data, "--world", file)
    assert "ACTIVE" in told(here, again, "sim", "show", "8955644099890700001", "--in", "demo"), "as it was left"
    again.end()
    assert "is there already" in again.process.stderr.read()


def test_a_snapshot_called_default_is_the_default_world(here, serve, file):
    served = serve("--data", "memory", "--world", file.rename(file.with_name("default.world")))
    assert "RETIRED" in told(here, served, "sim", "show", "8955644099890700001")
    assert ["default"] == [line.split()[0] for line in told(here, served, "world", "list").splitlines()]
    assert 0 == served.end()


def test_a_folder_is_read_whole(here, serve, file):
    (file.parent / "mine.yaml").write_text("keycloak: {realms: [{name: mine}]}\n")
    (file.parent / "README.md").write_text("not for the box\n")
    served = serve("--data", "memory", "--sims", 5, "--world", file.parent)
    assert "demo" in told(here, served, "world", "list")
    assert "made" in told(here, served, "world", "create", "made", "--fixture", "mine")
    assert 0 == served.end()


def test_no_world_can_be_made_of_some_names_and_folders(run, file, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    for path, wrong in (
        (empty, "holds no .yaml, .yml, .world file"),
        (file.rename(file.with_name("My World.world")), "cannot become a world of its name"),
    ):
        ended = run("serve", "--port", 0, "--data", "memory", "--world", path)
        assert 1 == ended.code
        assert wrong in ended.error_line
        assert str(path) in ended.error_line


def test_a_snapshot_that_is_damaged_ends_the_start_and_is_left_as_it_is(run, file, data):
    file.write_bytes(file.read_bytes()[:-100])
    before = file.read_bytes()
    ended = run("serve", "--port", 0, "--data", data, "--world", file)
    assert 1 == ended.code
    assert f"{file}: the snapshot is damaged" in ended.error_line
    assert before == file.read_bytes()
    assert [] == [path for path in (data / "worlds").iterdir() if path.suffix == ".new"]
