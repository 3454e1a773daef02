"""Finding a model: a folder, or a repository of the Hub at one commit. Nothing is loaded."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.models.contract import LocalModelError
from benchsmith.tables.file_digests import Digests
from benchsmith.tables.partition import fingerprint

PREFIX = "local:"
"""Prefix of a model's name that transformers loads."""
EXTRA = "pip install 'benchsmith[local]'"
CONFIG = "config.json"
REPOSITORY = re.compile(r"(?P<repo>[\w.-]+/[\w.-]+)(@(?P<revision>[\w./-]+))?", re.ASCII)
NOT_THE_MODEL = (".md", ".gitattributes")
"""Endings of files that do not belong to a model; hidden files do not either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A model that can be loaded; the same revision means the same weights."""

    name: str
    """``ORG/NAME`` of a repository, or the last part of a folder's path."""
    source: str
    """The argument of `from_pretrained`: the repository, or the folder."""
    commit: str | None
    """The repository's commit; None for a folder."""
    revision: str
    """The commit, or a digest of all files in the folder."""
    own_code: bool = False
    """Whether Python code in the model's repository may run."""

    def load_options(self) -> dict[str, str | bool | None]:
        """Return the keyword arguments of `from_pretrained`."""
        return {"revision": self.commit, "trust_remote_code": self.own_code}


def needs(libraries: Iterable[str], what: str) -> None:
    """Raise DocumentError if a library of the extra `local` is not installed."""
    missing = [library for library in libraries if find_spec(library) is None]
    if missing:
        problem = f"{what} needs {' and '.join(missing)}, not installed here"
        raise DocumentError([Problem.without_place(problem, EXTRA)])


def find(name: str, digests: Digests, *, own_code: bool = False) -> Checkpoint:
    """Return the model with a name: a folder, ``ORG/NAME``, or ``ORG/NAME@REVISION``.

    From a repository only the configuration is downloaded. Raises DocumentError for a model that
    does not exist, and LocalModelError if the Hub cannot be reached.
    """
    folder = Path(name).expanduser()
    if name and folder.is_dir():
        return _folder(folder.resolve(), digests, own_code=own_code)
    found = REPOSITORY.fullmatch(name)
    if found is None:
        hint = "give an existing folder, ORG/NAME of the Hub, or ORG/NAME@REVISION"
        raise DocumentError([Problem.without_place(f"there is no model {name!r}", hint)])
    commit = _commit(found["repo"], found["revision"])
    return Checkpoint(
        name=found["repo"], source=found["repo"], commit=commit, revision=commit, own_code=own_code
    )


def _folder(folder: Path, digests: Digests, *, own_code: bool) -> Checkpoint:
    if not (folder / CONFIG).is_file():
        hint = "give a folder written by `save_pretrained` or `hf download`"
        raise DocumentError([Problem(str(folder), 1, f"has no {CONFIG}", hint)])
    paths = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not path.name.endswith(NOT_THE_MODEL)
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    names = [path.relative_to(folder).as_posix() for path in paths]
    revision = fingerprint(*zip(names, digests.of_all(paths), strict=True))
    digests.save()
    return Checkpoint(
        name=folder.name, source=str(folder), commit=None, revision=revision, own_code=own_code
    )


def _commit(repo: str, revision: str | None) -> str:
    """Return the commit of a revision: the current one, or offline the one downloaded last."""
    from huggingface_hub import errors, hf_hub_download

    login = "check the name; for a private repository, run `hf auth login`"
    try:
        path = hf_hub_download(repo, CONFIG, revision=revision)
    except errors.GatedRepoError:
        hint = f"accept its terms at https://huggingface.co/{repo}, then run `hf auth login`"
        what = "is gated: its terms must be accepted first"
    except errors.RepositoryNotFoundError:
        what, hint = "is not on the Hub, and there is no folder of this name", login
    except errors.RevisionNotFoundError:
        what, hint = f"has no revision {revision!r}", "give a branch, a tag or a commit"
    except errors.LocalEntryNotFoundError:
        offline = f"{repo} is not on this machine, and the Hub cannot be reached"
        raise LocalModelError(
            f"{offline}; run `hf download {repo}` with a connection, or give a folder"
        ) from None
    except errors.EntryNotFoundError:
        what, hint = f"has no {CONFIG}", "it is not a model that transformers can load"
    except errors.HFValidationError:
        what, hint = "is not a valid repository name", login
    else:
        return Path(path).parent.name
    raise DocumentError([Problem.without_place(f"{repo} {what}", hint)])
