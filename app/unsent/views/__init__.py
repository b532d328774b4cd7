"""Pages about what was typed and not stored."""
