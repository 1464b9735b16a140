"""`frontdesk simulate`: a scenario is read from a file, played on a desk in memory, and told in words and pictures."""
