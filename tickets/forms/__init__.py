"""Forms: what was typed is kept, each mistake stands beside its field, and a form that is sent twice counts once."""
