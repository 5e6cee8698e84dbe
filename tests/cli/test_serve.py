"""`carrierbox serve`: from the command to the ready line, and to a clean end."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys

import httpx
import pytest

MOST_BANNER_LINES = 15


def token_curl(served):
    return next(line.partition("curl ")[2] for line in served.out if "curl " in line)


def test_the_ready_line_comes_last_and_is_true(box):
    assert re.fullmatch(r"carrierbox ready on http://127\.0\.0\.1:\d+", box.out[-1])
    assert "ok" == httpx.get(f"{box.url}/_box/health").json()["status"]


def test_the_banner_is_short_and_names_what_a_user_needs(box):
    *banner, _ = box.out
    assert 0 < len(banner) <= MOST_BANNER_LINES
    text = "\n".join(banner)
    for needed in (
        f"{box.url}/wing",
        f"{box.url}/_box",
        "/openid-connect/token",
        "sandbox-admin",
        "sandbox-pass",
        "wgtwo client sandbox-client, secret sandbox-secret",
        "dish client sandbox-partner, secret sandbox-secret",
        "stn stn-api-key: sandbox-api-key",
        "7462",
    ):
        assert needed in text


def test_the_curl_of_the_banner_gets_a_token(box):
    *words, url = shlex.split(token_curl(box))
    form = dict(word.split("=", 1) for word in words if word != "-d")
    assert "access_token" in httpx.post(url, data=form).json()


@pytest.mark.parametrize("verb", ["start", "up"])
def test_has_other_names(serve, verb):
    assert httpx.get(f"{serve('--data', 'memory', verb=verb).url}/_box/health").is_success


def test_quiet_leaves_the_ready_line_only(serve):
    served = serve("--data", "memory", "--quiet")
    assert 1 == len(served.out)
    served.end()
    assert ("", "") == served.process.communicate()


def test_plain_headers_leave_ours_out(serve, box):
    assert "x-request-id" in httpx.get(f"{box.url}/_box/health").headers
    plain = httpx.get(f"{serve('--data', 'memory', '--plain-headers').url}/_box/health").headers
    assert not [name for name in plain if name.startswith("x-")]
    assert "server" not in plain


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_cleanly_though_connections_are_open(serve, data, how):
    served = serve("--data", data)
    with httpx.Client(base_url=served.url) as client:
        client.get("/_box/health")
        assert 0 == served.end(how)
    out, err = served.process.communicate()
    assert ("", "") == (out, err)  # uvicorn would say so if it had waited for the connection in vain


def test_a_request_that_never_comes_whole_does_not_keep_it_from_ending(serve):
    served = serve("--data", "memory")
    host, port = served.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as half:
        half.sendall(b"POST /_box/worlds HTTP/1.1\r\nHost: box\r\nContent-Length: 10\r\n\r\n{")
        assert httpx.get(f"{served.url}/_box/health").is_success
        assert 0 == served.end()


def test_a_signal_during_the_start_ends_it_cleanly_too(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "carrierbox", "serve", "--port", "0", "--data", "memory", "--sims", "1000000"],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert "20,000 of 1,000,000 SIMs" in process.stderr.readline()
        process.terminate()
        assert 0 == process.wait(20)
        assert "" == process.stdout.read()
    assert [] == list(tmp_path.iterdir())


def test_what_it_made_is_there_after_a_restart(serve, data, run):
    served = serve("--data", data)
    run("world", "create", "kept", "--url", served.url)
    served.end()
    again = serve("--data", data)
    assert ["default", "kept"] == [world["name"] for world in httpx.get(f"{again.url}/_box/worlds").json()]


def test_what_a_killed_box_left_in_memory_goes_when_another_starts(serve, tmp_path, data):
    served = serve("--data", "memory", TMPDIR=str(tmp_path))
    served.process.kill()
    served.process.wait()
    assert list(tmp_path.glob("carrierbox-*/worlds/default.db"))
    serve("--data", data, TMPDIR=str(tmp_path))
    assert [] == list(tmp_path.glob("carrierbox-*"))


def test_it_outlives_its_terminal_under_nohup(data):
    command = ["nohup", sys.executable, "-m", "carrierbox", "serve", "--port", "0", "--quiet", "--data", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        url = process.stdout.readline().removeprefix("carrierbox ready on ").strip()
        process.send_signal(signal.SIGHUP)
        assert httpx.get(f"{url}/_box/health").is_success
        process.terminate()
        assert 0 == process.wait(20)


def test_memory_leaves_no_folder_behind(serve, tmp_path):
    served = serve("--data", "memory", TMPDIR=str(tmp_path))
    assert list(tmp_path.iterdir())
    served.end()
    assert [] == list(tmp_path.iterdir())


def settings(served):
    return httpx.get(f"{served.url}/_box/worlds/default/settings").json()


def test_pace_and_auth_go_to_the_world_that_is_there(serve, data):
    first = serve("--data", data, "--pace", "instant")
    assert {"pace": "instant", "auth": "strict", "seed": 7462}.items() <= settings(first).items()
    first.end()
    second = serve("--data", data, "--auth", "open")
    assert {"pace": "instant", "auth": "open", "seed": 7462}.items() <= settings(second).items()


def test_another_number_of_sims_is_for_new_worlds_and_it_says_so(serve, data):
    first = serve("--data", data, "--sims", 5)
    before = httpx.get(f"{first.url}/_box/worlds/default").json()["sims"]
    first.end()
    assert "" == first.process.communicate()[1]
    same = serve("--data", data, "--sims", 5)
    same.end()
    assert "" == same.process.communicate()[1]
    other = serve("--data", data, "--sims", 6)
    assert before == httpx.get(f"{other.url}/_box/worlds/default").json()["sims"]
    other.end()
    _, err = other.process.communicate()
    assert 1 == err.count("\n")
    assert "--data" in err


def test_fixtures_are_known_by_their_names(serve, run, tmp_path):
    fixture = tmp_path / "more.yaml"
    fixture.write_text("wing:\n  tenants:\n  - {id: '99', realm: wdh-sitstg2, name: More}\n")
    served = serve("--data", "memory", "--world", fixture)
    assert 0 == run("world", "create", "--fixture", "more", "--url", served.url).code
    assert "more" in run("world", "create", "--fixture", "less", "--url", served.url).error_line


def test_a_box_for_all_addresses_makes_a_control_key(serve, run):
    served = serve("--data", "memory", "--host", "0.0.0.0")
    key = next(re.search(r"key (\S+)", line)[1] for line in served.out if "key " in line)
    assert 401 == httpx.get(f"{served.url}/_box/worlds").status_code
    assert 0 == run("world", "list", "--url", served.url, CARRIERBOX_CONTROL_KEY=key).code
    assert "control key" in run("world", "list", "--url", served.url).error_line


def test_a_given_control_key_is_asked_for_and_not_shown(serve, run):
    served = serve("--data", "memory", "--control-key", "open-sesame")
    assert "open-sesame" not in "\n".join(served.out)
    assert 401 == httpx.get(f"{served.url}/_box/worlds").status_code
    assert 0 == run("world", "list", "--url", served.url, "--control-key", "open-sesame").code


def test_a_variable_sets_what_a_flag_sets(serve):
    served = serve("--data", "memory", CARRIERBOX_QUIET="1", CARRIERBOX_PACE="realistic", CARRIERBOX_SIMS="3")
    assert 1 == len(served.out)
    assert "realistic" == settings(served)["pace"]


def test_a_flag_goes_over_its_variable(serve):
    served = serve(
        "--data", "memory", "--pace", "instant", "--no-quiet", CARRIERBOX_PACE="realistic", CARRIERBOX_QUIET="1"
    )
    assert 1 < len(served.out)
    assert "instant" == settings(served)["pace"]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def test_plain_port_counts_but_less_than_our_own(serve):
    port, other = free_port(), free_port()
    assert serve("--data", "memory", port=None, PORT=str(port)).url.endswith(f":{port}")
    served = serve("--data", "memory", port=None, PORT=str(port), CARRIERBOX_PORT=str(other))
    assert served.url.endswith(f":{other}")


def test_the_name_of_a_world_in_the_environment_is_no_fixture(serve):
    assert serve("--data", "memory", CARRIERBOX_WORLD="t1").url


def test_several_fixtures_fit_into_their_variable(serve, run, tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text("wing: {}\n")
    served = serve("--data", "memory", CARRIERBOX_WORLD=f"{tmp_path}/one.yaml:{tmp_path}/two.yaml")
    assert "one, two" in run("world", "create", "--fixture", "three", "--url", served.url).error_line


@pytest.mark.parametrize("form", ["text", "json"])
def test_log_lines_have_time_level_and_logger(serve, data, form):
    serve("--data", data, "--sims", 5).end()
    served = serve("--data", data, "--sims", 6, "--log-format", form)
    served.end()
    line = served.process.communicate()[1]
    if form == "json":
        assert {"time", "level", "logger", "message"} == json.loads(line).keys()
    else:
        assert re.match(r"\d{4}-\d\d-\d\dT\S+Z WARNING carrierbox\.\S+: ", line)


def test_help_and_version_do_not_wait_for_what_they_do_not_need():
    modules = "import sys; import carrierbox.cli; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", modules], capture_output=True, text=True, check=True)
    assert not {"fastapi", "sqlmodel", "sqlalchemy", "uvicorn", "httpx"} & set(loaded.stdout.split())
