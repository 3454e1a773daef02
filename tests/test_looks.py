"""One look for all pages: colours and font sizes are named in one file and used from there."""

from __future__ import annotations

import re
from pathlib import Path

import benchsmith

BUILDER = Path(benchsmith.__file__).parent
TOKENS = BUILDER / "pages/tokens.css"
SHEETS = sorted(p for p in BUILDER.rglob("*.css") if p != TOKENS)
MARKUP = sorted(p for ending in ("js", "jinja", "html") for p in BUILDER.rglob(f"*.{ending}"))
NAMED = re.compile(r":\s*(?:black|white|red|green|blue|gr[ae]y|orange|yellow|gold)\b")
SIZE = re.compile(r"font(?:-size)?:\s*([^;}]+)")


def test_only_the_tokens_name_a_colour() -> None:
    assert len(SHEETS) > 6
    for path in SHEETS:
        text = path.read_text("utf-8")
        found = re.findall(r"#[0-9a-fA-F]{3,8}\b", text) + re.findall(r"\b(?:rgba?|hsla?)\(", text)
        assert not found + NAMED.findall(text), path.name
    for path in MARKUP:
        styles = re.findall(r'style="([^"]*)"', path.read_text("utf-8"))
        assert not [s for s in styles if "#" in s or re.search(r"\b(?:rgba?|hsla?)\(", s)], path


def test_only_the_tokens_name_a_font_size() -> None:
    for path in SHEETS:
        for size in SIZE.findall(path.read_text("utf-8")):
            assert size == "inherit" or size.startswith("var(--"), f"{path.name}: {size}"


def test_every_name_is_defined_and_every_token_used() -> None:
    """A misspelled token is not an error in a browser: the line is ignored."""
    tokens = set(re.findall(r"^\s*(--[\w-]+):", TOKENS.read_text("utf-8"), re.MULTILINE))
    texts = [p.read_text("utf-8") for p in (TOKENS, *SHEETS, *MARKUP)]
    used = {name for text in texts for name in re.findall(r"var\((--[\w-]+)", text)}
    local = {name for text in texts for name in re.findall(r"(--[\w-]+):", text)}
    assert used <= tokens | local, used - tokens - local
    assert tokens <= used, tokens - used


def test_dark_mode_has_every_colour_of_light_mode() -> None:
    """Except for those that are the same in both: what lies on the black of a picture."""
    light, dark = TOKENS.read_text("utf-8").split("@media (prefers-color-scheme: dark)")
    colours = [set(re.findall(r"(--[\w-]+):[^;]*(?:#|rgb)", part)) for part in (light, dark)]
    assert colours[0] - colours[1] == {"--film", "--mark", "--veil"}
    assert colours[1] <= colours[0]
