"""Tell everybody their link, serve at once, and open the desks meanwhile; until somebody stops it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchsmith.core.build_files import LATEST
from benchsmith.documents.problems import DocumentError, Problem, Problems, did_you_mean
from benchsmith.review import personal_links
from benchsmith.review.act_store import Store
from benchsmith.review.app import App
from benchsmith.review.contract import Desk
from benchsmith.review.web import People

Opened = tuple[Sequence[Desk], Sequence[str]]
"""The desks that are open, and why others are not."""
LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"  # noqa: S104  only where somebody says --share


@dataclass(frozen=True, slots=True)
class Service:
    """Where and for whom a desk is open."""

    people: People
    port: int
    share: bool
    new_links: bool


def path_of(home: Path) -> Path:
    """Return the file that acts are kept in; it holds what is not in the documents yet."""
    return home / "reviews" / ".desk" / "acts.sqlite"


def expect(output: Path, benchmark: str) -> None:
    """Look before anybody is told a link whether a benchmark was built. Raises NotBuilt."""
    if not (output / benchmark / LATEST).is_file():
        from benchsmith.explore.find_build import find

        find(output, benchmark)


def curators_of(home: Path) -> set[str]:
    """Return who may sign and vote. Raises DocumentError with every problem of all documents."""
    from benchsmith.documents import lexicon

    problems = Problems(home)
    found = lexicon.curators(home / "lexicon", problems)
    if problems.found:
        from benchsmith.review import open_desks

        open_desks.read(home)
    return found


def people_of(curators: Iterable[str], annotators: str, curator: str) -> People:
    """Return who may come in: the annotators, and the curator, who is one of them if nobody else is.

    Raises DocumentError for somebody who is not in `lexicon/curators.tsv`.
    """
    known = sorted(curators)
    named = [name.strip() for name in annotators.split(",") if name.strip()] or known
    problems = [
        Problem.without_place(f"unknown {what} {name!r}",
                did_you_mean(name, known) or "add a row to lexicon/curators.tsv")
        for what, names in (("annotator", named), ("curator", [curator] if curator else []))
        for name in names
        if name not in known
    ]  # fmt: skip
    if not named:
        what = "there is nobody who could review"
        problems.append(Problem("lexicon/curators.tsv", 1, what, "add a row for each person"))
    if problems:
        raise DocumentError(problems)
    return People(tuple(dict.fromkeys(named)), curator or named[0])


def serve(
    opening: Callable[[], Opened],
    store: Store,
    service: Service,
    title: str,
    say: Callable[[str], None],
) -> None:
    """Serve until it is interrupted; `opening` reads the documents while people are told to wait.

    Raises OSError where the port is taken, and what `opening` raises: then it is served no longer.
    """
    import uvicorn

    host = EVERYWHERE if service.share else LOOPBACK
    # named as TCP, so that asyncio turns Nagle's algorithm off: it holds every answer back by 40 ms
    kind = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    with closing(socket.socket(*kind)) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, service.port))
        listening.listen(128)
        port = listening.getsockname()[1]
        address = f"http://{_own_address() if service.share else LOOPBACK}:{port}"
        tokens = personal_links.give(store, service.people.names, anew=service.new_links)
        for who in service.people.names:
            leads = ", the curator" if who == service.people.curator else ""
            link = f"{address}/enter/{tokens[who]}" if who in tokens else "the link as before"
            say(f"{who}{leads}: {link}")
        if service.share:
            say("everybody on this network can reach the desk; only who has a link comes in")
        if len(tokens) < len(service.people.names):
            say("links are shown once; `--new-links` makes all of them anew")
        say("stop with Ctrl-C; what was done is kept")
        app = App(store, service.people, title)
        settings = uvicorn.Config(
            app.application(f"benchsmith-{port}"), log_level="warning", access_log=False,
            server_header=False, lifespan="off", timeout_graceful_shutdown=3, ws="none",
        )  # fmt: skip
        server = uvicorn.Server(settings)
        failed: list[BaseException] = []

        def open_() -> None:
            try:
                desks, said = opening()
            except BaseException as error:  # noqa: BLE001  raised where it is waited for
                failed.append(error)
                server.should_exit = True
                return
            app.open(desks)
            for line in (*said, f"open: {', '.join(desk.title for desk in desks)}"):
                say(line)

        threading.Thread(target=open_, daemon=True).start()
        server.run(sockets=[listening])
        if failed:
            raise failed[0]


def _own_address() -> str:
    """Return this machine's address on its network; nothing is sent to find it."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address of RFC 5737, which nobody has
            return str(probe.getsockname()[0])
        except OSError:
            return LOOPBACK
