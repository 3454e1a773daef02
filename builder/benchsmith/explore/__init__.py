"""Read-only views of a build: find it, query its questions, explain an id, list the tree."""
