"""The shell answers the strangest request with a refusal, never with a fault."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import Box, World
from tests.shell import raw
from tests.shell.conftest import vendor_problem

from carrierbox.shell import Shell

PATHS = [
    b"//",
    b"///api/v1/sim/1",
    b"/api//v1/sim/1",
    b"/wing//api/v1/sim/1",
    b"/wing/",
    b"/wing",
    b"/w/",
    b"/w//wing/api/v1/sim/1",
    b"/w/default",
    b"/w/default/",
    b"/w/default/w/default/wing/api/v1/sim/1",
    b"/w/../wing/api/v1/sim/1",
    b"/w/%2e%2e/wing/api/v1/sim/1",
    b"/w/%2Fetc%2Fpasswd/wing/api/v1/sim/1",
    b"/w/a%00b/wing/api/v1/sim/1",
    b"/w/\xff/wing/api/v1/sim/1",
    b"/api/v1/../../etc/passwd",
    b"/api/v1/%2e%2e/%2e%2e/etc/passwd",
    b"/api/v1/..%2f..%2fetc%2fpasswd",
    b"/api/v1/sim/%00",
    b"/api/v1/sim/a%0d%0aX-Injected:%20yes",
    b"/api/v1/sim/%ff%fe",
    b"/api/v1/sim/%ed%a0%80",
    b"/api/v1/sim/%c0%ae",
    b"/api/v1/sim/%",
    b"/api/v1/sim/%zz",
    b"/api/v1/sim/%25%32%66",
    b"/api/v1/sim/" + b"%F0%9F%93%B1" * 50,
    b"/api/v1/sim/" + b"a" * 30_000,
    b"/api/v1/sim/1;jsessionid=1",
    b"/api/v1/sim/1#fragment",
    b"/api/v1/sim/1?" + b"&" * 5_000,
    b"/api/v1/subscription/sims?%ff=%00&size=%ff",
    b"/api/v1/subscription/sims/iccid/%00",
    b"/api/v1/subscription/sims/1%00",
    b"/api/v99999999999999999999/sim/1",
    b"/api/v1%00/sim/1",
    b"/gateway/",
    b"/uam/auth/realms/%00",
    b"/uam/auth/realms/..%2f..",
    b"/uam/auth/realms/%ff/protocol/openid-connect/certs",
    b"/_box/%00",
    b"/_box/../wing",
    b"/_box/worlds/%ff",
    b"/%5f%62%6f%78/health",
    b"*",
    b"http://elsewhere.example/api/v1/sim/1",
]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: repr(path[:40]))
@pytest.mark.parametrize("prefix", [b"", b"/wing"], ids=["bare", "wing"])
def test_a_strange_path_is_refused(box: Box, world: World, prefix: bytes, path: bytes) -> None:
    if path.startswith(b"/"):
        path = prefix + path
    token = f"Authorization: Bearer {world.token()}".encode()
    for headers in ((), (token, b"Account-Context-Id: *", f"X-Carrierbox-World: {world.name}".encode())):
        answer = raw.get(box.url, path, *headers)
        assert answer.status < 500, answer.content
        assert "x-injected" not in answer.headers
        assert b"root:" not in answer.content


@pytest.mark.parametrize("path", [b"/wing/\xff\xfe", b"/wing/%ff", b"/wing/%00", b"/wing/%ed%a0%80"])
def test_what_is_no_text_is_told_as_text(box: Box, path: bytes) -> None:
    answer = raw.get(box.url, path)
    if answer.status == 400:
        return  # the server itself refuses bytes that no path has
    assert vendor_problem(answer.json(), 404, answer.json()["path"])


@pytest.mark.parametrize("path", ["/api/v1/sim/1", "/wing/api/v1/subscription/sims", "/_box/health", "/nothing"])
@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PROPFIND", "CONNECT"])
def test_a_method_that_is_nowhere_documented_changes_nothing_and_is_no_fault(box: Box, method: str, path: str) -> None:
    target = "localhost:80" if method == "CONNECT" else path
    answer = raw.over_socket(box.url, f"{method} {target} HTTP/1.1\r\nHost: localhost".encode())
    assert answer.status in {200, 400, 401, 404, 405}
    if method == "HEAD":
        assert b"" == answer.content


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "DELETE"])
def test_a_method_that_an_operation_has_not_is_told_as_the_vendor_would(box: Box, method: str) -> None:
    answer = raw.over_socket(box.url, f"{method} /wing/api/v1/sim/1 HTTP/1.1\r\nHost: localhost".encode())
    assert 405 == answer.status
    assert "GET" in answer.headers["allow"]
    if method != "HEAD":
        assert vendor_problem(answer.json(), 405, "/api/v1/sim/1")


@pytest.mark.parametrize(
    "head",
    [
        b"GET /api/v1/sim/1 HTTP/1.1",
        b"GET /api/v1/sim/1 HTTP/1.0",
        b"GET /api/v1/sim/1 HTTP/1.1\r\nHost:",
        b"GET /api/v1/sim/1 HTTP/1.1\r\nHost: [::1",
        b"GET /api/v1/sim/1 HTTP/1.1\r\nHost: \xff\xfe",
        b"GET /_box/worlds/default HTTP/1.1\r\nHost: a b/c?d#e@f:g",
        b"GET /_box/worlds HTTP/1.1\r\nHost: \xe9xample",
        b"GET /uam/auth/realms/wdh-sitstg2 HTTP/1.1\r\nHost: [::1",
        b"GET /api/v1/sim/1 HTTP/1.1\r\nHost: localhost\r\nX-Carrierbox-World: \xff",
        b"GET /api/v1/sim/1 HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: \xff",
        b"GET /api/v1/sim/1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \xff\xff",
        b"GET /api/v1/sim/1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer a.b.c\r\nAuthorization: Basic x",
        b"GET /api/v1/sim/1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked",
    ],
)
def test_a_strange_head_is_refused_or_answered(box: Box, head: bytes) -> None:
    assert raw.over_socket(box.url, head).status < 500


KNOWN = ["w", "wing", "default", "api", "v1", "sim", "subscription", "sims", "iccid", "uam", "auth", "realms", "_box"]
segments = st.text(max_size=12) | st.sampled_from([*KNOWN, "..", ""])
header_values = st.binary(max_size=30).filter(lambda value: not set(value) & {0, 10, 13})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD"]),
    st.lists(segments, max_size=8),
    st.fixed_dictionaries(
        {},
        optional={
            b"host": header_values,
            b"x-carrierbox-world": header_values,
            b"x-request-id": header_values,
            b"authorization": header_values,
            b"account-context-id": header_values,
            b"content-type": st.just(b"application/json") | header_values,
        },
    ),
    st.binary(max_size=50),
)
def test_whatever_is_asked_for_is_no_fault(
    shell: Shell, method: str, parts: list[str], headers: dict[bytes, bytes], content: bytes
) -> None:
    # what a server hands on is text: it has replaced what was none
    path = "/" + "/".join(part.encode(errors="replace").decode() for part in parts)
    answer = raw.straight(shell, method, path, list(headers.items()), content)
    assert answer.status < 500, answer.content


@pytest.mark.parametrize("body", [b"grant_type=password&x=Upgrade: h2c\r\n\r\nUpgrade: h2c", b"grant_type="])
@pytest.mark.parametrize("split", [False, True])
def test_an_offer_of_http2_is_ignored_and_the_body_read(box: Box, body: bytes, split: bool) -> None:
    """As Java's HttpClient sends it; some send the body in a packet of its own."""
    head = (
        b"POST /uam/auth/realms/wdh-sitstg2/protocol/openid-connect/token HTTP/1.1\r\nHost: localhost\r\n"
        b"Connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n" % len(body)
    )
    answers = raw.on_one_connection(box.url, *([head, body] if split else [head + body]), times=2)
    assert {answers[0].content} == {answer.content for answer in answers}
    missing = "Missing form parameter: grant_type" == answers[0].json()["error_description"]
    assert body.endswith(b"=") == missing
