"""How processes hear that the log has grown: within one process, or through Redis."""
