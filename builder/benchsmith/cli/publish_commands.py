"""The commands that bring a release elsewhere: to the Hugging Face Hub, to object storage."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from benchsmith.cli.app import Home, Json, Output, app, emit, known, read_lexicon

if TYPE_CHECKING:
    from benchsmith.publish.shipment import Shipment

Built = Annotated[
    str | None,
    typer.Argument(metavar="NAME", help="A benchmark that is built; or give --folder."),
]
Elsewhere = Annotated[
    Path | None, typer.Option("--folder", help="A release elsewhere, as `subset` writes it.")
]


@app.command(epilog="Example: benchsmith publish demo --repo user/name --private")
def publish(
    repo: Annotated[str, typer.Option("--repo", help="The dataset on the Hub: user/name.")],
    name: Built = None,
    folder: Elsewhere = None,
    private: Annotated[
        bool, typer.Option("--private", help="A new dataset is seen by its members alone.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would go; ask the Hub nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Send without a question back.")] = False,
    tag: Annotated[
        str | None, typer.Option("--tag", help="Default: v and the benchmark's version.")
    ] = None,
    message: Annotated[
        str | None, typer.Option("--message", help="The commit's; default: version and build.")
    ] = None,
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Publish a finished release as a dataset on the Hugging Face Hub, in one commit with a tag."""
    from benchsmith.publish import hub, messages

    _usage(name, folder, hub.named(repo), "--repo mylab/organs", tag, asks=not (yes or dry_run))
    goods = _goods(name, folder, home, output)
    tag = tag or f"v{goods.version}"
    told = messages.record(goods) | {"to": repo, "tag": tag}
    if not json:
        print("\n".join(messages.contents(goods)), flush=True)
    if dry_run:
        _end(
            told,
            "dry run",
            json,
            f"dry run: nothing was sent to {repo}, where the tag would be {tag}",
        )
        return
    there = hub.connect(repo)
    state = hub.compare(there, goods, tag)
    told |= messages.difference(state) | {"page": there.page}
    if not json:
        print("\n".join(messages.changes(there, state, tag, private=private)), flush=True)
    if private and state.head is not None and not state.private:
        from benchsmith.core.errors import GateFailed

        raise GateFailed([f"{repo} is public: --private is for a new one; see its settings"])
    if not state.changes and state.tagged:
        outcome = "nothing to do"
    elif not yes and not typer.confirm("publish this?", err=json):
        _end(told, "nothing was sent", json)
        return
    else:
        about = message or f"{goods.benchmark} {goods.version} (build {goods.build})"
        hub.send(there, goods, state, tag, private=private, message=about)
        outcome = "published"
    _end(told, outcome, json, outcome, *messages.loading(there, goods, tag))


@app.command(epilog="Example: benchsmith deliver demo --to s3://bucket/organs")
def deliver(
    to: Annotated[str, typer.Option("--to", help="A URL that is empty, or holds a release.")],
    name: Built = None,
    folder: Elsewhere = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would go, and send nothing.")
    ] = False,
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Copy a finished release to a URL, such as object storage; its manifest comes last."""
    from benchsmith.cli.progress import Silent, progress
    from benchsmith.publish import delivery, messages

    _usage(name, folder, delivery.problem(to), "--to s3://bucket/organs", None, asks=False)
    goods = _goods(name, folder, home, output)
    if not json:
        print("\n".join(messages.contents(goods)), flush=True)
    there = delivery.compare(goods, to)
    told = messages.record(goods) | messages.difference(there) | {"to": to}
    if not json:
        print("\n".join(messages.delivered(there)), flush=True)
    if dry_run:
        _end(told, "dry run", json, "dry run: nothing was sent")
    elif not there.changes:
        _end(told, "nothing to do", json)
    else:
        delivery.send(there, goods, Silent() if json else progress())
        _end(told, "delivered", json, f"delivered: {to}")


def _end(told: Mapping[str, Any], outcome: str, as_json: bool, *lines: str) -> None:
    """Say how it ended: in lines, or all that was found as JSON."""
    if as_json:
        emit({**told, "outcome": outcome})
    else:
        print("\n".join(lines or (outcome,)))


def _goods(name: str | None, folder: Path | None, home: Path, output: Path | None) -> Shipment:
    """Return what goes. Raises GateFailed with all that forbids it."""
    from benchsmith.publish import shipment

    lexicon, place = read_lexicon(home), home.resolve()
    if folder is not None:
        return shipment.of_folder(place, folder.resolve(), lexicon.licences)
    known("benchmark", str(name), [p.stem for p in (home / "benchmarks").glob("*.yaml")])
    results = (output or home / "output").resolve()
    return shipment.of_benchmark(place, results, str(name), lexicon.licences)


def _usage(
    name: str | None, folder: Path | None, where: str, example: str, tag: str | None, *, asks: bool
) -> None:
    """Raise DocumentError for what cannot be meant, all of it at once."""
    import re

    from benchsmith.documents.problems import DocumentError, Problem

    wrong = []
    if (name is None) == (folder is None):
        wrong.append(("name a benchmark or a --folder, one of them", ""))
    if where:
        wrong.append((where, f"such as {example}"))
    if tag is not None and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._+-]*", tag):
        wrong.append((f"{tag!r} is no tag", "letters, digits, `.`, `-`, such as v1.0.0"))
    if asks and not sys.stdin.isatty():
        wrong.append(("there is no terminal to ask on", "look with --dry-run, then say --yes"))
    if wrong:
        raise DocumentError([Problem.without_place(*w) for w in wrong])
