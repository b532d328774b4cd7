"""The tests: a mirror of app/, and the promises about it."""
