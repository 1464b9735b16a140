"""What a supervisor sees of the whole floor: who waits, who answers, what was promised; and the rows behind it all."""
