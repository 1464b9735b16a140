"""What people are asked when they come in."""

from server.forms import Field
from tickets.people import IdentifierKind, clean_name

_ANY = 10_000  # characters; the rules of passwords say more, and a longer one is refused with the rest
AT_SIGN_IN = 64 * 1024  # bytes: of a longer form no more is read, and whatever its password was, it is wrong

EMAIL = Field("email", "Email address", "email", longest=254, autocomplete="username")
NEW_EMAIL = Field("email", "Email address", "email", IdentifierKind.EMAIL.normal, longest=254, autocomplete="email")
PASSWORD = Field("password", "Password", "password", str, longest=AT_SIGN_IN, autocomplete="current-password")
NEW_PASSWORD = Field(
    "password",
    "New password",
    "password",
    str,
    hint="At least 10 characters. A few words together are easy to remember.",
    longest=_ANY,
    autocomplete="new-password",
)
NAME = Field("name", "Your name", read=clean_name, hint="Customers see it.", longest=100, autocomplete="name")
