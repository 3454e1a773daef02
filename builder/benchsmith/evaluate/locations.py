"""Where a release, its saved answers and its hidden answers are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchsmith.core.build_files import ANSWERS, MANIFEST, PRIVATE_FOLDER, RELEASE_FOLDER
from benchsmith.documents.problems import DocumentError, Problem, did_you_mean
from benchsmith.evaluate import answer_key, answer_log, release_reader
from benchsmith.evaluate.release_reader import Released


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """The paths of a release and of its answers."""

    release: Path
    answers: Path
    """Folder of the models' answers."""
    key: Path | None = None
    """File with the answers of the hidden splits; None if it is not on this machine."""


def locate(target: str, home: Path, output: Path) -> Location:
    """Find a built benchmark by its name, or a release by its folder.

    A folder `data` without a manifest may be the download of an adopted benchmark of that name.
    Raises DocumentError if there is neither.
    """
    folder = Path(target)
    is_built = "/" not in target and (output / target / "release/data").is_dir()
    if (folder / "data").is_dir() and not (is_built and not (folder / MANIFEST).is_file()):
        found = release_reader.name_of(folder)
        return Location(release=folder, answers=output / answer_log.plain(found) / "answers")
    if is_built:
        key = output / target / PRIVATE_FOLDER / ANSWERS
        return Location(
            release=output / target / RELEASE_FOLDER,
            answers=output / target / "answers",
            key=key if key.is_file() else None,
        )
    built = sorted(p.parent.parent.name for p in output.glob("*/release/data"))
    hint = (
        did_you_mean(target, built)
        or "give the name of a built benchmark, or the folder of a release"
    )
    raise DocumentError([Problem.without_place(f"there is no release {target!r}", hint)])


def keyed(place: Location, key: Path | None = None) -> Released:
    """Read a release with all available answers; hidden ones come from `key` or `place.key`.

    Raises DocumentError.
    """
    found, path = release_reader.read(place.release), key or place.key
    return answer_key.completed(found, path) if path else found
