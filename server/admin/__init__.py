"""Plain pages where an admin sets up the desk: people, queues, hours, sites, canned replies.

Lives here: a file for each page; what they have in common is in pages.py, and the forms in server/forms.py.
May not: decide anything. The verbs of the other rooms refuse what cannot be, and the page shows their sentence.
"""
