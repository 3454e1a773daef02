"""Facts of structures and of pairs of them, measured in three dimensions on the runs of a label volume."""
