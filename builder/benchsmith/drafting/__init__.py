"""Drafts for people to correct and sign: recipes, mappings, and question stems of a model."""
