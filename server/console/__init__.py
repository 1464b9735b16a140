"""The agents' console and the supervisors' wallboard, drawn whole and kept up to date."""
