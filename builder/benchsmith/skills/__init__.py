"""Skills: questions that compare, locate, count or measure, drafted from the masks of a picture.

To add one: a module with a function, a line in `table.py`, a file in `question_pools/skills/`.
"""
