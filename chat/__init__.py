"""The live channel: a visitor on a web page and everything said until the chat ends.

Lives here: sites, visitors, what they may say and how often, the protocol's frames (no I/O); sockets and uploads in
edge files.
May not: import widgets or server, or decide who answers.
"""
