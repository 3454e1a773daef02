"""The public ids of adopted cases and persons: hashes of what a release shows of them, and of no name.

A benchmark's own ids and its patients may be names of files and persons, and whoever guesses a name could compute
its hash, since the seed is public.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from hashlib import blake2b

from benchsmith.adopt.adopted_case import AdoptedCase
from benchsmith.core.random_order import public_id

SEED = 0


def of_picture(release: str, sha256: str) -> str:
    """Return the public id of a picture by the digest of its published bytes."""
    return public_id(SEED, f"{release}/picture/{sha256}")


def named(release: str, cases: Iterable[AdoptedCase]) -> list[AdoptedCase]:
    """Return cases with their ids, which do not depend on the order of rows.

    A case is named by its question, options, split and picture, and one of several equal ones by a number; its answer
    has no part in it, so that a corrected one changes no id, and `diff` finds it. In `patient` the cases have what
    tells persons apart, or the id of their picture; a person is named by all of their pictures.
    """
    alike: dict[str, list[AdoptedCase]] = defaultdict(list)
    pictures: dict[str, set[str]] = defaultdict(set)
    for case in cases:
        alike[_content(case)].append(case)
        pictures[case.patient].add(case.picture.sha256)
    persons = {
        patient: public_id(SEED, f"{release}/person/{' '.join(sorted(own))}")
        for patient, own in pictures.items()
    }
    found = []
    for content, own in alike.items():
        own.sort(key=lambda case: (case.wording.answers, case.own_id))
        for number, case in enumerate(own):
            person = case.patient if case.patient == case.sample else persons[case.patient]
            id_ = public_id(SEED, f"{release}/{content}/{number}")
            found.append(replace(case, id=id_, patient=person))
    return found


def _content(case: AdoptedCase) -> str:
    words = json.dumps([case.wording.question, *case.wording.options, case.split])
    return blake2b((words + case.picture.sha256).encode(), digest_size=16).hexdigest()
