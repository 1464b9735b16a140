"""What is said of a mail server that cannot be used, whether it takes our mail or gives us its own."""

from __future__ import annotations

UNREACHABLE = "The mail server could not be reached."
BROKE = "The mail server broke the connection."
SLOW = "The mail server did not answer in time."
UNTRUSTED = "The certificate of the mail server could not be verified."
UNPROTECTED = "The connection to the mail server could not be protected."
UNKNOWN = "The mail server did not accept our name and password."
