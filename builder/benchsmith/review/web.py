"""Request handling in front of the desks: authentication, CSRF protection, errors and headers.

Request data never reaches the file system: pages, scripts and styles are read at startup, items are
looked up in tables, and everything else is a number or is stored as text.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from benchsmith.documents.problems import DocumentError
from benchsmith.review import personal_links
from benchsmith.review.act_store import ActionStore, KeyConflict
from benchsmith.review.contract import NotFound, Refused
from benchsmith.review.request_body import BodyTimeout, read_body

FORM_TOKEN_HEADER = "x-form-token"  # noqa: S105  a header's name
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cache-Control": "no-store",
}
"""Headers of every response; pictures and scripts override Cache-Control."""
IMMUTABLE = {"Cache-Control": "private, max-age=31536000, immutable"}
"""For resources whose URL contains a digest of their content."""


@dataclass(frozen=True, slots=True)
class DeskRequest:
    """An authenticated request."""

    who: str
    curator: bool
    """Whether the user is the curator."""
    form_token: str
    """The CSRF token that the page must send with each action."""
    path: Mapping[str, str]
    """Path parameters."""
    parameters: Mapping[str, str]
    """Query parameters."""
    body: Mapping[str, Any]
    """The JSON body; empty for GET."""


@dataclass(slots=True)
class People:
    """The users of the desks. The curator may add more while the desk is open."""

    annotators: tuple[str, ...]
    curator: str

    @property
    def names(self) -> tuple[str, ...]:
        """All users without duplicates."""
        return tuple(dict.fromkeys([*self.annotators, self.curator]))


Handler = Callable[[DeskRequest], Response]


def error_response(status: int, what: str) -> Response:
    """Return a JSON error with a message."""
    return JSONResponse({"wrong": what}, status)


def authenticated(
    handler: Handler, store: ActionStore, people: People, cookie: str
) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that authenticates requests, rejects forged ones, and calls the handler."""

    async def endpoint(request: Request) -> Response:
        token = request.cookies.get(cookie, "")
        who = personal_links.owner_of(token, store.links(), people.names)
        if not who:
            return error_response(
                403, "open the desk with your personal link; ask the curator for it"
            )
        body: Mapping[str, Any] = {}
        if request.method == "POST":
            if what := _forgery(request, token):
                return error_response(403, what)
            try:
                body = await read_body(request)
            except BodyTimeout:
                late = error_response(408, "the request did not arrive in time")
                late.headers["Connection"] = "close"
                return late
            except ValueError as error:
                return error_response(400, str(error))
        asked = DeskRequest(
            who,
            who == people.curator,
            personal_links.form_token(token),
            dict(request.path_params),
            dict(request.query_params),
            body,
        )
        return await run_in_threadpool(_respond, handler, asked)

    return endpoint


def _respond(handler: Handler, asked: DeskRequest) -> Response:
    """Call the handler and convert its exceptions to error responses."""
    try:
        return handler(asked)
    except NotFound as error:
        return error_response(
            404, f"there is no {error.args[0]}" if error.args else "there is no such page"
        )
    except (Refused, KeyConflict) as error:
        return error_response(409, str(error))
    except DocumentError as error:
        return JSONResponse({"wrong": "nothing was written", "problems": [str(p) for p in error.problems]}, 409)  # fmt: skip


def _forgery(request: Request, token: str) -> str:
    """Return why a changing request cannot come from the desk's page; empty if it can."""
    host = request.headers.get("host", "")
    # a proxy in front may speak TLS
    if request.headers.get("origin", "") not in (f"http://{host}", f"https://{host}"):
        return "this request was not sent by the desk's own page"
    given = request.headers.get(FORM_TOKEN_HEADER, "").encode("utf-8", "replace")
    if not secrets.compare_digest(given, personal_links.form_token(token).encode()):
        return "the page belongs to another person: open your link again"
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        return "this request was not sent by the desk's own page"
    return ""


class DefaultHeaders:
    """ASGI middleware that adds HEADERS to every response, including errors."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)
