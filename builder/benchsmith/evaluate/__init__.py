"""Ask models the questions of a release, extract their answers, and score them."""
