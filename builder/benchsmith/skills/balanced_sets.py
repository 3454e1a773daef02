"""Draw sets of drafts in which every answer is right once: no prior knowledge reveals the answer.

A question about one picture and the same question about another picture, with the other answer, are
a set. A guesser who answers from the words alone gives both the same answer and is right once.
Knowing that a liver is larger than a spleen, or that it is left of it, gains nothing. Drafts that
fit in no set are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from benchsmith.core.random_order import rank
from benchsmith.documents.benchmark import Benchmark
from benchsmith.skills.contract import Draft

Set = tuple[Draft, ...]
"""Drafts with the same subjects and options, each option the key of one; or one that is turned."""
ONE_SIDED, QUOTA = "one-sided", "over-quota"


def draw_sets(
    skill: str, drafts: Iterable[Draft], benchmark: Benchmark
) -> tuple[list[Set], list[tuple[Draft, str]]]:
    """Return the sets of one skill that are asked, and the other drafts with the reason."""
    by_kind: dict[tuple[str, str], list[Draft]] = {}
    for draft in drafts:
        by_kind.setdefault((draft.scene.anchor.split, draft.kind), []).append(draft)
    chosen: list[Set] = []
    left: list[tuple[Draft, str]] = []
    share = {"val": benchmark.split.val, "test": benchmark.split.test}
    for (split, kind), own in sorted(by_kind.items()):
        quota = round(benchmark.per_skill.questions * share[split] / sum(share.values()))
        taken = _of_kind(own, quota, benchmark, (skill, kind, split))
        chosen += taken
        used = {_name(d) for one in taken for d in one}
        turned = {_place(d) for one in taken for d in one}
        able = {_asked(d) for one in _sets(own, benchmark.seed, ()) for d in one}
        left += [
            (d, QUOTA if _asked(d) in able else ONE_SIDED)
            for d in own
            if _name(d) not in used and not (d.turn and _place(d) in turned)
        ]
    return chosen, left


def _of_kind(
    drafts: Sequence[Draft], quota: int, benchmark: Benchmark, names: tuple[str, ...]
) -> list[Set]:
    """Take sets from each group of subjects in turn until the quota is full."""
    per_subject: Counter[str] = Counter()
    per_picture: Counter[str] = Counter()
    keys: Counter[str] = Counter()
    taken: list[Set] = []
    places: set[tuple[str, str]] = set()
    count, limits = 0, benchmark.per_skill
    for one in _sets(drafts, benchmark.seed, names):
        first, place = one[0], _place(one[0])
        size = 1 + len(first.turns) if first.turn else len(one)
        full = count + size > quota or _crowded(one, size, per_subject, limits.subject)
        busy = any(per_picture[d.scene.id] >= limits.picture for d in one)
        if full or busy or place in places:
            continue
        if first.turn:
            # take the order of its two subjects whose first answer was right less often
            orders = [d for d in drafts if _place(d) == place]
            first = min(orders, key=lambda d: (keys[d.key], rank(benchmark.seed, _name(d))))
            places.add(place)
            keys[first.key] += 1
        count += size
        for draft in one:
            per_subject[draft.subject] += size // len(one)
        per_picture.update(d.scene.id for d in one)
        taken.append((first,) if first.turn else one)
    return taken


def _sets(drafts: Iterable[Draft], seed: int, names: tuple[str, ...]) -> list[Set]:
    """Return all sets of one kind, the first of every group before the second ones."""
    groups: dict[str, dict[str, list[Draft]]] = {}
    for draft in drafts:
        by_key = groups.setdefault(draft.group, {})
        by_key.setdefault("" if draft.turn else draft.side[0], []).append(draft)
    ranked: list[tuple[int, int, str, Set]] = []
    for name, by_key in groups.items():
        first = next(iter(by_key.values()))[0]
        wanted = [""] if first.turn else list(first.side[1])
        columns = [_people_in_turn(by_key.get(key, []), seed, names) for key in wanted]
        place = rank(seed, "skills", *names, name)
        ranked += [(n, place, name, one) for n, one in enumerate(zip(*columns, strict=False))]
    return [one for *_, one in sorted(ranked, key=lambda r: r[:3])]


def _people_in_turn(drafts: Sequence[Draft], seed: int, names: tuple[str, ...]) -> list[Draft]:
    """Return drafts by rank, the first of every patient before the second ones."""
    seen: Counter[str] = Counter()
    found = []
    for draft in sorted(
        drafts, key=lambda d: (not d.wanted, rank(seed, "skills", *names, _name(d)), _name(d))
    ):
        patient = draft.scene.anchor.patient
        found.append((seen[patient], draft))
        seen[patient] += 1
    return [draft for _, draft in sorted(found, key=lambda f: f[0])]


def _crowded(one: Set, size: int, so_far: Counter[str], limit: int) -> bool:
    """Return whether a set has more questions about one subject than may be asked."""
    own = Counter(draft.subject for draft in one)
    return any(so_far[s] + n * size // len(one) > limit for s, n in own.items())


def _name(draft: Draft) -> str:
    words = [draft.scene.id, draft.kind, *draft.subjects, draft.variant]
    return " ".join(word for word in words if word)


def _asked(draft: Draft) -> object:
    """Return the identity of a draft's question; for a draft with turned versions, regardless of the order."""
    return _place(draft) if draft.turn else _name(draft)


def _place(draft: Draft) -> tuple[str, str]:
    """Return the picture and the subjects, regardless of their order."""
    return draft.scene.id, draft.group
