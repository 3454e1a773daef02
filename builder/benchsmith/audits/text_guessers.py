"""Guessers that learn from words: what a text classifier gets right without a picture.

The models are scikit-learn's logistic regression with the lbfgs solver, which draws no random
numbers, on one thread; scores are rounded before they are compared, so that the last bits of a sum
decide nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from benchsmith.audits.contract import at_most, check, not_run
from benchsmith.audits.exam import Exam, Mask, numbered
from benchsmith.audits.form import folded
from benchsmith.audits.prior_guessers import FEWEST, Guess, rate
from benchsmith.core.verdicts import NOT_RUN, Found, Offender, Part, named, shown
from benchsmith.documents.benchmark import Marks
from benchsmith.statistics.cluster_arrays import Floats, Ints
from benchsmith.statistics.intervals import Interval
from benchsmith.statistics.resampling import permutation

LEAST = 200
"""Questions that a text model needs to learn anything."""
LABELS = 10
STRENGTH = 0.3
"""Inverse strength of the penalty: options are many and questions few."""
ROUNDS = 100
TOLERANCE = 1e-3
DECIMALS = 3
"""Of a score: a thousandth of a logit is no knowledge."""


@check(
    "C2",
    asks="What does a model learn from the words alone?",
    formula="logistic regression on each option's words (tf-idf of 1- and 2-grams), its label within task, "
    "modality and granularity, its place, length, digits, likeness to the question and to the other "
    "options; five-fold over patients or targets, and val to test; mark the smaller of learned_lift x "
    "chance and chance + learned_points",
    remedy="Look at the labels that are named: they are right more often than they are offered, or worded otherwise.",
    hard=True,
    least=LEAST,
)
def blind_attack(exam: Exam, marks: Marks) -> Found:
    """A text model must not beat chance."""
    judged = []
    for (name, hits), which in ways(exam):
        chance = float(exam.chance[which].mean())
        mark = min(marks.learned_lift * chance, chance + marks.learned_points / 100)
        judged.append((name, hits, which, rate(exam, hits, which), mark, chance))
    name, hits, which, found, mark, chance = max(judged, key=lambda j: j[3].low - j[4])
    parts = [
        Part(name=j[0], value=j[3].value, low=j[3].low, high=j[3].high, n=int(j[2].sum()))
        for j in judged
    ]
    lift = found.value / chance if chance else 0.0
    what = f"{name}: {shown(found.value, '%')}, {lift:.2f} x chance; "
    return at_most(
        found,
        mark,
        int(which.sum()),
        what=what,
        over=exam.over(which),
        parts=parts,
        **named(_gains(exam, hits, which)),
    )


class Way(NamedTuple):
    """What the model reaches, learning from some questions, on others."""

    guess: Guess
    which: Mask


def ways(exam: Exam) -> list[Way]:
    """Return what the model reaches over five folds, and from val to test where both are large."""
    everyone = np.ones(len(exam), bool)
    folds = [exam.folds == part for part in range(5)]
    turns = [(~here, here) for here in folds if here.any() and not here.all()]
    known, asked = exam.split("val"), exam.split("test")
    both = known.sum() >= FEWEST and asked.sum() >= FEWEST
    *parts, last = logits(exam, [*turns, (known, asked & both)])
    score = np.zeros(len(exam.item))
    for (_, here), own in zip(turns, parts, strict=True):
        score[here[exam.item]] = own
    found = [Way(Guess("five-fold", exam.hits(score)), everyone)]
    if both:
        score = np.zeros(len(exam.item))
        score[asked[exam.item]] = last
        found.append(Way(Guess("val to test", exam.hits(score)), asked))
    return found


def logits(exam: Exam, turns: Sequence[tuple[Mask, Mask]]) -> list[Floats]:
    """Learn from some questions and return the logits of others' options, for each turn.

    A turn is which questions are known, and which are asked. Rounded, so that the order does not
    hang on a processor's last bit.
    """
    features = _features(exam)
    found = [
        _logit(features, exam.key, known[exam.item], asked[exam.item]) for known, asked in turns
    ]
    return [np.round(one, DECIMALS) for one in found]


def _gains(exam: Exam, hits: Floats, which: Mask) -> Iterator[Offender]:
    """Yield the answers that a model knows better than chance, those worth most first."""
    of, names = exam.codes("label")
    gain = np.bincount(of, weights=(hits - exam.chance) * which, minlength=len(names))
    count = np.bincount(of, weights=which.astype(float), minlength=len(names))
    for i in np.argsort(-gain, kind="stable"):
        if gain[i] >= 2:
            why = f"right {gain[i]:.1f} times more than by chance in {count[i]:.0f} questions"
            yield Offender(names[i], why)


def _features(exam: Exam) -> Any:
    """Return a sparse row of features for each option."""
    from scipy import sparse
    from sklearn.feature_extraction.text import TfidfVectorizer

    labels, names = exam.option
    texts, which = np.unique(np.array(exam.texts, dtype=object), return_inverse=True)
    words = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\S+", sublinear_tf=True)  # noqa: S106
    try:
        said = words.fit_transform([" ".join(folded(t)) or "-" for t in texts])[which]
    except ValueError:  # no option has a word
        said = sparse.csr_matrix((len(labels), 1))
    within = exam.stratum[0][exam.item] * len(names) + labels
    return sparse.hstack(
        [sparse.csr_matrix(_numbers(exam)), said, _one_hot(within),
         _one_hot(exam.k[exam.item] * 32 + exam.place)],
        format="csr",
    )  # fmt: skip


def _one_hot(values: Ints) -> Any:
    from scipy import sparse

    _, place = np.unique(values, return_inverse=True)
    ones = np.ones(len(place))
    return sparse.csr_matrix((ones, (np.arange(len(place)), place)))


def _numbers(exam: Exam) -> Floats:
    """Return what can be counted of each option beside its question's other options."""
    length = np.array([len(t) for t in exam.texts], float)
    k = exam.k[exam.item]
    mean = (exam.per_item(length) / exam.k)[exam.item]
    longest = np.zeros(len(exam))
    np.maximum.at(longest, exam.item, length)
    shortest = np.full(len(exam), np.inf)
    np.minimum.at(shortest, exam.item, length)
    digits = np.array([any(c.isdigit() for c in t) for t in exam.texts], float)
    words, asked = _words(exam)
    size = np.maximum(np.asarray(words.sum(axis=1)).ravel(), 1)
    overlap = np.asarray(words.multiply(asked[exam.item]).sum(axis=1)).ravel() / size
    alike = _likeness(words, exam)
    columns = [
        np.log(np.maximum(length, 1) / np.maximum(mean, 1)),
        length == longest[exam.item],
        length == shortest[exam.item],
        digits - (exam.per_item(digits) / exam.k)[exam.item],
        overlap,
        alike - (exam.per_item(alike) / exam.k)[exam.item],
        1 / k,
    ]
    return np.stack([np.asarray(c, float) for c in columns], axis=1)


def _words(exam: Exam) -> tuple[Any, Any]:
    """Return which words each option has, and each question: sparse rows of ones."""
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

    both = rows(exam.texts), rows([row.question for row in exam.rows])
    size = max(len(place), 1)
    return tuple(sparse.csr_matrix(b, shape=(len(b[2]) - 1, size)) for b in both)


def _likeness(words: Any, exam: Exam) -> Floats:
    """Return each option's mean Jaccard likeness to its question's other options."""
    size = np.asarray(words.sum(axis=1)).ravel()
    found = np.zeros(len(size))
    for shift in range(1, int(exam.k.max(initial=1))):
        first = np.flatnonzero(exam.place + shift < exam.k[exam.item])
        second = first + shift
        shared = np.asarray(words[first].multiply(words[second]).sum(axis=1)).ravel()
        like = shared / np.maximum(size[first] + size[second] - shared, 1)
        found += np.bincount(first, weights=like, minlength=len(size))
        found += np.bincount(second, weights=like, minlength=len(size))
    likeness: Floats = found / np.maximum(exam.k[exam.item] - 1, 1)
    return likeness


def _logit(features: Any, key: Mask, learned: Mask, wanted: Mask) -> Floats:
    """Fit on some options and return the logits of others; zero where there is nothing to learn."""
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    if len(np.unique(key[learned])) < 2 or not wanted.any():
        return np.zeros(int(wanted.sum()))
    with threadpool_limits(1):
        model = LogisticRegression(
            C=STRENGTH, solver="lbfgs", max_iter=ROUNDS, tol=TOLERANCE, random_state=0
        )
        model.fit(features[learned], key[learned])
        found: Floats = model.decision_function(features[wanted])
    return found


@check(
    "C4",
    asks="Does the style of an option tell that it is right?",
    formula="within each question, how often the answer's score beats a wrong option's (ties half), by "
    "logistic regression on character 2- to 4-grams that was fitted without either label; mark style_auc",
    remedy="Give the labels of the pool names of one style: case, brackets, abbreviations, language.",
    least=LEAST,
)
def option_style(exam: Exam, marks: Marks) -> Found:
    """Answers and wrong options are spelled alike."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    of, texts = numbered(exam.texts)
    if len(texts) < LABELS:
        return not_run(f"needs {LABELS} different options and has {len(texts)}", len(exam))
    right = np.bincount(of, weights=exam.key.astype(float), minlength=len(texts))
    wrong = np.bincount(of, weights=(~exam.key).astype(float), minlength=len(texts))
    right *= wrong.sum() / max(right.sum(), 1)
    grams = TfidfVectorizer(analyzer="char", ngram_range=(2, 4), min_df=2, lowercase=False)
    try:
        spelled = grams.fit_transform([f" {t} " for t in texts])
    except ValueError:
        return not_run("no piece of spelling stands in two options", len(exam))
    part = np.arange(len(texts)) % 5
    part = part[permutation(len(texts), exam.seed, "style")]
    score = np.zeros(len(texts))
    with threadpool_limits(1):
        for fold in range(5):
            own, other = part == fold, part != fold
            rows = np.concatenate([np.flatnonzero(other)] * 2)
            truth = np.repeat([True, False], int(other.sum()))
            weight = np.concatenate([right[other], wrong[other]])
            model = LogisticRegression(
                C=STRENGTH, solver="lbfgs", max_iter=ROUNDS, tol=TOLERANCE, random_state=0
            )
            model.fit(spelled[rows], truth, sample_weight=weight)
            score[own] = model.decision_function(spelled[own])
    auc, pairs = wins(exam, np.round(score, DECIMALS)[of], part[of])
    if not pairs.any():
        return Found(outcome=NOT_RUN, says="no question has options to compare", n=0)
    found = exam.clusters.interval(auc, pairs)
    return at_most(
        Interval(*found),
        marks.style_auc,
        int((pairs > 0).sum()),
        what="the answer's spelling wins; ",
        over=exam.over(pairs > 0),
    )


def wins(exam: Exam, score: Floats, part: Ints | None = None) -> tuple[Floats, Floats]:
    """Count, for each question, the pairs in which an answer beats a wrong option, and all pairs.

    Ties are half. With `part`, only pairs of one part: scores of different models do not compare.
    """
    won, pairs = np.zeros(len(exam)), np.zeros(len(exam))
    widest = int(exam.k.max(initial=0))
    for shift in range(1, widest):
        # options of a question that stand `shift` places apart
        first = np.flatnonzero(exam.place + shift < exam.k[exam.item])
        second = first + shift
        here = exam.key[first] != exam.key[second]
        if part is not None:
            here &= part[first] == part[second]
        first, second = first[here], second[here]
        a = np.where(exam.key[first], score[first], score[second])
        b = np.where(exam.key[first], score[second], score[first])
        np.add.at(won, exam.item[first], (a > b) + 0.5 * (a == b))
        np.add.at(pairs, exam.item[first], 1.0)
    return won, pairs
