"""Features of option texts for the text models: one sparse row for each option."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.word_folding import folded
from benchsmith.statistics.cluster_arrays import Floats, Ints


def features(table: AuditTable) -> Any:
    """Return the features of all options, a sparse (m, f) float64 matrix.

    Seven numbers, the words' tf-idf (1- and 2-grams), one column for each label within task,
    modality and granularity, and one for each position within each number of options.
    """
    from scipy import sparse
    from sklearn.feature_extraction.text import TfidfVectorizer

    labels, names = table.label_codes
    texts, which = np.unique(np.array(table.option_texts, dtype=object), return_inverse=True)
    words = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\S+", sublinear_tf=True)  # noqa: S106
    try:
        tfidf = words.fit_transform([" ".join(folded(t)) or "-" for t in texts])[which]
    except ValueError:  # no option has a word
        tfidf = sparse.csr_matrix((len(labels), 1))
    within = table.stratum[0][table.question_of] * len(names) + labels
    return sparse.hstack(
        [sparse.csr_matrix(_numbers(table)), tfidf, _one_hot(within),
         _one_hot(table.k[table.question_of] * 32 + table.position)],
        format="csr",
    )  # fmt: skip


def _one_hot(values: Ints) -> Any:
    from scipy import sparse

    _, place = np.unique(values, return_inverse=True)
    ones = np.ones(len(place))
    return sparse.csr_matrix((ones, (np.arange(len(place)), place)))


def _numbers(table: AuditTable) -> Floats:
    """Return numeric features of each option relative to its question's options: (m, 7).

    Log length over the mean length, longest, shortest, digits, overlap with the question, similarity
    to the other options, and 1/k.
    """
    length = np.array([len(t) for t in table.option_texts], float)
    k = table.k[table.question_of]
    mean = (table.sum_per_question(length) / table.k)[table.question_of]
    longest = np.zeros(len(table))
    np.maximum.at(longest, table.question_of, length)
    shortest = np.full(len(table), np.inf)
    np.minimum.at(shortest, table.question_of, length)
    has_digit = {text: any(c.isdigit() for c in text) for text in set(table.option_texts)}
    digits = np.array([has_digit[text] for text in table.option_texts], float)
    words, asked = _words(table)
    size = np.maximum(np.asarray(words.sum(axis=1)).ravel(), 1)
    overlap = np.asarray(words.multiply(asked[table.question_of]).sum(axis=1)).ravel() / size
    alike = _similarity(words, table)
    columns = [
        np.log(np.maximum(length, 1) / np.maximum(mean, 1)),
        length == longest[table.question_of],
        length == shortest[table.question_of],
        digits - (table.sum_per_question(digits) / table.k)[table.question_of],
        overlap,
        alike - (table.sum_per_question(alike) / table.k)[table.question_of],
        1 / k,
    ]
    return np.stack([np.asarray(c, float) for c in columns], axis=1)


def _words(table: AuditTable) -> tuple[Any, Any]:
    """Return the word sets of all options (m, w) and of all questions (n, w), as sparse ones."""
    from scipy import sparse

    place: dict[str, int] = {}

    def rows(texts: list[str]) -> Any:
        own: dict[str, list[int]] = {}
        ends, found = [0], []
        for text in texts:
            if text not in own:
                own[text] = sorted({place.setdefault(w, len(place)) for w in folded(text)})
            found += own[text]
            ends.append(len(found))
        return np.ones(len(found)), np.array(found, np.int64), np.array(ends, np.int64)

    both = rows(table.option_texts), rows([row.question for row in table.rows])
    size = max(len(place), 1)
    return tuple(sparse.csr_matrix(b, shape=(len(b[2]) - 1, size)) for b in both)


def _similarity(words: Any, table: AuditTable) -> Floats:
    """Return each option's mean Jaccard similarity to its question's other options: (m,)."""
    size = np.asarray(words.sum(axis=1)).ravel()
    found = np.zeros(len(size))
    for shift in range(1, int(table.k.max(initial=1))):
        first = np.flatnonzero(table.position + shift < table.k[table.question_of])
        second = first + shift
        shared = np.asarray(words[first].multiply(words[second]).sum(axis=1)).ravel()
        like = shared / np.maximum(size[first] + size[second] - shared, 1)
        found += np.bincount(first, weights=like, minlength=len(size))
        found += np.bincount(second, weights=like, minlength=len(size))
    similarity: Floats = found / np.maximum(table.k[table.question_of] - 1, 1)
    return similarity
