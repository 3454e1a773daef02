"""Translate what was looked for into labels of the lexicon."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import pyarrow as pa

from benchsmith.core.absent_labels import ANY_LABEL
from benchsmith.stages.normaliser import Normaliser
from benchsmith.stages.resolved_word import STRANGE
from benchsmith.tables import coded_columns
from benchsmith.tables import compute as pc

SEPARATOR = "\0"
"""Joins the words of a list while they are looked up; no file's name and no word has it."""
_FIELDS = ("labels", "unknown", "elsewhere")
BOTH_SIDES = frozenset({"left", "right"})


def searched_column(findings: pa.Table, strange: pa.Array, normaliser: Normaliser) -> pa.Array:
    """Return the column `searched` with labels instead of words.

    `strange` is true for rows whose picture shows something that the lexicon does not know: it may
    be any label.
    """
    column = coded_columns.as_array(findings["searched"])
    words = [_joined(pc.struct_field(column, name)) for name in _FIELDS]
    marked = pc.if_else(strange, ANY_LABEL, "")

    def named(
        looked: str, unknown: str, elsewhere: str, strange: str, source: str, modality: str
    ) -> list[str]:
        every = [*_split(unknown), *_split(strange)]
        labels = _looked_for(_split(looked), source, modality, normaliser)
        found = _unknown(every, _split(elsewhere), source, modality, normaliser)
        return [SEPARATOR.join(labels), SEPARATOR.join(found), ""]

    keys = [*words, marked, findings["source"], findings["modality"]]
    found = coded_columns.map_words(keys, named, _FIELDS)
    fields = list(column.type)
    lists = [_lists(found[field.name], field.type) for field in fields]
    return pa.StructArray.from_arrays(lists, fields=fields)


def strange_words(reason: pa.Array) -> pa.Array:
    """Return which words, by the reason why each has no label, may name any label."""
    # no constant of the module: making an array imports pandas
    return pc.is_in(reason, value_set=pa.array(sorted(STRANGE), pa.string()))


def _looked_for(
    words: Iterable[str], source: str, modality: str, normaliser: Normaliser
) -> list[str]:
    """Return the labels that were looked for, without those for which words name only one side."""
    sides: dict[str, set[str]] = defaultdict(set)
    for word in words:
        if word == ANY_LABEL:
            sides[ANY_LABEL].add("")
        elif (found := normaliser.resolve(word, source, modality)).label:
            sides[found.label].add(found.laterality)
    return sorted(n for n, seen in sides.items() if "" in seen or seen >= BOTH_SIDES)


def _unknown(
    words: Iterable[str],
    elsewhere: Iterable[str],
    source: str,
    modality: str,
    normaliser: Normaliser,
) -> list[str]:
    """Return the labels that are unknown: any, if a word of the same list is not in the lexicon.

    A word that only another list states, `elsewhere`, has no effect here if it is not in the lexicon.
    """
    stated = (normaliser.resolve(word, source, modality).label for word in elsewhere)
    labels = {label for label in stated if label}
    for word in words:
        if word == ANY_LABEL:
            labels.add(ANY_LABEL)
            continue
        found = normaliser.resolve(word, source, modality)
        if found.label:
            labels.add(found.label)
        elif found.reason in STRANGE:
            labels.add(ANY_LABEL)
    return sorted(labels)


def _split(joined: str) -> Sequence[str]:
    return joined.split(SEPARATOR) if joined else ()


def _joined(lists: pa.Array) -> pa.Array:
    # the kernel exists only for the plain type
    return pc.binary_join(lists.cast(pa.list_(pa.string())), SEPARATOR)


def _lists(joined: pa.Array, kind: pa.DataType) -> pa.Array:
    """Return joined words as lists; each distinct text is split once."""
    coded = coded_columns.encode_names(joined)
    lists = pa.array([list(_split(text)) for text in coded.names], kind)
    return lists.take(pa.array(coded.codes))
