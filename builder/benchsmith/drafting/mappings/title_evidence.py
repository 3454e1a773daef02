"""Evidence in a source's title against a label for one of its words: another, wider or nearer illness."""

from __future__ import annotations

from collections.abc import Iterable

from benchsmith.documents.tree import Term
from benchsmith.drafting.mappings.source_scope import Scope
from benchsmith.text.name_tokens import listed, plain_word, tokens
from benchsmith.text.normal_form import normal

MALIGNANT = listed("cancer carcinoma malignancy")
"""Words that sources write over all growths, benign ones too."""
GROWTHS = listed("tumor lesion mass cyst nodule polyp")
"""Words that leave open whether a growth is malignant."""
MIN_LETTERS = 5
"""Letters of a word that is looked for in longer ones."""


def titled_otherwise(raw: str, term: Term, scope: Scope) -> str:
    """Return a message if the title does not say that what a word calls malignant is; otherwise empty.

    The Decathlon's task "pancreas and its tumours" has the label `cancer` for its cysts, too.
    """
    word = tokens(plain_word(raw))
    if not word & MALIGNANT or scope.titled & MALIGNANT or word & GROWTHS:
        return ""
    open_words = sorted(scope.titled & GROWTHS)
    names = [tokens(normal(name)) for name in (term.name, *term.synonyms)]
    if open_words and any(name & MALIGNANT for name in names):
        return f"the source's title says {open_words[0]}"
    return ""


def nearest(labels: Iterable[Term], scope: Scope) -> list[Term]:
    """Return the labels with a word derived from one in the title: peritumoral in a set of tumors."""
    titled = [w for w in scope.titled & GROWTHS if len(w) >= MIN_LETTERS]
    return [
        term
        for term in labels
        if any(w in t and w != t for t in tokens(normal(term.name)) for w in titled)
    ]
