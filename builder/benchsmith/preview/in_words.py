"""A preview as lines of text, and as plain values for JSON and pages."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator
from typing import Any

from benchsmith.core.reasons import sentence
from benchsmith.preview.read_source import Picture, Preview, Shown
from benchsmith.text.normal_form import counted

SHOWN_LABELS = 12
SHOWN_CASES = 3
"""Cases of each reason that are listed."""


def lines(preview: Preview) -> Iterator[str]:
    """Yield a preview as text."""
    total = preview.found.total()
    yield (
        f"{preview.source}: {counted(total, 'picture')} of {counted(preview.patients, 'patient')}, "
        f"{len(preview.pictures)} read"
    )
    if preview.undecided:
        yield f"  {counted(preview.undecided, 'line')} of the recipe are not decided yet"
    for number, (images, modality) in enumerate(preview.entries):
        yield f"{images}  {modality}  {counted(preview.found[number], 'picture')}"
        for picture in preview.pictures:
            if picture.entry == number:
                yield from _picture(picture)
    yield "labels in the pictures that were read:"
    for word, n in preview.words.most_common():
        yield f"  {n:5} {word}"
    if preview.sides:
        sides = ", ".join(f"{side} {n}" for side, n in sorted(preview.sides.items()))
        yield f"sides in the words: {sides}"
    yield from _left_out(preview)


def _picture(picture: Picture) -> Iterator[str]:
    size = ""
    if picture.sample is not None:
        shape = picture.sample.shape
        size = " x ".join(map(str, shape[1:] if picture.sample.planar else shape))
    who = picture.sample.patient if picture.sample else "not read"
    yield f"  {picture.file}  {size}  {who}"
    for shown in picture.shown[:SHOWN_LABELS]:
        yield f"    {_finding(shown)}"
    if len(picture.shown) > SHOWN_LABELS:
        yield f"    and {len(picture.shown) - SHOWN_LABELS} more"


def _finding(shown: Shown) -> str:
    f = shown.finding
    word = f"{f.raw} ({shown.side})" if shown.side else f.raw
    if f.box is None:
        return f"image   {word}"
    where = "" if f.axis == "planar" else f"{f.axis} {f.index}  "
    box = f"x {f.box.x0} to {f.box.x1}, y {f.box.y0} to {f.box.y1}"
    return f"{f.kind:7} {word}  {where}{box}  {f.share:.1%} of the picture"


def _left_out(preview: Preview) -> Iterator[str]:
    """Yield the counts of what would be left out, with the first cases of each reason."""
    reasons = Counter(r.reason for r in preview.left_out)
    if not reasons:
        yield "nothing would be left out"
        return
    yield "would be left out:"
    for reason, n in reasons.most_common():
        yield f"  {n:5} {reason}"
        cases = [r for r in preview.left_out if r.reason == reason]
        for case in cases[:SHOWN_CASES]:
            yield f"        {case.subject}: {sentence(case.reason, case.detail)}"


def values(preview: Preview, *, pictures: bool) -> dict[str, Any]:
    """Return a preview as plain values; with `pictures` also its drawings as base64."""
    return {
        "source": preview.source,
        "undecided": preview.undecided,
        "patients": preview.patients,
        "entries": [
            {"images": images, "modality": modality, "pictures": preview.found[n]}
            for n, (images, modality) in enumerate(preview.entries)
        ],
        "labels": dict(sorted(preview.words.items())),
        "sides": dict(sorted(preview.sides.items())),
        "read": [_values(p, pictures=pictures) for p in preview.pictures],
        "left_out": [
            {"reason": reason, "count": n,
             "cases": [f"{r.subject}: {sentence(r.reason, r.detail)}"
                       for r in preview.left_out if r.reason == reason][:SHOWN_CASES]}
            for reason, n in sorted(Counter(r.reason for r in preview.left_out).items())
        ],
    }  # fmt: skip


def _values(picture: Picture, *, pictures: bool) -> dict[str, Any]:
    findings = []
    for shown in picture.shown:
        f = shown.finding
        one: dict[str, Any] = {
            "word": f.raw, "label": shown.label, "side": shown.side, "kind": f.kind,
            "axis": f.axis, "index": f.index, "share": round(f.share, 6), "stated_at": f.stated_at,
            "box": [f.box.x0, f.box.y0, f.box.x1, f.box.y1] if f.box else None,
        }  # fmt: skip
        if pictures and shown.png:
            one["png"] = base64.b64encode(shown.png).decode()
        findings.append(one)
    return {
        "entry": picture.entry,
        "file": picture.file,
        "patient": picture.sample.patient if picture.sample else "",
        "findings": findings,
    }
