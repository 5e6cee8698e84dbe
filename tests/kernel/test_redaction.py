"""kernel/redaction: nobody is shown a secret, wherever it stands; all else is as it was."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrierbox.kernel import redaction
from carrierbox.kernel.redaction import CUT

SECRET = "hunter2-Geheim"
NAMES = [
    "password", "Password", "new_password", "passwordConfirmation", "client_secret", "clientSecret", "access_token",
    "refreshToken", "id_token", "token", "tokens", "stn-api-key", "apiKey", "X-Api-Key", "authorization", "cookie",
    "private_key", "client_assertion", "code_verifier", "webhook_secret", "credentials", "pwd", "pin", "pin1", "PIN2",
    "puk1", "PUK2", "ki", "Ki", "opc", "OPc", "adm", "adm1", "sim.pin1", "puk2.equals",
]  # fmt: skip
OPEN = ["iccid", "imsi", "msisdn", "pinned", "kind", "token_type", "tokenUrl", "expires_in", "operation", "key", "code",
        "scope", "username", "pingMe", "spuk", "optional", "state"]  # fmt: skip

names = st.sampled_from(NAMES)
others = st.sampled_from(OPEN)
secrets = st.text(st.characters(codec="utf-8"), max_size=20).map(lambda text: f"{SECRET}{text}")
plain = st.none() | st.booleans() | st.integers() | st.text(max_size=10)


def wrapped(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Something that holds it: an object, a list, or a text that is JSON in turn."""
    return (
        st.builds(lambda name, value, more: {name: value, "more": more}, others, inner, plain)
        | st.builds(lambda value, more: [more, value], inner, plain)
        | st.builds(lambda value: {"payload": json.dumps(value)}, inner)
    )


hidden = st.recursive(
    st.builds(lambda name, secret, more: {"id": more, name: secret}, names, secrets | st.lists(secrets), plain),
    wrapped,
    max_leaves=6,
)


@settings(deadline=None)
@given(hidden)
def test_no_secret_is_shown_of_json_however_it_is_nested(body: Any) -> None:
    assert SECRET not in json.dumps(redaction.body(json.dumps(body).encode(), "application/json"))
    assert SECRET not in redaction.body_text(json.dumps(body, ensure_ascii=False).encode(), "application/json")


@settings(deadline=None)
@given(hidden, st.integers(0, 200))
def test_no_secret_is_shown_of_json_that_was_cut_off(body: Any, at: int) -> None:
    whole = json.dumps(body)
    secret = whole.find(SECRET)
    if secret >= 0:
        cut_off = whole[: min(secret + len(SECRET) + at, len(whole) - 1)]
        assert SECRET not in json.dumps(redaction.body(cut_off.encode(), "application/json"))


@settings(deadline=None)
@given(st.lists(st.tuples(names, secrets) | st.tuples(others, st.text(max_size=5)), min_size=1))
def test_no_secret_is_shown_of_a_form_or_a_query(fields: list[tuple[str, str]]) -> None:
    encoded = urlencode(fields)
    assert SECRET not in redaction.form(encoded)
    assert SECRET not in str(redaction.body(encoded.encode(), "application/x-www-form-urlencoded; charset=utf-8"))
    assert encoded.count("&") == redaction.form(encoded).count("&")


@settings(deadline=None)
@given(names, st.text("abcXYZ019-_", min_size=1).map(lambda text: f"{SECRET}{text}"))
def test_no_secret_is_shown_of_running_text(name: str, secret: str) -> None:
    for text in (
        f"{name}={secret}&x=1",
        f"{name}: {secret}",
        f'{{sims(where: {{{name}: {{_eq: "{secret}"}}}}) {{id}}}}',
        f"https://x.example/?{name}={secret}#top",
        json.dumps(json.dumps({name: secret}))[1:],
    ):
        assert SECRET not in redaction.text(text), text


@pytest.mark.parametrize("name", OPEN)
def test_what_is_no_secret_is_shown(name: str) -> None:
    assert {name: "x", "n": [1, None, {name: 7}]} == redaction.value({name: "x", "n": [1, None, {name: 7}]})
    assert f"a {name}: x" == redaction.text(f"a {name}: x")


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text("abc {}[],", max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(others, inner, max_size=3),
        max_leaves=10,
    )
)
def test_json_without_secrets_is_shown_as_it_was(body: Any) -> None:
    spelled = json.dumps(body)
    assert body == redaction.body(spelled.encode(), "application/json")
    assert spelled == redaction.body_text(spelled.encode(), "application/json")


def test_a_code_is_a_secret_in_forms_and_redirections_only() -> None:
    assert f"grant_type=authorization_code&code={CUT}" == redaction.form("grant_type=authorization_code&code=1.2.3")
    location = "https://app.example/cb?code=1.2.3&state=s"
    assert f"https://app.example/cb?code={CUT}&state=s" == redaction.header("location", location)
    assert {"code": "SIM_IN_USE"} == redaction.value({"code": "SIM_IN_USE"})


def test_a_signed_token_is_known_by_its_looks() -> None:
    token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
    assert {"note": f"see {CUT} there"} == redaction.value({"note": f"see {token} there"})


def test_of_an_authorization_the_scheme_is_left() -> None:
    assert "Bearer [cut]" == redaction.header("authorization", f"Bearer {SECRET}")
    assert "basic [cut]" == redaction.header("Authorization", f"basic {SECRET}")
    for value in (SECRET, f"Other {SECRET}", f"Bearer{SECRET}", ""):
        assert CUT == redaction.header("authorization", value)
    assert CUT == redaction.header("set-cookie", f"{SECRET}; Path=/")
    assert CUT == redaction.header("stn-api-key", SECRET)


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"[" * 5000, b"[" * 60 + b"]" * 60, b"[" * 400 + b"]" * 400, b"NaN", b"[1e999]", b'"\\ud800"'],
    ids=lambda content: repr(content[:8]),
)
def test_whatever_comes_can_be_shown(content: bytes) -> None:
    shown = redaction.body(content, "application/json")
    json.dumps(shown, allow_nan=False).encode()
    redaction.body_text(content, "").encode(errors="replace")


def test_hostile_text_takes_no_time_to_speak_of() -> None:
    redaction.text("eyJ" * 20_000)
    redaction.text('"password": "' + '\\"' * 30_000)
    redaction.text('password: {"a' * 5_000)
    redaction.text("password=" * 10_000)
    redaction.text("\\u0061" * 10_000)
    redaction.text("\\" * 60_000 + "u0061")
    redaction.text("<" + "a" * 60_000)
    redaction.text("<a:" * 20_000)


# ------------------------------------------------------------------------------------------------ bodies in other forms

MULTIPART = "multipart/form-data; boundary=XX"


def parts(*fields: tuple[str, str], delimiter: str = "--XX") -> bytes:
    """A multipart body as curl and browsers write it."""
    written = "".join(f"{delimiter}\r\n{head}\r\n\r\n{content}\r\n" for head, content in fields)
    return f"{written}{delimiter}--\r\n".encode()


def named(name: str) -> str:
    return f'Content-Disposition: form-data; name="{name}"'


@settings(deadline=None)
@given(
    st.lists(st.tuples(names, secrets) | st.tuples(others, st.text("abc-\n{", max_size=9)), min_size=1),
    st.sampled_from([MULTIPART, "multipart/form-data", "text/plain", ""]),
    st.integers(0, 200),
)
def test_no_secret_is_shown_of_a_multipart_body(fields: list[tuple[str, str]], media_type: str, left: int) -> None:
    whole = parts(*((named(name), content) for name, content in fields))
    for sent in (whole, whole[:-left] if left else whole):
        assert SECRET not in json.dumps(redaction.body(sent, media_type))
        assert SECRET not in redaction.body_text(sent, media_type)


@pytest.mark.parametrize(
    "head",
    [
        "content-disposition: form-data; NAME=password",
        'Content-Type: text/plain\r\nContent-Disposition: form-data; name = "user_password"',
        'Content-Disposition: form-data;\r\n name="password"; filename="a.txt"',
        'Content-Disposition: form-data; filename="a;b"; name="pass\\word"',
        "Content-Disposition: form-data; name*=utf-8''pass%77ord",
        'Content-Disposition: form-data; name="code"',
        'Content-Disposition: form-data; name="password',
    ],
)
@pytest.mark.parametrize("content", [SECRET, f"a\r\n--\r\n--XY {SECRET}", f"a\r\n\r\n{SECRET}\r\n", f'"{SECRET}"'])
def test_a_part_is_known_by_its_name_however_its_head_is_written(head: str, content: str) -> None:
    shown = redaction.body(parts((named("username"), "me"), (head, content), (named("scope"), "all")), MULTIPART)
    assert SECRET not in shown
    assert 1 == shown.count(CUT)
    assert "\r\n\r\nme\r\n" in shown
    assert "\r\n\r\nall\r\n" in shown


def test_of_other_parts_what_they_hold_is_cut() -> None:
    note = json.dumps({"pass\u0077ord": SECRET}).replace("w", "\\u0077")
    shown = redaction.body(parts((named("note"), note), (named("file"), f"pin: {SECRET}\r\nkind: x")), MULTIPART)
    assert SECRET not in shown
    assert "kind: x" in shown


def test_json_that_was_cut_off_is_no_multipart_body_for_a_word() -> None:
    body = json.dumps({"content-disposition": "form-data", "tokens": [SECRET, SECRET], "note": "-"}, indent=1)
    assert SECRET not in json.dumps(redaction.body(body[:-1].encode(), MULTIPART))


def test_a_multipart_body_without_secrets_is_shown_as_it_was() -> None:
    sent = parts((named("iccid"), "8955"), (f'{named("file")}; filename="passwords.txt"', "a\r\n--b\r\n\r\nc"))
    assert sent.decode() == redaction.body(sent, MULTIPART) == redaction.body_text(sent, MULTIPART)


def test_a_name_that_stands_twice_hides_nothing() -> None:
    sent = f'{{"note": {{"password": "{SECRET}"}}, "note": 1, "id": 2}}'.encode()
    assert {"note": [{"password": CUT}, 1], "id": 2} == redaction.body(sent, "application/json")
    assert SECRET not in redaction.body_text(sent, "application/json")


@pytest.mark.parametrize("end", ["", "}", ", "])
@pytest.mark.parametrize("name", ["pass\\u0077ord", "\\u0070\\u0069\\u006E", "access\\u005ftoken"])
def test_an_escaped_name_is_read_also_where_json_was_cut_off(name: str, end: str) -> None:
    assert SECRET not in json.dumps(redaction.body(f'{{"{name}": "{SECRET}"{end}'.encode(), "application/json"))
    inner = json.dumps(f'{{"{name}": "{SECRET}"')
    assert SECRET not in json.dumps(redaction.body(f'{{"payload": {inner}{end}'.encode(), "application/json"))


def test_an_escape_that_hides_nothing_is_shown_as_it_was() -> None:
    assert "n\\u0061me: x" == redaction.text("n\\u0061me: x")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
@pytest.mark.parametrize("sent", [f"username=me&password={SECRET}&x=1", f'{{"id": 1, "password": "{SECRET}"', "json"])
def test_no_secret_is_shown_of_a_body_with_wide_letters(encoding: str, sent: str) -> None:
    sent = json.dumps({"id": 1, "password": SECRET}) if sent == "json" else sent
    for shown in (redaction.body, redaction.body_text):
        said = json.dumps(shown(sent.encode(encoding), f"text/plain; charset={encoding}"))
        assert CUT in said
        assert SECRET not in said.replace("\\u0000", "")


@pytest.mark.parametrize(
    "sent",
    [
        f"<login><user>me</user><password>{SECRET}</password></login>",
        f'<s:Envelope><w:Password type="text">{SECRET}</w:Password></s:Envelope>',
        f"<a><pin1><![CDATA[{SECRET}]]></pin1></a>",
        f'<user name="me" password="{SECRET}"/>',
        f"pass%77ord={SECRET}&x=1",
        f"username: me\npassword: {SECRET}\n",
    ],
)
def test_no_secret_is_shown_of_xml_yaml_or_a_form_that_does_not_say_so(sent: str) -> None:
    shown = redaction.body(sent.encode(), "text/plain")
    assert SECRET not in shown
    assert CUT in shown


def test_xml_without_secrets_is_shown_as_it_was() -> None:
    assert "<a><iccid>8955</iccid></a>" == redaction.body(b"<a><iccid>8955</iccid></a>", "text/xml")
