"""The reasons for rejections: a code, a sentence, and a hint on what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was rejected."""

    code: str
    sentence: str
    hint: str
    fault: bool
    """True for a fault of the data, which counts against ``tolerate.faults``; False for a choice
    of the benchmark's author, such as a quota."""
    unpaired: bool = False
    """True for a row or file without a picture, which counts against ``tolerate.unpaired``."""

    @property
    def loses_input(self) -> bool:
        """Whether something that a source has, or should have, is not read for this reason."""
        return self.fault or self.unpaired or self.code in ("not-listed", "mask-missing")


def _table(*reasons: Reason) -> dict[str, Reason]:
    return {reason.code: reason for reason in reasons}


REASONS = _table(
    # the source as a whole
    Reason("source-missing", "The source is not downloaded.",
           "run `benchsmith fetch NAME`, or put the files into the recipe's data folder", False),
    Reason("licence-forbids", "The source's licence forbids redistributing its pictures.",
           "set `forbidden: keep` for private use; such a build must not be published", False),
    Reason("not-listed", "The table has no row for this file.",
           "add a row to the table if the file belongs to the data set", False),
    # files
    Reason("no-picture", "There is no picture for this row of a table or this label file.",
           "download the picture, correct the recipe's path, remove the row or file, or raise "
           "`tolerate.unpaired`", False, unpaired=True),
    Reason("row-not-read", "The table has rows of pictures that the recipe does not read.",
           "nothing to do", False),
    Reason("key-twice", "Several pictures of the source have the same key.",
           "set `key` in the recipe to a pattern that distinguishes them, such as `{folder}/{key}`", True),
    Reason("name-case", "The file's name differs from the recipe's pattern in upper and lower case.",
           "rename the file, or correct the pattern in the recipe", True),
    Reason("name-encoding", "The file's name is not valid UTF-8.", "rename the file", True),
    Reason("link-outside", "A link leads out of the source's folder.",
           "replace the link with a copy of its target", True),
    Reason("not-a-file", "There is no regular file under this name.",
           "put the file there, or remove the entry with this name", True),
    Reason("mask-missing", "A label that has masks in other pictures has no mask file here.",
           "add the file, with an empty mask if the label is absent; without it the label is "
           "unknown", False),
    Reason("file-missing", "A file that the source refers to is missing.",
           "download it again, or remove it from the table or recipe", True),
    Reason("format-unknown", "There is no reader for files with this ending.",
           "`docs/reference.md` lists the formats", True),
    Reason("unreadable", "The file could not be read.",
           "download it again; the detail has the reader's message", True),
    Reason("truncated", "The file ends before its data is complete.",
           "download it again", True),
    Reason("checksum", "The compressed stream does not match its checksum.",
           "download it again", True),
    Reason("header", "The file contradicts its format or itself.",
           "repair or exclude the file; the detail says where", True),
    Reason("spacing", "The voxel spacing is zero, negative or not a number.",
           "repair the header", True),
    Reason("not-finite", "The picture contains NaN or infinity.",
           "repair or exclude the file", True),
    Reason("series-gap", "The slices do not form one evenly spaced series.",
           "put each slice of one series into the folder once, and no other files", True),
    Reason("path-outside", "A file refers to another file outside the source.",
           "put the data file beside its header, and refer to it by its bare name", True),
    Reason("burned-in", "The header declares text burned into the picture.",
           "check the pictures; if no one can be identified, set `burned_in: accept`", True),
    Reason("personal-text", "Text that may identify a person was read in the picture.",
           "blacken it in the file; if it identifies no one, set `burned_in: accept`", True),
    Reason("too-large", "The file needs more memory or work than a reader may use.",
           "exclude it, or split it into smaller files; the detail has the number", True),
    Reason("worker-died", "The worker process was killed on every attempt.",
           "use fewer workers or more memory; the next build retries it", True),
    Reason("not-a-picture", "The file is not a picture or a volume.",
           "narrow the pattern of `images`, so that it does not match this file", True),
    Reason("other-modality", "The Modality of the DICOM file is not the one that the recipe reads.",
           "change `dicom_modality` in the recipe if it is wanted", False),
    Reason("dimensions", "The array has a shape that this reader does not support.",
           "name the component in the recipe, or exclude the file", True),
    Reason("no-patient", "The table does not state the patient of this picture.",
           "fill in the column, or set `patient: key` if every picture is of a different person", False),
    Reason("no-modality", "The table does not state the modality of this picture.",
           "fill in the column", True),
    # labels against images
    Reason("shape-mismatch", "The labels and their image differ in shape.",
           "pair them with the right image, or export them on its grid", True),
    Reason("grid-mismatch", "The labels and their image differ in position.",
           "pair them with the right image, or correct the position in their headers", True),
    Reason("another-patient", "The labels belong to another patient, series or frame of reference.",
           "pair them with the right image, or set `identity: ignore` if identifiers were replaced",
           True),
    Reason("frame-unstated", "The header turns the picture, and the frame of its marks is not stated.",
           "set `frame: stored` or `frame: shown` in the entry of `labels`", True),
    Reason("value-without-name", "The labels have a value that the recipe does not name.",
           "name the value in the recipe; the detail says where", True),
    Reason("class-unknown", "The class of the annotation has no name.",
           "add the class to the names", True),
    Reason("box-unsound", "The box is empty, mostly outside its picture, or not the one around its region.",
           "correct the annotation; check the box format stated in the recipe", True),
    Reason("polygon-unsound", "The outline is not a valid polygon, or lies outside its picture.",
           "correct the annotation", True),
    Reason("contour-type", "The contour type is not supported.",
           "export the structure with closed planar contours", True),
    Reason("outline-mask", "The mask is a drawn outline and not a region.",
           "set `fill: true` for the inside, or `fill: false` for the line", True),
    Reason("mask-alpha", "The mask's colours and its alpha channel mark different pixels.",
           "export the mask without transparency", True),
    Reason("run-lengths-unsound", "The run lengths do not cover the picture exactly.",
           "correct the annotation; check the pixel order stated in the recipe", True),
    Reason("region-crowd", "The annotation marks a crowd instead of a single object, or is "
                           "marked to be ignored.",
           "nothing to do", False),
    Reason("label-not-integer", "The label volume contains values that are not integers.",
           "export the labels without interpolation", True),
    Reason("labels-lossy", "The labels were stored with lossy compression, so their values have "
                           "changed.",
           "store the labels as PNG, from the original", True),
    Reason("objects-merged", "One value of the object mask marks several separate objects.",
           "give each object a value of its own, or use `kind: masks` for a mask of all of them", True),
    Reason("readers-differ", "Some readers state the label, but the recipe's rule does not "
                             "accept it.",
           "choose another rule in `how` if it is wanted", False),
    Reason("object-small", "Pieces of the structure have fewer pixels than an object of this source.",
           "lower `smallest_px` if such objects are wanted", False),
    Reason("empty-structure", "The source looked for the structure and did not find it in this sample.",
           "nothing to do", False),
    Reason("not-looked-for", "The source lists the structure but does not mark it: it may or may not be present.",
           "nothing to do", False),
    Reason("extent-unknown", "The structure touches an area that was not annotated.",
           "nothing to do", False),
    Reason("structure-undrawn", "The source marks the structure, but the marks cover no voxel of the image.",
           "compare the marks with the grid of the image", True),
    # pictures
    Reason("region-small", "The region's share of the picture is below the benchmark's limit.",
           "lower `slices.min_share` if small regions are wanted", False),
    Reason("region-cut", "The region reaches the edge of its picture.",
           "set `slices.border: keep` if cut regions are wanted", False),
    Reason("picture-narrow", "The picture's short side is too short compared with its long side.",
           "lower `slices.min_side_ratio` if narrow pictures are wanted", False),
    Reason("picture-blank", "The picture is blank.", "nothing to do", False),
    Reason("tile-ambiguous", "Readers would disagree on how many objects this tile shows.",
           "allow the tiles to move: set `shift` in the recipe", False),
    # labels against the lexicon
    Reason("unmapped-label", "The lexicon does not contain this label.",
           "run `benchsmith draft mapping SOURCE` and sign the row", True),
    Reason("dropped-label", "A signed row of the mapping drops this label.",
           "edit the row if the label is wanted", False),
    Reason("unknown-modality", "The table names a modality that the lexicon does not contain.",
           "correct the table, or add the modality to lexicon/tree/modality.tsv", True),
    Reason("no-placement", "The label has no task and department in this modality.",
           "add a row to lexicon/placements.tsv", True),
    Reason("no-name-in-language", "The label or its modality has no name in the benchmark's language.",
           "add it to lexicon/tree/label.LANGUAGE.tsv or modality.LANGUAGE.tsv", False),
    # selection
    Reason("source-faulty", "The whole source is left out: it has too many faults.",
           "fix the faults that `benchsmith explain SOURCE` lists, or raise its limit in `tolerate.sources`",
           False),
    Reason("picture-dark", "Nearly all of the picture is black.",
           "raise `quality.max_dark` if such pictures are wanted", False),
    Reason("picture-bright", "Nearly all of the picture is saturated.",
           "raise `quality.max_bright` if such pictures are wanted", False),
    Reason("picture-two-valued", "The picture has only two grey levels, like a mask or a drawing.",
           "remove it from the recipe, or lower `quality.min_middle`", False),
    Reason("region-tiny", "The region is too small in the rendered picture.",
           "lower `quality.min_region_side` or `quality.min_region_px`", False),
    Reason("region-off", "The region lies partly outside the visible content of the picture.",
           "check that labels and picture fit; raise `quality.max_empty` if they do", False),
    Reason("region-clipped", "Too much of the region's outline lies on the edge of the picture.",
           "raise `quality.max_cut` if such regions are wanted", False),
    Reason("region-scattered", "The region consists of too many pieces.",
           "lower `quality.min_whole` if such regions are wanted", False),
    Reason("region-faint", "The region does not differ from its surroundings.",
           "lower `quality.min_contrast`", False),
    Reason("official-train", "The source's own split uses this patient for training.",
           "set `split.official: ignore` if such pictures are wanted", False),
    Reason("contaminated", "The picture is a copy of one that models may have been trained on.",
           "remove the folder from `contamination` if the picture is wanted", False),
    Reason("blind-solved", "A model answered a question about this target without the picture.",
           "check the options; the limit is `drop_blind_solved`", False),
    Reason("near-duplicate", "The picture is a copy of another candidate.",
           "nothing to do", False),
    Reason("copy-across-splits", "The picture is a copy of one in the other split.",
           "raise its modality's value in `near.modalities` if the two only look alike", False),
    Reason("not-shortlisted", "The answer has more candidates than the shortlist holds.",
           "raise `quota.shortlist`", False),
    Reason("over-patient-share", "The patient's quota for this answer is full.",
           "raise `quota.per_patient`", False),
    Reason("over-source-share", "The source's quota for this answer is full.",
           "raise `quota.source_share`", False),
    Reason("slice-near", "A nearby slice is already selected for this answer.",
           "lower `quota.apart_mm` and `quota.apart_share`", False),
    Reason("over-balance", "The label would be the right answer too often in its pool.",
           "set `quota.balance: none`, or add sources with other labels", False),
    Reason("over-quota", "The quota of this answer is full.",
           "raise `quota.per_answer` if more are wanted", False),
    Reason("over-volume-share", "The volume's quota for this answer is full.",
           "raise `quota.per_volume`", False),
    Reason("outside-subset", "The benchmark's `subset` does not include this target.",
           "change `subset`", False),
    Reason("other-edition", "Another edition may ask about the target.",
           "nothing to do: no hidden target is in two editions", False),
    Reason("retired", "The target was retired.",
           "remove the row from reviews/ if the target is wanted", False),
    Reason("review-dropped", "Reviewers dropped the question.",
           "remove the row from reviews/ if the target is wanted", False),
    # questions
    Reason("no-stem", "The task has no stems for this granularity.",
           "write stems in question_pools/tasks/", False),
    Reason("no-noun", "The task's stems need a noun for what is asked for, but the label has none.",
           "add a row to lexicon/nouns.tsv", False),
    Reason("pool-too-small", "Too few labels are admissible as wrong options.",
           "add sources or labels of the same modality and task", False),
    Reason("no-mirror", "The key would be right too often among the options, and the question fits in no mirrored set.",
           "set `options.unmirrored: keep`, or add pictures of other labels", False),
    Reason("no-truth", "The answer to the question about the altered picture is not known, or "
                       "is not an option.",
           "list other kinds under `counterfactuals`; the question itself is asked", False),
    Reason("unbalanced-pair", "The new answers of altered pictures would be more frequent than the old ones.",
           "add pictures in which the options of a question are seen together", False),
    Reason("hard-to-name", "A question could not name this structure: it is small, in several "
                           "parts, or has too little contrast.",
           "lower `margins.min_share`, `margins.min_whole` or `margins.min_contrast`", False),
    Reason("too-alike", "Two structures differ too little to be compared.",
           "lower `margins.larger` or `margins.brighter`", False),
    Reason("too-close", "Two structures leave no gap, so that neither is clearly beside the other.",
           "lower `margins.gap`", False),
    Reason("side-unclear", "The patient's side of a structure is not known, or not clear.",
           "lower `margins.midline`; if a picture states no orientation, only questions about "
           "the picture's own sides are possible", False),
    Reason("symmetric-picture", "The picture stays the same when it is mirrored or turned, like "
                                "that of a symmetric template.",
           "nothing to do; such a picture cannot show which side is which", False),
    Reason("level-unclear", "A structure's centre is not clearly at the level of one vertebra.",
           "lower `margins.level`", False),
    Reason("outside-scope", "The published criterion does not hold here, or it is not known whether it does.",
           "state `phase`, `view` or `age` under `about` in the recipe, if the source does", False),
    Reason("not-whole", "The picture or the scanned field does not show all of what is measured.",
           "add planes in which it is largest; raise `slices.per_label`", False),
    Reason("no-scale", "A length cannot be measured: the file states no spacing, or its slices are thick.",
           "state the spacing in the recipe if it is known", False),
    Reason("no-unit", "The values of the image have no known unit.",
           "nothing to do; only CT is known to be in Hounsfield units", False),
    Reason("near-bound", "A measured value is too close to a bound of the criterion.",
           "nothing to do; a row of lexicon/rules.tsv states its margin", False),
    Reason("related-subjects", "One structure is a kind or a part of the other, or cannot be told from it.",
           "choose labels that are not related to each other, or remove a row of "
           "lexicon/confusables.tsv", False),
    Reason("too-few-pixels", "A length or distance has too few pixels to be measured.",
           "lower `margins.least_px`", False),
    Reason("outside-window", "Too much of the structure is black or white in the picture, or "
                             "the window is meant for another anatomy.",
           "raise `margins.beyond`, or show another window", False),
    Reason("uneven", "The structure's values vary so much that neither its mean nor its outline "
                     "can be seen.",
           "raise `margins.uneven`", False),
    Reason("slices-too-few", "The slices of a montage do not give the structure's volume.",
           "raise `margins.montage`", False),
    Reason("parts-unclear", "How many parts there are depends on very small ones, or on how they are marked.",
           "lower `margins.part_px`", False),
    Reason("boxes-too-few", "Too few other structures could have a box: they are much larger or smaller, or overlap.",
           "raise `margins.box_ratio` or `margins.box_overlap`", False),
    Reason("not-a-part", "The first structure is neither a disease nor a part of the second, so "
                         "its share of the second means nothing.",
           "nothing to do", False),
    Reason("one-sided", "No other picture gives the same question the other answer.",
           "add pictures in which the other answer is right; a question that always has the "
           "same answer can be answered without the picture", False),
    Reason("window-of-region", "The picture's window depends on the structure in question.",
           "add targets in this picture whose window does not depend on the question", False),
    Reason("view-not-asked", "The benchmark does not ask at this target's granularity.",
           "add it to `views`", False),
    Reason("absence-unknown", "No label is known to be absent: the source did not look for "
                              "everything, or something in this picture was not understood.",
           "set `exhaustive: true` in the recipe if the source looked for everything; fix the "
           "faults of this image and map its unmapped words", False),
    Reason("region-in-crowd", "Other structures cover most of the marked box.",
           "raise `truth.in_box`, or do not ask about it with a box", False),
    Reason("not-prominent", "The region is too inconspicuous to be asked about without a mark.",
           "ask about it with a mark, or change the limits of `prominence`", False),
    # rows of adopted benchmarks
    Reason("open-answer", "The question is open: it has no options, or its answer is not one of the fixed ones.",
           "nothing to do: only closed questions are adopted", False),
    Reason("several-pictures", "The question is about several pictures.",
           "nothing to do: a case has one picture", False),
    Reason("volume", "The question is about a volume or a video.",
           "name single pictures in `picture.path` if the benchmark has them", False),
    Reason("row-unwanted", "The recipe excludes this row.",
           "change `only` or `where` in the recipe if it is wanted", False),
    Reason("no-question", "The row has no question.", "fill in the column", True),
    Reason("no-key", "The row states no answer.",
           "fill in the column, or remove `answer` from the recipe if the answers are hidden", True),
    Reason("key-not-offered", "The answer is not one of the options.",
           "correct the row, or `answer.form` in the recipe", True),
    Reason("options-repeated", "Two options are the same.", "correct the row", True),
    Reason("option-number", "The question has fewer than 2 or more than 26 options.",
           "correct the row, or `options` in the recipe", True),
    Reason("id-repeated", "Another row has the same id.",
           "correct the ids, or remove `id` from the recipe", True),
    Reason("row-unsound", "A cell of the row is not usable.",
           "correct the cell, or the column in the recipe; the detail has the reason", True),
)  # fmt: skip


def sentence(code: str, detail: str) -> str:
    """Return a rejection as one line: sentence, detail and hint."""
    reason = REASONS[code]
    said = f"{reason.sentence.removesuffix('.')}: {detail}" if detail else reason.sentence
    return said + (f" [{reason.hint}]" if reason.hint else "")
