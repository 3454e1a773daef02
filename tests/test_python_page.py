"""Every example of docs/python.md runs, and what a notebook shows is escaped and whole."""

from __future__ import annotations

import contextlib
import doctest
import re
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pandas as pd
import PIL.Image
import pytest

import benchsmith
from benchsmith.api import notebook
from benchsmith.api.shown_question import Question
from tests.conftest import Project
from tests.paths import PROJECT

PAGE = PROJECT / "docs/python.md"
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


class Seen(HTMLParser):
    """What a browser would see: tags, the text in bold, and pictures."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.bold: list[str] = []
        self.pictures: list[str] = []
        self.frames: list[str] = []
        self.text = ""
        self._in_bold = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag, its picture and its page."""
        self.tags.append(tag)
        self._in_bold = tag == "b"
        values = dict(attrs)
        if tag == "img":
            self.pictures.append(values["src"] or "")
        if tag == "iframe":
            self.frames.append(values["srcdoc"] or "")

    def handle_endtag(self, tag: str) -> None:
        """Note that bold text ends."""
        self._in_bold = False

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.text += data
        if self._in_bold:
            self.bold.append(data)


def test_every_example_of_the_page_runs(copy: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    copy.folder.rename(copy.folder.with_name("my-project"))
    monkeypatch.chdir(copy.folder.parent)
    text = "\n".join(re.findall(r"```pycon\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL))
    examples = doctest.DocTestParser().get_doctest(text, {}, "python.md", str(PAGE), 0)
    assert len(examples.examples) > 20
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    said: list[str] = []
    with pd.option_context("display.width", 200):
        failed = runner.run(examples, out=said.append).failed
    assert not failed, "".join(said)


def test_the_page_names_every_public_error() -> None:
    text = PAGE.read_text("utf-8")
    errors = [
        name
        for name in benchsmith.__all__
        if isinstance(value := getattr(benchsmith, name), type)
        and issubclass(value, Exception)
        and name not in ("BenchsmithError", "BuildStopped", "EnvironmentFailed")
    ]
    assert [name for name in errors if f"| `{name}` |" not in text] == []


def test_a_question_shows_its_picture_and_its_right_options(built: Project) -> None:
    release = benchsmith.load_release(built.release)
    for id_ in release.cases.id[:5]:
        question = release[id_]
        seen = Seen(question._repr_html_())
        assert all(option in seen.text for option in question.options)
        assert [text[3:] for text in seen.bold] == [
            question.options["ABCDEFGH".index(letter)] for letter in question.answer.split(",")
        ]
        (picture,) = seen.pictures
        with PIL.Image.open(BytesIO(question.image)) as image:
            assert picture.startswith(f"data:image/{(image.format or '').lower()};base64,")


def test_what_a_notebook_shows_is_escaped() -> None:
    hostile = '"><script>alert(1)</script>'
    question = Question("x", hostile, (hostile, "b"), "", "test", b"\x89PNG")
    assert set(Seen(question._repr_html_()).tags) == {"p", "img", "br"}
    assert set(Seen(notebook.table([hostile], [[hostile]])).tags) <= {
        "table", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip
    assert Seen(notebook.framed(hostile)).frames == [hostile]


def test_a_release_a_project_and_a_preview_show_themselves(built: Project) -> None:
    project = benchsmith.Project(built.folder)
    assert "smallbuilt" in Seen(project._repr_html_()).text
    release = project.release("small")
    seen = Seen(release._repr_html_())
    assert f"{len(release)} cases" in seen.text and len(seen.pictures) == 1
    preview = project.preview("cells", 1)
    (page,) = Seen(preview._repr_html_()).frames
    assert page.startswith("<!") and "Preview of cells" in page
    assert {row.word for row in preview.findings.itertuples()} >= {"nucleus"}


def test_where_narrows_a_release_and_keeps_it_whole(built: Project) -> None:
    release = benchsmith.load_release(built.release)
    cases = release.cases
    for column in ("split", "task", "granularity", "label"):
        value = cases[column].iloc[-1]
        some = release.where(**{column: value})
        assert some.cases.id.tolist() == cases[cases[column] == value].id.tolist()
        key = dict(zip(some.cases.id, some.cases.answer, strict=True))
        assert some.score(key).cases == len(some)
    with pytest.raises(benchsmith.InputMissing, match="there is no column 'organ'"):
        release.where(organ="liver")
    with pytest.raises(benchsmith.InputMissing, match="no case with task='nosuch'"):
        release.where(task="nosuch")


def test_data_sets_and_provenance_have_the_cases(built: Project) -> None:
    release = benchsmith.load_release(built.release)
    for split in sorted(set(release.cases.split)):
        rows = release.dataset(split)
        assert rows["id"] == release.where(split=split).cases.id.tolist()
        assert rows[0]["image"].mode in ("RGB", "L")
    assert set(release.provenance.id) == set(release.cases.id)
    with pytest.raises(benchsmith.InputMissing, match="no split 'train'"):
        release.dataset("train")


def test_a_missing_audit_is_reported(built: Project, tmp_path: Path) -> None:
    project = benchsmith.Project(built.folder, tmp_path)
    with contextlib.chdir(tmp_path), pytest.raises(benchsmith.InputMissing, match=r"audit\.json"):
        project.audit("small")
    verdicts = benchsmith.Project(built.folder).audit("small")
    assert verdicts.check.is_unique and set(verdicts.outcome) >= {"PASS"}
