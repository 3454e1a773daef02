"""Hands out a round: selects the labels, assigns them to annotators, writes the sheets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from benchsmith.documents import library as libraries
from benchsmith.documents import votes as documents
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.problems import DocumentError, Problem, Problems, did_you_mean
from benchsmith.documents.recipe import Source, source_ids
from benchsmith.documents.votes import TIES
from benchsmith.tagging import majority, sheets, vote_items
from benchsmith.tagging.assign_voters import Item, Need, assign

MAX_LISTED = 10
"""Problems of one kind that are listed one by one."""


class ItemSelection:
    """Which labels are voted on: of a query, unplaced, of a source, or the ties of a round."""

    def __init__(
        self,
        *,
        labels: str = "",
        unplaced: bool = False,
        source: str = "",
        ties: bool = False,
        modalities: Sequence[str] = (),
    ) -> None:
        if [bool(labels), unplaced, bool(source), ties].count(True) != 1:
            what = "give one of --labels, --unplaced, --source and --ties"
            raise DocumentError([Problem.without_place(what)])
        if ties and modalities:
            what = "--ties and --modality exclude each other"
            raise DocumentError(
                [Problem.without_place(what, "ties are voted on in their own modalities")]
            )
        self.labels, self.unplaced, self.source = labels, unplaced, source
        self.ties, self.modalities = ties, modalities

    def find(self, home: Path, lexicon: Lexicon) -> list[Item]:
        """Return the selected items, sorted. Raises DocumentError and QueryError."""
        problems = Problems(home)
        for modality in self.modalities:
            documents.check_modality(Path("--modality"), 1, modality, lexicon, problems)
        problems.raise_any()
        if self.source:
            found = vote_items.of_source(_source(home, self.source), lexicon)
        elif self.unplaced:
            found = vote_items.unplaced(lexicon)
        else:
            found = vote_items.of_query(self.labels, lexicon)
        return vote_items.in_modalities(found, self.modalities) if self.modalities else found


def hand_out(
    home: Path,
    name: str,
    lexicon: Lexicon,
    wanted: ItemSelection,
    *,
    annotators: str,
    each: int,
    seed: int,
    to: Path,
) -> Iterator[str]:
    """Write one sheet per annotator into `to`, and yield each annotator's number of rows.

    `annotators` is a file with one name per line, or names separated by commas. Raises
    DocumentError with every problem found; then nothing is written.
    """
    problems = Problems(home)
    documents.check_name(name, problems)
    people = _annotators(home, annotators, lexicon, problems)
    problems.raise_any()
    if wanted.ties:
        round_ = majority.read(home, name, lexicon)
        needs = majority.open_needs(majority.judge_all(round_, each), each)
        name += TIES
    else:
        needs = [Need(item, each) for item in wanted.find(home, lexicon)]
    if not needs:
        yield "no label matches, so there is nothing to vote on"
        return
    _check_enough(needs, people, problems)
    problems.raise_any()
    assigned = assign(needs, people, seed, name)
    loads = sheets.write(to, name, assigned, lexicon, problems)
    problems.raise_any()
    for person in people:
        yield f"{person}: {loads.get(person, 0)} rows"
    votes = sum(loads.values())
    yield f"{votes} votes on {len(needs)} labels in {to}; choices are listed in {sheets.CHOICES}"


def _source(home: Path, name: str) -> Source:
    problems = Problems(home)
    known = source_ids(home)
    if name not in known:
        at = f"raw_sources/{name}/recipe.yaml"
        near = did_you_mean(name, known)
        raise DocumentError([Problem(at, 1, "the recipe is missing", near)])
    found = libraries.collect(home, problems, frozenset([name])).sources.get(name)
    problems.raise_any()
    assert found is not None
    return found


def _annotators(home: Path, given: str, lexicon: Lexicon, problems: Problems) -> list[str]:
    """Return the annotators in their order, adding unknown and repeated ones to `problems`."""
    path = Path(given)
    if "," not in given and path.is_file():
        try:
            lines = path.read_bytes().decode("utf-8-sig").splitlines()
        except UnicodeDecodeError:
            problems.add(path, 1, "is not UTF-8", "save the file as UTF-8")
            return []
        named = [(path, i, line.strip()) for i, line in enumerate(lines, 1)]
    else:
        named = [(Path("--annotators"), 1, name.strip()) for name in given.split(",")]
    found: list[str] = []
    for where, line, name in named:
        if not name or name.startswith("#"):
            continue
        documents.check_annotators(where, line, [name], lexicon, problems)
        if name in found:
            problems.add(where, line, f"{name!r} is listed twice")
        found.append(name)
    return found


def _check_enough(needs: list[Need], people: list[str], problems: Problems) -> None:
    short = [n for n in needs if len(set(people) - n.excluded) < n.count]
    for need in short[:MAX_LISTED]:
        available = len(set(people) - need.excluded)
        problems.add(
            Path("--annotators"),
            1,
            f"{' in '.join(need.item)} needs {need.count} annotators who have not voted on it,"
            f" but there are only {available}",
            "name more annotators",
        )
    if len(short) > MAX_LISTED:
        what = f"{len(short) - MAX_LISTED} more labels have too few annotators"
        problems.add(Path("--annotators"), 1, what)
