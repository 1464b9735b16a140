"""Complaints: a matter that is owed an acknowledgement, a decision and a reason."""
