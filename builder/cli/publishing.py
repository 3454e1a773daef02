"""The command that brings a release to the Hugging Face Hub."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from builder.cli.app import Home, Output, app, known, read_lexicon


@app.command(epilog="Example: benchsmith publish demo --repo user/name --private")
def publish(
    repo: Annotated[str, typer.Option("--repo", help="The dataset on the Hub: user/name.")],
    name: Annotated[
        str | None, typer.Argument(help="A benchmark that is built; or give --folder.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="A release elsewhere, as `subset` writes it.")
    ] = None,
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
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Publish a finished release as a dataset on the Hugging Face Hub, in one commit with a tag."""
    from builder.publish import hub, shipment, telling

    _usage(name, folder, hub.named(repo), tag, asks=not (yes or dry_run))
    lexicon, place = read_lexicon(home), home.resolve()
    if folder is not None:
        goods = shipment.of_folder(place, folder.resolve(), lexicon.licences)
    else:
        known("benchmark", str(name), [p.stem for p in (home / "benchmarks").glob("*.yaml")])
        results = (output or home / "output").resolve()
        goods = shipment.of_benchmark(place, results, str(name), lexicon.licences)
    tag = tag or f"v{goods.version}"
    print("\n".join(telling.contents(goods)), flush=True)
    if dry_run:
        print(f"dry run: nothing was sent to {repo}, where the tag would be {tag}")
        return
    there = hub.connect(repo)
    state = hub.compare(there, goods, tag)
    print("\n".join(telling.changes(there, state, tag, private=private)), flush=True)
    if private and state.head is not None and not state.private:
        from builder.stopped import GateFailed

        raise GateFailed([f"{repo} is public: --private is for a new one; see its settings"])
    if not state.changes and state.tagged:
        print("nothing to do")
    elif not yes and not typer.confirm("publish this?"):
        print("nothing was sent")
        return
    else:
        about = message or f"{goods.benchmark} {goods.version} (build {goods.build})"
        hub.send(there, goods, state, tag, private=private, message=about)
        print("published")
    print("\n".join(telling.loading(there, goods, tag)))


def _usage(
    name: str | None, folder: Path | None, repo: str, tag: str | None, *, asks: bool
) -> None:
    """Raise DocumentError for what cannot be meant, all of it at once."""
    import re

    from builder.documents.problems import DocumentError, Problem

    wrong = []
    if (name is None) == (folder is None):
        wrong.append(("name a benchmark or a --folder, one of them", ""))
    if repo:
        wrong.append((repo, "such as --repo mylab/organs"))
    if tag is not None and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._+-]*", tag):
        wrong.append((f"{tag!r} is no tag", "letters, digits, `.`, `-`, such as v1.0.0"))
    if asks and not sys.stdin.isatty():
        wrong.append(("there is no terminal to ask on", "look with --dry-run, then say --yes"))
    if wrong:
        raise DocumentError([Problem("command", 1, *w) for w in wrong])
