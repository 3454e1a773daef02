"""Look at a build without changing it: find it, query its questions, explain an id, list the tree."""
