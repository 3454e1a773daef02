"""Run the review server: print the links, serve immediately, and open the desks in the background."""

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
from benchsmith.review.act_store import ActionStore
from benchsmith.review.app import App
from benchsmith.review.contract import Desk
from benchsmith.review.host_names import HostNames
from benchsmith.review.web import People

Opened = tuple[Sequence[Desk], Sequence[str]]
"""The open desks, and messages about the closed ones."""
LOOPBACK = "127.0.0.1"
ALL_INTERFACES = "0.0.0.0"  # noqa: S104  only with --share


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """The users and the address of the server."""

    people: People
    port: int
    share: bool
    """Listen on all interfaces and not only on the loopback."""
    new_links: bool
    """Replace all links."""
    home: Path
    """The project, to whose curators the curator may add people."""
    host_names: Sequence[str] = ()
    """Further names under which browsers ask for the desk, such as that of a proxy."""


def store_path(home: Path) -> Path:
    """Return the path of the action store; it has the decisions that are not in the documents yet."""
    return home / "reviews" / ".desk" / "acts.sqlite"


def require_build(output: Path, benchmark: str) -> None:
    """Check that a benchmark is built before links are printed. Raises NotBuilt."""
    if not (output / benchmark / LATEST).is_file():
        from benchsmith.explore.find_build import find

        find(output, benchmark)


def curators_of(home: Path) -> set[str]:
    """Return the people who may sign and vote. Raises DocumentError with all problems."""
    from benchsmith.documents.lexicon import curators

    problems = Problems(home)
    found = curators.collect(home / "lexicon", problems)
    if problems.found:
        from benchsmith.review import open_desks

        open_desks.read(home)
    return set(found)


def people_of(curators: Iterable[str], annotators: str, curator: str) -> People:
    """Return the users: the annotators (by default all curators), and the curator in charge.

    `annotators` is a comma-separated list; `curator` defaults to the first annotator. Raises
    DocumentError for a person who is not in `lexicon/curators.tsv`.
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
        what = "there are no reviewers"
        problems.append(Problem("lexicon/curators.tsv", 1, what, "add a row for each person"))
    if problems:
        raise DocumentError(problems)
    return People(tuple(dict.fromkeys(named)), curator or named[0])


def serve(
    opening: Callable[[], Opened],
    store: ActionStore,
    service: ServerSettings,
    title: str,
    say: Callable[[str], None],
) -> None:
    """Serve until interrupted. `opening` reads the documents while early visitors get a waiting page.

    `say` prints a line. Raises OSError if the port is in use, and the exceptions of `opening`, which
    stop the server.
    """
    import uvicorn

    from benchsmith.review.connections import LimitedConnection

    host = ALL_INTERFACES if service.share else LOOPBACK
    # asyncio disables Nagle's algorithm, which delays responses by 40 ms, only for explicit TCP
    kind = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    with closing(socket.socket(*kind)) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, service.port))
        listening.listen(128)
        port = listening.getsockname()[1]
        address = f"http://{_own_address() if service.share else LOOPBACK}:{port}"
        tokens = personal_links.issue(store, service.people.names, anew=service.new_links)
        for who in service.people.names:
            role = ", the curator" if who == service.people.curator else ""
            link = f"{address}/enter/{tokens[who]}" if who in tokens else "the link is unchanged"
            say(f"{who}{role}: {link}")
        if service.share:
            say(
                "the desk is reachable from the whole network; a personal link is required to enter"
            )
        if len(tokens) < len(service.people.names):
            say("links are printed once; `--new-links` replaces all of them")
        say("stop with Ctrl-C; all decisions are saved")
        app = App(service.home, store, service.people, title)
        names = HostNames(service.host_names, share=service.share)
        settings = uvicorn.Config(
            app.application(f"benchsmith-{port}", names), http=LimitedConnection,
            log_level="error", access_log=False, server_header=False, lifespan="off",
            timeout_graceful_shutdown=3, ws="none",
        )  # fmt: skip
        server = uvicorn.Server(settings)
        failed: list[BaseException] = []

        def open_() -> None:
            try:
                desks, messages = opening()
            except BaseException as error:  # noqa: BLE001  re-raised by the main thread
                failed.append(error)
                server.should_exit = True
                return
            app.open(desks)
            for line in (*messages, f"open: {', '.join(desk.title for desk in desks)}"):
                say(line)

        threading.Thread(target=open_, daemon=True).start()
        server.run(sockets=[listening])
        if failed:
            raise failed[0]


def _own_address() -> str:
    """Return this machine's address on its network, without sending anything."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a documentation address of RFC 5737
            return str(probe.getsockname()[0])
        except OSError:
            return LOOPBACK
