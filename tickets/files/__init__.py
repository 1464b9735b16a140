"""Files that people send along: kept by their content, shown only as what we made of them ourselves.

Lives here: the store, what a file's bytes say it is, previews, and which message a file belongs to.
May not: serve bytes as the type that a sender claims, or open an archive. Only `web.py` may import starlette.
"""
