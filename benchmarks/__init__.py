"""Measurements: the product beside its floor, in one run, as ratios of CPU time with their spread."""
