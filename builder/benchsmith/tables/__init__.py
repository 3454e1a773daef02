"""Rows on disk: the nouns as Arrow tables, finished partitions, external sort, file digests."""
