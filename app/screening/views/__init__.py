"""The pages of screening: for a worker, and for anybody."""
