"""The ids under which a release shows questions, targets, samples and persons.

They are hashes of the seed and of content names (:mod:`benchsmith.core.content_names`), so no guess of
the name of a file or a patient can be confirmed by them.
"""

from __future__ import annotations

from benchsmith.core.content_names import renamed
from benchsmith.core.model import Choice
from benchsmith.core.random_order import public_id


def of_question(seed: int, question: str, choice: Choice) -> str:
    """Return the public id of a question about a target; `question` is its id."""
    return public_id(seed, renamed(question, choice.sample, choice.content))


def of_target(seed: int, choice: Choice) -> str:
    """Return the public id of a target."""
    return of_question(seed, choice.id, choice)


def of_sample(seed: int, choice: Choice) -> str:
    """Return the public id of a target's sample."""
    return public_id(seed, choice.content or choice.sample)


def of_patient(seed: int, choice: Choice) -> str:
    """Return the public id of a target's patient."""
    return _person(seed, choice.person or choice.patient)


def of_group(seed: int, choice: Choice) -> str:
    """Return the public id of a target's leak group: that of its patient if it is alone."""
    return _person(seed, choice.cluster or choice.person or choice.patient)


def _person(seed: int, name: str) -> str:
    # a person is named by a sample, but its id must differ from the sample's
    return public_id(seed, f"person {name}")
