"""Whatever a signed-in person's script sends to a desk is answered in words: never a crash, never a wrong act."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from benchsmith.documents import reviews
from tests.conftest import Project
from tests.desk import Client, Desk
from tests.review_desk_helpers import desk_with_work

DEEP: Any = "x"
for _ in range(20):
    DEEP = {"a": [DEEP]}
VALUES: tuple[Any, ...] = (
    None, True, -1, 10**30, 1e308, "", "\0", "a\u2028b", "x" * 3000, "../../etc/passwd", [], [[]], {"a": None}, DEEP,
)  # fmt: skip
PARAMETERS = (
    "", "-1", "9" * 400, "1e999", "nan", "\u0663", "%00", "..%2f..%2fetc%2fpasswd", "%ff%fe", "a" * 5000, "label=(", "%zz",
)  # fmt: skip
DESKS = (
    "tags",
    "cases",
    "mappings",
    "questions",
    "verify",
    "atlas",
    "results",
    "people",
    "nothing",
    "..",
)
OWN: dict[str, tuple[str, ...]] = {
    "tags": ("task", "department", "tie", "do", "note"),
    "cases": ("do", "decision", "reason", "note", "chosen", "blind", "came"),
    "mappings": ("relation", "label", "laterality", "note"),
    "questions": ("decision", "stem", "reason", "note", "edited"),
    "verify": ("do", "verdict", "reason", "note", "chosen"),
}
ANSWERED = {200, 400, 403, 404, 409}


@pytest.fixture(scope="module")
def at(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk_with_work(built, tmp_path_factory.mktemp("requests") / "project") as desk:
        yield desk


def words(status: int, text: bytes, what: object) -> None:
    assert status in ANSWERED, (what, status, text[:300])
    if status != 200:
        assert isinstance(json.loads(text)["wrong"], str), what


def test_acts_of_every_shape_are_answered_in_words(at: Desk) -> None:
    me = at.as_("me")
    headers = {
        "Origin": at.base,
        "X_Form_Token": me.page("")["form"],
        "Content_Type": "application/json",
    }
    number = 0
    for desk, names in OWN.items():
        items = me.page(desk)["queue"] if me.ask("GET", f"/{desk}")[0] == 200 else []
        item = items[0] if items else "x"
        for value in ({name: one} for name in names for one in VALUES):
            number += 1
            body = {"key": f"request-{number}", "item": item, "value": value, "seen": ""}
            status, _, text = me.ask("POST", f"/{desk}/act", json.dumps(body).encode(), **headers)
            words(status, text, (desk, value))
        for field in ("key", "item", "seen", "value"):
            for one in VALUES:
                body = {"key": "request-x-y", "item": item, "value": {}, "seen": "", field: one}
                status, _, text = me.ask(
                    "POST", f"/{desk}/act", json.dumps(body).encode(), **headers
                )
                words(status, text, (desk, field, one))
    for path in ("/people", "/tags/undo", "/atlas/write", "/nothing/act", "/nothing/write"):
        for one in VALUES:
            body = dict.fromkeys(("id", "name", "role", "key", "item"), one)
            status, _, text = me.ask("POST", path, json.dumps(body).encode(), **headers)
            words(status, text, (path, one))
    assert me.ask("GET", "/results")[0] == 200


def test_parameters_of_every_shape_are_answered_in_words(at: Desk) -> None:
    me = at.as_("me")
    for desk in DESKS:
        for one in PARAMETERS:
            sent = one if "%" in one and one != "%" else quote(one)
            for path in (
                f"/{desk}/item?id={sent}",
                f"/{desk}/picture?id={sent}&example={sent}&slice={sent}&index={sent}&axis={sent}&view={sent}",
                f"/{desk}/ask/sheet?q={sent}&from={sent}&query={sent}&id={sent}",
                f"/{desk}/ask/original?id={sent}&index={sent}&axis={sent}&window={sent}",
                f"/{desk}/ask/{sent or 'x'}",
            ):
                status, _, text = me.ask("GET", path)
                assert status in ANSWERED, (path, status, text[:300])
                assert b"root:" not in text


def test_hosts_and_origins_of_others_are_refused(at: Desk) -> None:
    me = at.as_("me")
    form = me.page("")["form"]
    for origin in (
        "http://evil.example", "null", "", "file://", f"http://127.0.0.1:{at.port}@evil.example",
        f"http://127.0.0.1.evil.example:{at.port}", f"{at.base}/", f"http://localhost:{at.port}",
        f"{at.base}, http://evil.example", f"HTTP://127.0.0.1:{at.port}",
    ):  # fmt: skip
        headers = {"Origin": origin, "X_Form_Token": form, "Content_Type": "application/json"}
        body = json.dumps({"key": "undo-it-now"}).encode()
        assert me.ask("POST", "/tags/undo", body, **headers)[0] == 403, origin


def test_what_people_type_reaches_the_documents_as_text(at: Desk) -> None:
    """No note breaks a row of a table, and none is run by a spreadsheet."""
    me: Client = at.as_("me")
    item = me.page("cases")["queue"][0]
    said = '=HYPERLINK("http://evil.example")\t<script>alert(1)</script>\n\r\x0b\u2028+1'
    seen = me.show("cases", item)["seen"]
    value = {"do": "answer", "chosen": [], "blind": False}
    me.act("cases", item, value, "answer-me-1", seen)
    decided = {"decision": "drop", "reason": "other", "note": said}
    assert me.act("cases", item, decided, "decide-me-1", seen)[0] == 200
    assert me.post("/cases/write", {})[0] == 200
    path = at.project.folder / "reviews/small.tsv"
    lines = path.read_bytes().decode("utf-8").split("\n")[:-1]
    assert len(lines) == 2 and lines[0].count("\t") == lines[1].count("\t")
    note = lines[1].split("\t")[lines[0].split("\t").index("note")]
    assert note.startswith("'=HYPERLINK") and not any(c in note for c in "\r\x0b\u2028")
    assert [row.note for row in reviews.read(path, {"me"})] == [note[1:]]
