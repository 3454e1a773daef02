"""The audit's gate: a release that failed a hard check is reported, and not published."""

from __future__ import annotations

from collections.abc import Sequence

from benchsmith import plugins
from benchsmith.audits.audit import reasons
from benchsmith.core.build_files import AUDIT, REPORT
from benchsmith.core.errors import GateFailed
from benchsmith.core.stage_names import ALL_SOURCES
from benchsmith.pipeline.cache_keys import Partitions
from benchsmith.pipeline.context import Context
from benchsmith.pipeline.gather_release import gather
from benchsmith.pipeline.run_audit import read_verdicts, write_audit
from benchsmith.pipeline.source_files import SourceFiles
from benchsmith.pipeline.write_release import human_validation
from benchsmith.release import export


def check_audit(context: Context, sources: Sequence[SourceFiles], partitions: Partitions) -> None:
    """Write ``audit.json``. After a failed hard check write a report too, and raise GateFailed."""
    found, page = read_verdicts(partitions), context.folder / REPORT
    write_audit(context.name, partitions["export"][ALL_SOURCES].folder.name, found, context.folder)
    failures = reasons(found)
    if not failures:
        page.unlink(missing_ok=True)
        return
    release = gather(context, sources, partitions)
    release.audit = found
    release.validation = human_validation(context, release)
    export.write(release.public(), plugins.EXPORTS["report"], context.folder)
    where = f"all verdicts: {context.folder / AUDIT}; with pictures: {page}"
    raise GateFailed([*failures, where])
