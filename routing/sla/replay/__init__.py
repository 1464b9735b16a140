"""What-if: the log is told again to the reactions that keep the clocks, under other policies. Nothing is written."""
