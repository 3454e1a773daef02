"""The sources' files of a build, and the partitions whose cache keys follow from them."""

from __future__ import annotations

from collections.abc import Sequence

from benchsmith.core.build_files import HIDDEN_KEY, PRIVATE_FOLDER
from benchsmith.documents import blind_answers
from benchsmith.pipeline.cache_keys import Partitions, name_partitions
from benchsmith.pipeline.context import Context
from benchsmith.pipeline.source_files import SourceFiles, find_source_files
from benchsmith.release import hidden_splits


def find_sources(context: Context) -> list[SourceFiles]:
    """Find and digest the files of all sources, and read the key of the hidden splits."""
    sources = [
        find_source_files(
            library=context.library,
            source=context.library.sources[name],
            readers=context.readers,
            digests=context.digests,
            forbidden=context.benchmark.forbidden,
        )
        for name in context.benchmark.sources
    ]
    if context.benchmark.hidden:
        context.secret = hidden_splits.load_or_make_key(
            context.folder / PRIVATE_FOLDER / HIDDEN_KEY
        )
    context.digests.save()
    return sources


def plan_partitions(context: Context, sources: Sequence[SourceFiles]) -> Partitions:
    """Compute the cache keys that can be known now, with the newest blind answers."""
    context.tried = _blind_answers(context)
    solved = blind_answers.solved(context.tried, context.benchmark)
    context.retired = {one.target: ("retired", one.detail) for one in context.library.retired}
    if context.benchmark.editions is None:
        context.solved = solved
    else:
        # the targets that one edition leaves out must not change how targets are divided among all
        context.retired |= {target: ("blind-solved", row.detail) for target, row in solved.items()}
    found = name_partitions(context, sources)
    context.digests.save()
    return found


def _blind_answers(context: Context) -> list[blind_answers.BlindAnswer]:
    """Return the results of models without the picture. Raises DocumentError."""
    home = context.library.home
    found = blind_answers.read(blind_answers.path_of(home, context.name))
    return found
