"""MONAI and TorchIO as they load, orient and window an image with its labels; drawn by the careful peer.

Both make tensors of floats for training. What comes after them is the careful peer's own code, so that
the difference to it is what the library takes.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from performance import careful
from performance.layouts import LAYOUTS

LOW, HIGH = careful.LEVEL - careful.WIDTH / 2, careful.LEVEL + careful.WIDTH / 2


def imports() -> None:
    """Import what is not counted, as for every way."""
    from importlib import import_module
    from importlib.util import find_spec

    for name in ("monai.transforms", "torchio"):
        if find_spec(name.partition(".")[0]):
            import_module(name)


def monai(name: str, folder: Path, scratch: Path) -> int:
    """Load with MONAI's dictionary transforms, and draw; return the pictures."""
    from monai import transforms

    layout = LAYOUTS[name]
    keys = ["image", "label"]
    chain = transforms.Compose(
        [
            transforms.LoadImaged(keys, ensure_channel_first=True),
            transforms.Orientationd(keys, axcodes="LPS"),
            transforms.ScaleIntensityRanged("image", LOW, HIGH, 0, 255, clip=True),
        ]
    )
    loaded = chain({"image": folder / layout.image, "label": folder / layout.labels})
    sides = [float(s) for s in loaded["image"].pixdim]
    return _drawn(loaded["image"][0].numpy(), loaded["label"][0].numpy(), sides, scratch)


def torchio(name: str, folder: Path, scratch: Path) -> int:
    """Load with TorchIO, and draw; return the pictures."""
    import torchio as tio

    layout = LAYOUTS[name]
    subject = tio.Subject(
        image=tio.ScalarImage(folder / layout.image), label=tio.LabelMap(folder / layout.labels)
    )
    chain = tio.Compose(
        [tio.ToOrientation("LPS"), tio.Clamp(LOW, HIGH), tio.RescaleIntensity((0, 255))]
    )
    found = chain(subject)
    image, label = found.image.data[0].numpy(), found.label.data[0].numpy()
    return _drawn(image, label, found.image.spacing, scratch)


def _drawn(image: np.ndarray, label: np.ndarray, sides: list[float], scratch: Path) -> int:
    """Choose and draw as the careful peer does, from arrays (x, y, z) with values of 0 to 255."""
    marks = label.T.astype(np.uint8)
    chosen = careful.candidates(careful.labelled(marks), marks.shape)
    for number, one in enumerate(chosen):
        picture = careful.draw(image.T, sides[::-1], one, (0, 255))
        packed = [cv2.IMWRITE_PNG_COMPRESSION, careful.PNG_LEVEL]
        cv2.imwrite(str(scratch / f"{number}.png"), picture, packed)
    return len(chosen)
