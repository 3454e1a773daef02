"""Plant flaws in the rows of a made-up audit table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from benchsmith.audits.audit_row import AuditRow
from benchsmith.core.absent_labels import Searched
from benchsmith.imaging.appearance import LOOK
from tests.audit_flaws import Flaws


def spoil(
    rows: list[AuditRow],
    f: Flaws,
    names: Mapping[str, str],
    chance: Callable[[str, int], int],
) -> list[AuditRow]:
    """Plant the flaws that are about some questions alone.

    `names` are the labels' names, and `chance` returns a 64-bit number by name and place.
    """
    if f.ids_by_label:
        ordered = sorted(range(len(rows)), key=lambda i: (rows[i].label, rows[i].id))
        for n, i in enumerate(ordered):
            rows[i] = replace(rows[i], id=f"{n:05}")
    if f.rows_by_label:
        rows.sort(key=lambda r: (r.split, r.label, r.id))
    if f.place_by_row:
        rows = [moved(row, i % len(row.options)) for i, row in enumerate(rows)]
    val = [i for i, r in enumerate(rows) if r.split == "val"]
    test = [i for i, r in enumerate(rows) if r.split == "test"]
    marked = [i for i in test if rows[i].view != "image"]
    whole = [i for i in test if rows[i].view == "image"]
    for n in range(f.same_group):
        rows[val[n]] = replace(rows[val[n]], group=rows[test[n]].group)
    for n in range(f.same_sample):
        rows[val[n]] = replace(rows[val[n]], sample=rows[test[n]].sample)
    for n, (one, other) in enumerate(f.hashes):
        # pictures that are made up have no look, and are like no other
        look = bytes(chance("look", i) % 128 for i in range(LOOK))
        rows[val[n]] = replace(rows[val[n]], phash=one, mirrors=2 * one, look=look)
        rows[test[n]] = replace(rows[test[n]], phash=other, mirrors=2 * other, look=look)
    for i in marked[: f.overlap]:
        rows[i] = replace(rows[i], neighbours=((distractor(rows[i]), 0.3, 0.1),))
    for i in marked[: f.tiny]:
        rows[i] = replace(rows[i], area_px=12, box=(10, 10, 14, 13))
    for i in whole[: f.both_true]:
        rows[i] = replace(rows[i], neighbours=((distractor(rows[i]), 0.0, 0.0),))
    for i in test[: f.several]:
        rows[i] = replace(rows[i], answers=(0, 1), searched=Searched())
    for i in test[: f.meta]:
        rows[i] = replace(rows[i], options=("None of the above", *rows[i].options[1:]))
    for i in test[: f.named]:
        key = rows[i].options[rows[i].answers[0]]
        rows[i] = replace(rows[i], question=f"Is it {key} in scan number {i}, or what?")
    for i in test[: f.unfilled]:
        rows[i] = replace(rows[i], question="What is seen in this <modality> picture?")
    for i in test[: f.unkeyed]:
        rows[i] = replace(rows[i], answers=(7,))
    for i in test[: f.doubled]:
        texts = list(rows[i].options)
        texts[0] = texts[1].title() + "s"
        rows[i] = replace(rows[i], options=tuple(texts))
    marked = [i for i in test if rows[i].view != "image"]
    for i in marked[: f.sides]:
        other = f"{rows[i].target}-right"
        more = {"id": f"{rows[i].id}r", "target": other, "picture": f"{rows[i].picture}r"}
        rows.append(replace(rows[i], **more))
    for i in test[: f.twice]:
        rows.append(replace(rows[i], id=rows[i].id[::-1] + "0", stem="task-0.yaml:99"))
    for i in marked[: f.unseen]:
        rows.append(replace(rows[i], id=rows[i].id[::-1] + "1", view="image"))
    for n in range(f.same_ids):
        rows[test[n]] = replace(rows[test[n]], id=rows[test[-1]].id)
    for i in test[: f.empty]:
        rows[i] = replace(rows[i], width=20, height=20)
    for i in test[: f.foreign]:
        wrong = next(j for j in range(4) if j not in rows[i].answers)
        labels, texts = list(rows[i].labels), list(rows[i].options)
        labels[wrong], texts[wrong] = "zunuzu", "zunuzu"
        rows[i] = replace(rows[i], labels=tuple(labels), options=tuple(texts))
    if f.single:
        rows = [
            replace(r, options=(names[r.label],), labels=(r.label,), answers=(0,), pool_size=0)
            if r.pool.endswith("/3") else r
            for r in rows
        ]  # fmt: skip
    if f.alone:
        rows = [
            replace(r, patient=f"{r.sample}", group=f"{r.sample}") if r.source == "source-0" else r
            for r in rows
        ]
    return rows


def distractor(row: AuditRow) -> str:
    return next(label for i, label in enumerate(row.labels) if i not in row.answers)


def moved(row: AuditRow, place: int) -> AuditRow:
    """Put the answer of a question elsewhere."""
    order = [i for i in range(len(row.options)) if i not in row.answers]
    order.insert(place, row.answers[0])
    return replace(
        row,
        options=tuple(row.options[i] for i in order),
        labels=tuple(row.labels[i] for i in order),
        answers=(place,),
    )
