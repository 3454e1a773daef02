"""Mutated files of every format, whose values an independent reader judges.

A mutant is a small file made from a seed and a number. Most mutants are valid files whose meaning
was changed: another orientation, unit, rescale, order of rows. The others have damaged bytes.
Ours and another library read each mutant, and what both read is compared in the product's frame.
"""
