"""What the audit finds in a foreign benchmark."""

from __future__ import annotations

import io
from pathlib import Path

import PIL.Image

from benchsmith.audits import audit as audits
from benchsmith.audits.table_from_folder import audit_table
from benchsmith.core.verdicts import FAIL
from benchsmith.documents.benchmark import Marks
from tests.adopting import TWO, encoded, recipe, run
from tests.foreign_sets import picture, put, put_lines
from tests.test_adopt_recipes import cases


def leaky(folder: Path, *, flawed: bool) -> Path:
    """Adopt a set of 300 questions, with or without four planted flaws; return its release."""
    words = ["liver", "lung", "brain", "spleen", "colon", "heart", "bone", "skin"]
    rows = []
    for i in range(300):
        split = "test" if i % 3 == 0 else "train"
        right, place = words[(i * 5) % 8], ((i * 7 + i // 8) % 4 if not flawed else 0)
        others = [w for w in words if w != right]
        options = [others[(i + k * 2) % 7] for k in range(3)]
        if flawed:  # the longest option is right, and it is A
            right = f"{right} with a clearly visible change of its outer border"
        options.insert(place, right)
        rows.append({"q": "Which organ is shown?", "o": options, "a": "ABCD"[place], "p": f"{i}.png",
                     "s": split, "who": f"P{i // 3 if flawed else i}"})  # fmt: skip
        put(folder / f"data/{i}.png", picture(i))
    if flawed:  # a picture of train again in test, smaller and as JPEG, of another patient
        image = PIL.Image.open(io.BytesIO(picture(1))).resize((90, 90))
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=80)
        put(folder / "data/9.png", buffer.getvalue())
    put_lines(folder / "data/rows.jsonl", rows)
    return run(folder, recipe({"split": {"column": "s"}, "patient": "who"})).folder


def test_planted_flaws_of_a_foreign_benchmark_are_named(tmp_path: Path) -> None:
    wanted = ["option-length", "positions", "near-duplicates", "group-overlap"]
    outcomes = {}
    for flawed in (False, True):
        release = leaky(tmp_path / str(flawed), flawed=flawed)
        found = audits.audit(audit_table(release, tmp_path), Marks(), [*wanted, "picture-sound"])
        outcomes[flawed] = {v.check: v for v in found.verdicts}
    assert {c for c in wanted if outcomes[True][c].outcome == FAIL} == set(wanted)
    assert not {c for c, v in outcomes[False].items() if v.outcome == FAIL}
    rows = {r["id"]: r for r in cases(tmp_path / "True/out/release")}
    (copy,) = outcomes[True]["near-duplicates"].offenders
    assert rows[copy.id]["image"]["bytes"].startswith(b"\xff\xd8") and " in train (" in copy.why
    (original,) = [r for r in rows.values() if r["id"] in copy.why]
    assert original["image"]["bytes"] == picture(1)
    assert outcomes[True]["group-overlap"].offending == 300


def test_a_picture_of_sixteen_bits_is_adopted_and_named_by_the_audit(tmp_path: Path) -> None:
    put(tmp_path / "data/1.png", encoded("PNG", "I;16"))
    put(tmp_path / "data/2.png", encoded("JPEG", "L"))
    rows = [{"q": "?", "p": f"{i}.png", "o": TWO, "a": "A"} for i in (1, 2)]
    put_lines(tmp_path / "data/rows.jsonl", rows)
    release = run(tmp_path, recipe()).folder
    found = audits.audit(audit_table(release, tmp_path), Marks(), ["picture-sound", "stem-filled"])
    (bad,) = found.verdicts[0].offenders
    (sixteen,) = [c for c in cases(release) if c["id"] == bad.id]
    assert sixteen["image"]["bytes"] == encoded("PNG", "I;16")
    assert found.verdicts[1].outcome != FAIL


def test_only_an_answer_of_another_modality_is_out_of_place(tmp_path: Path) -> None:
    """Options that are never an answer say nothing of a modality, and neither does none."""
    asked = [("CT", ["liver", "lung"]), ("MRI", ["bone", "liver", "a thin crack"]), ("", ["bone", "lung"]),
             ("", ["colon", "bone"]), ("CT", ["liver", "colon"])]  # fmt: skip
    rows = [
        {"q": f"{i}?", "o": o, "a": "A", "p": "1.png", "m": m} for i, (m, o) in enumerate(asked)
    ]
    put(tmp_path / "data/1.png", picture(1))
    put_lines(tmp_path / "data/rows.jsonl", rows)
    release = run(tmp_path, recipe({"modality": {"column": "m"}})).folder
    found = audits.audit(audit_table(release, tmp_path), Marks(), ["modality-consistency"])
    (offender,) = found.verdicts[0].offenders
    assert offender.why == "liver is not seen in MRI"
    assert {c["question"] for c in cases(release) if c["id"] == offender.id} == {"1?"}
