"""Join pools that have too few labels with the nearest ones up the tree.

A pool of marked or named regions belongs to one task. If it has too few labels for a question, it
is joined with the pools of tasks that may share their options (`*` in
`lexicon/task_kinds.tsv`), in the same split and modality: first with those that share a department
with it, and if that is not enough, with all. Whole pools are joined, so that each label offered is
a key among the questions that offer it; labels borrowed for single questions would never be right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from benchsmith.documents.lexicon import ANY
from benchsmith.documents.lexicon.task_kinds import TaskKinds
from benchsmith.stages.asked_target import AskedTarget

Enough = Callable[[Sequence[AskedTarget]], bool]
"""Whether some targets have labels enough for a question."""


def joined(
    pools: Mapping[str, list[AskedTarget]],
    kinds: TaskKinds,
    enough: Enough,
    may_ask: Callable[[str, Sequence[AskedTarget]], bool],
) -> dict[str, list[AskedTarget]]:
    """Return the pools by name, some of them joined; members are sorted by id.

    `may_ask` says whether a task has stems that fit labels of other tasks, in the views of some
    targets.
    """
    found = {name: list(members) for name, members in pools.items()}
    families: dict[str, list[str]] = defaultdict(list)
    for name, members in sorted(pools.items()):
        task = members[0].choice.task
        base, _, last = name.rpartition("/")
        if last == task and members[0].choice.kind != "image" and (task, ANY) in kinds:
            families[base].append(name)
    for base, names in families.items():
        for name in names:
            if name not in found or enough(found[name]):
                continue
            for group in _nearest(name, [n for n in names if n in found], found):
                members = sorted((a for n in group for a in found[n]), key=lambda a: a.id)
                tasks = sorted({a.choice.task for a in members})
                if len(tasks) > 1 and enough(members) and may_ask(tasks[0], members):
                    for one in group:
                        del found[one]
                    found[f"{base}/{'+'.join(tasks)}"] = members
                    break
    return found


def _nearest(
    name: str, names: Sequence[str], pools: Mapping[str, Sequence[AskedTarget]]
) -> list[list[str]]:
    """Return the groups of pools to join with `name`: those of its departments, then all."""
    own = {a.choice.department for a in pools[name]}
    near = [n for n in names if own & {a.choice.department for a in pools[n]}]
    return [near, list(names)]
