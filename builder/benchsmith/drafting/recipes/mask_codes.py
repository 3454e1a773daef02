"""Numeric codes in the names of masks, in place of words."""

from __future__ import annotations

from benchsmith.drafting.recipes.mask_pairs import LABEL, Pairing


def codes_of(pairing: Pairing) -> list[str]:
    """Return the labels in the names of masks, if all are numbers; leading zeros are ignored."""
    if pairing.begins:
        rests = [m.entry.stem[len(p.entry.stem) :].lstrip("_-. ") for p, m in pairing.pairs]
        after = pairing.marks.after[:1]
        labels = {rest.rpartition(after)[0] if after else rest for rest in rests}
    elif LABEL in pairing.texts:
        number = pairing.texts.index(LABEL)
        labels = {m.values[number] for m in pairing.marks.members}
    else:
        labels = {m.core for m in pairing.marks.members} if pairing.core == LABEL else set()
    plain = labels and all(x.isascii() and x.isdigit() for x in labels)
    return sorted({x.lstrip("0") or "0" for x in labels}, key=int) if plain else []
