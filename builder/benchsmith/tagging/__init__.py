"""Tagging by vote: who is asked about which label, what they say, and what follows from it."""
