"""How much each person's word weighs, found from nothing but what all of them said.

Dawid and Skene, Maximum likelihood estimation of observer error-rates using the EM algorithm,
Applied Statistics 28 (1979) 20-28, equations 2.3 to 2.5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
ROUNDS = 200
CLOSE = 1e-7
"""Change of the probabilities at which the rounds end."""
LEAST = 1e-12
"""In place of a probability of 0, of which there is no logarithm."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What is likely true, and who tells it."""

    choices: tuple[str, ...]
    items: tuple[str, ...]
    people: tuple[str, ...]
    likely: Floats
    """Probability of each choice for each item: (items, choices)."""
    shares: Floats
    """How frequent each choice is: (choices,)."""
    errors: Floats
    """What a person says where each choice is true: (people, true, said); rows add up to 1."""

    @property
    def weights(self) -> dict[str, float]:
        """Return how often each person is expected to be right."""
        right = np.einsum("k,pkk->p", self.shares, self.errors)
        return dict(zip(self.people, right.tolist(), strict=True))


def weigh(said: Iterable[tuple[str, str, str]]) -> Weighed:
    """Weigh what people said: (item, person, choice), also several times by one person.

    Starts from each item's shares of votes and goes on until nothing changes. A person who never
    had a true choice before them is taken to say everything alike.
    """
    rows = list(said)
    items, people, choices = (tuple(sorted({row[i] for row in rows})) for i in range(3))
    counts = np.zeros((len(people), len(items), len(choices)))
    place = [{name: n for n, name in enumerate(names)} for names in (items, people, choices)]
    for item, person, choice in rows:
        counts[place[1][person], place[0][item], place[2][choice]] += 1
    likely = counts.sum(axis=0)
    likely /= likely.sum(axis=1, keepdims=True)
    shares, errors = _learned(counts, likely)
    for _ in range(ROUNDS):
        before = likely
        likely = _expected(counts, shares, errors)
        shares, errors = _learned(counts, likely)
        if np.abs(likely - before).max(initial=0.0) < CLOSE:
            break
    return Weighed(choices, items, people, likely, shares, errors)


def _learned(counts: Floats, likely: Floats) -> tuple[Floats, Floats]:
    """Return how frequent choices are, and what people say of each (equations 2.3 and 2.4)."""
    errors = np.einsum("ij,pil->pjl", likely, counts)
    total = errors.sum(axis=2, keepdims=True)
    even = 1 / max(counts.shape[2], 1)
    errors = np.divide(errors, total, out=np.full_like(errors, even), where=total > 0)
    return likely.mean(axis=0), errors


def _expected(counts: Floats, shares: Floats, errors: Floats) -> Floats:
    """Return how probable each choice is for each item (equation 2.5)."""
    logs = np.einsum("pil,pjl->ij", counts, np.log(np.maximum(errors, LEAST)))
    logs += np.log(np.maximum(shares, LEAST))
    likely = np.exp(logs - logs.max(axis=1, keepdims=True))
    found: Floats = likely / likely.sum(axis=1, keepdims=True)
    return found


def told(weights: Mapping[str, float]) -> str:
    """Say the weights in one line."""
    return ", ".join(f"{who} {weight:.3f}" for who, weight in sorted(weights.items()))
