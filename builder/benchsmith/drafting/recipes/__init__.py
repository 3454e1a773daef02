"""Drafts a recipe from a folder by its files and names, and lists what a person must decide."""
