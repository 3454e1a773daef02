"""Ask models the questions of a release, read what they say, and score it."""
