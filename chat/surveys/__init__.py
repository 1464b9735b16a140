"""Whoever's matter is settled is asked by a letter how it was, once, and answers on a page of ours."""
