"""Models of this machine: which one is meant, where it runs, what it answers and what it sees."""
