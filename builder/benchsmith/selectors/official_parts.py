"""The part of its own split that a source puts a picture in, read from the source's wording."""

from __future__ import annotations

import re

from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.selectors.candidate_files import CandidateFiles
from benchsmith.tables import compute as pc

WORDS = {
    **dict.fromkeys(
        ("train", "training", "trainset", "trainval", "trainings", "trn", "tr"), "train"
    ),
    **dict.fromkeys(
        (
            "val",
            "valid",
            "validation",
            "validate",
            "valset",
            "va",
            "dev",
            "devel",
            "development",
            "devset",
        ),
        "val",
    ),
    **dict.fromkeys(
        ("test", "testing", "tests", "testset", "ts", "tst", "eval", "evaluation", "evaluate"),
        "test",
    ),
}
"""Words for a part, in lower case. Only whole words count: a picture `validated by an expert` is of no part."""
SHOWN = 5
"""Words of a source that are named in an error."""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


def official_part(text: str) -> str:
    """Return the part of its own split that a source names: train, val or test.

    It is empty if the text has no word for a part, or words for several.

    >>> [official_part(text) for text in ("Training", "a. Testing Set", "imagesTr", "1", "train/test")]
    ['train', 'test', 'train', '', '']
    >>> [official_part(text) for text in ("validated by expert", "tested twice", "developed")]
    ['', '', '']
    """
    meant = {WORDS.get(word.lower(), "") for word in _WORD.findall(text)} - {""}
    return meant.pop() if len(meant) == 1 else ""


def check(files: CandidateFiles) -> None:
    """Raise DocumentError if a source names a part of its own split by a text that is not understood.

    Without this, pictures of a training part would be taken for pictures of no part.
    """
    problems = []
    for source in range(len(files.samples)):
        unknown: dict[str, str] = {}
        for table in files.sample_batches(source, ["source", "official"]):
            name = table["source"][0].as_py() if table.num_rows else ""
            for text in pc.unique(table["official"]).to_pylist():
                if text and text.strip() and not official_part(text):
                    unknown[text.strip()] = name
        if unknown:
            shown = ", ".join(repr(text) for text in sorted(unknown)[:SHOWN])
            more = f" and {len(unknown) - SHOWN} more" if len(unknown) > SHOWN else ""
            what = (
                f"the part of its own split of a picture of {next(iter(unknown.values()))!r} is "
                f"{shown}{more}, which is none of train, val, dev and test"
            )
            hint = "write these words where `about.official` reads, or set `split.official: ignore`"
            problems.append(Problem.without_place(what, hint))
    if problems:
        raise DocumentError(problems)
