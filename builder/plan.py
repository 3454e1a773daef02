"""What a build has to do: its sources' files, and the name of every piece of work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from builder import __version__, packages, tables
from builder.audits import audit
from builder.digests import Digests
from builder.documents.benchmark import Benchmark
from builder.documents.labels import files as files_of
from builder.documents.library import Library
from builder.documents.pools import files
from builder.documents.recipe import Source
from builder.languages import LANGUAGES
from builder.model import Case, Choice, Finding, Label, Question, Rejection, Sample, Target
from builder.ports import Plugins
from builder.stages import ask, export, ingest, known, normalise, render, select, tag
from builder.stages.units import Unit, plan
from builder.store import Partition, fingerprint

STAGES = ("ingest", "normalise", "tag", "select", "ask", "render", "export")
WHOLE = "all"
"""The part of a stage that works on all sources at once."""
Parts = Mapping[str, Mapping[str, Partition]]
"""Every piece of work of a build: by stage, then by source or ``all``."""
DECIDING = (
    "numpy",
    "opencv-python-headless",
    "pillow",
    "nibabel",
    "pydicom",
    "pylibjpeg-libjpeg",
    "pylibjpeg-openjpeg",
    "deflate",
)
"""Libraries whose version may decide a pixel's value."""
TELLING = {
    "title",
    "citation",
    "obtain",
    "note",
    "homepage",
    "verified",
    "version",
    "licence",
    "labels_are",
    "id_space",
}
"""A recipe's keys that tell of a source but do not decide what is read from it."""


@dataclass(slots=True)
class Prepared:
    """A source that was looked at, but not read yet."""

    source: Source
    units: list[Unit] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    digest: str = ""
    """Fingerprint of the source's files."""


def prepare(
    library: Library, source: Source, readers: Plugins, digests: Digests, forbidden: str
) -> Prepared:
    """Find a source's files, without reading a pixel.

    With `forbidden: leave-out` nothing is read of a source that may not be passed on.
    """
    licence = library.lexicon.licences[source.recipe.licence]
    if forbidden == "leave-out" and not licence.redistribute:
        return _gone(source, "licence-forbids", licence.name)
    roots = packages.roots(library.home, source)
    if isinstance(roots, str):
        return _gone(source, "source-missing", roots)
    units, rejected = plan(source, roots, readers)
    files: dict[str, Path] = {}
    for unit in units:
        found = [*readers.members(unit.path)]
        for labels in unit.samples.labels:
            for pattern in files_of(labels):
                for path, _ in unit.find(pattern):
                    found += readers.members(path)
        files |= {unit.show(path): path for path in found}
    named = [(name, digests.of(path)) for name, path in sorted(files.items())]
    subjects = sorted((r.subject, r.reason, r.detail) for r in rejected)
    return Prepared(source, units, rejected, fingerprint(named, subjects))


def spaces(prepared: Sequence[Prepared]) -> dict[str, str]:
    """Return the sources that share their names of patients, each with the name of what it shares."""
    found = {p.source.id: p.source.recipe.id_space for p in prepared}
    return {source: space for source, space in found.items() if space}


def unnamed(prepared: Sequence[Prepared]) -> list[str]:
    """Return the sources whose recipe does not say whose pictures they are: each is one person's."""
    return [
        p.source.id
        for p in prepared
        if any("patient" not in entry.model_fields_set for entry in p.source.recipe.samples)
    ]


def _gone(source: Source, reason: str, detail: str) -> Prepared:
    """Leave a whole source out."""
    gone = Rejection(
        stage=ingest.NAME, source=source.id, subject=source.id, reason=reason, detail=detail
    )
    return Prepared(source, rejected=[gone], digest=fingerprint(reason, detail))


def partitions(
    name: str,
    folder: Path,
    benchmark: Benchmark,
    library: Library,
    prepared: Sequence[Prepared],
    digests: Digests,
    secret: bytes = b"",
) -> Parts:
    """Name every piece of work by a fingerprint of all that it depends on, and of nothing else."""
    namer = _Namer(folder, library.home, digests)
    libraries = {each: version(each) for each in DECIDING}
    b = benchmark
    tags, read = [], {}
    ending = LANGUAGES[b.language].ending
    names = [f"lexicon/tree/{axis}{ending}.tsv" for axis in ("label", "modality") if ending]
    for p in prepared:
        s = p.source.id
        recipe = p.source.recipe.model_dump(mode="json", exclude=TELLING)
        read[s] = namer.name(
            ingest.NAME,
            s,
            (ingest.REVISION, tables.digest(Sample, Finding, Rejection), recipe),
            (p.source.recipe.licence, b.slices.model_dump(mode="json"), p.digest, libraries),
        )
        normalised = namer.name(
            normalise.NAME,
            s,
            (normalise.REVISION, read[s], tables.digest(Label)),
            namer.documents(
                "lexicon/tree/label.tsv",
                "lexicon/tree/modality.tsv",
                "lexicon/abbreviations.tsv",
                "lexicon/drops.tsv",
                f"lexicon/mappings/{s}.tsv",
            ),
        )
        tagged = namer.name(
            tag.NAME,
            s,
            (tag.REVISION, normalised, tables.digest(Target)),
            namer.documents(
                "lexicon/placements.tsv",
                "lexicon/windows.tsv",
                "lexicon/tree/label.tsv",
                "lexicon/tree/modality.tsv",
                *names,
            ),
        )
        tags.append(tagged)
    chosen = namer.name(
        select.NAME,
        WHOLE,
        (select.REVISION, tags, tables.digest(Choice)),
        (b.seed, b.quota.model_dump(), b.split.model_dump(), b.subset, b.picture.long_side),
        (b.quality.model_dump(), b.near.model_dump(), spaces(prepared), unnamed(prepared)),
        [
            (folder, path.relative_to(library.home / folder).as_posix(), digests.of(path))
            for folder in b.contamination
            for path in known.files(library.home / folder)
        ],
        namer.documents("lexicon/tree") if b.subset else (),
        sorted(library.dropped.items()),
    )
    asked = namer.name(
        ask.NAME,
        WHOLE,
        (ask.REVISION, chosen, tables.digest(Question)),
        (b.language, b.seed, b.views, b.answers, b.options.model_dump()),
        (b.several.model_dump(), b.truth.model_dump(), b.slices.min_share, b.split.model_dump()),
        b.subset,
        namer.documents(
            *files(library.home, b.language), "lexicon/tree", "lexicon/confusables.tsv"
        ),
    )
    drawn = [
        namer.name(
            render.NAME,
            p.source.id,
            (render.REVISION, asked, read[p.source.id], tables.digest(Case)),
            (b.picture.model_dump(), libraries),
            namer.documents("lexicon/windows.tsv"),
        )
        for p in prepared
    ]
    namer.name(
        export.NAME,
        WHOLE,
        (
            export.REVISION,
            audit.REVISION,
            name,
            drawn,
            b.model_dump(mode="json"),
            fingerprint(secret.hex()),
        ),
        namer.documents(
            "lexicon/licences.tsv",
            "lexicon/tree",
            "lexicon/placements.tsv",
            "lexicon/confusables.tsv",
            *(f"raw_sources/{p.source.id}/recipe.yaml" for p in prepared),
        ),
    )
    return namer.found


class _Namer:
    """Gives pieces of work their names."""

    def __init__(self, folder: Path, home: Path, digests: Digests) -> None:
        self._folder, self._home, self._digests = folder, home, digests
        self.found: dict[str, dict[str, Partition]] = {stage: {} for stage in STAGES}

    def name(self, stage: str, part: str, *inputs: object) -> str:
        name = fingerprint(stage, part, __version__, *inputs)
        self.found[stage][part] = Partition(self._folder / "stages" / stage / name)
        return name

    def documents(self, *names: str) -> list[tuple[str, str]]:
        """Return the digests of documents, or of all in a folder of them."""
        found = []
        for name in names:
            path = self._home / name
            files = [path]
            if path.is_dir():
                files = sorted(f for f in path.rglob("*") if not f.name.startswith("."))
            found += [
                (f.relative_to(self._home).as_posix(), self._digests.of(f))
                for f in files
                if f.is_file()
            ]
        return found
