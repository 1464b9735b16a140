"""Real servers that the tests bring along: nothing here stands in for anything."""
