"""`carrierbox doctor`: what is wrong, and what to do about it."""

import json
import socket

import pytest


@pytest.fixture
def examine(run):
    """Run the doctor; answers the exit code and the findings that are not ok."""

    def examine(*arguments):
        ended = run("doctor", "--json", *arguments)
        answer = json.loads(ended.out)
        assert (0 == ended.code) == answer["well"]
        return ended.code, {
            finding["what"]: finding["do"] for finding in answer["findings"] if finding["level"] == "fail"
        }

    return examine


def only(failures):
    assert 1 == len(failures), failures
    return next(iter(failures.items()))


def test_all_is_well_before_the_first_start(examine, data):
    assert (0, {}) == examine("--port", 0, "--data", data)
    assert not data.exists()


def test_all_is_well_while_a_box_runs(run, serve, data):
    served = serve("--data", data)
    port = served.url.rpartition(":")[2]
    ended = run("doctor", "--port", port, "--data", data)
    assert 0 == ended.code
    assert f"port {port} on 127.0.0.1 is used by carrierbox" in ended.out
    assert f"is in use by the box at {served.url}" in ended.out
    assert "world files that are whole: 2" in ended.out


def test_something_else_has_the_port(examine, data):
    with socket.create_server(("127.0.0.1", 0)) as other:
        code, failures = examine("--port", other.getsockname()[1], "--data", data)
    assert 1 == code
    what, do = only(failures)
    assert "used by something else" in what
    assert "--port" in do


def test_the_data_folder_cannot_be_written_to(examine, tmp_path):
    (tmp_path / "file").touch()
    code, failures = examine("--port", 0, "--data", tmp_path / "file")
    assert 1 == code
    what, do = only(failures)
    assert "cannot be written to" in what
    assert "--data" in do


def test_a_damaged_world_is_named_and_left_alone(examine, serve, data):
    serve("--data", data, "--sims", 2000).end()
    path = data / "worlds" / "default.db"
    half = path.read_bytes()[: path.stat().st_size // 2]
    path.write_bytes(half)
    code, failures = examine("--port", 0, "--data", data)
    assert 1 == code
    what, do = only(failures)
    assert str(path) in what
    assert do
    assert half == path.read_bytes()


def test_a_file_of_others_is_named(examine, data):
    (data / "worlds").mkdir(parents=True)
    (data / "worlds" / "default.db").write_text("hello")
    code, failures = examine("--port", 0, "--data", data)
    assert 1 == code
    assert str(data) in only(failures)[0]


def test_a_database_by_url_is_not_there_yet(examine, data):
    code, failures = examine("--port", 0, "--data", data, "--database-url", "postgresql://localhost/box")
    assert 1 == code
    assert "not supported yet" in only(failures)[0]


def test_a_running_box_is_healthy(run, box):
    ended = run("doctor", "--url", box.url)
    assert 0 == ended.code
    assert ended.out.startswith("ok")
    assert 1 == ended.out.count("\n")


def test_a_box_that_asks_for_a_key_is_healthy_without_it(run, serve):
    assert 0 == run("doctor", CARRIERBOX_URL=serve("--data", "memory", "--control-key", "k").url).code


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "nonsense"])
def test_no_box_is_not_healthy(examine, url):
    code, failures = examine("--url", url)
    assert 1 == code
    assert url in only(failures)[0]
