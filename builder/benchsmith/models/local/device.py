"""The device and dtype that a model runs with, and clear errors if it does not load or fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from benchsmith.documents.problems import DocumentError, Problem, did_you_mean
from benchsmith.models.contract import LocalModelError

AUTO = "auto"
DTYPES = (AUTO, "float32", "bfloat16", "float16")
DEVICES = (AUTO, "cpu", "cuda", "mps")
OUT_OF_MEMORY = (
    "out of memory",
    "can't allocate memory",
    "not enough memory",
    "failed to allocate",
)
"""Parts of torch's messages for host memory, and for backends without an error class of their own."""
USE_LESS = "use --dtype bfloat16, another --device, or a smaller model"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Machine:
    """The device and dtype of a model."""

    device: str = AUTO
    """``cpu``, ``cuda``, ``cuda:1``, ``mps``; ``auto`` uses a GPU if there is one."""
    dtype: str = AUTO
    """``auto`` uses the dtype that the weights are stored in."""

    def torch_device(self) -> Any:
        """Return the torch device. Raises DocumentError for a device that does not exist."""
        import torch

        available = ["cpu", *_gpus(torch), *(["mps"] if torch.backends.mps.is_available() else [])]
        if self.device == AUTO:
            return torch.device(next((d for d in (*_gpus(torch), "mps") if d in available), "cpu"))
        name = "cuda:0" if self.device == "cuda" else self.device
        if name not in available:
            hint = f"available: {', '.join(available)}"
            what = f"there is no device {self.device!r}"
            raise DocumentError([Problem.without_place(what, hint)])
        return torch.device(name)

    def torch_dtype(self) -> Any:
        """Return the torch dtype, or ``auto``."""
        import torch

        return AUTO if self.dtype == AUTO else getattr(torch, self.dtype)


def check(device: str, dtype: str) -> Machine:
    """Return a machine from two command-line values, checked as far as possible without torch.

    Raises DocumentError.
    """
    if dtype not in DTYPES:
        hint = did_you_mean(dtype, DTYPES) or f"there are {', '.join(DTYPES)}"
        raise DocumentError([Problem.without_place(f"there is no dtype {dtype!r}", hint)])
    if device.partition(":")[0] not in DEVICES:
        hint = f"use one of {', '.join(DEVICES)}, or cuda:1 for the second of several"
        raise DocumentError([Problem.without_place(f"there is no device {device!r}", hint)])
    return Machine(device, dtype)


def is_full(error: BaseException) -> bool:
    """Return whether an error means out of memory."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    return isinstance(error, RuntimeError) and any(
        word in str(error).lower() for word in OUT_OF_MEMORY
    )


def free(device: Any) -> None:
    """Release unused device memory."""
    import gc

    import torch

    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()


@contextmanager
def quiet() -> Iterator[None]:
    """Silence transformers except for errors; show its progress bars only on a terminal."""
    import sys

    from transformers.utils import logging

    before = logging.get_verbosity()
    bars = logging.is_progress_bar_enabled() and not sys.stderr.isatty()
    logging.set_verbosity_error()
    if bars:
        logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(before)
        if bars:
            logging.enable_progress_bar()


def loaded(name: str, load: Callable[[], T]) -> T:
    """Return the result of `load`.

    Raises DocumentError, in one line, if the library cannot load the model, and LocalModelError if
    the model does not fit into memory.
    """
    try:
        return load()
    except DocumentError:
        raise
    except (OSError, ValueError, RuntimeError, ImportError, LookupError, AttributeError,
            TypeError, MemoryError) as error:  # fmt: skip
        if is_full(error):
            raise LocalModelError(f"{name} does not fit into memory; {USE_LESS}") from None
        problem = Problem.without_place(f"{name} cannot be loaded: {line(error)}", _hint(error))
        raise DocumentError([problem]) from None
    except Exception as error:
        # safetensors' own error derives from Exception directly
        if type(error).__module__.partition(".")[0] not in ("safetensors", "safetensors_rust"):
            raise
        hint = "its weights are damaged or incomplete: download it again"
        what = f"{name} cannot be loaded: {line(error)}"
        raise DocumentError([Problem.without_place(what, hint)]) from None


def line(error: BaseException) -> str:
    """Return an error's message in one line of at most 300 characters."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 300 else f"{text[:300]}..."


def _hint(error: BaseException) -> str:
    message = str(error)
    if "trust_remote_code" in message:
        return "it needs Python code from its repository: review that, then add --trust-remote-code"
    if isinstance(error, ImportError):
        return "install the library that is named"
    if "does not recognize this architecture" in message:
        return "it may need a newer version of transformers: pip install --upgrade transformers"
    if isinstance(error, OSError):
        return "one of its files is missing or unreadable: download it again"
    return ""


def _gpus(torch: Any) -> list[str]:
    return [f"cuda:{i}" for i in range(torch.cuda.device_count())]
