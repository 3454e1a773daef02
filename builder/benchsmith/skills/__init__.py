"""Skills: questions that compare, locate or tell whether, drafted from what a picture's masks measure.

To add one: a module with a function, a line in `table.py`, a file in `question_pools/skills/`.
"""
