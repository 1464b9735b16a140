"""The bell at which one waits who looks again and again."""
