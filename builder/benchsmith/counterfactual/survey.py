"""Survey: read the image of some questions once more, and measure how it can be altered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchsmith.core.contracts import DataFault, Plugins
from benchsmith.counterfactual.alterations import WAYS, Limits
from benchsmith.counterfactual.altered_view import AlteredView, NoTruth
from benchsmith.counterfactual.asked_unit import AskedUnit
from benchsmith.counterfactual.scene import Scenes, Words
from benchsmith.documents.lexicon import Window
from benchsmith.stages.units import Unit


@dataclass(frozen=True, slots=True)
class SurveyJob:
    """The questions about one image, and the ways to alter its pictures."""

    unit: Unit
    sha256: str
    """Digest of the image's files at ingest; nothing is altered if it differs now."""
    asked: tuple[AskedUnit, ...]
    kinds: tuple[str, ...]
    words: Words
    """What each word of the source resolves to."""
    limits: Limits
    windows: Mapping[str, Window]
    """By id."""


def survey(job: SurveyJob, plugins: Plugins) -> list[AlteredView | NoTruth]:
    """Return every possible altered view of one image's questions, and why there are no others."""
    try:
        scenes = Scenes.read(job.unit, job.sha256, job.words, job.windows, plugins)
    except DataFault as fault:
        return [
            NoTruth(one.id, kind, fault.detail, fault.reason)
            for one in job.asked
            for kind in job.kinds
        ]
    return [
        found
        for one in job.asked
        for kind in job.kinds
        for found in WAYS[kind](one, scenes, job.limits)
    ]


def jobs(
    units: Sequence[Unit],
    digests: Mapping[str, str],
    asked: Sequence[AskedUnit],
    kinds: Sequence[str],
    words: Mapping[str, Words],
    limits: Limits,
    windows: Mapping[str, Window],
) -> list[SurveyJob]:
    """Group one source's units of questions by image; `digests` are by sample, `words` by modality."""
    by_sample: dict[str, list[AskedUnit]] = {}
    for one in asked:
        by_sample.setdefault(one.choice.sample, []).append(one)
    return [
        SurveyJob(
            unit,
            digests[unit.sample],
            tuple(by_sample[unit.sample]),
            tuple(kinds),
            words[unit.modality],
            limits,
            windows,
        )
        for unit in units
        if unit.sample in by_sample
    ]
