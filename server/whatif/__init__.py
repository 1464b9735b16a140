"""What-if: policies are read from a file or a page, told by the log once more, and compared. Nothing is written."""
