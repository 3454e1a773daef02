"""The web application: routes, and the handlers that call the desks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from benchsmith.review import personal_links
from benchsmith.review.act_store import ActionStore
from benchsmith.review.add_person import add_person
from benchsmith.review.contract import Desk, NotFound, Refused, text_of
from benchsmith.review.host_names import CheckedHost, HostNames
from benchsmith.review.page_frame import PageFrame
from benchsmith.review.web import (
    IMMUTABLE,
    DefaultHeaders,
    DeskRequest,
    People,
    authenticated,
    error_response,
)

QUEUE_AHEAD = 40
"""Items of the queue that a page gets at a time."""
MIN_KEY_CHARACTERS, MAX_KEY_CHARACTERS = 8, 64
MAX_NAME_CHARACTERS = 200
COOKIE_AGE_S = 60 * 60 * 24 * 90


class App:
    """The pages and the desks."""

    def __init__(self, home: Path, store: ActionStore, people: People, title: str) -> None:
        """Until :meth:`open` is called, every visitor gets a waiting page."""
        self._home = home
        self._desks: Mapping[str, Desk] | None = None
        self._store, self._people = store, people
        self._frame = PageFrame(title)

    def open(self, desks: Sequence[Desk]) -> None:
        """Open the desks."""
        self._desks = {desk.name: desk for desk in desks}

    def application(self, cookie: str, names: HostNames) -> ASGIApp:
        """Return the ASGI application.

        `cookie` is the name of the cookie with the link's token, and `names` are the host names
        that the desk accepts.
        """

        def route(
            path: str, handler: Callable[[DeskRequest], Response], method: str = "GET"
        ) -> Route:
            def opened(asked: DeskRequest) -> Response:
                return handler(asked) if self._desks is not None else self._waiting()

            endpoint = authenticated(opened, self._store, self._people, cookie)
            return Route(path, endpoint, methods=[method])

        async def enter(request: Request) -> Response:
            token = request.path_params["token"]
            if not personal_links.owner_of(token, self._store.links(), self._people.names):
                return error_response(
                    403, "this link is invalid or was replaced; ask the curator for a new one"
                )
            answer = RedirectResponse("/", 303)
            answer.set_cookie(cookie, token, max_age=COOKIE_AGE_S, httponly=True, samesite="lax")
            return answer

        async def static(request: Request) -> Response:
            found = self._frame.files.get(request.path_params["name"])
            if found is None:
                return error_response(404, "there is no such file")
            return Response(found.data, media_type=found.media_type, headers=IMMUTABLE)

        async def not_found(request: Request, error: Exception) -> Response:
            return error_response(404, "there is no such page")

        routes = [
            Route("/enter/{token}", enter),
            Route("/static/{name}", static),
            route("/", self.home),
            route("/results", self.results),
            route("/people", self.people, "POST"),
            route("/{desk}", self.page),
            route("/{desk}/queue", self.queue),
            route("/{desk}/item", self.item),
            route("/{desk}/ask/{what}", self.ask),
            route("/{desk}/picture", self.picture),
            route("/{desk}/act", self.act, "POST"),
            route("/{desk}/undo", self.undo, "POST"),
            route("/{desk}/write", self.write, "POST"),
        ]
        inner = Starlette(routes=routes, exception_handlers={404: not_found})
        return DefaultHeaders(CheckedHost(inner, names))

    def _waiting(self) -> Response:
        """Return 503 with the waiting page; browsers poll it, and scripts retry their requests."""
        return HTMLResponse(self._frame.waiting_page(), 503, {"Retry-After": "1"})

    @property
    def _open_desks(self) -> Mapping[str, Desk]:
        assert self._desks is not None, "handlers run only after the desks are open"
        return self._desks

    def _desk(self, asked: DeskRequest) -> Desk:
        """Return the desk of a request. Raises NotFound, and Refused if it is the curator's."""
        name = asked.path["desk"]
        if name not in self._open_desks:
            raise NotFound("such desk")
        if self._open_desks[name].shows_keys:
            _require_curator(asked)
        return self._open_desks[name]

    def _accessible(self, asked: DeskRequest) -> list[Desk]:
        """Return the desks that a user may open."""
        return [d for d in self._open_desks.values() if asked.curator or not d.shows_keys]

    def _html(
        self,
        asked: DeskRequest,
        *,
        name: str,
        title: str,
        scripts: Sequence[str],
        data: Mapping[str, Any],
    ) -> Response:
        user = {"who": asked.who, "curator": asked.curator, "form": asked.form_token, "desk": name}
        text = self._frame.page(
            name=name,
            title=title,
            scripts=scripts,
            data={**user, **data},
            desks=[(d.name, d.title) for d in self._accessible(asked)],
        )
        return HTMLResponse(text)

    def home(self, asked: DeskRequest) -> Response:
        """Show the desks with the number of open items."""
        work = [
            {"name": d.name, "title": d.title, "open": len(d.queue(asked.who)), "done": d.done(asked.who)}
            for d in self._accessible(asked)
        ]  # fmt: skip
        return self._html(
            asked, name="home", title="Review", scripts=["home.js"], data={"work": work}
        )

    def page(self, asked: DeskRequest) -> Response:
        """Show a desk with its first item."""
        desk = self._desk(asked)
        queue = desk.queue(asked.who)
        data = {
            "page": desk.page_data(asked.who),
            "fills": desk.fills,
            "queue": queue[:QUEUE_AHEAD],
            "open": len(queue),
            "done": desk.done(asked.who),
            "first": desk.show(queue[0], asked.who) if queue else None,
        }
        return self._html(
            asked,
            name=desk.name,
            title=desk.title,
            scripts=[*desk.scripts, f"{desk.name}.js"],
            data=data,
        )

    def queue(self, asked: DeskRequest) -> Response:
        """Return the next items."""
        desk = self._desk(asked)
        queue = desk.queue(asked.who)
        return JSONResponse(
            {"queue": queue[:QUEUE_AHEAD], "open": len(queue), "done": desk.done(asked.who)}
        )

    def item(self, asked: DeskRequest) -> Response:
        """Return one item."""
        return JSONResponse(self._desk(asked).show(asked.parameters.get("id", ""), asked.who))

    def ask(self, asked: DeskRequest) -> Response:
        """Answer a query of a page."""
        desk = self._desk(asked)
        return JSONResponse(desk.ask(asked.path["what"], asked.parameters, asked.who))

    def picture(self, asked: DeskRequest) -> Response:
        """Return a picture."""
        picture = self._desk(asked).picture(asked.parameters)
        return Response(picture.data, media_type=picture.kind, headers=IMMUTABLE)

    def act(self, asked: DeskRequest) -> Response:
        """Store an action; the response is sent after the action is on disk."""
        item, key, seen = (_text(asked.body, n) for n in ("item", "key", "seen"))
        value = asked.body.get("value")
        if not isinstance(value, dict):
            raise Refused("the request contains no decision")
        found = self._desk(asked).act(item, asked.who, value, _key(key, asked.who), seen)
        return JSONResponse(found)

    def undo(self, asked: DeskRequest) -> Response:
        """Undo the user's last action."""
        key = _key(_text(asked.body, "key"), asked.who)
        return JSONResponse({"item": self._desk(asked).undo(asked.who, key)})

    def write(self, asked: DeskRequest) -> Response:
        """Write a desk's results to the documents."""
        _require_curator(asked)
        return JSONResponse({"said": list(self._desk(asked).write(asked.who))})

    def results(self, asked: DeskRequest) -> Response:
        """Show the curator the progress of every desk and the agreement of reviewers."""
        _require_curator(asked)
        reports = [
            {"name": d.name, "title": d.title, "writes": d.writes, "figures": list(r.figures), "notes": list(r.notes)}
            for d in self._open_desks.values()
            for r in [d.report()]
        ]  # fmt: skip
        return self._html(
            asked,
            name="results",
            title="Results",
            scripts=["results.js"],
            data={"reports": reports, "people": self._people.names},
        )

    def people(self, asked: DeskRequest) -> Response:
        """Add a person, and return the path of their link, which cannot be shown again."""
        _require_curator(asked)
        given = (text_of(asked.body, n, most=MAX_NAME_CHARACTERS) for n in ("id", "name", "role"))
        id_, name, role = given
        token = add_person(self._home, self._store, self._people, id_, name, role)
        for desk in self._open_desks.values():
            desk.join(id_)
        return JSONResponse({"link": f"/enter/{token}", "people": self._people.names})


def _require_curator(asked: DeskRequest) -> None:
    if not asked.curator:
        raise Refused("only the curator may do this")


def _text(body: Mapping[str, Any], name: str) -> str:
    found = body.get(name)
    if not isinstance(found, str):
        raise Refused(f"{name} is missing")
    return found


def _key(key: str, who: str) -> str:
    """Return the idempotency key with the user's name, so that users' keys differ. Raises Refused."""
    if not key.isascii() or not MIN_KEY_CHARACTERS <= len(key) <= MAX_KEY_CHARACTERS:
        raise Refused("the action has no key")
    return f"{who}/{key}"
