"""The facts of counterfactual questions in the cache key of ask."""

from __future__ import annotations

from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from benchsmith.core.alteration import ERASE
from benchsmith.documents.cache_key_context import KeyContext, library_versions
from benchsmith.tables.facts import Facts

REVISION = 4


def inputs(context: KeyContext) -> Facts:
    """Return the facts that counterfactual questions depend on; none if there are none."""
    if not context.benchmark.counterfactuals:
        return {}
    erases: dict[str, Any] = {}
    if ERASE in context.benchmark.counterfactuals:
        used = frozenset[str]().union(*(s.windows for s in context.sources.values()))
        bounds = {id_: asdict(context.windows[id_]) for id_ in used & context.windows.keys()}
        erases = {f"lexicon/windows.tsv: {id_}": bounds[id_] for id_ in sorted(bounds)}
        erases["library scipy"] = version("scipy")
    return {
        "program of counterfactuals": REVISION,
        **context.settings("counterfactuals", "quality", "picture"),
        **context.after("ingest", *context.sources),
        **library_versions(),
        **erases,
    }
