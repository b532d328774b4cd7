"""Notices: the outbox, its delivery, the channels, a person's own list."""
