"""How much the desk does in a second, beside the least that any desk would have to do."""
