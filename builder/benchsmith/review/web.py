"""What stands between a request and a desk: whose it is, what it may do, and how it is answered.

Nothing of a request reaches the file system: pages, scripts and styles are read when the program
starts, items are looked up in tables, and everything else is a number or is kept as text.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from benchsmith.documents.problems import DocumentError
from benchsmith.review import personal_links
from benchsmith.review.act_store import KeyTaken, Store
from benchsmith.review.contract import Refused, Unknown

LARGEST = 64 * 1024
"""Bytes of a request's body."""
FORM = "x-form-token"
POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cache-Control": "no-store",
}
"""What every answer says; a picture or a script may say that it can be kept."""
KEEP = {"Cache-Control": "private, max-age=31536000, immutable"}
"""For what its address names by its content."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request whose sender is known."""

    who: str
    curator: bool
    form: str
    """What the page sends back with each act."""
    path: Mapping[str, str]
    given: Mapping[str, str]
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class People:
    """Who may come in."""

    annotators: tuple[str, ...]
    curator: str

    @property
    def names(self) -> tuple[str, ...]:
        """Everybody, each once."""
        return tuple(dict.fromkeys([*self.annotators, self.curator]))


Handler = Callable[[Asked], Response]


def refuse(status: int, what: str) -> Response:
    """Return an answer that says why not."""
    return JSONResponse({"wrong": what}, status)


def guarded(
    handler: Handler, store: Store, people: People, cookie: str
) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint: it finds out who asks, refuses what is not theirs, and hands on."""

    async def endpoint(request: Request) -> Response:
        token = request.cookies.get(cookie, "")
        who = personal_links.whose(token, store.links(), people.names)
        if not who:
            return refuse(403, "this desk opens with your own link; the curator has it")
        body: Mapping[str, Any] = {}
        if request.method == "POST":
            if what := _forged(request, token):
                return refuse(403, what)
            try:
                body = await _body(request)
            except ValueError as error:
                return refuse(400, str(error))
        asked = Asked(
            who,
            who == people.curator,
            personal_links.form_token(token),
            dict(request.path_params),
            dict(request.query_params),
            body,
        )
        return await run_in_threadpool(_answered, handler, asked)

    return endpoint


def _answered(handler: Handler, asked: Asked) -> Response:
    try:
        return handler(asked)
    except Unknown as error:
        return refuse(
            404, f"there is no {error.args[0]}" if error.args else "there is no such page"
        )
    except (Refused, KeyTaken) as error:
        return refuse(409, str(error))
    except DocumentError as error:
        return JSONResponse({"wrong": "nothing was written", "problems": [str(p) for p in error.problems]}, 409)  # fmt: skip


def _forged(request: Request, token: str) -> str:
    """Say what is wrong with a request that wants to change something, if it is not our page's."""
    origin = request.headers.get("origin", "")
    if not origin or urlsplit(origin).netloc != request.headers.get("host", ""):
        return "this was not sent by the desk's own page"
    given = request.headers.get(FORM, "").encode("utf-8", "replace")
    if not secrets.compare_digest(given, personal_links.form_token(token).encode()):
        return "the page is of another person: open your link again"
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        return "this was not sent by the desk's own page"
    return ""


async def _body(request: Request) -> Mapping[str, Any]:
    """Return the JSON object of a request. Raises ValueError."""
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > LARGEST:
            raise ValueError("this is too much at once")
    found = json.loads(data.decode("utf-8"))
    if not isinstance(found, dict):
        raise ValueError("this is no JSON object")  # noqa: TRY004
    return found
