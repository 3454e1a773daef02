"""Where a model runs on this machine, in which numbers, and what it says when it does not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from benchsmith.documents.problems import DocumentError, Problem, did_you_mean
from benchsmith.models.endpoint import EndpointLost

AUTO = "auto"
DTYPES = (AUTO, "float32", "bfloat16", "float16")
DEVICES = (AUTO, "cpu", "cuda", "mps")
FULL = ("out of memory", "can't allocate memory", "not enough memory", "failed to allocate")
"""What torch says of the processor's memory, and of a card's without an error of its own."""
SMALLER = "take --dtype bfloat16, another --device, or a smaller model"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Machine:
    """Where a model runs and in which numbers."""

    device: str = AUTO
    """``cpu``, ``cuda``, ``cuda:1``, ``mps``; ``auto`` takes a graphics card where there is one."""
    dtype: str = AUTO
    """``auto`` takes what the weights are kept in."""

    def place(self) -> Any:
        """Return the torch device. Raises DocumentError for one that is not there."""
        import torch

        there = ["cpu", *_cards(torch), *(["mps"] if torch.backends.mps.is_available() else [])]
        if self.device == AUTO:
            return torch.device(next((d for d in (*_cards(torch), "mps") if d in there), "cpu"))
        name = "cuda:0" if self.device == "cuda" else self.device
        if name not in there:
            hint = f"there is {', '.join(there)}"
            what = f"there is no device {self.device!r}"
            raise DocumentError([Problem.without_place(what, hint)])
        return torch.device(name)

    def numbers(self) -> Any:
        """Return the torch dtype, or ``auto``."""
        import torch

        return AUTO if self.dtype == AUTO else getattr(torch, self.dtype)


def check(device: str, dtype: str) -> Machine:
    """Return a machine of two words from the command line, as far as can be told without torch.

    Raises DocumentError.
    """
    if dtype not in DTYPES:
        hint = did_you_mean(dtype, DTYPES) or f"there are {', '.join(DTYPES)}"
        raise DocumentError([Problem.without_place(f"there is no dtype {dtype!r}", hint)])
    if device.partition(":")[0] not in DEVICES:
        hint = f"there are {', '.join(DEVICES)}, and cuda:1 for the second of several"
        raise DocumentError([Problem.without_place(f"there is no device {device!r}", hint)])
    return Machine(device, dtype)


def is_full(error: BaseException) -> bool:
    """Say whether an error is of memory that is used up."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    return isinstance(error, RuntimeError) and any(word in str(error).lower() for word in FULL)


def free(device: Any) -> None:
    """Give memory back that nothing uses any more."""
    import gc

    import torch

    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()


@contextmanager
def quiet() -> Iterator[None]:
    """Have transformers say nothing but errors, and draw bars on a terminal alone."""
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
    """Return what `load` loads.

    Raises DocumentError, in one line, for what a library cannot load; EndpointLost where it does
    not fit into memory.
    """
    try:
        return load()
    except DocumentError:
        raise
    except (OSError, ValueError, RuntimeError, ImportError, LookupError, AttributeError,
            TypeError, MemoryError) as error:  # fmt: skip
        if is_full(error):
            raise EndpointLost(f"{name} does not fit into memory; {SMALLER}") from None
        problem = Problem.without_place(f"{name} cannot be loaded: {line(error)}", _mend(error))
        raise DocumentError([problem]) from None
    except Exception as error:
        # safetensors has an error of its own, which is an Exception and nothing more
        if type(error).__module__.partition(".")[0] not in ("safetensors", "safetensors_rust"):
            raise
        hint = "its weights are damaged, or half there: fetch it again"
        what = f"{name} cannot be loaded: {line(error)}"
        raise DocumentError([Problem.without_place(what, hint)]) from None


def line(error: BaseException) -> str:
    """Return an error's words in one line."""
    words = " ".join(str(error).split()) or type(error).__name__
    return words if len(words) <= 300 else f"{words[:300]}..."


def _mend(error: BaseException) -> str:
    said = str(error)
    if "trust_remote_code" in said:
        return "it needs code that comes with it: read that, then add --trust-remote-code"
    if isinstance(error, ImportError):
        return "install what it names"
    if "does not recognize this architecture" in said:
        return "is it newer than this transformers? pip install --upgrade transformers"
    if isinstance(error, OSError):
        return "a file of it is missing or cannot be read: fetch it again"
    return ""


def _cards(torch: Any) -> list[str]:
    return [f"cuda:{i}" for i in range(torch.cuda.device_count())]
