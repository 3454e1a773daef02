"""Files that are not here yet: packages, URLs and object storage, downloaded and checked."""
