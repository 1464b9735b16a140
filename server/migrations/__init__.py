"""The way from any earlier database to today's tables, one file a change."""
