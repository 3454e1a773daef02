"""What the words of file and folder names usually mean in data sets."""

from __future__ import annotations

import re
from collections.abc import Iterable

_TOKEN = re.compile(
    r"[A-ZÀ-ÖØ-Þ]+(?=[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ])|[A-ZÀ-ÖØ-Þ]?[a-zß-öø-ÿ]+|[A-ZÀ-ÖØ-Þ]+|\d+|[^\W\d_A-Za-zÀ-ÿ]+"
)
"""Words of Latin letters, at a change of case too; numbers; words of other scripts."""
PICTURE_WORDS = frozenset(
    [
        "image",
        "images",
        "img",
        "imgs",
        "im",
        "imaging",
        "photo",
        "photos",
        "picture",
        "pictures",
        "volume",
        "volumes",
        "scan",
        "scans",
        "slices",
        "jpegimages",
        "jpg",
        "png",
        "original",
        "originals",
        "input",
        "inputs",
        "raw",
        "rawdata",
        "dicom",
        "frames",
        "frame",
        "data",
        *("bild", "bilder", "aufnahmen", "imagen", "imagenes", "imágenes", "imagens", "immagini"),
        *("画像", "图像", "图片", "影像", "이미지", "изображения", "снимки"),
    ]
)
"""Words of folders and files that hold pictures."""
MARK_WORDS = frozenset(
    [
        "mask",
        "masks",
        "label",
        "labels",
        "labelled",
        "seg",
        "segs",
        "segmentation",
        "segmentations",
        "segmented",
        "annotation",
        "annotations",
        "anno",
        "annot",
        "gt",
        "truth",
        "groundtruth",
        "groundtruths",
        "ground",
        "manual",
        "derivatives",
        "contours",
        "contour",
        "roi",
        "rois",
        "bbox",
        "boxes",
        "delineations",
        "lesions",
        "xml",
        "json",
        "mark",
        "marks",
        "marked",
        "target",
        "targets",
        "msk",
        "labelmap",
        "labelmaps",
        "ann",
        "annots",
        *("maske", "masken", "markierungen", "annotationen", "masque", "masques", "étiquettes"),
        *("mascara", "mascaras", "máscara", "máscaras", "maschera", "maschere", "anotaciones"),
        *("マスク", "ラベル", "正解", "掩码", "掩膜", "标签", "标注", "마스크", "маска", "маски"),
    ]
)
"""Words of folders and files that hold labels."""
TRAIN_WORDS = frozenset(["train", "training", "tr", "trainval", "trn"])
VAL_WORDS = frozenset(["val", "valid", "validation", "va", "dev"])
TEST_WORDS = frozenset(["test", "testing", "ts", "tst", "eval"])
SPLIT_WORDS = TRAIN_WORDS | VAL_WORDS | TEST_WORDS
"""Words of the subsets of an official split."""
SHOWN_WORDS = frozenset(["overlay", "overlays", "preview", "previews", "thumbnail", "thumbnails"])
"""Words of folders that hold pictures again, to look at."""
_SHORT = 2
"""Letters of words such as `tr`, which mean a subset only behind another word: `imagesTr`."""


def tokens(name: str) -> list[str]:
    """Return the words and numbers of a name in lower case.

    >>> tokens("ISIC2018_Task1_Training_GroundTruth"), tokens("imagesTr")
    (['isic', '2018', 'task', '1', 'training', 'ground', 'truth'], ['images', 'tr'])
    """
    return [t.lower() for t in _TOKEN.findall(name)]


def means_picture(name: str) -> bool:
    """Return whether a name says that it holds pictures."""
    return _begins(name, PICTURE_WORDS)


def means_marks(name: str) -> bool:
    """Return whether a name says that it holds labels."""
    return _begins(name, MARK_WORDS)


def _begins(name: str, words: frozenset[str]) -> bool:
    found = tokens(name)
    return any(t in words for t in found) or any(
        t.startswith(w) for t in found[:1] for w in ("images", "labels", "masks") if w in words
    )


def means_split(name: str) -> bool:
    """Return whether a name is that of a subset of a split, such as `train` or `a. Training Set`."""
    return bool(_split_words(name))


def _split_words(name: str) -> list[str]:
    found = tokens(name)
    before = ["", *found]
    return [
        t
        for t, last in zip(found, before, strict=False)
        if t in SPLIT_WORDS and (len(t) > _SHORT or last in PICTURE_WORDS | MARK_WORDS)
    ]


def shown_again(name: str) -> bool:
    """Return whether a folder's name says that it holds pictures again, with marks or smaller."""
    return bool(SHOWN_WORDS & set(tokens(name)))


def is_role(name: str) -> bool:
    """Return whether a folder's name says what it holds, so that it is neither a case nor a class."""
    return shown_again(name) or means_picture(name) or means_marks(name) or means_split(name)


def split_of(name: str) -> str:
    """Return `train`, `val` or `test` if a name says so, otherwise an empty string.

    >>> split_of("labelsTr"), split_of("b. Testing Set"), split_of("liver")
    ('train', 'test', '')
    """
    return next(iter(splits_of(name)), "")


def splits_of(name: str) -> list[str]:
    """Return every subset of an official split that a name says, in its order.

    >>> splits_of("train_and_test"), splits_of("liver")
    (['train', 'test'], [])
    """
    kinds = (("train", TRAIN_WORDS), ("val", VAL_WORDS), ("test", TEST_WORDS))
    return [kind for token in _split_words(name) for kind, words in kinds if token in words]


_DATE = re.compile(
    r"(19|20)\d\d([-_. ]?)(0[1-9]|1[0-2])\2([0-2]\d|3[01])|([0-2]\d|3[01])[-_. ](0[1-9]|1[0-2])[-_. ](19|20)?\d\d"
)


def are_dates(names: Iterable[str]) -> bool:
    """Return whether all names are days, such as `20190115`, `2019-01-15` or `15.01.2019`.

    >>> are_dates(["20190115", "2019-12-31"]), are_dates(["15.01.2019"]), are_dates(["20190199"])
    (True, True, False)
    """
    return all(_DATE.fullmatch(name) for name in names)


def is_numbered(names: list[str]) -> bool:
    """Return whether names are numbers or ids rather than words.

    >>> is_numbered(["img_001", "img_002"]), is_numbered(["liver", "spleen"])
    (True, False)
    """
    return sum(any(c.isdigit() for c in n) for n in names) > len(names) / 2
