"""Shows what a recipe reads before anything is built: some pictures with their labels, and counts."""
