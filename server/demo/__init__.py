"""The demo desk: a small shop, the people who run it, and a few weeks of what happened to them."""
