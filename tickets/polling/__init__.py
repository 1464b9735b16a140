"""Lines without a socket: what visitors and agents have in common who ask again and again."""
