"""Make the exam of a release: the plain columns that checks read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from benchsmith.audits.exam import Exam, Row, Tries, Words
from benchsmith.audits.picture_looks import SAMPLED, likeness, mark_of
from benchsmith.core.chance import public_id, rank
from benchsmith.core.model import Box, Question
from benchsmith.documents import blind_answers
from benchsmith.documents.lexicon import Lexicon
from benchsmith.release.model import Release

RGB8 = b"\x08\x02"
"""Bytes 24 and 25 of a PNG of 8 bits a channel and three channels."""
SIGNATURE = b"\x89PNG\r\n\x1a\n"


class Picture(NamedTuple):
    """What is known of a picture without looking at it."""

    id: str
    size: int
    sha256: str
    width: int
    height: int
    rgb8: bool


def exam_of(
    release: Release,
    uniform: Sequence[Question] = (),
    tried: Sequence[blind_answers.Tried] = (),
    *,
    looked_at: bool = True,
) -> Exam:
    """Make the exam of a release; `looked_at` reads its pictures, and some for their marks' colour.

    Without it nothing is known of any picture, which is enough for checks of words.

    `uniform` are the same choices asked with wrong options drawn as the published rule does; what
    that rule would give away is reported beside. `tried` is what models got right of questions; what is
    about a question as it was before is counted and not used.
    """
    seed = release.benchmark.seed
    pictures: dict[str, Picture] = {}
    order = {id_: i for i, (_, id_) in enumerate(release.order)}
    marked = sorted(
        (q.id for q in release.asked() if q.view != "image"), key=lambda i: rank(seed, "look", i)
    )
    wanted = set(marked[:SAMPLED])
    marks: dict[str, tuple[int, int] | None] = {}
    for table in release.pictures() if looked_at else ():
        for question, id_, png, sha256, width, height in zip(
            *(table.column(c) for c in ("question", "id", "png", "png_sha256", "width", "height")),
            strict=True,
        ):
            name = question.as_py()
            if name not in order:
                continue
            data = png.as_buffer()
            head = data.slice(0, min(26, len(data))).to_pybytes()
            sound = head.startswith(SIGNATURE) and head[24:26] == RGB8
            pictures[name] = Picture(
                id_.as_py(), len(data), sha256.as_py(), width.as_py(), height.as_py(), sound
            )
            if name in wanted:
                marks[name] = mark_of(data.to_pybytes())
    rows = [
        _row(release, q, pictures[q.id] if looked_at else _unseen(seed, q), marks.get(q.id))
        for q in release.asked()
    ]
    words = words_of(release.lexicon)
    published = None
    if uniform:
        # what is left out here for giving too much away, the published rule would have asked
        others = [
            _row(release, q, pictures.get(q.id) or _unseen(seed, q), None)
            for q in uniform
            if not q.several
        ]
        published = Exam(others, seed, words)
    shown = {
        row.id: release.choices[q.target] for row, q in zip(rows, release.asked(), strict=True)
    }

    def alike(one: str, other: str) -> float:
        return likeness(shown[one].look, shown[other].look)

    used = tries_of(release.asked(), tried)
    return Exam(
        rows, seed, words, published, release.benchmark.picture.long_side, alike,
        used, len(tried) - len(used),
    )  # fmt: skip


def tries_of(asked: Sequence[Question], tried: Sequence[blind_answers.Tried]) -> list[Tries]:
    """Return what is about these questions as they are."""
    place = {q.id: i for i, q in enumerate(asked)}
    return [
        Tries(place[t.question], t.model, t.picture, t.solved / t.asked)
        for t in tried
        if t.asked and t.question in place and t.text == text_of(asked[place[t.question]])
    ]


def text_of(question: Question) -> str:
    """Return the digest of what a question asks."""
    right = [question.options[i] for i in question.answers]
    return blind_answers.text_of(question.question, question.options, right)


def _unseen(seed: int, question: Question) -> Picture:
    """Return what stands for the picture of a question that was not drawn, or not read."""
    return Picture(public_id(seed, question.id), 0, "", 0, 0, rgb8=True)


def _row(
    release: Release, question: Question, picture: Picture, mark: tuple[int, int] | None
) -> Row:
    choice = release.choices[question.target]
    sample = release.samples[choice.sample]
    plane = (
        (choice.crop.y1 - choice.crop.y0, choice.crop.x1 - choice.crop.x0)
        if choice.crop
        else choice.plane
    )
    whole = choice.kind == "image"
    return Row(
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
        target=question.target,
        department=question.department,
        modality_name=release.lexicon.modalities[question.modality].name,
        pool_size=question.pool_size,
        sample=choice.sample,
        patient=choice.patient,
        group=choice.cluster or choice.patient,
        kind=choice.kind,
        axis=choice.axis,
        plane=plane,
        crop=_corners(choice.crop),
        box=None if whole else _corners(choice.box),
        area_px=None if whole else choice.area_px,
        components=choice.components,
        spread=choice.spread,
        neighbours=tuple((n.name, n.in_region, n.in_box) for n in choice.neighbours),
        exhaustive=choice.exhaustive,
        phash=choice.phash,
        mirrors=choice.mirrors,
        width=picture.width,
        height=picture.height,
        file_bytes=picture.size,
        picture=picture.sha256,
        rgb8=picture.rgb8,
        mark=mark,
        several=question.several,
        age=sample.age,
        sex=sample.sex,
        site=sample.site,
    )


def _corners(box: Box | None) -> tuple[int, int, int, int] | None:
    return None if box is None else (box.x0, box.y0, box.x1, box.y1)


def words_of(lexicon: Lexicon) -> Words:
    """Return what the lexicon knows of labels."""
    labels = lexicon.labels
    department: dict[str, str] = {}
    for label, modality in sorted(lexicon.placements):
        department.setdefault(label, lexicon.placements[label, modality].department)
    return Words(
        known=frozenset(labels.terms),
        related=labels.related,
        confusable=lexicon.exclude,
        names={t.id: (t.name, *t.synonyms) for t in labels},
        traits={
            "branch": {t.id: labels.line_up(t.id)[-1] for t in labels},
            "parent": {t.id: t.parent for t in labels},
            "department": department,
        },
        plausible=lambda label, modality: lexicon.place(label, modality) is not None,
    )
