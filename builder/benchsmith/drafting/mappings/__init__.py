"""Labels that a source's unknown word may stand for, with a score and a reason."""
