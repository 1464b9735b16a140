"""Email: raw mail in, parsed, threaded and shown; answers out, each sent once."""
