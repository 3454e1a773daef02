"""The tables of replies in `docs/exports.md`: what is read in them, and how tools score them.

python -m tests.reader_table
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from benchsmith.exporters.bundled_reader import bundle
from benchsmith.replies.reader import Extracted, extract
from tests import reply_ways
from tests.tool_rules import vlmevalkit

PAGE = Path(__file__).resolve().parent.parent / "docs/exports.md"
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


@cache
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
    """Return the table of replies in Markdown: what is read, and the score in each tool."""
    tools = ("evaluate", "lmms-eval", "lm-eval", "inspect", "VLMEvalKit")
    lines = [
        f"| reply | example | read as | {' | '.join(tools)} | why VLMEvalKit |",
        f"| --- | --- | --- |{' ---: |' * len(tools)} --- |",
    ]
    for kind, reply, several in KINDS:
        found = extract(reply, OPTIONS, several=several)
        right = found.picked == ((0, 2) if several else (1,))
        theirs = vlmevalkit(reply, OPTIONS)
        other = not several and theirs.picked == 1
        why = "it reads one letter" if several else "" if other == right else theirs.rule
        letters = ", ".join("ABCD"[place] for place in found.picked)
        shown = reply.replace("\n", " ").replace("|", "\\|")
        cells = [kind, f"`{shown}`" if shown else "", letters or found.how, *[str(int(right))] * 4,
                 str(int(other)), why]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


WAYS = 30
PLACES = ((0, 2, 1), (1, 3, 0), (2, 1, 3), (3, 0, 2))
"""The right option, another one, and the rotation of the options: each place is right once."""


def ways(language: str) -> list[str]:
    """Return thirty templates that answer clearly: those of a language, and then some that need none."""
    found = [t for t, want in reply_ways.WAYS[language] if want == reply_ways.PICK]
    found += [t for t, want in reply_ways.EVERYWHERE if want == reply_ways.PICK]
    return found[:WAYS]


def languages() -> str:
    """Return the table of languages: in how many ways an always-right model is scored as right."""
    lines = ["| language | ways | evaluate, lmms-eval, lm-eval, inspect | VLMEvalKit |",
             "| --- | ---: | ---: | ---: |"]  # fmt: skip
    for language in reply_ways.LANGUAGES:
        theirs = 0
        for template in ways(language):
            right = [(reply_ways.filled(language, template, *place), place[0]) for place in PLACES]
            theirs += all(vlmevalkit(*filled).picked == key for filled, key in right)
        count = len(ways(language))  # ours are all of them: test_reader_exported.py reads each
        lines.append(f"| {language} | {count} | {count} | {theirs} |")
    return "\n".join(lines)


def page(text: str) -> str:
    """Return the page with the current tables."""
    for name, made in (("replies", table()), ("languages", languages())):
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        pattern = re.compile(f"{begin}.*{end}", re.DOTALL)
        text = pattern.sub(lambda _, b=begin, m=made, e=end: f"{b}\n\n{m}\n\n{e}", text)
    return text


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
