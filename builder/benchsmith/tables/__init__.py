"""Rows on disk: the nouns as Arrow tables, partitions with manifests, external sort, file digests."""
