"""The fictional district: people, lectures and a year of history, so that every page is alive in a minute."""
