"""The end of a process: what everybody is told then, and what is still brought to its end."""
