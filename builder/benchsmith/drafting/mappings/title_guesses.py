"""Words without a meaning of their own, such as `mask` and `lesion`, get it from the source's title."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from benchsmith.documents.lexicon import Lexicon
from benchsmith.drafting.mappings.source_scope import Scope
from benchsmith.drafting.mappings.word_match import SURE, Match, Name
from benchsmith.text.name_tokens import Tokens, listed

MASKS = listed(
    "mask label seg segmentation roi gt foreground annotation target object region contour outline"
)
"""Words for any mask; what it shows is what the source is about."""
ILL = listed(
    "tumor lesion mass cancer gtv malignant positive abnormal disease target pathological infected"
)
"""Words for whatever is ill; the source's title may say which illness it is about."""
DISEASE = "disease"
TITLED = SURE - 0.5
"""How sure what the title names is: before what another source signed, and never filled in."""


def by_title(
    word: Tokens, names: Iterable[Name], lexicon: Lexicon, scope: Scope
) -> Iterator[tuple[Name, Match]]:
    """Yield the labels that the source's title names, for a word that refers to them; none is certain."""
    if not word or not (word <= MASKS or word <= ILL):
        return
    for name in names:
        if not name.own or not name.tokens <= scope.titled or name.tokens <= word:
            continue
        ill = lexicon.labels[name.label].kind == DISEASE
        if (word <= ILL and ill) or (word <= MASKS and not ill):
            yield name, Match(TITLED, f"{name.text}: named by the source's title")
