"""Which label a source's unknown word may stand for, how sure that is, and why."""
