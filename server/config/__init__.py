"""The settings of a desk: what there are, where they are given, and what is wrong with them."""
