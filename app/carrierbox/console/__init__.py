"""The console: a web page over the control API, on the same port, without a build step and without the network.

The page itself tells nothing about any world, so it is served to everybody; what it shows it asks of the control API,
with the control key where there is one.
"""

from pathlib import Path

from starlette.responses import FileResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

PAGES = Path(__file__).parent / "pages"

_FILES = {f"/console/{each.name}": each for each in PAGES.iterdir()} | {"/": PAGES / "index.html"}
_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:;"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Console:
    """Answers for the page and what belongs to it; all else is the control API's."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand an ASGI request on, unless it is for the page."""
        answer = self._app
        if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}:
            path = scope["path"].removeprefix(scope.get("root_path", ""))
            if not path:
                answer = RedirectResponse(f"{scope['path']}/")
            elif found := _FILES.get(path):
                answer = FileResponse(found, headers=_HEADERS)
        await answer(scope, receive, send)
