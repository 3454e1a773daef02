"""Facts of structures and of pairs of structures, measured in three dimensions on the runs of a label volume."""
