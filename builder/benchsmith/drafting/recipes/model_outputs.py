"""Files that a model wrote, by their names or what they state: no labels beside others, and named so where they are alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from benchsmith.drafting.recipes.name_words import tokens
from benchsmith.drafting.recipes.proposal import Labels, Other, Samples

WORDS = frozenset(
    ["pred", "preds", "prediction", "predictions", "predicted", "inference", "inferences"]
)
"""Words of the names of files and folders with a model's output."""


def set_aside(samples: Samples) -> Iterator[str]:
    """Take a model's output out of labels that have others too; yield what is left out, in words.

    Where an entry has no other labels, they stay and are marked as a model's.
    """
    of_all = set(tokens(samples.images))
    for entry in samples.labels:
        words = set(tokens(" ".join([str(entry.one.get("file", "")), *_columns(entry)])))
        entry.predicted = bool(words & WORDS - of_all) or entry.keys.get("confidence") is True
    truth = [entry for entry in samples.labels if not entry.predicted]
    if truth:
        samples.predicted = [entry for entry in samples.labels if entry.predicted]
        samples.labels = truth
    for entry in samples.predicted:
        at = ", column ".join([str(entry.one["file"]), *_columns(entry)])
        yield f"{at}: the output of a model, by its name or its marks, and no label beside others"


def _columns(entry: Labels) -> list[str]:
    return list(entry.one.get("labels", ())) if entry.one["kind"] == "sheet" else []


def others(samples: Samples) -> list[Other]:
    """Return the entry with a model's output instead of its labels, if there is one."""
    if not samples.predicted:
        return []
    instead = replace(
        samples, labels=samples.predicted, predicted=[], decide=dict(samples.decide), otherwise=[]
    )
    return [Other(instead, "a model's output is what is asked about: labels_are: model-output")]
