"""Alerts, the duty roster and the help card."""
