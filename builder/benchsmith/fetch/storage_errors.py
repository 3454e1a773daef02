"""Failures of storage: which are transient, and one line of text for each.

fsspec passes on the exceptions of each storage's own library, so they are judged by what they have
in common: an HTTP status, a builtin base class, a cause.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from benchsmith.core import retry
from benchsmith.core.errors import EnvironmentFailed
from benchsmith.core.retry import Failure, RetryPolicy, is_transient_status

T = TypeVar("T")
RETRY = RetryPolicy(tries=4, first_wait_s=0.5, factor=4.0, deadline_s=6 * 3600.0)
_PERMANENT = (LookupError, TypeError, ValueError, AttributeError, ImportError, NotImplementedError,
              FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError)  # fmt: skip


class StorageError(EnvironmentFailed):
    """Storage does not answer, refuses, or holds files that cannot be used."""


class SizeLimitError(StorageError):
    """More bytes arrive than there is room for."""


class LocalAddressError(PermissionError):
    """A URL resolves to this machine or a private network, which was not allowed."""


class AnswerError(Exception):
    """A web server answers with something else than the file or page that was asked for."""


def retried(what: str, work: Callable[[], T]) -> T:
    """Return what `work` returns, retrying transient failures. Raises StorageError in one line."""
    try:
        return retry.call(RETRY, work, _judged, name=what)
    except StorageError:
        raise
    except Exception as error:  # each storage has exceptions of its own
        raise StorageError(f"{what}: {message(error)}") from error


def message(error: BaseException) -> str:
    """Return an error's text in one line."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, LocalAddressError | AnswerError):
            return str(cause)
    if isinstance(error, FileNotFoundError) and not isinstance(causes[-1], _PERMANENT):
        error = causes[-1]  # fsspec reports a web server that does not answer as a missing file
    text = " ".join(str(error).split())[:300] or type(error).__name__
    return f"there is no such file: {text}" if isinstance(error, FileNotFoundError) else text


def _judged(error: Exception) -> Failure:
    if isinstance(error, StorageError):
        return Failure(transient=False)
    causes = list(_causes(error))
    if any(isinstance(cause, LocalAddressError | AnswerError) for cause in causes):
        return Failure(transient=False)
    for cause in causes:
        response = getattr(cause, "response", None)
        status = getattr(cause, "status", None) or getattr(response, "status_code", None)
        if status is None and isinstance(response, Mapping):  # botocore
            status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        if isinstance(status, int):
            return Failure(is_transient_status(status))
    if any("Credential" in type(cause).__name__ for cause in causes):
        return Failure(transient=False)
    return Failure(not isinstance(causes[-1], _PERMANENT))


def _causes(error: BaseException) -> Iterator[BaseException]:
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__ or found.__context__
