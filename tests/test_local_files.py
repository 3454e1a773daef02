"""Files of a model that cannot be loaded, and code that comes with one."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchsmith.evaluate import answer_log as store
from tests.asking import command, scores
from tests.local_models import changed, process, release, wild, with_torch

__all__ = ["release", "wild"]


# what is no such model


def without_a_weight(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    lost = next(name for name in sorted(weights) if "mlp" in name)
    del weights[lost]
    save_file(weights, folder / "model.safetensors", {"format": "pt"})


def cut(folder: Path) -> None:
    data = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(data[: len(data) // 2])


def removed(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


BROKEN: dict[str, tuple[Callable[[Path], Any], str]] = {
    "a weight is missing": (without_a_weight, r"lacks 1 of its weights, such as .*mlp"),
    "half a file": (cut, r"cannot be loaded: .*fetch it again"),
    "no weights": (removed("model.safetensors"), r"cannot be loaded: .*a file of it is missing"),
    "no template": (removed("chat_template.jinja"), r"has no chat template"),
    "no processor": (
        removed("processor_config.json"),
        r"does not say how pictures and words are given",
    ),
    "words alone": (changed("config.json", model_type="bert"), r"kind bert, which does not answer"),
    "too new": (changed("config.json", model_type="llava9"), r"pip install --upgrade transformers"),
}


@with_torch
@pytest.mark.parametrize("kind", BROKEN)
def test_what_cannot_be_loaded_is_reported_in_one_line(
    wild: Path, release: Path, tmp_path: Path, kind: str
) -> None:
    change, says = BROKEN[kind]
    broken = shutil.copytree(wild, tmp_path / "broken")
    change(broken)
    told = command(
        "evaluate", str(release), "--model", f"local:{broken}", "--output", str(tmp_path), "--yes",
        code=2,
    )  # fmt: skip
    assert re.search(says, told) and "Traceback" not in told, told


OWN_CODE = """
from pathlib import Path
from transformers import LlavaConfig, LlavaForConditionalGeneration
Path({marker!r}).write_text("ran")
class OwnConfig(LlavaConfig):
    model_type = "own_llava"
class OwnModel(LlavaForConditionalGeneration):
    config_class = OwnConfig
"""


@with_torch
def test_code_that_comes_with_a_model_runs_only_where_it_is_trusted(
    wild: Path, release: Path, tmp_path: Path
) -> None:
    from safetensors.torch import save_file
    from transformers import AutoModelForImageTextToText

    own, marker = shutil.copytree(wild, tmp_path / "own"), tmp_path / "ran"
    weights = AutoModelForImageTextToText.from_pretrained(wild).state_dict()
    save_file(
        {name: value.clone() for name, value in weights.items()},
        own / "model.safetensors",
        {"format": "pt"},
    )
    (own / "own.py").write_text(OWN_CODE.format(marker=str(marker)))
    changed(
        "config.json", model_type="own_llava",
        auto_map={"AutoConfig": "own.OwnConfig", "AutoModelForImageTextToText": "own.OwnModel"},
    )(own)  # fmt: skip
    words = ("evaluate", str(release), "--model", f"local:{own}", "--output", str(tmp_path), "--yes",
             "--limit", "2", "--set", "max_tokens=4")  # fmt: skip
    where = {"HF_MODULES_CACHE": str(tmp_path / "modules")}
    refused = process(words, **where)
    assert refused.returncode == 2 and "add --trust-remote-code" in refused.stderr
    assert not marker.exists()
    done = process((*words, "--trust-remote-code"), **where)
    assert done.returncode == 6, done.stderr
    assert marker.exists() and "2 answers" in done.stdout
    runs = [store.read(path) for path in store.files(tmp_path / "colours/answers")]
    (kept,) = [kept for kept in runs if kept.answers]
    assert dict(kept.run.settings)["trust_remote_code"] is True
    assert re.search(r"local:own +\d", scores(release, tmp_path)), "the refused run has no line"
