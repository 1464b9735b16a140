"""Faults of a desk that stands in several processes, on a real PostgreSQL and a real Redis."""
