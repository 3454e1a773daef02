"""Drafts for people to correct and sign: recipes, mappings, and question stems from a model."""
