"""The record of a run: its end, the state of the release, and how many questions were right.

After a release is rebuilt, questions that were dropped can no longer be scored, because their keys are
gone. So the record keeps the score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from benchsmith.documents.problems import DocumentError
from benchsmith.evaluate import answer_key, answer_log
from benchsmith.evaluate.answer_log import Kept, Run
from benchsmith.evaluate.baselines import chance
from benchsmith.evaluate.grades import grade
from benchsmith.evaluate.items import Item
from benchsmith.evaluate.locations import Location
from benchsmith.evaluate.log_lines import Ended
from benchsmith.evaluate.release_reader import Released, version_of
from benchsmith.statistics.cluster_arrays import codes
from benchsmith.statistics.clustered import share_interval
from benchsmith.tables.partition import fingerprint


def state_of(items: Sequence[Item]) -> str:
    """Return the digest of a release's questions; their order and their keys do not matter."""
    return fingerprint(sorted((item.id, item.content) for item in items))


def headline_of(items: Sequence[Item]) -> str:
    """Return the split by which runs are ranked, among items with an answer; empty if there are none."""
    splits = {item.split for item in items if item.key}
    return "test" if "test" in splits else min(splits, default="")


def record(place: Location, read: Released, run: Run, before: Sequence[Ended] = ()) -> None:
    """Append the end of a session to a run's file, after the records `before` of a file that it replaced.

    A session with the same result as an earlier one in `before` keeps that record, with its time, so
    recomputing a baseline leaves the file's bytes unchanged.
    """
    path = answer_log.file_of(place.answers, run)
    made = ended(place, read, answer_log.read(path))
    made = next((one for one in before if replace(one, ended=made.ended) == made), made)
    kept = [one for one in before if one.release != made.release]
    with answer_log.appending(path, run) as file:
        file.keep([*kept, made])


def ended(place: Location, read: Released, kept: Kept) -> Ended:
    """Return the record of a session that ends now."""
    return Ended(
        ended=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        release=state_of(read.items),
        edition=read.name,
        version=version_of(place.release),
        **_score(_with_key(place, read), kept),
    )


def _with_key(place: Location, read: Released) -> Sequence[Item]:
    """Return the items with all answers that are on this machine and belong to this release."""
    try:
        return answer_key.completed(read, place.key).items if place.key else read.items
    except DocumentError:  # `scores` reports it; the answers are kept in any case
        return read.items


def _score(items: Sequence[Item], kept: Kept) -> dict[str, Any]:
    """Return the score in the headline split, as :func:`benchsmith.evaluate.scores.score` counts it."""
    split = headline_of(items)
    own = {i.id: i for i in items if i.key and not i.several and i.split == split}
    grades = [g for g in grade(items, kept).grades if g.shift == 0 and g.id in own]
    if not own:
        return {}
    found: dict[str, Any] = {
        "split": split,
        "published": len(own),
        "asked": len(grades),
        "right": sum(g.hit == 1 for g in grades),
        "chance": sum(chance(item)["hit"] for item in own.values()) / len(own),
    }
    if grades:
        hits = np.array([g.hit for g in grades], np.float64)
        groups = codes(np.array([own[g.id].group for g in grades], object))
        interval = share_interval(hits, groups)
        found |= {"low": interval.low, "high": interval.high}
    return found
