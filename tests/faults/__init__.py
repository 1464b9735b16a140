"""Planted faults: a desk that is killed in the middle of its work, and the checker that says what became of it."""
