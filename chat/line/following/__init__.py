"""Live delivery to one visitor's line, from the place that its client has."""
