"""A floor that was made up: who comes and when, who works, and what becomes of them under this house's own routing."""
