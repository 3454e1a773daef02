"""Files from elsewhere: packages, URLs and object storage, downloaded and checked."""
