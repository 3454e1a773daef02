"""Reports the results of a round, and writes its placements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchsmith.documents.lexicon import ANY, Lexicon, placements
from benchsmith.documents.problems import Problems
from benchsmith.documents.votes import TIES, VOTED, Vote, check_annotators
from benchsmith.tagging import majority
from benchsmith.tagging.majority import Change, Verdict


def report(
    home: Path,
    name: str,
    lexicon: Lexicon,
    *,
    each: int,
    writing: bool = False,
    sign: str = "",
    replacing: bool = False,
) -> Iterator[str]:
    """Yield agreement, ties and contradictions of a round; with `writing`, write placements.

    Raises DocumentError if a document has a problem or the round has no votes.
    """
    problems = Problems(home)
    for option, given in (("--sign", bool(sign)), ("--replace", replacing)):
        if given and not writing:
            problems.add(Path(option), 1, "needs --write", "add --write")
    if sign:
        check_annotators(Path("--sign"), 1, [sign], lexicon, problems)
    rows = placements.rows(home, problems)
    problems.raise_any()
    round_ = majority.read(home, name, lexicon)
    verdicts = majority.judge_all(round_, each)
    people = len({v.annotator for v in (*round_.first, *round_.further)})
    further = f", {len(round_.further)} of them on ties" if round_.further else ""
    total = len(round_.first) + len(round_.further)
    yield f"{name}: {total} votes{further}, by {people} annotators, on {len(verdicts)} labels"
    yield ""
    yield from _figures(round_)
    found = list(majority.changes(verdicts, rows, problems, sign))
    yield from _open(name, verdicts)
    yield from _against(found)
    kinds = Counter(c.kind for c in found)
    yield ""
    yield (
        f"decided: {len(found)} of {len(verdicts)}; new {kinds['new']}, already placed this way "
        f"{kinds['same'] + kinds['confirmed']}, contradicting a placement {kinds['against']}"
    )
    if writing:
        changed = majority.write(home, found, replacing=replacing)
        yield f"{changed} rows of lexicon/placements.tsv are new or changed"
    elif kinds["new"] + kinds["confirmed"] + kinds["against"]:
        yield "nothing was written; `--write` writes placements signed by the annotators"


def _figures(round_: majority.Round) -> Iterator[str]:
    head = ("axis", "labels", "votes", "agreement", "Fleiss' kappa", "Krippendorff's alpha")
    lines = [head]
    for axis, a in majority.measure(round_).items():
        raw = f"{a.raw:.3f}" if a.items else "not defined"
        lines.append((axis, str(a.items), str(a.votes), raw, str(a.kappa), str(a.alpha)))
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        yield "  ".join(cells).rstrip()
    yield "(labels with two votes or more; 95 % intervals, bootstrapped over labels)"


def _open(name: str, verdicts: Sequence[Verdict]) -> Iterator[str]:
    for kind, which in (("tied", "tied"), ("too few votes", "short")):
        some = [(v, axis) for v in verdicts for axis in getattr(v, which)]
        if some:
            yield ""
            yield f"{kind}:"
            for verdict, axis in some:
                yield f"  {_item(verdict)}: {axis}: {_tally(verdict.votes, axis)}"
    if any(v.tied or v.short for v in verdicts):
        yield (
            f"`benchsmith tag assign {name} --ties` assigns these to annotators who have not"
            f" voted on them; their votes go to {name}{TIES}.tsv"
        )


def _against(found: Sequence[Change]) -> Iterator[str]:
    some = [c for c in found if c.kind == "against"]
    if some:
        yield ""
        yield "contradicts a signed placement (`--write --replace` replaces it):"
        for change in some:
            votes = "; ".join(_tally(change.verdict.votes, axis) for axis in VOTED)
            yield f"  {_item(change.verdict)}: {votes}; placed as {change.current}"


def _item(verdict: Verdict) -> str:
    label, modality = verdict.item
    return label if modality == ANY else f"{label} in {modality}"


def _tally(votes: Sequence[Vote], axis: str) -> str:
    """Return the number of votes for each choice, most first: ``bone 2, count 1``."""
    counts = Counter(v.of(axis) for v in votes if v.of(axis))
    ranked = sorted(counts.items(), key=lambda c: (-c[1], c[0]))
    return ", ".join(f"{choice} {n}" for choice, n in ranked) or "no vote"
