"""A review desk in a separate process, and people who use it: in a browser, and by direct requests.

The server is the command as anybody runs it, so that it can be killed like one. Browsers here reach
the loopback alone; whatever else a page asks for is noted.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.browser import DESK, Visit
from tests.conftest import Project
from tests.paths import PYTHONPATH

PEOPLE = ("me", "ann", "bob", "eve", "zoe")
WAIT_S = 120


class Desk:
    """A desk that can be started, killed, and started again at the same place."""

    def __init__(self, project: Project, *words: str) -> None:
        self.project, self.words = project, words
        self.port = free_port()
        self.links: dict[str, str] = {}
        self.said: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, until: str = "open: ") -> Desk:
        """Start it, and wait until it has said a line that begins so: by default, until it is open."""
        log = self.project.folder / f"desk-{self.port}.log"
        with log.open("w") as output:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "benchsmith",
                    "review",
                    *self.words,
                    "--port",
                    str(self.port),
                ],
                cwd=self.project.folder,
                env={**os.environ, "PYTHONPATH": PYTHONPATH},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.wait(until)
        said = "\n".join(self.said)
        for found in re.finditer(r"(\w+)(?:, the curator)?: (http\S+/enter/\S+)", said):
            self.links[found[1]] = found[2]
        return self

    def wait(self, until: str) -> None:
        """Wait until it has said a line that begins so."""
        log = self.project.folder / f"desk-{self.port}.log"
        assert self._process is not None
        end = time.monotonic() + WAIT_S
        while f"\n{until}" not in (said := f"\n{log.read_text()}"):
            assert self._process.poll() is None and time.monotonic() < end, said
            time.sleep(0.05)
        self.said = said.splitlines()

    def kill(self) -> None:
        """Kill it as a lost current does."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """End it."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()

    def acts(self) -> list[tuple[str, ...]]:
        """Return every act that is kept: desk, item, who, value; those taken back too."""
        path = self.project.folder / "reviews/.desk/acts.sqlite"
        with closing(sqlite3.connect(path)) as connection:
            return connection.execute(
                "SELECT desk, item, who, value FROM act ORDER BY id"
            ).fetchall()

    def as_(self, who: str) -> Client:
        """Return somebody who speaks to it without a browser."""
        return Client(self, who)


class Client:
    """A person's requests, as a script would make them."""

    def __init__(self, desk: Desk, who: str) -> None:
        self.desk = desk
        self.cookie = ""
        status, headers, _ = self.ask("GET", desk.links[who].removeprefix(desk.base))
        assert status == 303
        self.cookie = headers["set-cookie"].partition(";")[0]

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a request as it is; `_` in headers' names are hyphens."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookie:
            sent.setdefault("Cookie", self.cookie)
        with closing(http.client.HTTPConnection("127.0.0.1", self.desk.port, timeout=WAIT_S)) as to:
            to.request(method, path, body, sent)
            answer = to.getresponse()
            headers_ = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, headers_, answer.read()

    def page(self, name: str) -> dict[str, Any]:
        """Return the data of a page."""
        status, _, text = self.ask("GET", f"/{name}")
        assert status == 200, text
        block = re.search(
            rb'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL
        )
        assert block
        found: dict[str, Any] = json.loads(block[1])
        return found

    def show(self, desk: str, item: str) -> Any:
        """Return what is shown of an item."""
        status, _, text = self.ask("GET", f"/{desk}/item?{urlencode({'id': item})}")
        assert status == 200, text
        return json.loads(text)

    def post(self, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        """Send an act as a page does."""
        own = {
            "Origin": self.desk.base,
            "X_Form_Token": self.page("")["form"],
            "Content_Type": "application/json",
            **headers,
        }
        status, _, text = self.ask("POST", path, json.dumps(body).encode(), **own)
        return status, json.loads(text)

    def act(self, desk: str, item: str, value: dict[str, Any], key: str, seen: str = "") -> tuple[int, Any]:  # fmt: skip
        """Do something at a desk."""
        return self.post(f"/{desk}/act", {"key": key, "item": item, "value": value, "seen": seen})


class Cutting:
    """Stands between a browser and a desk, and breaks off the first answer to an act.

    The desk has kept the act by then; the browser gets the head of the answer and half of its body.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk, self.cut = desk, 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more."""
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                browser, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._pass_on, args=(browser,), daemon=True).start()

    def _pass_on(self, browser: socket.socket) -> None:
        with browser, socket.create_connection(("127.0.0.1", self._desk.port)) as to:
            while data := browser.recv(1 << 16):
                # a browser sends one request and waits; a small one comes in one piece or two
                head, _, body = data.partition(b"\r\n\r\n")
                sizes = re.search(rb"(?i)content-length: (\d+)", head)
                while sizes and len(body) < int(sizes[1]):
                    more = browser.recv(1 << 16)
                    body, data = body + more, data + more
                to.sendall(data)
                answer = _whole(to)
                if data.startswith(b"POST") and b"/act " in data[:80] and not self.cut:
                    self.cut += 1
                    browser.sendall(answer[:-1])
                    return
                browser.sendall(answer)


def _whole(to: socket.socket) -> bytes:
    """Read one answer to its end."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += to.recv(1 << 16)
    head, _, body = data.partition(b"\r\n\r\n")
    size = re.search(rb"(?i)content-length: (\d+)", head)
    while size and len(body) < int(size[1]):
        more = to.recv(1 << 16)
        body, data = body + more, data + more
    return data


def free_port() -> int:
    """Return a port that nobody has now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def with_people(folder: Path, people: tuple[str, ...] = PEOPLE) -> Project:
    """Give a project more curators."""
    rows = [f"{who}\t{who.title()}\ttest" for who in people]
    (folder / "lexicon/curators.tsv").write_text("\n".join(["id\tname\trole", *rows]) + "\n")
    return Project(folder)


def copied(built: Project, to: Path) -> Project:
    """Return a built project of one's own, with more curators; what is built stays built."""
    return with_people(built.copy(to).folder)


Sit = Callable[..., Visit]


@pytest.fixture
def sit(browser: Any) -> Iterator[Sit]:
    """Return what puts a person at a desk, in a browser of their own."""
    contexts: list[Any] = []

    def open_(
        desk: Desk,
        who: str,
        page: str = "",
        *,
        size: tuple[int, int] = DESK,
        dark: bool = False,
        through: str = "",
    ) -> Visit:
        base = through or desk.base
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
        )
        contexts.append(context)
        context.set_default_timeout(30_000)
        made = Visit(context.new_page())

        def note(request: Any) -> None:
            if not request.url.startswith(f"{base}/"):
                made.requests.append(request.url)

        def dismiss(dialog: Any) -> None:
            made.dialogs.append(dialog.message)
            dialog.dismiss()

        made.page.on("request", note)
        made.page.on("pageerror", lambda e: made.complaints.append(str(e)))
        made.page.on("console", lambda m: m.type == "error" and made.complaints.append(str(m.text)))
        made.page.on("dialog", dismiss)
        made.page.goto(desk.links[who].replace(desk.base, base))
        made.page.goto(f"{base}/{page}")
        return made

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture
def desk() -> Iterator[Callable[..., Desk]]:
    """Return what starts a desk for a project; it is stopped in the end."""
    started: list[Desk] = []

    def start(project: Project, *words: str) -> Desk:
        started.append(Desk(project, *words))
        return started[-1].start()

    yield start
    for each in started:
        each.stop()


def quiet(visit: Visit) -> None:
    """Hold that a page asked for nothing outside, and complained of nothing."""
    assert not visit.requests
    assert not visit.dialogs
    assert not visit.complaints


def until(visit: Visit, says: str, arg: Any = None, timeout: float = 30_000) -> Any:
    """Wait until an expression of JavaScript, or a function, is true; return what it is.

    Playwright's own way has the page evaluate text, which the page's policy forbids.
    """
    end = time.monotonic() + timeout / 1000
    while not (found := visit.page.evaluate(says, arg)):
        assert time.monotonic() < end, f"{says} did not come true: {visit.page.inner_text('body')}"
        visit.page.wait_for_timeout(15)
    return found
