"""Keeping a desk: a copy of all it holds, the way back from it, and the way to another database.

Lives here: the walk through all tables, the archive, backup, restore and copy. May read every table by its columns;
may write only into a desk that is empty or about to be replaced, never into one that is at work: that is the desk's.
"""
