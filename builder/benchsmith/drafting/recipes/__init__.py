"""Drafts a recipe from a folder: what its files and names say, and what a person must decide."""
