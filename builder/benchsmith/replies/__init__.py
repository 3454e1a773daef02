"""Read a reply: which options it picks, or why it picks none. Standard library only; exports carry it."""
