"""The table of replies and what is read in them, in `docs/exports.md`.

python -m tests.reader_table
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from benchsmith.exporters.bundled_reader import bundle
from benchsmith.replies.reader import Extracted, extract

PAGE = Path(__file__).resolve().parent.parent / "docs/exports.md"
BEGIN, END = "<!-- replies: begin -->", "<!-- replies: end -->"
OPTIONS = ("liver", "spleen", "pancreas", "stomach")
KINDS: list[tuple[str, str, bool]] = [
    ("the letter", "B", False),
    ("letter and text", "**B. spleen**", False),
    ("the text", "The spleen.", False),
    ("a sentence", "The image shows the spleen.", False),
    ("a statement", "The correct answer is (B).", False),
    ("a box", "$\\boxed{B}$", False),
    ("a tag", "<answer>B</answer>", False),
    ("JSON", '{"answer": "B", "why": "not A"}', False),
    ("an explanation of others", "The answer is B. Option A (liver) lies on the other side.", False),
    ("elimination", "It cannot be A, so B.", False),
    ("a correction", "The answer is A. Wait, the answer is B.", False),
    ("a thought", "<think>A or C?</think>B", False),
    ("a thought of MedGemma", "<unused94>thought\nA or C?<unused95>B", False),
    ("channels of gpt-oss", "<|channel|>analysis<|message|>A?<|end|><|start|>assistant<|channel|>final<|message|>B", False),
    ("an end marker", "B<|im_end|>", False),
    ("Chinese", "答案是B选项。", False),
    ("Japanese", "正解はBです。", False),
    ("Korean", "정답은 B입니다.", False),
    ("French", "La réponse est B car la rate se trouve là.", False),
    ("Arabic", "الإجابة الصحيحة هي B", False),
    ("Hindi", "उत्तर B है।", False),
    ("two answers", "A or B", False),
    ("letter of another text", "A. spleen", False),
    ("a denial", "It is not the spleen.", False),
    ("another thing", "splenic artery", False),
    ("an unfinished thought", "<think>The answer is B", False),
    ("a refusal", "I'm sorry, I can't help with that.", False),
    ("no knowledge", "I do not know.", False),
    ("nothing", "", False),
    ("several letters", "A, C", True),
    ("several texts", "The image shows the liver and the pancreas.", True),
]  # fmt: skip
"""Kind, reply, and whether several options may be right."""


def exported() -> Callable[..., Extracted]:
    """Return the reader as exports contain it, run without the package."""
    reader = bundle()
    space: dict[str, object] = {"__name__": "cases"}
    code = f"from __future__ import annotations\n{reader.imports}\n{reader.code}"
    exec(compile(code, "cases.py", "exec"), space)  # noqa: S102 - it is our own code
    found = space["extract"]
    assert callable(found)
    return found


def table() -> str:
    """Return the table in Markdown."""
    lines = ["| reply | example | read as |", "| --- | --- | --- |"]
    for kind, reply, several in KINDS:
        found = extract(reply, OPTIONS, several=several)
        letters = ", ".join("ABCD"[place] for place in found.picked)
        shown = reply.replace("\n", " ").replace("|", "\\|")
        lines.append(f"| {kind} | {f'`{shown}`' if shown else ''} | {letters or found.how} |")
    return "\n".join(lines)


def page(text: str) -> str:
    """Return the page with the current table."""
    pattern = re.compile(f"{BEGIN}.*{END}", re.DOTALL)
    return pattern.sub(lambda _: f"{BEGIN}\n\n{table()}\n\n{END}", text)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
