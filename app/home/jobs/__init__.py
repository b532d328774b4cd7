"""Jobs: what the program does by itself. Rows are the truth, a scan that was killed is simply run again."""
