"""The Hugging Face Hub: what a dataset's page holds, and how a release gets there in one commit."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from benchsmith import __version__
from benchsmith.core.build_files import MANIFEST
from benchsmith.core.errors import EnvironmentFailed, GateFailed
from benchsmith.publish.shipment import CARD, File, Shipment

if TYPE_CHECKING:
    from huggingface_hub import HfApi

T = TypeVar("T")
WAITS_S = (0.5, 1.0, 2.0, 4.0)
"""Between attempts; a server's own word on it (`Retry-After`) comes first."""
LONGEST_WAIT_S = 120.0
WORTH_A_RETRY = (408, 412, 429, 500, 502, 503, 504)
"""412: somebody else committed meanwhile; what is to be sent is found again, then."""
OWN = {".gitattributes", CARD}
"""Files that a new page on the Hub may have before anything was published."""


class HubTrouble(EnvironmentFailed):
    """The Hub cannot be reached, refuses, or does not know who asks."""


@dataclass(frozen=True, slots=True)
class Hub:
    """A dataset on the Hub, and who asks for it."""

    repo: str
    api: HfApi
    user: str

    @property
    def page(self) -> str:
        """Where people see it."""
        return f"{self.api.endpoint}/datasets/{self.repo}"


@dataclass(frozen=True, slots=True)
class State:
    """What is on the Hub, beside what should be there."""

    head: str | None
    """The commit that this is about; None where there is no such dataset yet."""
    private: bool
    send: Sequence[File]
    """New and changed files."""
    unchanged: int
    delete: Sequence[str]
    """Files of the last release that this one does not have."""
    foreign: Sequence[str]
    """Files that no release brought; they stay."""
    tagged: bool
    """The version's tag is there, on these very files."""

    @property
    def changes(self) -> bool:
        """Say whether a commit is needed."""
        return bool(self.send or self.delete or self.head is None)


def named(repo: str) -> str:
    """Say what is wrong with a dataset's name; empty if it can be one."""
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
    """Find the token and ask the Hub whose it is. Raises HubTrouble."""
    import huggingface_hub

    token = huggingface_hub.get_token()
    if not token:
        raise HubTrouble(
            "there is no token for the Hub: make one with write permission in the settings of your "
            "account there, then set HF_TOKEN or run `hf auth login`"
        )
    if not sys.stderr.isatty():
        huggingface_hub.utils.disable_progress_bars()
    api = huggingface_hub.HfApi(
        endpoint=os.environ.get("HF_ENDPOINT") or None,
        token=token,
        library_name="benchsmith",
        library_version=__version__,
    )
    who = _patiently(api, "asking whose token this is", api.whoami)
    if who.get("auth", {}).get("accessToken", {}).get("role") == "read":
        raise HubTrouble(
            "the token may read and not write: make one with write permission, then set HF_TOKEN "
            "or run `hf auth login`"
        )
    return Hub(repo, api, str(who.get("name", "")))


def compare(hub: Hub, shipment: Shipment, tag: str) -> State:
    """Find what is on the Hub already.

    Raises HubTrouble, and GateFailed where the dataset is something else than this benchmark, or
    the tag is on other files.
    """
    return _patiently(
        hub.api, f"looking at {hub.repo}", lambda: _compare(hub, shipment, tag), hub.repo
    )


def send(
    hub: Hub, shipment: Shipment, state: State, tag: str, *, private: bool, message: str
) -> None:
    """Bring the release to the Hub in one commit and tag it.

    What the Hub has is not sent again, nor after a connection that broke: large files are kept
    there by their SHA-256 from the moment each of them has arrived. Raises HubTrouble and GateFailed.
    """
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    if state.head is None:
        _patiently(
            hub.api,
            f"making {hub.repo}",
            lambda: hub.api.create_repo(
                hub.repo, repo_type="dataset", private=private, exist_ok=True
            ),
            hub.repo,
        )

    def commit() -> State:
        now = _compare(hub, shipment, tag)
        if now.changes:
            hub.api.create_commit(
                hub.repo,
                [
                    *(CommitOperationAdd(f.name, f.path) for f in now.send),
                    *(CommitOperationDelete(name) for name in now.delete),
                ],
                commit_message=message,
                repo_type="dataset",
                parent_commit=now.head,
            )
            now = _compare(hub, shipment, tag)
        return now

    now = _patiently(hub.api, f"sending to {hub.repo}", commit, hub.repo)
    if now.changes:
        raise HubTrouble(f"{hub.repo} was changed by somebody else while this was sent; try again")
    if not now.tagged:
        _patiently(
            hub.api,
            f"tagging {hub.repo}",
            lambda: hub.api.create_tag(
                hub.repo, tag=tag, revision=now.head, repo_type="dataset", exist_ok=True
            ),
            hub.repo,
        )


def _compare(hub: Hub, shipment: Shipment, tag: str) -> State:
    from huggingface_hub.errors import RepositoryNotFoundError

    try:
        info = hub.api.repo_info(hub.repo, repo_type="dataset")
    except RepositoryNotFoundError:
        return State(None, False, shipment.files, 0, (), (), False)
    if info.id != hub.repo:
        raise GateFailed([f"{hub.repo} is called {info.id} now: name it so"])
    there = _tree(hub, str(info.sha))
    published = _published(hub, str(info.sha), shipment) if MANIFEST in there else set()
    foreign = sorted(there.keys() - OWN - published)
    if foreign and not published:
        what = f"{hub.repo} has files that no release of {shipment.benchmark} brought"
        raise GateFailed([f"{what} ({_few(foreign)}): name another dataset"])
    ours = {f.name for f in shipment.files}
    changed = [f for f in shipment.files if not _same(f, there.get(f.name))]
    return State(
        head=str(info.sha),
        private=bool(info.private),
        send=changed,
        unchanged=len(shipment.files) - len(changed),
        delete=sorted((there.keys() & published) - ours),
        foreign=[name for name in foreign if name not in ours],
        tagged=_tagged(hub, shipment, tag),
    )


def _tree(hub: Hub, revision: str) -> dict[str, Any]:
    """Return the files of a commit by name, each as the Hub describes it."""
    from huggingface_hub.hf_api import RepoFile

    entries = hub.api.list_repo_tree(
        hub.repo, recursive=True, revision=revision, repo_type="dataset"
    )
    return {e.path: e for e in entries if isinstance(e, RepoFile)}


def _same(file: File, there: Any) -> bool:
    """Say whether the Hub has this very file: large ones go by SHA-256, others by git's SHA-1."""
    if there is None or there.size != file.size:
        return False
    if there.lfs is not None:
        return bool(there.lfs.sha256 == file.sha256)
    content = file.path.read_bytes()
    blob = hashlib.sha1(b"blob %d\0" % len(content), usedforsecurity=False)
    blob.update(content)
    return bool(there.blob_id == blob.hexdigest())


def _published(hub: Hub, revision: str, shipment: Shipment) -> set[str]:
    """Return the files that the release on the Hub brought. Raises GateFailed if it is another's."""
    with tempfile.TemporaryDirectory() as place:
        path = hub.api.hf_hub_download(
            hub.repo, MANIFEST, repo_type="dataset", revision=revision, local_dir=place
        )
        try:
            manifest: Mapping[str, Any] = json.loads(Path(path).read_text("utf-8"))
            name, files = manifest["benchmark"], set(manifest["files"])
        except (ValueError, KeyError, TypeError):
            name, files = "", set()
    if name != shipment.benchmark:
        what = f"a release of {name}" if name else "something else"
        raise GateFailed([f"{hub.repo} holds {what}, not of {shipment.benchmark}: name another"])
    return files | {MANIFEST}


def _tagged(hub: Hub, shipment: Shipment, tag: str) -> bool:
    """Say whether the tag is there. Raises GateFailed where it is on other files than these."""
    refs = hub.api.list_repo_refs(hub.repo, repo_type="dataset")
    commit = next((t.target_commit for t in refs.tags if t.name == tag), None)
    if commit is None:
        return False
    there = _tree(hub, commit)
    other = [f.name for f in shipment.files if not _same(f, there.get(f.name))]
    if other:
        what = f"{hub.repo} has the tag {tag} already, on other files ({_few(other)})"
        how = f"raise `version` in benchmarks/{shipment.benchmark}.yaml and build again"
        raise GateFailed([f"{what}: {how}, or name another --tag"])
    return True


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + " ..." * (len(names) > 3)


def _patiently(api: HfApi, what: str, call: Callable[[], T], repo: str = "") -> T:
    """Call, and call again where that may help. Raises HubTrouble in plain words."""
    from huggingface_hub.errors import HfHubHTTPError, HTTPError

    for wait in (*WAITS_S, None):
        try:
            return call()
        except (OSError, HTTPError, RuntimeError, ValueError) as error:
            http = _cause(error, HfHubHTTPError)
            lost = http is None and _cause(error, HTTPError) is not None
            again = lost or (http is not None and http.response.status_code in WORTH_A_RETRY)
            if not (again or http is not None or isinstance(error, ConnectionError | ValueError)):
                raise
            if wait is None or not again:
                raise HubTrouble(_words(api, what, error, http, repo)) from error
            time.sleep(_asked_for(http) or wait)
    raise AssertionError


def _cause(error: BaseException | None, kind: type[Any]) -> Any:
    """Return the first error of a kind among an error and what caused it."""
    while error is not None and not isinstance(error, kind):
        error = error.__cause__
    return error


def _asked_for(http: Any) -> float:
    """Return the seconds that the server asks to wait; 0 where it does not say."""
    said = http.response.headers.get("Retry-After", "") if http is not None else ""
    return min(float(said), LONGEST_WAIT_S) if said.isdigit() else 0.0


def _words(api: HfApi, what: str, error: BaseException, http: Any, repo: str) -> str:
    """Say what went wrong and what to do, without the token."""
    status = http.response.status_code if http is not None else None
    server = str(http.server_message or "") if http is not None else ""
    said = " ".join(f"{'' if error is http and server else error} {server}".split())[:300]
    if status == 401:
        text = f"the Hub at {api.endpoint} does not know this token: set HF_TOKEN anew or run `hf auth login`"
    elif status == 403:
        text = (
            f"the token may not write to {repo or 'the Hub'}: it needs write permission there, and "
            f"you must be a member of {repo.partition('/')[0] or 'it'} ({said})"
        )
    else:
        again = "; the same command goes on where this stopped" if repo else ""
        text = f"{what} at {api.endpoint}: {status or 'no connection'}: {said}{again}"
    return text.replace(str(api.token), "***") if api.token else text
