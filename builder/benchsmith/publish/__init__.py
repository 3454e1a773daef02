"""Publish a release: what may go, what goes, and how it gets to the Hugging Face Hub."""
