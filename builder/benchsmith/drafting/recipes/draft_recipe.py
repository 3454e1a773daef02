"""Drafts a recipe from a folder: inspects it, guesses, reads some pictures to check, and lists what to decide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from benchsmith.core.contracts import Plugins
from benchsmith.documents.lexicon import Lexicon
from benchsmith.drafting.recipes import (
    candidates,
    folder_view,
    model_outputs,
    own_keys,
    patient_rules,
)
from benchsmith.drafting.recipes.draft_entries import EntryMaker
from benchsmith.drafting.recipes.family import Family
from benchsmith.drafting.recipes.file_looks import Look
from benchsmith.drafting.recipes.modality_guess import guess
from benchsmith.drafting.recipes.name_words import is_numbered, split_of
from benchsmith.drafting.recipes.picture_sets import BATCHES, DATE, PictureSet
from benchsmith.drafting.recipes.proposal import Draft, Samples
from benchsmith.drafting.recipes.seen_files import FolderView
from benchsmith.drafting.recipes.trial import (
    Trial,
    asked_of_patients,
    mend,
    read_some,
    without_useless,
)
from benchsmith.stages.normaliser import Normaliser
from benchsmith.text.normal_form import counted

SHOWN = 5
PACKED_LOOK = Look("picture")


def draft(
    folder: Path,
    readers: Plugins,
    lexicon: Lexicon,
    progress: Callable[[str], None] = lambda _: None,
) -> Draft:
    """Return the draft of a recipe for a folder; `samples` is empty if no labels were found."""
    view = folder_view.view(folder, readers, progress)
    known = _known(lexicon)
    maker = EntryMaker(view, folder, readers, known)
    every = maker.entries()
    entries = [(p, s) for p, s in every if s.labels]
    unlabelled = [p for p, s in every if p and not s.labels]
    for pictures, one in entries:
        _modality(one, pictures, view, folder, lexicon)
        _patient(one, pictures, [f for f, _ in view.pictures])
        _split(one, pictures)
    samples = [s for _, s in entries]
    own_keys.separate(entries)
    progress("reading a few pictures with the draft")
    trial = mend(samples, folder, readers) if samples else Trial()
    asked_of_patients(samples, trial)
    useless = without_useless(samples, trial, folder, readers)
    if useless:
        trial = read_some(samples, folder, readers)
    maker.unused += useless
    kept = _without_empty(samples, trial)
    found = Draft(kept)
    for pictures, one in entries:
        one.otherwise = patient_rules.others(one, pictures) + model_outputs.others(one)
    if kept and not trial.broken:
        progress("trying other ways to read the folder")
        found.candidates = candidates.candidates(kept, trial, folder, readers)
    _report(found, view, maker, trial, entries, unlabelled)
    return found


def _known(lexicon: Lexicon) -> Callable[[str], bool]:
    normaliser = Normaliser(lexicon)

    def known(word: str) -> bool:
        return bool(word) and normaliser.resolve(word, "", "").reason != "unmapped-label"

    return known


def _modality(
    samples: Samples,
    pictures: PictureSet | None,
    view: FolderView,
    folder: Path,
    lexicon: Lexicon,
) -> None:
    root = folder.resolve()
    words = [root.name if root.name not in ("data", "main") else root.parent.name]
    look, header = PACKED_LOOK, ""
    if pictures is None:
        words.append(samples.images)
    else:
        family = pictures.family
        look, header = pictures.look, view.headers.get(id(family), "")
        words += [f"{f.before} {f.after}" for f in family.folders]
        words += [family.before, family.after]
    found = guess(words, look, header, list(lexicon.modalities.terms))
    samples.modality = found.modality
    samples.decide["modality"] = f"{found.sure}: {found.why}"


def _patient(samples: Samples, pictures: PictureSet | None, every: Sequence[Family]) -> None:
    """Take the first folder of cases as the patient, unless a table's column was taken."""
    if pictures is None or samples.patient != "key":
        return
    used = {e.keys.get("field") for e in samples.labels}
    for number in range(len(pictures.family.varying)):
        name = pictures.names.get(number, DATE)
        values = [m.values[number] for m in pictures.members]
        if name not in used and name not in ("split", *BATCHES, DATE) and is_numbered(values):
            samples.patient = f"{{{name}}}"
            return
    samples.patient = patient_rules.of_case(pictures, every) or samples.patient


def _split(samples: Samples, pictures: PictureSet | None) -> None:
    """State the official subset that the folders of pictures name."""
    if pictures is None or "official" in samples.about:
        return
    if "split" in pictures.names.values():
        samples.about["official"] = "{split}"
        return
    for folder in pictures.family.folders:
        if not folder.varies and (name := split_of(folder.before)):
            samples.about["official"] = name
            return


def _without_empty(samples: list[Samples], trial: Trial) -> list[Samples]:
    if trial.broken:
        return samples
    return [s for n, s in enumerate(samples) if trial.findings[n] or not trial.read[n]]


def _report(
    found: Draft,
    view: FolderView,
    maker: EntryMaker,
    trial: Trial,
    entries: list[tuple[PictureSet | None, Samples]],
    unlabelled: list[PictureSet],
) -> None:
    listing = view.listing
    found.seen.append(
        f"{counted(len(listing.pictures), 'picture file')}, "
        f"{counted(len(listing.documents), 'document')}, {counted(len(listing.others), 'other file')}"
    )
    if listing.unlisted:
        found.open.append(f"{listing.unlisted} files were counted but not looked at")
    for number, (_, samples) in enumerate(entries):
        kinds = ", ".join(
            " of ".join({str(e.keys["kind"]): 0, str(e.one["kind"]): 0}) for e in samples.labels
        )
        found.guessed.append(
            f"{samples.images}: {counted(trial.units[number], 'picture')}, labels: {kinds}; "
            f"{counted(trial.read[number], 'picture')} read, "
            f"{counted(trial.findings[number], 'finding')}"
        )
        found.open += [f"{samples.images}: {e.unsure}" for e in samples.labels if e.unsure]
        if candidates.may_mean_nothing(samples, trial.bare[number]):
            found.open.append(
                f"{samples.images}: some pictures have no marks; were they searched? then "
                f"`exhaustive: true` and `nothing: {candidates.NOTHING}`"
            )
    for pictures in unlabelled:
        members = pictures.members
        shown = members[0].entry.path + f" and {len(members) - 1} like it" * (len(members) > 1)
        found.open.append(f"pictures without labels: {shown}")
    found.open += [f"not used: {what}" for what in maker.unused]
    found.open += maker.alternatives
    found.open += [f"not understood: {what}" for what in view.unread]
    reasons = [f"{r.subject}: {r.reason}: {r.detail}" for _, r in trial.faults]
    reasons += [f"{r.subject}: {r.reason}: {r.detail}" for r in trial.listing]
    found.open += reasons[:SHOWN]
    if len(reasons) > SHOWN:
        found.open.append(f"and {len(reasons) - SHOWN} more that could not be read")
    if trial.broken:
        found.open.append(f"the draft is not sound: {trial.broken}")
