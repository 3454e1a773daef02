"""Compare our tree with the published tree of GMAI-MMBench, leaf by leaf.

    python -m performance.published_tree gmai_lexical_tree.json [--write]

A leaf is a task, department, modality and label that the published page puts together. It is
reproduced where our lexicon gives its word a label of the same task and department in that
modality, and the label is not another leaf's too. Every other leaf has a row in
`docs/tree-differences.tsv`, with what is ours and why; ``--write`` brings the table up to date and
leaves `reason` empty where a person has to say it. Exit code 1 where table and trees disagree.

The file holds the page as data: ``{"tree": {axis: {category: {modality: [labels]}}}}`` with the axes
`clinical-task` and `department`.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from benchsmith.documents import library, tsv
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.problems import Problems
from benchsmith.stages.normaliser import Normaliser
from benchsmith.text.normal_form import normal

HOME = Path(__file__).resolve().parents[1]
TABLE = HOME / "docs" / "tree-differences.tsv"
REASONS = {
    "cell": ("placed", "a cell of blood or marrow is not a microorganism"),
    "department": ("placed", "the page names no department; the paper's table of departments does"),
    "diagnosis": ("placed", "says which, and not how severe"),
    "merged": ("merged", "another leaf's label in other words"),
    "no-organ": ("dropped", "the word does not tell what it is of"),
    "not-clinical": ("dropped", "about the device or the person, not about the picture"),
    "one-place": (
        "placed",
        "a label has one task and department in a modality, and this is a second",
    ),
    "organ": ("named", "the word does not tell what it is of; our label does"),
    "overlap": ("dropped", "holds another class of its scale, so that two options would be true"),
    "region": ("placed", "stands with its kind: an abdominal organ, a lobe of the brain"),
    "scale": ("placed", "all grades of a scale stand together, its lowest too"),
    "side": ("merged", "left and right are one label; the side is kept as an attribute"),
    "side-alone": (
        "placed",
        "only a side, kept as an attribute; what is left is the eye, an organ",
    ),
    "stem": ("placed", "placed in the task whose questions are true of it"),
    "treated": (
        "placed",
        "stands in the department that treats it: vessels, brain, esophagus, breast, jaw",
    ),
    "tissue": ("placed", "a class of tissue is not a microorganism"),
    "vessel": ("placed", "a vessel, as the other arteries are"),
}
"""Why a leaf differs: what became of it, and the reason in words."""
COLUMNS = (
    "task", "department", "modality", "label", "became", "our_task", "our_department", "our_label",
    "reason", "why",
)  # fmt: skip


class Leaf(NamedTuple):
    """A leaf of the published tree, in its own words."""

    task: str
    department: str
    modality: str
    label: str


class Ours(NamedTuple):
    """Where our tree has a leaf's word; all empty where it has no label."""

    task: str
    department: str
    label: str
    side: str = ""


def leaves(page: Mapping[str, Mapping[str, Mapping[str, Mapping[str, list[str]]]]]) -> list[Leaf]:
    """Return every leaf: the two views of the page joined by modality and label."""
    departments = defaultdict(list)
    for department, modalities in page["tree"]["department"].items():
        for modality, labels in modalities.items():
            for label in labels:
                departments[modality, label].append(department)
    return sorted(
        Leaf(task, department, modality, label)
        for task, modalities in page["tree"]["clinical-task"].items()
        for modality, labels in modalities.items()
        for label in labels
        for department in departments[modality, label]
    )


def place(lexicon: Lexicon, normaliser: Normaliser, leaf: Leaf, label: str = "") -> Ours:
    """Return where our tree has a leaf's word, or the label that a row of the table names."""
    modality = lexicon.modalities.by_name(normal(leaf.modality))
    if modality is None:
        return Ours("", "", "")
    found = normaliser.resolve(label or leaf.label, "", modality.id)
    where = lexicon.place(found.label, modality.id) if found.label else None
    if where is None:
        return Ours("", "", "")
    department = "" if where.department == "none" else lexicon.departments[where.department].name
    return Ours(lexicon.tasks[where.task].name, department, found.label, found.laterality)


def compare(lexicon: Lexicon, found: list[Leaf]) -> dict[Leaf, Ours]:
    """Return what our tree has for each published leaf."""
    normaliser = Normaliser(lexicon)
    return {leaf: place(lexicon, normaliser, leaf) for leaf in found}


def became(lexicon: Lexicon, found: Mapping[Leaf, Ours]) -> dict[Leaf, str]:
    """Say of each leaf what became of it: reproduced, merged, placed (elsewhere) or lost."""
    shared: dict[tuple[str, ...], list[Leaf]] = defaultdict(list)
    for leaf, ours in found.items():
        shared[(*leaf[:3], ours.label)].append(leaf)
    state = {}
    for leaf, ours in found.items():
        name = lexicon.labels[ours.label].name if ours.label else ""
        if not ours.label:
            state[leaf] = "lost"
        elif ours[:2] != leaf[:2]:
            state[leaf] = "placed"
        elif len(shared[(*leaf[:3], ours.label)]) > 1 and normal(leaf.label) != normal(name):
            state[leaf] = "merged"
        else:
            state[leaf] = "reproduced"
    return state


def read_table(path: Path = TABLE) -> dict[Leaf, dict[str, str]]:
    """Read the table. Raises DocumentError."""
    problems = Problems(path.parent)
    rows = tsv.collect(path, COLUMNS, problems) if path.is_file() else []
    problems.raise_any()
    return {
        Leaf(r["task"], r["department"], r["modality"], r["label"]): {c: r[c] for c in COLUMNS[4:]}
        for r in rows
    }


def settle(
    lexicon: Lexicon, found: list[Leaf], table: Mapping[Leaf, Mapping[str, str]]
) -> tuple[Counter[str], dict[Leaf, dict[str, str]]]:
    """Return how many leaves came to what, and the table as it should be.

    A lost leaf is missing until a row says why it is dropped, or which label of ours it is.
    """
    normaliser = Normaliser(lexicon)
    ours = compare(lexicon, found)
    count: Counter[str] = Counter()
    should = {}
    for leaf, what in became(lexicon, ours).items():
        if what == "reproduced":
            count[what] += 1
            continue
        row = table.get(leaf, {})
        reason = row.get("reason", "")
        there = ours[leaf]
        if what == "lost" and reason == "organ":
            there = place(lexicon, normaliser, leaf, row.get("our_label", ""))
        said, why = REASONS.get(reason, ("", ""))
        fits = said == what or (what == "lost" and said == "dropped" and not there.label)
        fits |= what == "lost" and said == "named" and there[:2] == leaf[:2]
        count[said if fits else "missing" if what == "lost" else "unexplained"] += 1
        values = (said if fits else what, *there[:3], reason if fits else "", why if fits else "")
        should[leaf] = dict(zip(COLUMNS[4:], values, strict=True))
    return count, should


def main(argv: list[str]) -> int:
    """Print the counts, and the rows that the table lacks or has too many."""
    files = [a for a in argv if not a.startswith("--")]
    lexicon = library.read(HOME).lexicon
    found = leaves(json.loads(Path(files[0]).read_text("utf-8")))
    table = read_table()
    count, should = settle(lexicon, found, table)
    words = {
        "merged": "merged with another",
        "placed": "placed differently",
        "named": "named more exactly",
    }
    print(f"{len(found)} published leaves, {len({leaf.label for leaf in found})} labels")
    for what in ("reproduced", "merged", "named", "placed", "dropped", "unexplained", "missing"):
        print(f"  {words.get(what, what)}: {count[what]}")
    if "--write" in argv:
        rows = [{**leaf._asdict(), **row} for leaf, row in sorted(should.items())]
        tsv.write(TABLE, COLUMNS, rows)
    else:
        for leaf in sorted(set(should) | set(table)):
            if should.get(leaf) != table.get(leaf):
                print(f"differs from the table: {' / '.join(leaf)}: {should.get(leaf)}")
    return int(bool(count["unexplained"] or count["missing"]) or should != table)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
