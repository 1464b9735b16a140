"""What to call a browser, so that its owner knows it again."""

_PROGRAMS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_name(user_agent: str) -> str:
    """ "Firefox, Linux" from a User-Agent; nothing for one that says neither. Only ever shown, never decided on."""
    known = (next((name for sign, name in signs if sign in user_agent), "") for signs in (_PROGRAMS, _SYSTEMS))
    return ", ".join(name for name in known if name)
