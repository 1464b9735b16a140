"""The lines that one person has open at several processes."""
