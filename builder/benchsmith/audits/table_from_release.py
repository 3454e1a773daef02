"""Make the audit table of a release: the columns that checks read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from benchsmith.audits.audit_row import AuditRow, LabelKnowledge, ModelResult
from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.picture_measures import PNG_SIGNATURE
from benchsmith.audits.sampled_looks import Sampled
from benchsmith.audits.seen_pictures import SeenPictures
from benchsmith.core.model import Box, Question
from benchsmith.core.verdicts import Verdict
from benchsmith.documents import blind_answers
from benchsmith.documents.lexicon import Lexicon
from benchsmith.release import public_ids
from benchsmith.release.model import Release

PNG_HEADER_BYTES = 26
"""Bytes of the signature and the IHDR chunk up to the colour type (PNG specification, 11.2.1)."""
RGB8 = b"\x08\x02"
"""Bit depth 8 and colour type 2 (RGB): bytes 24 and 25 of a PNG."""


class PictureFile(NamedTuple):
    """Metadata of a published picture."""

    id: str
    """The case's public id."""
    size: int
    """Bytes of the PNG."""
    sha256: str
    width: int
    height: int
    """Width and height are in pixels."""
    rgb8: bool


def audit_table(
    release: Release,
    uniform: Sequence[Question] = (),
    tried: Sequence[blind_answers.BlindAnswer] = (),
    *,
    texts: Mapping[str, tuple[str, ...]] | None = None,
    looked_at: bool = True,
    seen: SeenPictures | None = None,
    published_verdict: Verdict | None = None,
) -> AuditTable:
    """Make the audit table of a release.

    With `looked_at` the picture files are read, and some are decoded for the colour of their marks.
    Without it picture columns are placeholders, which suffices for checks of words.

    `uniform` are questions about the same choices with wrong options drawn by the published rule,
    for comparison; `published_verdict` is what an earlier audit found about them. Measurements of
    pictures are added to `seen`. `tried` are results of models;
    results on earlier versions of a question are only counted. `texts` has, by question id, the
    text in its picture that may identify a person; None if the pictures were not searched.
    """
    seed = release.benchmark.seed
    pictures: dict[str, PictureFile] = {}
    order = {id_: i for i, (_, id_) in enumerate(release.order)}
    open_id = {q.id: _public_id(release, q) for q in release.asked()}
    looks = Sampled(((open_id[q.id], q.view) for q in release.asked()), seed, seen)
    for table in release.pictures() if looked_at else ():
        for question, id_, png, sha256, width, height in zip(
            *(table.column(c) for c in ("question", "id", "png", "png_sha256", "width", "height")),
            strict=True,
        ):
            name = question.as_py()
            if name not in order:
                continue
            data = png.as_buffer()
            head = data.slice(0, min(PNG_HEADER_BYTES, len(data))).to_pybytes()
            rgb8 = head.startswith(PNG_SIGNATURE) and head[24:26] == RGB8
            pictures[name] = PictureFile(
                id_.as_py(), len(data), sha256.as_py(), width.as_py(), height.as_py(), rgb8
            )
            looks.see(open_id[name], data, sha256.as_py())
    rows = [
        replace(
            looks.complete(
                open_id[q.id],
                _row(release, q, pictures[q.id] if looked_at else _placeholder(release, q)),
            ),
            text=None if texts is None else texts.get(q.id),
        )
        for q in release.asked()
    ]
    knowledge = knowledge_of(release.lexicon)
    published = None
    if uniform:
        # the published rule keeps questions that are left out here because they reveal too much
        others = [
            _row(release, q, pictures.get(q.id) or _placeholder(release, q))
            for q in uniform
            if not q.several
        ]
        published = AuditTable(others, seed, knowledge)
    used = results_of(release.asked(), tried)
    return AuditTable(
        rows, seed, knowledge, published=published, near=release.benchmark.near,
        model_results=used, stale_results=len(tried) - len(used), published_verdict=published_verdict,
    )  # fmt: skip


def results_of(
    asked: Sequence[Question], tried: Sequence[blind_answers.BlindAnswer]
) -> list[ModelResult]:
    """Return the results that are about the current versions of these questions."""
    place = {q.id: i for i, q in enumerate(asked)}
    return [
        ModelResult(place[t.question], t.model, t.picture, t.solved / t.asked)
        for t in tried
        if t.asked and t.question in place and t.text == text_of(asked[place[t.question]])
    ]


def text_of(question: Question) -> str:
    """Return the digest of a question's stem, options and right options."""
    right = [question.options[i] for i in question.answers]
    return blind_answers.text_of(question.question, question.options, right)


def _placeholder(release: Release, question: Question) -> PictureFile:
    """Return placeholder metadata for a picture that was not rendered or not read."""
    return PictureFile(_public_id(release, question), 0, "", 0, 0, rgb8=True)


def _public_id(release: Release, question: Question) -> str:
    """Return a case's public id; in a hidden split, the one it would have if the split were open."""
    choice = release.choices[question.target]
    return public_ids.of_question(release.benchmark.seed, question.id, choice)


def _row(release: Release, question: Question, picture: PictureFile) -> AuditRow:
    seed, choice = release.benchmark.seed, release.choices[question.target]
    sample = release.samples[choice.sample]
    plane = (
        (choice.crop.y1 - choice.crop.y0, choice.crop.x1 - choice.crop.x0)
        if choice.crop
        else choice.plane
    )
    whole = choice.kind == "image"
    return AuditRow(
        id=picture.id,
        split=question.split,
        stem=question.stem_at,
        question=question.question,
        options=question.options,
        labels=question.option_labels,
        answers=question.answers,
        pool=question.pool,
        task=question.task,
        modality=question.modality,
        view=question.view,
        label=question.label,
        source=question.source,
        target=public_ids.of_target(seed, choice),
        department=question.department,
        modality_name=release.lexicon.modalities[question.modality].name,
        pool_size=question.pool_size,
        sample=public_ids.of_sample(seed, choice),
        patient=public_ids.of_patient(seed, choice),
        group=public_ids.of_group(seed, choice),
        kind=choice.kind,
        axis=choice.axis,
        plane=plane,
        crop=_corners(choice.crop),
        box=None if whole else _corners(choice.box),
        area_px=None if whole else choice.area_px,
        components=choice.components,
        laterality=choice.laterality,
        level=choice.seen.level,
        spread=choice.spread,
        neighbours=tuple((n.name, n.in_region, n.in_box) for n in choice.neighbours),
        searched=choice.searched,
        phash=choice.phash,
        mirrors=choice.mirrors,
        look=choice.look,
        width=picture.width,
        height=picture.height,
        file_bytes=picture.size,
        picture=picture.sha256,
        rgb8=picture.rgb8,
        several=question.several,
        pair=release.pair_id(question),
        altered=question.altered,
        skill=question.skill,
        subjects=subjects_of(fact.subject for fact in question.evidence),
        age=sample.age,
        sex=sample.sex,
        site=sample.site,
    )


def subjects_of(subjects: Iterable[str]) -> tuple[str, ...] | None:
    """Return the labels that facts are about, each once and in order; None without facts."""
    return tuple(dict.fromkeys(one for each in subjects for one in each.split("|"))) or None


def _corners(box: Box | None) -> tuple[int, int, int, int] | None:
    return None if box is None else (box.x0, box.y0, box.x1, box.y1)


def knowledge_of(lexicon: Lexicon) -> LabelKnowledge:
    """Return what a lexicon knows about labels."""
    labels = lexicon.labels
    department: dict[str, str] = {}
    every: dict[str, set[str]] = {}
    for label, modality in sorted(lexicon.placements):
        own = lexicon.placements[label, modality].department
        department.setdefault(label, own)
        every.setdefault(label, set()).add(own)
    return LabelKnowledge(
        known=frozenset(labels.terms),
        related=labels.related,
        confusable=lexicon.exclude,
        names={t.id: (t.name, *t.synonyms) for t in labels},
        traits={
            "branch": {t.id: labels.lineage(t.id)[-1] for t in labels},
            "parent": {t.id: t.parent for t in labels},
            "department": department,
            "departments": {label: " ".join(sorted(names)) for label, names in every.items()},
        },
        ancestors=labels.lineage,
        plausible=lambda label, modality: (
            label not in labels
            or modality not in lexicon.modalities
            or lexicon.place(label, modality) is not None
        ),
    )
