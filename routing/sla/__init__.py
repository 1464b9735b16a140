"""Promises about time: which policy holds for a ticket, which clocks run, what was warned of and broken."""
