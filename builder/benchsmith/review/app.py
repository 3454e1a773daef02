"""The application: which address leads to which desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from benchsmith import pages
from benchsmith.pages.page import embedded
from benchsmith.review import personal_links
from benchsmith.review.act_store import Store
from benchsmith.review.contract import Desk, Refused, Unknown
from benchsmith.review.web import HEADERS, KEEP, Asked, People, guarded, refuse

HERE = Path(__file__).parent
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
STYLES = ("tokens.css", "page.css", "desk.css")
AHEAD = 40
"""Items that a page is told of at a time."""
LONGEST_KEY = 64
LASTS_S = 60 * 60 * 24 * 90


class App:
    """Pages and desks. Everything that is sent as a file is read here, once."""

    def __init__(self, store: Store, people: People, title: str) -> None:
        """Until the desks are opened, everybody is told to wait."""
        self._desks: Mapping[str, Desk] | None = None
        self._store, self._people, self._title = store, people, title
        folders = (Path(pages.__file__).parent, HERE / "static")
        files = [p for folder in folders for p in sorted(folder.iterdir()) if p.suffix in KINDS]
        self._files = {p.name: (p.read_bytes(), KINDS[p.suffix]) for p in files}
        self._versions = {n: sha256(data).hexdigest()[:12] for n, (data, _) in self._files.items()}
        self._pages = jinja2.Environment(
            loader=jinja2.FileSystemLoader(HERE / "pages"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._frame = self._pages.get_template("frame.html.jinja")
        self._wait = self._pages.get_template("opening.html.jinja")

    def open(self, desks: Sequence[Desk]) -> None:
        """Open the desks."""
        self._desks = {desk.name: desk for desk in desks}

    def application(self, cookie: str) -> ASGIApp:
        """Return the application; `cookie` is the name under which a browser keeps its token."""

        def route(path: str, handler: Callable[[Asked], Response], method: str = "GET") -> Route:
            def opened(asked: Asked) -> Response:
                return handler(asked) if self._desks is not None else self._opening()

            endpoint = guarded(opened, self._store, self._people, cookie)
            return Route(path, endpoint, methods=[method])

        async def enter(request: Request) -> Response:
            token = request.path_params["token"]
            if not personal_links.whose(token, self._store.links(), self._people.names):
                return refuse(403, "this link is nobody's, or it was replaced; ask the curator")
            answer = RedirectResponse("/", 303)
            answer.set_cookie(cookie, token, max_age=LASTS_S, httponly=True, samesite="lax")
            return answer

        async def static(request: Request) -> Response:
            found = self._files.get(request.path_params["name"])
            if found is None:
                return refuse(404, "there is no such file")
            return Response(found[0], media_type=found[1], headers=KEEP)

        async def lost(request: Request, error: Exception) -> Response:
            return refuse(404, "there is no such page")

        routes = [
            Route("/enter/{token}", enter),
            Route("/static/{name}", static),
            route("/", self.home),
            route("/results", self.results),
            route("/{desk}", self.page),
            route("/{desk}/queue", self.queue),
            route("/{desk}/item", self.item),
            route("/{desk}/ask/{what}", self.ask),
            route("/{desk}/picture", self.picture),
            route("/{desk}/act", self.act, "POST"),
            route("/{desk}/undo", self.undo, "POST"),
            route("/{desk}/write", self.write, "POST"),
        ]
        return _Headed(Starlette(routes=routes, exception_handlers={404: lost}))

    def _opening(self) -> Response:
        """Tell somebody to wait: a page asks again by itself, and so does what sends an act."""
        versions = self._versions
        text = self._wait.render(
            heading=self._title,
            styles=[f"/static/{n}?{versions[n]}" for n in STYLES],
            script=f"/static/opening.js?{versions['opening.js']}",
            icon=f"/static/icon.svg?{versions['icon.svg']}",
        )
        return HTMLResponse(text, 503, {"Retry-After": "1"})

    @property
    def _there(self) -> Mapping[str, Desk]:
        assert self._desks is not None, "nothing is asked of desks that are not open"
        return self._desks

    def _desk(self, asked: Asked) -> Desk:
        name = asked.path["desk"]
        if name not in self._there:
            raise Unknown("such desk")
        if self._there[name].shows_keys:
            _only_curator(asked)
        return self._there[name]

    def _open(self, asked: Asked) -> list[Desk]:
        """Return the desks that somebody may sit at."""
        return [d for d in self._there.values() if asked.curator or not d.shows_keys]

    def _html(self, asked: Asked, name: str, title: str, scripts: Sequence[str], data: Mapping[str, Any]) -> Response:  # fmt: skip
        versions = self._versions
        known = {"who": asked.who, "curator": asked.curator, "form": asked.form, "desk": name}
        text = self._frame.render(
            title=title,
            heading=self._title,
            name=name,
            who=asked.who,
            curator=asked.curator,
            desks=[(d.name, d.title) for d in self._open(asked)],
            styles=[f"/static/{n}?{versions[n]}" for n in STYLES],
            scripts=[f"/static/{n}?{versions[n]}" for n in ("page.js", "desk.js", *scripts)],
            icon=f"/static/icon.svg?{versions['icon.svg']}",
            # JSON in a block that no browser runs, and that it cannot leave
            data=Markup(embedded({**known, **data})),  # noqa: S704
        )
        return HTMLResponse(text)

    def home(self, asked: Asked) -> Response:
        """Say what there is to do."""
        work = [
            {"name": d.name, "title": d.title, "open": len(d.queue(asked.who)), "done": d.done(asked.who)}
            for d in self._open(asked)
        ]  # fmt: skip
        return self._html(asked, "home", "Review", ["home.js"], {"work": work})

    def page(self, asked: Asked) -> Response:
        """Open a desk, with its first item."""
        desk = self._desk(asked)
        queue = desk.queue(asked.who)
        first = desk.show(queue[0], asked.who) if queue else None
        data = {
            "opening": desk.opening(asked.who),
            "queue": queue[:AHEAD],
            "open": len(queue),
            "done": desk.done(asked.who),
            "first": first,
        }
        return self._html(asked, desk.name, desk.title, [f"{desk.name}.js"], data)

    def queue(self, asked: Asked) -> Response:
        """Say what comes next."""
        desk = self._desk(asked)
        queue = desk.queue(asked.who)
        return JSONResponse({"queue": queue[:AHEAD], "open": len(queue), "done": desk.done(asked.who)})  # fmt: skip

    def item(self, asked: Asked) -> Response:
        """Show one item."""
        return JSONResponse(self._desk(asked).show(asked.given.get("id", ""), asked.who))

    def ask(self, asked: Asked) -> Response:
        """Answer a question of a page."""
        desk = self._desk(asked)
        return JSONResponse(desk.ask(asked.path["what"], asked.given, asked.who))

    def picture(self, asked: Asked) -> Response:
        """Send a picture."""
        picture = self._desk(asked).picture(asked.given)
        return Response(picture.data, media_type=picture.kind, headers=KEEP)

    def act(self, asked: Asked) -> Response:
        """Keep what somebody did; the answer is sent once it is on the disk."""
        item, key, seen = (_text(asked.body, n) for n in ("item", "key", "seen"))
        value = asked.body.get("value")
        if not isinstance(value, dict):
            raise Refused("nothing was decided")
        return JSONResponse(self._desk(asked).act(item, asked.who, value, _key(key, asked.who), seen))  # fmt: skip

    def undo(self, asked: Asked) -> Response:
        """Take somebody's last act back."""
        key = _key(_text(asked.body, "key"), asked.who)
        return JSONResponse({"item": self._desk(asked).undo(asked.who, key)})

    def write(self, asked: Asked) -> Response:
        """Put a desk's results into the documents, under the name of whoever did them."""
        _only_curator(asked)
        return JSONResponse({"said": list(self._desk(asked).write(asked.who))})

    def results(self, asked: Asked) -> Response:
        """Tell the curator how far each desk is, and how far people agree."""
        _only_curator(asked)
        told = [
            {"name": d.name, "title": d.title, "writes": d.writes, "figures": list(t.figures), "notes": list(t.notes)}
            for d in self._there.values()
            for t in [d.told()]
        ]  # fmt: skip
        return self._html(asked, "results", "Results", ["results.js"], {"told": told})


def _only_curator(asked: Asked) -> None:
    if not asked.curator:
        raise Refused("this is for the curator alone")


def _text(body: Mapping[str, Any], name: str) -> str:
    found = body.get(name)
    if not isinstance(found, str):
        raise Refused(f"{name} is missing")
    return found


def _key(key: str, who: str) -> str:
    """Return the key of an act; people's keys cannot meet. Raises Refused."""
    if not key.isascii() or not 8 <= len(key) <= LONGEST_KEY:
        raise Refused("the act has no key")
    return f"{who}/{key}"


class _Headed:
    """Adds the headers that every answer has, those of errors too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, headed)
