"""Complaints: filed once, acknowledged, decided with a reason."""
