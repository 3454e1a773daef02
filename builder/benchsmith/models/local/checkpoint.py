"""Which model is meant: a folder, or a repository of the Hub at one commit. Nothing is loaded."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.models.endpoint import EndpointLost
from benchsmith.tables.file_digests import Digests
from benchsmith.tables.partition import fingerprint

PREFIX = "local:"
"""What a model's name begins with that is loaded by transformers."""
EXTRA = "pip install 'benchsmith[local]'"
CONFIG = "config.json"
REPOSITORY = re.compile(r"(?P<repo>[\w.-]+/[\w.-]+)(@(?P<revision>[\w./-]+))?", re.ASCII)
SILENT = (".md", ".gitattributes")
"""Files that are no part of a model; nor is what is hidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A model that can be loaded, and is the same one as long as its revision is."""

    name: str
    """``ORG/NAME`` of a repository, or a folder's own name; never where that is."""
    source: str
    """What a library's `from_pretrained` takes: the repository, or the folder."""
    commit: str | None
    """Of a repository; None for a folder."""
    revision: str
    """The commit, or a digest of every file of the folder."""
    own_code: bool = False
    """Whether Python code that comes with the model may run."""

    def words(self) -> dict[str, str | bool | None]:
        """Return what `from_pretrained` takes beside the source."""
        return {"revision": self.commit, "trust_remote_code": self.own_code}


def needs(libraries: Iterable[str], what: str) -> None:
    """Raise DocumentError where a library of the extra `local` is not here."""
    lost = [library for library in libraries if find_spec(library) is None]
    if lost:
        said = f"{what} needs {' and '.join(lost)}, which is not here"
        raise DocumentError([Problem.without_place(said, EXTRA)])


def find(name: str, digests: Digests, *, own_code: bool = False) -> Checkpoint:
    """Return the model of a name: a folder, ``ORG/NAME``, or ``ORG/NAME@REVISION``.

    Of a repository only its configuration is fetched. Raises DocumentError for a model that is not
    there, and EndpointLost where the Hub cannot be asked.
    """
    folder = Path(name).expanduser()
    if name and folder.is_dir():
        return _folder(folder.resolve(), digests, own_code=own_code)
    found = REPOSITORY.fullmatch(name)
    if found is None:
        hint = "name a folder that is there, ORG/NAME of the Hub, or ORG/NAME@REVISION"
        raise DocumentError([Problem.without_place(f"there is no model {name!r}", hint)])
    commit = _commit(found["repo"], found["revision"])
    return Checkpoint(
        name=found["repo"], source=found["repo"], commit=commit, revision=commit, own_code=own_code
    )


def _folder(folder: Path, digests: Digests, *, own_code: bool) -> Checkpoint:
    if not (folder / CONFIG).is_file():
        hint = "name a folder as `save_pretrained` writes it, or as `hf download` fetches it"
        raise DocumentError([Problem(str(folder), 1, f"has no {CONFIG}", hint)])
    paths = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not path.name.endswith(SILENT)
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    names = [path.relative_to(folder).as_posix() for path in paths]
    revision = fingerprint(*zip(names, digests.of_all(paths), strict=True))
    digests.save()
    return Checkpoint(
        name=folder.name, source=str(folder), commit=None, revision=revision, own_code=own_code
    )


def _commit(repo: str, revision: str | None) -> str:
    """Return the commit that a revision is now, or was when it was fetched last."""
    from huggingface_hub import errors, hf_hub_download

    login = "see that the name is right; for a private one, `hf auth login`"
    try:
        path = hf_hub_download(repo, CONFIG, revision=revision)
    except errors.GatedRepoError:
        hint = f"accept its terms at https://huggingface.co/{repo}, then `hf auth login`"
        what = "may be used by those alone who accept its terms"
    except errors.RepositoryNotFoundError:
        what, hint = "is not on the Hub, and no folder of this name is here", login
    except errors.RevisionNotFoundError:
        what, hint = f"has no revision {revision!r}", "name a branch, a tag or a commit of it"
    except errors.LocalEntryNotFoundError:
        said = f"{repo} is not on this machine, and the Hub cannot be reached"
        raise EndpointLost(
            f"{said}; where it can, `hf download {repo}`, or name a folder"
        ) from None
    except errors.EntryNotFoundError:
        what, hint = f"has no {CONFIG}", "it is none that transformers reads"
    except errors.HFValidationError:
        what, hint = "is no repository's name", login
    else:
        return Path(path).parent.name
    raise DocumentError([Problem.without_place(f"{repo} {what}", hint)])
