"""Rules for which pictures show one person, if neither a table nor a folder of cases states it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from benchsmith.drafting.recipes.family import Family
from benchsmith.drafting.recipes.picture_sets import DATE, PictureSet
from benchsmith.drafting.recipes.proposal import EACH, Labels, Other, Samples

MOST_ENDS = 8
"""Different last parts of the names of one person's pictures, such as `L` and `R`."""
_FORMS = {
    r"([0-9]+)([A-Za-z]+)": "{patient=digits}{view=letters}",
    r"([A-Za-z0-9]+)_([A-Za-z0-9]+)": "{patient=word}_{view=word}",
    r"([A-Za-z0-9]+)-([A-Za-z0-9]+)": "{patient=word}-{view=word}",
}


def of_case(pictures: PictureSet, every: Iterable[Family]) -> str:
    """Return the patient of pictures if each case has several that differ in the last word.

    `1_left` and `1_right` are of case 1, and so are `1_t1` and `1_t2`; empty if there is no such kind.
    """
    family = pictures.family
    if not family.varies or not family.after or pictures.only or "core" in pictures.texts:
        return ""
    cores = {m.core for m in family.members}
    for other in every:
        alike = (other.folders, other.before) == (family.folders, family.before)
        if alike and other.varies and other.after != family.after:
            theirs = {m.core for m in other.members}
            if 2 * len(cores & theirs) >= min(len(cores), len(theirs)):
                return f"{{{pictures.core_name}}}{pictures.last}"
    return ""


def others(samples: Samples, pictures: PictureSet | None) -> list[Other]:
    """Return the entry with other rules for the patient, each with what differs.

    `pictures` is None for a file that holds many pictures.
    """
    if pictures is None:
        if samples.patient != EACH:
            return []
        alone = replace(samples, patient="key", decide=dict(samples.decide))
        return [Other(alone, "all pictures of the file show one person (patient: key)")]
    if samples.patient.startswith("column:"):
        return []
    found = []
    if samples.patient != "key":
        parts = [n for n, name in pictures.names.items() if f"{{{name}}}" in samples.patient]
        if not parts:
            alone = replace(samples, patient="key", decide=dict(samples.decide))
            return [Other(alone, "each picture is another person's (patient: key)")]
        part = parts[0]
        people = {m.values[part] for m in pictures.members}
        if len(people) == len(pictures.members):
            return []
        alone = replace(samples, patient="key", decide=dict(samples.decide))
        found.append(Other(alone, "each picture shows a different person (patient: key)"))
        return found
    if DATE in pictures.names.values():
        number = next(n for n, name in pictures.names.items() if name == DATE)
        if len({m.values[number] for m in pictures.members}) < len(pictures.members):
            day = replace(samples, patient=f"{{{DATE}}}", decide=dict(samples.decide))
            found.append(Other(day, "the pictures of one day show one person (patient: {date})"))
    if by_name := _by_name(samples, pictures):
        found.append(by_name)
    return found


def _by_name(samples: Samples, pictures: PictureSet) -> Other | None:
    """Return the entry whose names begin with the patient: `01L` and `01R` are of `01`."""
    old = f"{{{pictures.core_name}}}"
    if not pictures.family.varies or pictures.only or pictures.texts or old not in samples.images:
        return None
    shorter = len(pictures.last)
    cores = [m.core[: len(m.core) - shorter] for m in pictures.members]
    for form, pattern in _FORMS.items():
        groups: dict[str, list[str]] = defaultdict(list)
        for core in cores:
            if (match := re.fullmatch(form, core)) is None:
                break
            groups[match[1]].append(match[2])
        else:
            ends = {end for group in groups.values() for end in group}
            if 1 < len(ends) <= MOST_ENDS and 1 < len(groups) < len(cores):
                break
    else:
        return None
    plain = re.sub(r"=[a-z]+", "", pattern)
    labels = [with_text(entry, old, plain) for entry in samples.labels]
    images = samples.images.replace(old, pattern)
    about = {k: v.replace(old, plain) for k, v in samples.about.items()}
    changed = replace(
        samples, images=images, patient="{patient}", key=samples.key.replace(old, plain),
        about=about, labels=labels, decide=dict(samples.decide),
    )  # fmt: skip
    shown = ", ".join(sorted(ends)[:3])
    what = f"the first part of a name is the person, {shown} the picture (patient: {{patient}})"
    return Other(changed, what)


def with_text(entry: Labels, old: str, new: str) -> Labels:
    """Return an entry with another text for a placeholder in its patterns."""
    inner = [with_text(other, old, new) for other in entry.otherwise]
    keys: dict[str, Any] = _replaced(entry.keys, old, new)
    return Labels(keys, dict(entry.decide), entry.unsure, inner, entry.names_stated)


def _replaced(value: Any, old: str, new: str) -> Any:
    if isinstance(value, str):
        return value.replace(old, new)
    if isinstance(value, Mapping):
        return {k: _replaced(v, old, new) for k, v in value.items()}
    if isinstance(value, Sequence):
        return [_replaced(v, old, new) for v in value]
    return value
