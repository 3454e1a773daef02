"""A server that speaks the Hub's endpoints for datasets over HTTP, for tests of its clients.

Accounts, datasets, commits, tags, small files in commits, large ones by git-lfs in one request or
in parts, and downloads. It keeps everything in memory, checks what it gets as the Hub does, and
writes down every request.

```
with hub() as server:
    HfApi(endpoint=server.url, token=WRITER).create_repo("lab/organs", repo_type="dataset")
    assert "lab/organs" in server.datasets
```
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from tests.hub_datasets import Commit, Dataset, Entry, blob_id

WRITER, READER, STRANGER = "hf_writer", "hf_reader", "hf_stranger"
"""Tokens: one that may write to `lab`, one that may read, one of somebody who is not a member."""
ROLES = {WRITER: "write", READER: "read", STRANGER: "write"}
LARGE = (".parquet", ".tsv", ".gz", ".tar")
"""Files that go by git-lfs, whatever their size, as a dataset's .gitattributes says."""
INLINE = 1_000_000
"""Larger files go by git-lfs as well."""
DROP, LOST = 0, 1
"""Statuses that close the connection: half way through the request, or instead of the answer to
what was done."""


@dataclass
class Server:
    """A Hub that runs."""

    url: str = ""
    part_bytes: int = 200_000
    """Large files above this go in parts."""
    datasets: dict[str, Dataset] = field(default_factory=dict)
    stored: dict[str, bytes] = field(default_factory=dict)
    """Large files by SHA-256, committed or not."""
    parts: defaultdict[str, dict[int, bytes]] = field(default_factory=lambda: defaultdict(dict))
    requests: list[tuple[str, str]] = field(default_factory=list)
    """Method and path of every request that came, those with them that were answered with a fault."""
    received: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    """Bytes of each large file (by SHA-256) that came, again or not."""
    faults: list[tuple[str, str, int, dict[str, str]]] = field(default_factory=list)
    """(method, pattern of the path, status, headers) of answers to give once each, in this order."""
    stall: Callable[[str], bool] = lambda _: False
    """Whether to leave the upload of this SHA-256 half read; then `stalled` is set."""
    stalled: threading.Event = field(default_factory=threading.Event)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def asked(self, method: str, pattern: str) -> int:
        """Count the requests of a kind."""
        return sum(m == method and bool(re.search(pattern, p)) for m, p in self.requests)

    def fault(self, method: str, path: str) -> tuple[int, dict[str, str]] | None:
        """Take the next fault that is meant for a request."""
        for one in self.faults:
            if one[0] == method and re.search(one[1], path):
                self.faults.remove(one)
                return one[2], one[3]
        return None


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    hub: Server

    def log_message(self, *words: object) -> None:
        """Say nothing."""

    def _serve(self) -> None:
        url = urlsplit(self.path)
        self.query = {k: v[0] for k, v in parse_qs(url.query).items()}
        path = unquote(url.path)
        with self.hub.lock:
            self.hub.requests.append((self.command, path))
            fault = self.hub.fault(self.command, path)
        if not self._read(path, fault is not None and fault[0] == DROP):
            return
        self.lost = fault is not None and fault[0] == LOST
        if fault is not None and not self.lost:
            self._say({"error": "a fault that was asked for"}, fault[0], fault[1])
            return
        for method, pattern, answer in ROUTES:
            found = re.fullmatch(pattern, path)
            if found and method == ("GET" if self.command == "HEAD" else self.command):
                with self.hub.lock:
                    answer(self, **found.groupdict())
                return
        self._say({"error": f"no such endpoint: {self.command} {path}"}, 404)

    def _read(self, path: str, drop: bool) -> bool:
        """Read the body; say whether all of it came, and the connection is to go on."""
        length = int(self.headers.get("Content-Length", 0))
        oid = re.match(r"/storage/([0-9a-f]{64})", path)
        half = self.command == "PUT" and bool(oid) and self.hub.stall(oid[1] if oid else "")
        want = length // 2 if half or drop else length
        self.body = b""
        while len(self.body) < want and (
            more := self.rfile.read(min(65536, want - len(self.body)))
        ):
            self.body += more
        if oid and self.command == "PUT":
            with self.hub.lock:
                self.hub.received[oid[1]] += len(self.body)
        if half:
            self.hub.stalled.set()
            self.rfile.read()  # until the client has gone
        if half or drop or len(self.body) < length:
            self.close_connection = True
            return False
        return True

    def _say(self, body: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        if self.lost:
            self.close_connection = True
            return
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {"Content-Type": "application/json", "Content-Length": str(len(sent))}
        if status >= 400 and isinstance(body, dict):
            named["X-Error-Message"] = body["error"]
        self.send_response(status)
        for name, value in {**named, **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(sent)

    do_GET = do_HEAD = do_POST = do_PUT = _serve  # noqa: N815

    def token(self) -> str:
        """Return the token of who asks."""
        return self.headers.get("Authorization", "").removeprefix("Bearer ")

    def may_write(self) -> bool:
        """Say whether who asks may write to `lab`; answer if not."""
        if self.token() not in ROLES:
            self._say({"error": "Invalid credentials in Authorization header"}, 401)
        elif self.token() != WRITER:
            self._say({"error": "You don't have the rights to write here"}, 403)
        return self.token() == WRITER

    def json(self) -> Any:
        """Return the request's JSON."""
        return json.loads(self.body)

    def found(self, repo: str, revision: str = "main") -> tuple[Dataset, Commit] | None:
        """Return a dataset at a revision; answer where there is none, or none to see."""
        dataset = self.hub.datasets.get(repo)
        if dataset is None or (dataset.private and self.token() not in (WRITER, READER)):
            missing = {"X-Error-Code": "RepoNotFound"}
            self._say({"error": "Repository not found"}, 404, missing)
            return None
        commit = dataset.at(revision)
        if commit is None:
            missing = {"X-Error-Code": "RevisionNotFound"}
            self._say({"error": f"Invalid rev id: {revision}"}, 404, missing)
            return None
        return dataset, commit

    def whoami(self) -> None:
        """Say whose token this is."""
        if self.token() not in ROLES:
            self._say({"error": "Invalid credentials in Authorization header"}, 401)
            return
        about = {"accessToken": {"displayName": "test", "role": ROLES[self.token()]}}
        self._say({"type": "user", "name": "ada", "orgs": [], "auth": about})

    def create(self) -> None:
        """Make a dataset."""
        if not self.may_write():
            return
        asked = self.json()
        repo = f"{asked['organization']}/{asked['name']}"
        assert asked["type"] == "dataset"
        there = repo in self.hub.datasets
        if not there:
            made = Dataset(private=asked.get("visibility") == "private")
            made.commit(
                "initial commit", {".gitattributes": Entry(b"*.parquet filter=lfs\n", False)}
            )
            self.hub.datasets[repo] = made
        url = f"{self.hub.url}/datasets/{repo}"
        said = {"url": url} | ({"error": "You already created this dataset repo"} if there else {})
        self._say(said, 409 if there else 200)

    def info(self, repo: str, revision: str = "main") -> None:
        """Describe a dataset at a revision."""
        if found := self.found(repo, revision):
            dataset, commit = found
            files = [{"rfilename": name} for name in sorted(commit.files)]
            said = {"id": repo, "sha": commit.sha, "private": dataset.private, "siblings": files}
            self._say({**said, "tags": [], "gated": False, "disabled": False, "downloads": 0})

    def tree(self, repo: str, revision: str, folder: str | None = None) -> None:
        """List the files of a folder."""
        if not (found := self.found(repo, revision)):
            return
        below = f"{folder}/" if folder else ""
        inside = {n: e for n, e in found[1].files.items() if n.startswith(below)}
        if below and not inside:
            missing = {"X-Error-Code": "EntryNotFound"}
            self._say({"error": f"{folder} does not exist"}, 404, missing)
            return
        deep = self.query.get("recursive", "").lower() in ("1", "true")
        entries: list[dict[str, Any]] = []
        for name, entry in sorted(inside.items()):
            steps = name.removeprefix(below).split("/")[:-1]
            for depth in range(1, len(steps) + 1):
                path = below + "/".join(steps[:depth])
                told = {"type": "directory", "path": path, "oid": blob_id(path.encode()), "size": 0}
                if (deep or depth == 1) and told not in entries:
                    entries.append(told)
            if deep or not steps:
                entries.append(entry.described(name))
        self._say(entries)

    def paths(self, repo: str, revision: str) -> None:
        """Describe some files."""
        if not (found := self.found(repo, revision)):
            return
        try:
            wanted = self.json()["paths"]
        except ValueError:
            wanted = parse_qs(self.body.decode())["paths"]
        said: list[dict[str, Any]] = []
        for path in [wanted] if isinstance(wanted, str) else wanted:
            if path in found[1].files:
                said.append(found[1].files[path].described(path))
            elif any(n.startswith(f"{path}/") for n in found[1].files):
                oid = blob_id(path.encode())
                said.append({"type": "directory", "path": path, "oid": oid, "size": 0})
        self._say(said)

    def refs(self, repo: str) -> None:
        """List branches and tags."""
        if found := self.found(repo):
            tags = [
                {"name": n, "ref": f"refs/tags/{n}", "targetCommit": c}
                for n, c in found[0].tags.items()
            ]
            head = found[0].commits[-1].sha
            main = {"name": "main", "ref": "refs/heads/main", "targetCommit": head}
            self._say({"branches": [main], "converts": [], "tags": tags})

    def check_card(self) -> None:
        """Check a card's header."""
        try:
            header = YAML(typ="safe", pure=True).load(self.json()["content"].split("---\n")[1])
            wrong = [] if isinstance(header, dict) else ["the header is not a mapping"]
        except (YAMLError, IndexError) as error:
            wrong = [str(error)]
        errors = [{"message": w} for w in wrong]
        said = {"errors": errors, "warnings": []} | ({"error": "Invalid YAML"} if wrong else {})
        self._say(said, 400 if wrong else 200)

    def preupload(self, repo: str, revision: str) -> None:
        """Say of each file how it goes."""
        if not self.may_write() or not (found := self.found(repo, revision)):
            return
        told = []
        for file in self.json()["files"]:
            large = file["size"] > INLINE or file["path"].endswith(LARGE)
            there = found[1].files.get(file["path"])
            oid = (there.sha256 if there.large else there.oid) if there else None
            mode = "lfs" if large else "regular"
            told.append(
                {"path": file["path"], "uploadMode": mode, "shouldIgnore": False, "oid": oid}
            )
        self._say({"files": told})

    def batch(self, repo: str) -> None:
        """Say of each large file where it goes; nothing where it is here."""
        if not self.may_write() or not self.found(repo):
            return
        asked = self.json()
        assert asked["operation"] == "upload"
        told = []
        for one in asked["objects"]:
            oid, size = one["oid"], one["size"]
            said: dict[str, Any] = {"oid": oid, "size": size}
            if oid not in self.hub.stored:
                base = f"{self.hub.url}/storage/{oid}"
                upload: dict[str, Any] = {"href": base}
                if size > self.hub.part_bytes and "multipart" in asked["transfers"]:
                    count = -(-size // self.hub.part_bytes)
                    parts = {str(n): f"{base}/{n}" for n in range(1, count + 1)}
                    header = {"chunk_size": str(self.hub.part_bytes), **parts}
                    upload = {"href": f"{base}/complete", "header": header}
                verify = {"href": f"{self.hub.url}/datasets/{repo}.git/info/lfs/verify"}
                said["actions"] = {"upload": upload, "verify": verify}
            told.append(said)
        self._say({"transfer": "basic", "objects": told})

    def store(self, oid: str) -> None:
        """Take a large file."""
        assert not self.headers.get("Authorization"), "the token went to the storage"
        if hashlib.sha256(self.body).hexdigest() != oid:
            self._say({"error": "the content is not what its digest says"}, 400)
            return
        self.hub.stored[oid] = self.body
        self._say({})

    def store_part(self, oid: str, part: str) -> None:
        """Take a part of a large file."""
        self.hub.parts[oid][int(part)] = self.body
        self._say(
            {}, headers={"ETag": f'"{hashlib.md5(self.body, usedforsecurity=False).hexdigest()}"'}
        )

    def complete(self, oid: str) -> None:
        """Put the parts of a large file together."""
        parts = self.hub.parts[oid]
        told = [p["partNumber"] for p in self.json()["parts"]]
        content = b"".join(parts[n] for n in told)
        if hashlib.sha256(content).hexdigest() != oid:
            self._say({"error": "the parts are not what the digest says"}, 400)
            return
        self.hub.stored[oid] = content
        self._say({})

    def verify(self, repo: str) -> None:
        """Say whether a large file has come."""
        if not self.may_write():
            return
        asked = self.json()
        right = len(self.hub.stored.get(asked["oid"], b"")) == asked["size"]
        self._say({} if right else {"error": "the file has not come"}, 200 if right else 404)

    def commit(self, repo: str, revision: str) -> None:
        """Make a commit of lines of JSON."""
        if not self.may_write() or not (found := self.found(repo, revision)):
            return
        dataset, head = found
        lines = [json.loads(line) for line in self.body.splitlines()]
        assert lines[0]["key"] == "header"
        files = dict(head.files)
        parent = lines[0]["value"].get("parentCommit")
        if parent not in (None, head.sha):
            self._say({"error": "A commit has happened since. Please refresh and try again."}, 412)
            return
        for line in lines[1:]:
            value = line["value"]
            if line["key"] == "file":
                assert value["encoding"] == "base64"
                files[value["path"]] = Entry(base64.b64decode(value["content"]), False)
            elif line["key"] == "lfsFile":
                if value["oid"] not in self.hub.stored:
                    self._say({"error": f"{value['path']} was never uploaded"}, 400)
                    return
                files[value["path"]] = Entry(self.hub.stored[value["oid"]], True)
            elif value["path"] in files:
                del files[value["path"]]
            else:
                missing = {"X-Error-Code": "EntryNotFound"}
                self._say({"error": "A file with this name doesn't exist"}, 404, missing)
                return
        made = dataset.commit(lines[0]["value"]["summary"], files, parent)
        url = f"{self.hub.url}/datasets/{repo}/commit/{made.sha}"
        self._say({"success": True, "commitOid": made.sha, "commitUrl": url, "hookOutput": ""})

    def tag(self, repo: str, revision: str) -> None:
        """Tag a revision."""
        if not self.may_write() or not (found := self.found(repo, revision)):
            return
        name = self.json()["tag"]
        if name in found[0].tags:
            self._say({"error": "Tag reference exists already"}, 409)
            return
        found[0].tags[name] = found[1].sha
        self._say({})

    def resolve(self, repo: str, revision: str, path: str) -> None:
        """Send a file, or a range of it."""
        if not (found := self.found(repo, revision)):
            return
        entry = found[1].files.get(path)
        named = {"X-Repo-Commit": found[1].sha}
        if entry is None:
            self._say({"error": "Entry not found"}, 404, named | {"X-Error-Code": "EntryNotFound"})
            return
        named["ETag"] = f'"{entry.oid}"'
        if entry.large:
            named |= {
                "X-Linked-ETag": f'"{entry.sha256}"',
                "X-Linked-Size": str(len(entry.content)),
            }
        named |= {"Accept-Ranges": "bytes", "Content-Type": "application/octet-stream"}
        part = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if part is None:
            self._say(entry.content, 200, named)
            return
        start, size = int(part[1]), len(entry.content)
        stop = min(int(part[2]) + 1 if part[2] else size, size)
        named["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
        self._say(entry.content[start:stop], 206, named)


REPO, REV = r"(?P<repo>[\w.-]+/[\w.-]+)", r"(?P<revision>[^/]+)"
ROUTES: list[tuple[str, str, Callable[..., None]]] = [
    ("GET", "/api/whoami-v2", Handler.whoami),
    ("POST", "/api/repos/create", Handler.create),
    ("POST", "/api/validate-yaml", Handler.check_card),
    ("GET", f"/api/datasets/{REPO}", Handler.info),
    ("GET", f"/api/datasets/{REPO}/revision/{REV}", Handler.info),
    ("GET", f"/api/datasets/{REPO}/tree/{REV}(?:/(?P<folder>.+))?", Handler.tree),
    ("POST", f"/api/datasets/{REPO}/paths-info/{REV}", Handler.paths),
    ("GET", f"/api/datasets/{REPO}/refs", Handler.refs),
    ("POST", f"/api/datasets/{REPO}/preupload/{REV}", Handler.preupload),
    ("POST", f"/api/datasets/{REPO}/commit/{REV}", Handler.commit),
    ("POST", f"/api/datasets/{REPO}/tag/{REV}", Handler.tag),
    ("POST", r"/datasets/(?P<repo>.+)\.git/info/lfs/objects/batch", Handler.batch),
    ("POST", r"/datasets/(?P<repo>.+)\.git/info/lfs/verify", Handler.verify),
    ("PUT", r"/storage/(?P<oid>[0-9a-f]{64})", Handler.store),
    ("PUT", r"/storage/(?P<oid>[0-9a-f]{64})/(?P<part>\d+)", Handler.store_part),
    ("POST", r"/storage/(?P<oid>[0-9a-f]{64})/complete", Handler.complete),
    ("GET", f"/datasets/{REPO}/resolve/{REV}/(?P<path>.+)", Handler.resolve),
]


class Threads(ThreadingHTTPServer):
    """Answers requests at the same time, and says nothing of clients that have gone."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report what is a fault of this server."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def hub() -> Iterator[Server]:
    """Run a Hub with one account and no dataset."""
    made = Server()
    handler = type("Bound", (Handler,), {"hub": made})
    server = Threads(("127.0.0.1", 0), handler)
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
