"""The dataset card of an adopted release."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from benchsmith import __version__
from benchsmith.core.reasons import REASONS
from benchsmith.documents.adoption import NOT_STATED, Adoption
from benchsmith.exporters.card import HUB_LICENCES
from benchsmith.exporters.templates import fill


def card(
    name: str,
    recipe: Adoption,
    splits: Mapping[str, int],
    cells: Collection[tuple[str, str, str]],
    left_out: Mapping[str, int],
    licence: str,
    languages: Collection[str],
) -> str:
    """Return the card: what was adopted, what was left out, the authors, and how to load it.

    `cells` are the split, task and department of each group of files.
    """
    configs: dict[str, dict[str, str]] = {"all": {}}
    for split, task, _ in sorted(cells):
        configs["all"][split] = f"data/{split}--*.parquet"
        configs.setdefault(f"task-{task}", {})[split] = f"data/{split}--{task}--*.parquet"
    return fill(
        "adopted_card.md.jinja",
        Path(__file__).parent,
        name=name,
        recipe=recipe,
        licence=licence,
        languages=[one for one in languages if one != NOT_STATED],
        hub_licence=HUB_LICENCES.get(recipe.licence, "other"),
        splits=splits,
        count=sum(splits.values()),
        configs=configs,
        left_out=[(REASONS[reason].sentence, reason, n) for reason, n in left_out.items()],
        version=__version__,
    )
