"""The chat as the customer sees it: the launcher on any page and, in its own frame, the conversation.

Lives here: the loader, the frame's template, its styles and scripts (plain modules, no build), and all their words.
May not: know anything of the desk but the visitor protocol.
"""
