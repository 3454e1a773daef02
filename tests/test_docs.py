"""The documents say everything that the program has, and point at nothing that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pydantic
import pytest
import typer

from benchsmith import cli
from benchsmith.annotations import KINDS
from benchsmith.audits.audit import load
from benchsmith.audits.registry import CHECKS
from benchsmith.core.reasons import REASONS
from benchsmith.documents import blind_answers, lexicon, tree, votes
from benchsmith.documents.adoption import Adoption
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.pools import Cues, TaskFile
from benchsmith.documents.recipe import Recipe
from benchsmith.documents.signed_stems import ACCEPTED_COLUMNS
from benchsmith.documents.skill_pools import SkillFile
from benchsmith.documents.stems import Wording
from benchsmith.documents.translations import NAME_COLUMNS
from benchsmith.documents.yaml_keys import known_keys
from benchsmith.evaluate import model_presets
from benchsmith.formats import FORMATS
from benchsmith.plugins import EXPORTS
from benchsmith.tagging import sheets

HOME = Path(__file__).resolve().parent.parent
REFERENCE = (HOME / "docs/reference.md").read_text("utf-8")
PAGES = sorted([*HOME.glob("*.md"), *(HOME / "docs").glob("*.md")])
MADE_LATER = {"docs/pictures/sheet.png"}
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def section(title: str) -> str:
    """Return the text of one section of the reference, its subsections with it."""
    level = title.partition(" ")[0]
    body = REFERENCE.partition(f"\n{title}\n")[2]
    assert body, f"the reference has no section {title!r}"
    return re.split(rf"^#{{2,{len(level)}}} ", body, maxsplit=1, flags=re.MULTILINE)[0]


def quoted(text: str) -> set[str]:
    """Return the texts between backticks."""
    return set(re.findall(r"`([^`\n]+)`", text))


def commands(group: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Go through the commands, those of groups too."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*words, name))
        else:
            yield (*words, name), command


COMMANDS = dict(commands(typer.main.get_command(cli.app)))


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_and_option_is_in_the_reference(words: tuple[str, ...]) -> None:
    name = " ".join(words)
    text = section(f"### {name}")
    assert f"benchsmith {name}" in text, "an example is missing"
    said = {entry.split()[0] for entry in quoted(text)}
    options = {o for p in COMMANDS[words].params for o in p.opts if o.startswith("--")}
    assert options - {"--help"} <= said


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_speaks_json(words: tuple[str, ...]) -> None:
    assert "--json" in {o for p in COMMANDS[words].params for o in p.opts}


def test_the_reference_has_no_command_that_is_not_there() -> None:
    tops = {words[0] for words in COMMANDS}
    for page in PAGES:
        used = re.findall(r"^(?:\$ )?benchsmith ([a-z]+)", page.read_text("utf-8"), re.MULTILINE)
        assert set(used) <= tops, page.name


def test_every_exit_code_is_in_the_reference_and_the_readme() -> None:
    codes = range(cli.GATE + 1)
    text = section("## Exit codes")
    readme = (HOME / "README.md").read_text("utf-8")
    for code in codes:
        assert f"| `{code}` |" in text
        assert f"| {code} |" in readme


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_is_in_the_reference_as_the_program_says_it(code: str) -> None:
    reason = REASONS[code]
    kind = "fault" if reason.fault else "unpaired" if reason.unpaired else "choice"
    row = f"| `{code}` | {kind} | {reason.sentence} | {reason.hint} |"
    assert row in section("## Reasons")


@pytest.mark.parametrize(
    ("titles", "model"),
    [
        (("## Recipe", "## Annotation kinds"), Recipe),
        (("## Adopted benchmark",), Adoption),
        (("## Benchmark",), Benchmark),
        (("## Question pools",), TaskFile),
        (("## Question pools",), SkillFile),
        (("## Question pools",), Cues),
        (("## Question pools",), Wording),
    ],
)
def test_every_key_is_in_the_reference(
    titles: tuple[str, ...], model: type[pydantic.BaseModel]
) -> None:
    entries = quoted("".join(section(t) for t in titles))
    said = {part for entry in entries for part in entry.split(".")}
    assert known_keys(model) <= said


def test_every_default_of_a_benchmark_is_in_the_reference() -> None:
    text = section("## Benchmark")

    def visit(model: type[pydantic.BaseModel], above: str = "") -> None:
        for name, field in model.model_fields.items():
            if isinstance(field.default, pydantic.BaseModel):
                visit(type(field.default), f"{above}{name}.")
            elif isinstance(field.default, bool):
                assert f"| `{above}{name}` | `{str(field.default).lower()}` |" in text
            elif isinstance(field.default, str | int | float):
                assert f"| `{above}{name}` | `{field.default}` |" in text
            elif isinstance(field.default, tuple) and name != "exports":
                assert f"| `{above}{name}` | `[{', '.join(field.default)}]` |" in text
            elif isinstance(field.default, dict):
                shown = ", ".join(f"{key}: {value}" for key, value in field.default.items())
                assert f"| `{above}{name}` | `{{{shown}}}` |" in text
            elif field.default is None:
                assert f"| `{above}{name}` | " in text
            elif name != "exports":
                assert f"| `{name}` | needed |" in text

    visit(Benchmark)


@pytest.mark.parametrize(
    ("title", "names"),
    [("## Exports", EXPORTS), ("## Formats", FORMATS), ("## Annotation kinds", KINDS)],
)
def test_every_plug_in_is_in_the_reference(title: str, names: dict[str, str]) -> None:
    assert set(names) <= quoted(section(title))


@pytest.mark.parametrize(
    "columns",
    [
        tree.COLUMNS,
        NAME_COLUMNS,
        ACCEPTED_COLUMNS,
        lexicon.PLACEMENT_COLUMNS,
        votes.COLUMNS,
        blind_answers.COLUMNS,
        sheets.COLUMNS,
        lexicon.MAPPING_COLUMNS,
        lexicon.ABBREVIATION_COLUMNS,
        lexicon.CONFUSABLE_COLUMNS,
        lexicon.WINDOW_COLUMNS,
        lexicon.LIMIT_COLUMNS,
        lexicon.TASK_KIND_COLUMNS,
        lexicon.LICENCE_COLUMNS,
        lexicon.CURATOR_COLUMNS,
        model_presets.COLUMNS,
    ],
)
def test_every_table_s_columns_are_in_the_reference_in_order(columns: tuple[str, ...]) -> None:
    tables = re.split(r"\n\n", section("## Tables"))
    rows = [
        tuple(
            name
            for line in table.splitlines()
            if line.startswith("|")
            for name in re.findall(r"`([^`]+)`", line.split("|")[1])
        )
        for table in tables
    ]
    assert tuple(columns) in rows


def test_every_export_s_columns_are_in_the_reference() -> None:
    from benchsmith.exporters import attribution, parquet, provenance, vlmevalkit

    text = quoted(section("## Exports"))
    for columns in (
        parquet.SCHEMA.names,
        provenance.SCHEMA.names,
        attribution.COLUMNS,
        vlmevalkit.COLUMNS,
    ):
        assert set(columns) <= text


@pytest.mark.parametrize("name", CHECKS)
def test_every_check_is_in_the_validity_page_as_the_program_says_it(name: str) -> None:
    check = load(name)
    hard = " (hard)" if check.hard else ""
    formula = check.formula.replace("|", "\\|")
    row = f"| `{name}`{hard} | {check.asks} | {formula} | {check.remedy} |"
    assert row in (HOME / "docs/validity.md").read_text("utf-8")


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    text = FENCE.sub("", page.read_text("utf-8"))
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", t.lower()).replace(" ", "-") for t in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_relative_link_points_at_something(page: Path) -> None:
    text = FENCE.sub("", page.read_text("utf-8"))
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        name = target.relative_to(HOME).as_posix()
        if name in MADE_LATER and not target.exists():
            continue
        assert target.exists(), f"{page.name} links to {link}"
        if anchor:
            assert anchor in anchors(target), f"{page.name} links to {link}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_make_target_is_in_the_makefile(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (HOME / "Makefile").read_text("utf-8"), re.MULTILINE))
    text = page.read_text("utf-8")
    used = re.findall(r"^make ([a-z]+)", text, re.MULTILINE) + re.findall(r"`make ([a-z]+)", text)
    assert set(used) <= targets
    if page.name == "README.md":
        assert {"build", "test"} <= set(used)


def test_every_module_with_slow_tests_is_in_the_table_of_them() -> None:
    text = (HOME / "CONTRIBUTING.md").read_text("utf-8")
    section = text.partition("### The slow tests\n")[2].partition("\n### ")[0]
    marked = {p.name for p in (HOME / "tests").glob("test_*.py") if "pytest.mark." + "slow" in p.read_text("utf-8")}  # fmt: skip
    assert set(re.findall(r"^\| `(test_\w+\.py)` ", section, re.MULTILINE)) == marked
