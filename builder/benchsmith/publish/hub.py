"""Publishing a release as a dataset on the Hugging Face Hub, in one commit with a tag."""

from __future__ import annotations

from benchsmith.publish.hub_connection import Hub, HubError
from benchsmith.publish.hub_state import State, compare, compare_once
from benchsmith.publish.shipment import Shipment


def send(
    hub: Hub, shipment: Shipment, state: State, tag: str, *, private: bool, message: str
) -> None:
    """Upload a release in one commit and tag it.

    Every try compares first, so that nothing is sent twice; the Hub keeps each large file by its
    SHA-256 from the moment it has arrived. `private` applies to a dataset that is created. Raises
    HubError and GateFailed.
    """
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    if state.head is None:
        hub.retried(
            f"creating {hub.repo}",
            lambda: hub.api.create_repo(
                hub.repo, repo_type="dataset", private=private, exist_ok=True
            ),
        )

    def commit() -> State:
        now = compare_once(hub, shipment, tag)
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
            now = compare_once(hub, shipment, tag)
        return now

    now = hub.retried(f"sending to {hub.repo}", commit)
    if now.changes:
        raise HubError(f"{hub.repo} was changed by somebody else in the meantime; run this again")
    if not now.tagged:
        hub.retried(
            f"tagging {hub.repo}",
            lambda: hub.api.create_tag(
                hub.repo, tag=tag, revision=now.head, repo_type="dataset", exist_ok=True
            ),
        )
        # the Hub gives the same answer if somebody else has set the tag; on other files this raises GateFailed
        if not compare(hub, shipment, tag).tagged:
            raise HubError(f"{hub.repo} has no tag {tag} although it was set; run this again")
