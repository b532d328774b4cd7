"""What every room of the house stands on: clock, ids, database, errors, permissions."""
