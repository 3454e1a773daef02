"""The digests of a source's units and of their files, taken for many units at once if their paths suffice."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from itertools import islice
from pathlib import Path

from benchsmith.documents.recipe import Source
from benchsmith.pipeline.listed_digests import FILE_BYTES, SAMPLE_BYTES, FileDigests, SampleDigests
from benchsmith.pipeline.sample_texts import SampleTexts, text_of_files
from benchsmith.stages.picture_list import Run
from benchsmith.stages.units import Unit, show
from benchsmith.stages.usable_images import UsableImages
from benchsmith.tables.file_digests import Digests
from benchsmith.tables.partition import fingerprint
from benchsmith.text.unicode_names import printable

MOST_UNITS = 512
"""Units of which texts are held at once."""


class UnitDigester:
    """Takes the digests of units in their order, and of everything that is read for each."""

    def __init__(
        self, source: Source, roots: Mapping[str, Path], usable: UsableImages, digests: Digests
    ) -> None:
        self._roots, self._digests = roots, digests
        self._units, self._members = usable.units, usable.members
        self.of_samples = SampleDigests(source.id, usable.units)
        self.of_files = FileDigests(usable.members)
        self._entries = [
            fingerprint(entry.model_dump(mode="json")) for entry in source.recipe.samples
        ]
        self._texts = {
            number: SampleTexts(source.id, entry, self._entries[number], roots, usable.units.family)
            for number, entry in usable.units.pictures.entries.items()
        }

        self._shown_folders: dict[str, str] = {}

    def digest_all(self) -> None:
        """Take the digests of all units. Raises OSError."""
        place = 0
        for run, told_by_path in self._units.runs(MOST_UNITS):
            if told_by_path:
                self._add_run(run, place)
            else:
                for number in range(place, place + len(run.places)):
                    self._add_unit(self._units[number], number)
            place += len(run.places)

    def _add_unit(self, unit: Unit, place: int) -> None:
        own = self._members.of(place, unit.path)
        sums = self._digests.of_all(own)
        self.of_files.add(sums)
        files = {unit.show(path): sha256 for path, sha256 in zip(own, sums, strict=True)}
        about = (
            unit.entry, unit.key, unit.part, unit.fields, unit.modality, unit.family, unit.patient, unit.about,
        )  # fmt: skip
        rows = [(file, [tuple(row) for row in rows]) for file, rows in sorted(unit.rows.items())]
        entry = self._entries[unit.entry]
        self.of_samples.add(unit.sample, fingerprint(entry, about, rows, files))

    def _add_run(self, run: Run, place: int) -> None:
        """Take the digests of units of one entry, of which the first has a place in the list of all."""
        number, members = place, self._members
        for folder in self._texts[run.entry.number].of(run):
            own = range(number, number + len(folder.keys))
            number = own.stop
            are_alone = members.are_only_pictures(own)
            files = members.names_of(own.start, own.stop)
            sums = self._digests.of_names(files)
            written = sums.hex()
            hexes = [
                written[at : at + 2 * FILE_BYTES] for at in range(0, len(written), 2 * FILE_BYTES)
            ]
            counts = [1] * len(own) if are_alone else list(map(members.count, own))
            if are_alone:
                texts = [
                    f'{head}{{"{name}": "{sha256}"}}]'
                    for head, name, sha256 in zip(folder.heads, folder.names, hexes, strict=True)
                ]
            else:
                shown = zip(map(self._shown, files), hexes, strict=True)
                texts = [
                    head + text_of_files(dict(islice(shown, count)))
                    for head, count in zip(folder.heads, counts, strict=True)
                ]
            self.of_files.extend(sums, counts)
            digests = [blake2b(text.encode(), digest_size=SAMPLE_BYTES).digest() for text in texts]
            self.of_samples.extend(folder.keys, folder.written, digests)

    def _shown(self, file: str) -> str:
        """Return the name of a file for messages, as :func:`benchsmith.stages.units.show` does."""
        folder, _, name = file.rpartition("/")
        if folder not in self._shown_folders:
            if len(self._shown_folders) > MOST_UNITS:
                self._shown_folders.clear()
            self._shown_folders[folder] = show(self._roots, Path(f"{folder}/a"))[:-1]
        return self._shown_folders[folder] + printable(name)
