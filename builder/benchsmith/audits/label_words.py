"""Words of labels in the source's spelling, which a release shows: they identify nobody unless they are a name.

In a folder of classes each picture's name has the word of its label: `notumor/im001`. A cell such as
`mass (Kowalski)` has the name of a person beside the label. So a label is public as a whole if the names of
patients contain it as a whole; of other labels, the words that are in no name are public.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from benchsmith.audits.word_forms import TOKEN
from benchsmith.text.plain_letters import plain_letters

FEWEST_PATIENTS = 2
"""Patients whose names have a label; a person's name is one patient's."""
SHORTEST = 3
"""Letters of a word that may be a name."""


def public_labels(labels: Iterable[str], patients: Collection[str], persons: Iterable[str]) -> str:
    """Return the parts of some labels that identify nobody, one label per line.

    `labels` and the names of `patients` are as the source spells them, names with the folders that they begin
    with; `persons` are texts that certainly name a person.
    """
    certain = {word for text in persons for word in _words(text)}
    named = {word for name in patients for word in _words(name)}
    folders = {_words(part) for name in patients for part in name.split("/")[:-1]}
    counts = Counter(run for name in patients for run in _runs(name))
    found = []
    for label in sorted(set(labels)):
        words = _words(label)
        whole = words in folders or counts[words] >= FEWEST_PATIENTS
        found.append(_without(label, certain if whole else certain | named))
    return "\n".join(found)


def _words(text: str) -> tuple[str, ...]:
    return tuple(plain_letters(word) for word in TOKEN.findall(text))


def _runs(name: str) -> set[tuple[str, ...]]:
    """Return every run of words in a name."""
    words = _words(name)
    return {words[i:j] for i in range(len(words)) for j in range(i + 1, len(words) + 1)}


def _without(label: str, names: Collection[str]) -> str:
    def kept(word: str) -> str:
        return " " if len(word) >= SHORTEST and plain_letters(word) in names else word

    return TOKEN.sub(lambda match: kept(match[0]), label)
