"""Commands that upload a release to the Hugging Face Hub or to object storage."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from benchsmith.cli import completion
from benchsmith.cli.app import (
    Home,
    Json,
    Output,
    app,
    emit,
    known_benchmark,
    read_lexicon,
    results_in,
)
from benchsmith.cli.plain_output import tell

if TYPE_CHECKING:
    from benchsmith.publish.shipment import Shipment

Built = Annotated[
    str | None,
    typer.Argument(
        metavar="NAME",
        help="Name of a built benchmark; alternative to --folder.",
        autocompletion=completion.built,
    ),
]
Elsewhere = Annotated[
    Path | None,
    typer.Option("--folder", help="Path of a release folder, such as one written by `subset`."),
]


@app.command(epilog="Example: benchsmith publish demo --repo user/name --private")
def publish(
    repo: Annotated[str, typer.Option("--repo", help="Name of the dataset on the Hub: user/name.")],
    name: Built = None,
    folder: Elsewhere = None,
    private: Annotated[
        bool, typer.Option("--private", help="If the dataset is created, make it private.")
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Show what would be uploaded, without contacting the Hub."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    tag: Annotated[
        str | None,
        typer.Option("--tag", help="Tag of the commit; default: v and the benchmark's version."),
    ] = None,
    message: Annotated[
        str | None, typer.Option("--message", help="Commit message; default: version and build.")
    ] = None,
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Publish a finished release on the Hugging Face Hub, as one tagged commit."""
    from benchsmith.publish import hub, hub_connection, hub_state, messages

    _usage(
        name,
        folder,
        hub_connection.repo_problem(repo),
        "--repo mylab/organs",
        tag,
        asks=not (yes or dry_run),
    )
    shipment = _shipment(name, folder, home, output)
    tag = tag or f"v{shipment.version}"
    record = messages.record(shipment) | {"to": repo, "tag": tag}
    if not json:
        tell("\n".join(messages.contents(shipment)), flush=True)
    if dry_run:
        _end(
            record,
            "dry run",
            json,
            f"dry run: nothing was sent to {repo}, where the tag would be {tag}",
        )
        return
    there = hub_connection.connect(repo)
    state = hub_state.compare(there, shipment, tag)
    record |= messages.difference(state) | {"page": there.page}
    if not json:
        tell("\n".join(messages.changes(there, state, tag, private=private)), flush=True)
    if private and state.head is not None and not state.private:
        from benchsmith.core.errors import GateFailed

        raise GateFailed(
            [
                (
                    f"{repo} is public: --private works only for a new dataset; change "
                    f"its settings on the Hub"
                )
            ]
        )
    if not state.changes and state.tagged:
        outcome = "nothing to do"
    elif not yes and not typer.confirm("publish this?", err=json):
        _end(record, "nothing was sent", json)
        return
    else:
        about = message or f"{shipment.benchmark} {shipment.version} (build {shipment.build})"
        hub.send(there, shipment, state, tag, private=private, message=about)
        outcome = "published"
    _end(record, outcome, json, outcome, *messages.loading(there, shipment, tag))


@app.command(epilog="Example: benchsmith deliver demo --to s3://bucket/organs")
def deliver(
    to: Annotated[
        str,
        typer.Option(
            "--to", help="Target URL; it must be empty or contain a release of this benchmark."
        ),
    ],
    name: Built = None,
    folder: Elsewhere = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be uploaded, and upload nothing.")
    ] = False,
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Copy a finished release to a URL, such as object storage; the manifest is written last."""
    from benchsmith.cli.progress import progress
    from benchsmith.core.silent_progress import Silent
    from benchsmith.publish import delivery, messages

    _usage(name, folder, delivery.problem(to), "--to s3://bucket/organs", None, asks=False)
    shipment = _shipment(name, folder, home, output)
    if not json:
        tell("\n".join(messages.contents(shipment)), flush=True)
    there = delivery.compare(shipment, to)
    record = messages.record(shipment) | messages.difference(there) | {"to": to}
    if not json:
        tell("\n".join(messages.delivered(there)), flush=True)
    if dry_run:
        _end(record, "dry run", json, "dry run: nothing was sent")
    elif not there.changes:
        _end(record, "nothing to do", json)
    else:
        delivery.send(there, shipment, Silent() if json else progress())
        _end(record, "delivered", json, f"delivered: {to}")


def _end(record: Mapping[str, Any], outcome: str, as_json: bool, *lines: str) -> None:
    """Print the outcome: lines, or the whole record as JSON."""
    if as_json:
        emit({**record, "outcome": outcome})
    else:
        tell("\n".join(lines or (outcome,)))


def _shipment(name: str | None, folder: Path | None, home: Path, output: Path | None) -> Shipment:
    """Return the release to upload. Raises GateFailed with all reasons that forbid it."""
    from benchsmith.publish import shipment

    lexicon, place = read_lexicon(home), home.resolve()
    if folder is not None:
        return shipment.of_folder(place, folder.resolve(), lexicon.licences)
    known_benchmark(home, str(name))
    results = results_in(home, output)
    return shipment.of_benchmark(place, results, str(name), lexicon.licences)


def _usage(
    name: str | None, folder: Path | None, where: str, example: str, tag: str | None, *, asks: bool
) -> None:
    """Raise DocumentError with all options that are missing, contradictory or malformed."""
    import re

    from benchsmith.documents.problems import DocumentError, Problem

    wrong = []
    if (name is None) == (folder is None):
        wrong.append(("name a benchmark or a --folder, one of them", ""))
    if where:
        wrong.append((where, f"such as {example}"))
    if tag is not None and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._+-]*", tag):
        wrong.append((f"{tag!r} is not a tag", "letters, digits, `.`, `-`, such as v1.0.0"))
    if asks and not sys.stdin.isatty():
        wrong.append(
            ("there is no terminal for a confirmation", "check with --dry-run, then add --yes")
        )
    if wrong:
        raise DocumentError([Problem.without_place(*w) for w in wrong])
