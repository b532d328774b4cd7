"""The start pages, the jobs and the demo."""
