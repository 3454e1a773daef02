"""A connection to the Hugging Face Hub: the token, retries, response limits, and clear errors."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from benchsmith import __version__
from benchsmith.core import retry
from benchsmith.core.errors import EnvironmentFailed
from benchsmith.core.retry import Failure, RetryPolicy, is_transient_status, retry_after
from benchsmith.net.bounded_clients import ClientLimits, bound
from benchsmith.net.response_limits import ResponseLimits, ResponseRefused

if TYPE_CHECKING:
    from huggingface_hub import HfApi

T = TypeVar("T")
RETRY = RetryPolicy(tries=5, deadline_s=3600.0)
SOMEBODY_ELSE_COMMITTED = 412
"""Status of a commit whose parent is no longer the head; the retry compares again."""
LIMITS = ResponseLimits(body_bytes=64 << 20, stream_bytes=64 << 20, seconds=300.0)
"""Of the Hub's responses: descriptions, file lists and manifests."""
IDLE_S = 300.0
"""Longest wait for the next bytes; a large commit takes the Hub minutes."""


class HubError(EnvironmentFailed):
    """The Hub cannot be reached, refuses a request, or does not accept the token."""


@dataclass(frozen=True, slots=True)
class Hub:
    """A dataset on the Hub, and the account that publishes it."""

    repo: str
    """``user/name``."""
    api: HfApi
    user: str

    @property
    def page(self) -> str:
        """Return the URL of the dataset's page."""
        return f"{self.api.endpoint}/datasets/{self.repo}"

    def retried(self, what: str, work: Callable[[], T]) -> T:
        """Return what `work` returns, retrying transient failures. Raises HubError."""
        return _retried(self.api, what, work, self.repo)


def repo_problem(repo: str) -> str:
    """Return what is wrong with a dataset's name, or an empty string."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    if repo.count("/") != 1:
        return f"{repo!r} is not of the form user/name"
    try:
        validate_repo_id(repo)
    except HFValidationError as error:
        return f"{repo!r} is not of the form user/name: {' '.join(str(error).split())}"
    return ""


def connect(repo: str) -> Hub:
    """Find the token and ask the Hub for its account. Raises HubError."""
    import huggingface_hub

    token = huggingface_hub.get_token()
    if not token:
        raise HubError(
            "there is no token for the Hub: create one with write permission in the settings of "
            "your account there, then set HF_TOKEN or run `hf auth login`"
        )
    if not sys.stderr.isatty():
        huggingface_hub.utils.disable_progress_bars()
    bound(huggingface_hub.utils.get_session(), ClientLimits(LIMITS, LIMITS), IDLE_S)
    api = huggingface_hub.HfApi(
        endpoint=os.environ.get("HF_ENDPOINT") or None,
        token=token,
        library_name="benchsmith",
        library_version=__version__,
    )
    account = _retried(api, "checking the token", api.whoami)
    if account.get("auth", {}).get("accessToken", {}).get("role") == "read":
        raise HubError(
            "the token has no write permission: create one that has, then set HF_TOKEN or run "
            "`hf auth login`"
        )
    return Hub(repo, api, str(account.get("name", "")))


def _retried(api: HfApi, what: str, work: Callable[[], T], repo: str = "") -> T:
    """Return what `work` returns, retrying transient failures. Raises HubError."""
    from huggingface_hub.errors import HfHubHTTPError, HTTPError

    try:
        return retry.call(RETRY, work, _judged, name=what)
    except (OSError, HTTPError, RuntimeError, ValueError, ResponseRefused) as error:
        response = _cause(error, HfHubHTTPError)
        lost = _cause(error, HTTPError) is not None
        known = isinstance(error, ConnectionError | ValueError | ResponseRefused)
        if response is None and not (lost or known):
            raise
        raise HubError(_message(api, what, error, response, repo)) from error


def _judged(error: Exception) -> Failure:
    from huggingface_hub.errors import HfHubHTTPError, HTTPError

    http = _cause(error, HfHubHTTPError)
    if http is None:
        return Failure(transient=_cause(error, HTTPError) is not None)
    status = http.response.status_code
    transient = is_transient_status(status) or status == SOMEBODY_ELSE_COMMITTED
    return Failure(transient, retry_after(http.response.headers, time.time()))


def _cause(error: BaseException | None, kind: type[Any]) -> Any:
    """Return the first error of a kind among an error and its causes; None if there is none."""
    while error is not None and not isinstance(error, kind):
        error = error.__cause__
    return error


def _message(api: HfApi, what: str, error: BaseException, http: Any, repo: str) -> str:
    """Return what failed and what to do, without the token."""
    status = http.response.status_code if http is not None else None
    server = str(http.server_message or "") if http is not None else ""
    text = f"{'' if error is http and server else error} {server}"
    details = " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300]
    if status == 401:
        result = f"the Hub at {api.endpoint} does not know this token: set HF_TOKEN anew or run `hf auth login`"
    elif status == 403:
        result = (
            f"the token may not write to {repo or 'the Hub'}: it needs write permission there, and "
            f"you must be a member of {repo.partition('/')[0] or 'it'} ({details})"
        )
    else:
        resume = "; the same command continues from here" if repo else ""
        result = f"{what} at {api.endpoint}: {status or 'no connection'}: {details}{resume}"
    return result.replace(str(api.token), "***") if api.token else result
