"""Whoever watches the desk: whether it lives, whether it can work, and its figures."""
