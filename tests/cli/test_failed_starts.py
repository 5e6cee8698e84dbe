"""A start that fails says what is wrong and what to do in one line, ends with 1, and leaves all as it was."""

import hashlib
import socket
import sqlite3

import pytest

from carrierbox.cli import box


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_port_is_in_use(run, data):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ended = run("serve", "--port", port, "--data", data)
    assert 1 == ended.code
    assert f"port {port}" in ended.error_line
    assert "--port" in ended.error_line


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1"])
def test_the_host_is_not_here(run, host):
    ended = run("serve", "--host", host, "--port", 0, "--data", "memory")
    assert 1 == ended.code
    assert host in ended.error_line


def test_another_box_has_the_data_folder(run, serve, data):
    served = serve("--data", data)
    ended = run("serve", "--port", 0, "--data", data)
    assert 1 == ended.code
    assert served.url in ended.error_line
    assert "--data" in ended.error_line
    served.process.kill()  # a lock does not outlive its box, however that ends
    served.process.wait()
    assert serve("--data", data).end() == 0


@pytest.mark.parametrize("place", ["a-file", "a-file/below", "/proc/carrierbox"])
def test_the_data_folder_cannot_be_made(run, tmp_path, place):
    (tmp_path / "a-file").write_text("not a folder")
    ended = run("serve", "--port", 0, "--data", tmp_path / place)
    assert 1 == ended.code
    assert "cannot be written to" in ended.error_line
    assert "--data" in ended.error_line


def sqlite_of_others(path):
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE recipe (name)")
    other.commit()
    other.close()


def made_by_another_version(path):
    other = sqlite3.connect(path)
    other.execute("PRAGMA user_version = 1")
    other.close()


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def scribble(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 3 : len(content) // 3 + 20_000] = b"\xa5" * 20_000
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "world"),
    [(sqlite_of_others, "default"), (made_by_another_version, "default"), (cut, "t1"), (scribble, "default")],
)
def test_a_world_file_is_not_ours_or_is_damaged(run, serve, data, spoil, world):
    served = serve("--data", data, "--sims", 2000)
    run("world", "create", "t1", "--url", served.url)
    served.end()
    path = data / "worlds" / f"{world}.db"
    if spoil is sqlite_of_others:
        path.unlink()
    spoil(path)
    before = digest(path)
    ended = run("serve", "--port", 0, "--data", data)
    assert 1 == ended.code
    assert str(path) in ended.error_line
    assert before == digest(path)


def one_page(path):
    content = bytearray(path.read_bytes())
    content[65536 : 65536 + 4096] = b"\xa5" * 4096
    path.write_bytes(content)


def test_any_world_is_looked_at_as_a_whole_where_that_takes_no_time(run, serve, data):
    served = serve("--data", data)
    run("world", "create", "keep", "--url", served.url)
    served.end()
    one_page(path := data / "worlds" / "keep.db")
    ended = run("serve", "--port", 0, "--data", data)
    assert 1 == ended.code
    assert f"{path}: is damaged" in ended.error_line


def test_worlds_that_would_take_time_are_looked_at_when_they_are_opened(run, serve, data, monkeypatch):
    served = serve("--data", data, "--sims", 0)
    for name in ("t1", "t2", "t3"):
        run("world", "create", name, "--url", served.url)
    served.end()
    worlds = data / "worlds"
    size = (worlds / "default.db").stat().st_size
    monkeypatch.setattr(box, "MOST_CHECKED_BYTES", 2 * size)
    one_page(worlds / "t3.db")
    assert ["t1", "t2", "t3"] == box.check_files(data)
    monkeypatch.setattr(box, "MOST_CHECKED_BYTES", size // 2)
    assert [] == box.check_files(data)  # nobody waits for so large ones: the doctor looks at them


@pytest.mark.parametrize("content", [b"", b"hello, I am a text\n" * 500])
def test_a_default_world_that_is_no_database(run, data, content):
    path = data / "worlds" / "default.db"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    ended = run("serve", "--port", 0, "--data", data)
    assert 1 == ended.code
    assert str(path) in ended.error_line
    assert content == path.read_bytes()


@pytest.fixture
def fixture(tmp_path):
    return tmp_path / "mine.yaml"


def test_a_fixture_is_not_yaml(run, fixture):
    fixture.write_text("wing:\n  sims:\n  - {id: 1, iccid: ]\n")
    ended = run("serve", "--port", 0, "--data", "memory", "--world", fixture)
    assert 1 == ended.code
    assert f"{fixture}:3" in ended.error_line


@pytest.mark.parametrize(
    "content",
    [
        "- a list\n",
        "unknown-carrier: {}\n",
        "wing:\n  sims:\n  - {id: 1}\n",
        "wing: 7\n",
        "wing:\n",
        *(f"{part}: {{simms: []}}\n" for part in ("wing", "wgtwo", "dish", "stn", "keycloak", "callbacks")),
    ],
)
def test_a_fixture_does_not_fit(run, fixture, content):
    fixture.write_text(content)
    ended = run("serve", "--port", 0, "--data", "memory", "--world", fixture)
    assert 1 == ended.code
    assert str(fixture) in ended.error_line


@pytest.mark.parametrize("content", ["wing: [\n", "wing:\n  sims:\n  - {iccid: '1'}\n"])
def test_a_bad_fixture_is_told_though_the_default_world_is_there(run, serve, data, fixture, content):
    serve("--data", data).end()
    fixture.write_text(content)
    ended = run("serve", "--port", 0, "--data", data, "--world", fixture)
    assert 1 == ended.code
    assert f"{fixture}:" in ended.error_line
    assert [] == list((data / "templates").glob("*.new"))


def test_a_fixture_is_not_there(run, fixture):
    ended = run("serve", "--port", 0, "--data", "memory", "--world", fixture)
    assert 1 == ended.code
    assert "No such file" in ended.error_line


def test_two_fixtures_share_a_name(run, tmp_path):
    ended = run("serve", "--port", 0, "--world", tmp_path / "a.yaml", "--world", tmp_path / "a.yml")
    assert 1 == ended.code
    assert "'a'" in ended.error_line


def test_a_database_by_url_is_not_there_yet(run):
    ended = run("serve", "--port", 0, "--database-url", "postgresql://localhost/box")
    assert 1 == ended.code
    assert "not supported yet" in ended.error_line


@pytest.mark.parametrize(
    ("variable", "value"),
    [("CARRIERBOX_PORT", "many"), ("PORT", "70000"), ("CARRIERBOX_PACE", "slow"), ("CARRIERBOX_SIMS", "-1")],
)
def test_a_variable_cannot_be_read(run, variable, value):
    ended = run("serve", "--data", "memory", **{variable: value})
    assert 1 == ended.code
    assert ended.error_line.startswith(f"carrierbox: {variable}: ")


@pytest.mark.parametrize(
    "wrong",
    [
        ("serve", "--port", "many"),
        ("serve", "--port", "70000"),
        ("serve", "--pace", "slow"),
        ("serve", "--auth", "none"),
        ("serve", "--sims", "-1"),
        ("serve", "--log-format", "xml"),
        ("serve", "--no-such-flag"),
        ("serve", "--port"),
        ("no-such-verb",),
        ("world", "no-such-verb"),
        ("clock", "set"),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(run, wrong):
    ended = run(*wrong)
    assert 2 == ended.code
    assert ended.error_line.endswith("--help")
    assert "" == ended.out


@pytest.mark.parametrize("verb", [(), ("world",), ("clock",)])
def test_no_verb_gets_help_and_2(run, verb):
    ended = run(*verb)
    assert 2 == ended.code
    assert "Usage: " in ended.err
