"""The few pages that a browser sees."""

from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

from fastapi import Response
from fastapi.responses import HTMLResponse

_NEVER_STORED = {"Cache-Control": "no-store, must-revalidate, max-age=0"}


class Shown(Exception):
    """A page, or the way to another, in place of what was asked for."""

    def __init__(self, response: Response) -> None:
        super().__init__(f"answered with {response.status_code}")
        self.response = response


def login(realm: str, action: str, username: str = "", problem: str = "") -> HTMLResponse:
    """The login form, with what was wrong the last time."""
    told = f'<p role="alert">{escape(problem)}</p>' if problem else ""
    return page(
        f"Sign in to {realm}",
        f"""{told}
<form id="kc-form-login" method="post" action="{escape(action)}">
<p><label>Username <input id="username" name="username" value="{escape(username)}" autofocus></label></p>
<p><label>Password <input id="password" name="password" type="password"></label></p>
<p><button id="kc-login" name="login">Sign in</button></p>
</form>""",
    )


def error(problem: str) -> HTMLResponse:
    """A refusal that cannot be told to the client, since nobody knows whether it is one."""
    return page("We are sorry", f'<p id="kc-error-message">{escape(problem)}</p>', status=400)


def page(title: str, content: str = "", status: int = 200) -> HTMLResponse:
    """A page in plain HTML."""
    told = escape(title)
    return HTMLResponse(
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{told}</title></head>\n'
        f"<body><h1>{told}</h1>\n{content}\n</body></html>\n",
        status,
        _NEVER_STORED,
    )


def with_query(uri: str, values: Mapping[str, str]) -> str:
    """An address with more in its query."""
    if not values:
        return uri
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode(values)}"
