"""Everything an eye sees: the embedded chat, the console's pages, and what each event changes on an open screen.

Lives here: templates, styles, scripts, words in each language, pages (state to HTML), and fragments (event to swap
or frame).
May not: call a verb or write anything.
"""
