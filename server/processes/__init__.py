"""The process itself, and several of them on one port: they listen, begin, are replaced, and leave."""
