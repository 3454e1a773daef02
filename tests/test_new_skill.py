"""A newcomer follows the page "A skill" of CONTRIBUTING.md to the letter, in a copy of the package."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

from tests import world
from tests.paths import PROJECT

PAGE = re.compile(r"\n## A skill\n(.*?)\n## ", re.DOTALL)
BLOCK = re.compile(r"   ```(\w+)\n(.*?)   ```\n", re.DOTALL)
PACKAGE = PROJECT / "builder/benchsmith"
CHANGED = ("core", "skills")
ASK = """
import json, sys
from dataclasses import replace
from pathlib import Path

from benchsmith.core.model import Box
from benchsmith.documents import library
from benchsmith.documents.query import parse
from benchsmith.skills.contract import Scene, Seen
from benchsmith.skills.write_questions import ask_skills
from tests import rows

home = Path(sys.argv[1])
benchmark, words = library.read_benchmark(home, "shape", frozenset({"parquet"}))
scenes = []
for number in range(8):
    anchor = rows.choices(words.lexicon, {"liver": 8}, "test")[number]
    tall = {"liver": 40, "spleen": 15} if number % 2 else {"liver": 15, "spleen": 40}
    seen = [
        Seen(label=label, shown=replace(anchor, label=label), box=Box(x0=5, y0=10, x1=30, y1=10 + h),
             area=25.0 * h, share=0.05, whole=1.0, contrast=2.0, grey=90.0)
        for label, h in tall.items()
    ]
    scenes.append(Scene(anchor=anchor, size=(90, 90), pixel=(1.0, 1.0), unit="mm", structures=tuple(seen)))
made = ask_skills(scenes, benchmark, words.lexicon, words.skills, parse("", words.lexicon))
print(json.dumps([[q.question, list(q.option_labels), q.answers[0], q.skill, q.target,
                   [f.words for f in q.evidence]] for q in made.questions]))
"""


def blocks() -> list[str]:
    """Return the page's blocks of code, without their margin."""
    page = PAGE.search((PROJECT / "CONTRIBUTING.md").read_text("utf-8"))
    assert page is not None
    return [textwrap.dedent(text) for _, text in BLOCK.findall(page[1])]


def test_a_newcomer_adds_a_skill_by_the_page(tmp_path: Path) -> None:
    module, line, stems, row = blocks()
    package = tmp_path / "package/benchsmith"
    package.mkdir(parents=True)
    for entry in PACKAGE.iterdir():
        if entry.name in CHANGED:
            shutil.copytree(
                entry, package / entry.name, ignore=shutil.ignore_patterns("__pycache__")
            )
        elif entry.name != "__pycache__":
            (package / entry.name).symlink_to(entry)
    (package / "skills/shape.py").write_text(module, "utf-8")
    table = package / "core/skill_table.py"
    text = table.read_text("utf-8")
    assert text.count("\n}\n") == 1, "one table is in this module"
    assert line.count("\n") == 1
    table.write_text(text.replace("\n}\n", f"\n    {line.strip()}\n}}\n"), "utf-8")
    home = tmp_path / "project"
    world.documents(home)
    world.recipes(home)
    trees = (PROJECT / "lexicon/tree/skill.tsv").read_text("utf-8")
    (home / "lexicon/tree/skill.tsv").write_text(trees + row, "utf-8")
    shutil.copytree(PROJECT / "question_pools/skills", home / "question_pools/skills")
    (home / "question_pools/skills/shape.yaml").write_text(stems, "utf-8")
    world.put(
        home / "benchmarks/shape.yaml",
        "title: Shape\ndescription: A test.\nseed: 1\nsources: [abdomen]\nskills: [shape]\nexports: [parquet]\n",
    )
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(home)],
        env={**os.environ, "PYTHONPATH": f"{package.parent}{os.pathsep}{PROJECT}"},
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    asked = json.loads(done.stdout)
    assert len(asked) == 4, "per_skill.subject"
    for question, options, answer, skill, target, evidence in asked:
        number = int(target.split("#")[0].rpartition("/")[2])
        assert options[answer] == ("liver" if number % 2 else "spleen")
        assert skill == "shape" and "liver" in question and "spleen" in question
        assert sorted(evidence) == [
            f"liver height {40 if number % 2 else 15} mm",
            f"spleen height {15 if number % 2 else 40} mm",
        ]
    keys = [options[answer] for _, options, answer, *_ in asked]
    assert keys.count("liver") == keys.count("spleen")
