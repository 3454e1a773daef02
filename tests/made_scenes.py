"""Scenes of made-up structures, for skills."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any


def scene(id_: str = "s", **more: Any) -> Any:
    anchor = SimpleNamespace(split="test", modality="ct", axis="axial", sample=id_, patient=id_)
    told = {
        "id": id_, "anchor": anchor, "pixel": (0.5, 0.5), "unit": "mm", "size": (200, 200),
        "long_side": 100.0, "values": "", "shown": None, "volume": None, "structures": (),
        "apart": {},
    }  # fmt: skip
    return SimpleNamespace(**(told | more))
