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
BESIDE = frozenset((
    "set", "sets", "data", "dataset", "datasets", "database", "split", "splits", "subset", "subsets", "part",
    "parts", "partition", "fold", "folds", "phase", "stage", "task", "batch", "section", "folder", "group",
    "cohort", "case", "cases", "sample", "samples", "example", "examples", "image", "images", "img", "imgs",
    "picture", "pictures", "pic", "pics", "photo", "photos", "scan", "scans", "volume", "volumes", "slice",
    "slices", "frame", "frames", "video", "videos", "patient", "patients", "label", "labels", "lbl", "mask",
    "masks", "annotation", "annotations", "ann", "anno", "gt", "ground", "truth", "groundtruth", "segmentation",
    "segmentations", "classification", "detection", "official", "original", "final", "public", "private",
    "internal", "external", "hidden", "held", "out", "heldout", "holdout", "hold", "open", "closed", "old",
    "new", "small", "large", "full", "all", "main", "raw", "processed", "preprocessed", "resized", "cropped",
    "labelled", "labeled", "unlabelled", "unlabeled", "in", "of", "for", "the", "and", "png", "jpg", "jpeg",
    "tif", "tiff", "bmp", "nii", "gz", "dcm", "npy", "npz", "csv", "txt", "xlsx", "ct", "mr", "mri",
))  # fmt: skip
"""Words that may stand beside one for a part and say nothing of the part."""
SHOWN = 5
"""Words of a source that are named in an error."""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[^\W\d_A-Za-z]+")
_OTHER_SIGNS = re.compile(r"[^\w\s./\\()\[\],&+-]")
"""Signs that may state or deny something of a part, as in `test=0` and `!test`."""


def official_part(text: str) -> str:
    """Return the part of its own split that a source names: train, val or test.

    It is empty if the text has no word for a part, words for several, or any word beside them that may say
    something else, as in `not test`, `pre-train` and `stress test`.

    >>> [official_part(text) for text in ("Training", "a. Testing Set", "imagesTr", "1", "train/test")]
    ['train', 'test', 'train', '', '']
    >>> [official_part(text) for text in ("validated by expert", "tested twice", "developed")]
    ['', '', '']
    """
    words = [word.lower() for word in _WORD.findall(text)]
    meant = {WORDS[word] for word in words if word in WORDS}
    others = any(len(w) > 1 and w not in WORDS and w not in BESIDE for w in words)
    return "" if len(meant) != 1 or others or _OTHER_SIGNS.search(text) else meant.pop()


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
