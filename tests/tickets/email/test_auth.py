"""Only our own mail server says who is who."""

from __future__ import annotations

from itertools import permutations

import pytest

from tickets.email.auth import checks_of, sender_holds
from tickets.email.parse import parse

OURS = "mx.shop.example"


@pytest.mark.parametrize(
    ("results", "holds"),
    [
        ([], None),
        (["mx.shop.example; dmarc=pass header.from=customer.example; spf=pass"], True),
        (["mx.shop.example; dmarc=fail (p=reject) header.from=customer.example; dkim=pass"], False),
        (["MX.shop.example 1; spf=fail smtp.mailfrom=customer.example"], False),
        (["mx.shop.example; spf=softfail"], None),
        (["mx.shop.example; spf=fail; dkim=pass"], None),
        (["mx.shop.example; none"], None),
        (["mx.evil.example; dmarc=pass"], None),
        (["mx.shop.example.evil.example; dmarc=pass"], None),
        (["mx.shop.example; dmarc=fail", "mx.shop.example; dmarc=pass"], False),
        (["mx.evil.example; dmarc=pass", "mx.shop.example; dmarc=fail"], False),
        (['mx.shop.example; dkim=pass reason="dmarc=pass"; dmarc=fail'], False),
        (['mx.shop.example; spf=none smtp.mailfrom="x; dmarc=pass "@evil.example; dmarc=fail'], False),
        (["mx.shop.example; spf=none (sent by x; dmarc=pass (for sure)); dmarc=fail"], False),
        (['mx.shop.example; spf=none (a lone " mark); dmarc=fail'], False),
        (["mx.shop.example (dmarc=pass); dmarc=pass; dmarc=fail"], False),
    ],
)
def test_only_the_word_of_our_own_server_counts(results: list[str], holds: bool | None) -> None:
    """Wherever it stands: above every Received, or under one."""
    assert holds is sender_holds(checks_of([results], OURS)) is sender_holds(checks_of([[], results], OURS))


def test_nobody_is_trusted_unless_somebody_says_so() -> None:
    assert {} == checks_of([["mx.shop.example; dmarc=fail"]], "")


SPF, DKIM, DMARC = (f"{OURS}; {said}" for said in ("spf=none smtp.mailfrom=a.example", "dkim=pass", "dmarc=fail"))


@pytest.mark.parametrize("above", [0, 1])
def test_what_each_program_of_our_server_found_out_counts_together(above: int) -> None:
    """OpenDKIM, OpenDMARC and a policy service write one each, in whichever order; a delivery may stand above them."""
    received = "Received: from out.a.example by mx.shop.example; Mon, 1 Jun 2026 10:00:00 +0000"
    for told in permutations((SPF, DKIM, DMARC)):
        lines = [received] * above + [f"Authentication-Results: {one}" for one in told] + [received]
        found = checks_of(_results(*lines), OURS)
        assert {"spf": "none", "dkim": "pass", "dmarc": "fail"} == found
        assert sender_holds(found) is False


@pytest.mark.parametrize("forged", ["dmarc=pass", "dkim=pass", "spf=pass; dmarc=pass; dkim=pass"])
def test_what_a_sender_put_in_makes_nobody_more_believed(forged: str) -> None:
    """Under our Received begins what they wrote themselves, whatever name stands in it; nobody took it out."""
    ours, theirs = "spf=fail smtp.mailfrom=a.example", f"Authentication-Results: {OURS}; {forged}"
    received = "Received: from evil.example by mx.shop.example; Mon, 1 Jun 2026 10:00:00 +0000"
    told = f"Authentication-Results: {OURS}; {ours}"
    assert {"spf": "fail"} == checks_of(_results(told, received, theirs, received), OURS)
    assert {"spf": "fail"} == checks_of(_results(received, told, theirs), OURS)
    assert sender_holds(checks_of(_results(received, told.replace("fail", "pass"), theirs), OURS)) is None


def test_a_word_that_says_nothing_gives_way_to_one_that_does() -> None:
    """The name that a server greets with is checked, too (RFC 7208, 2.3): that it has no record says nothing."""
    told = [
        f"{OURS}; spf=none smtp.helo=mx.a.example",
        f"{OURS}; spf=softfail smtp.mailfrom=a.example",
        f"{OURS}; none",
    ]
    assert {"spf": "softfail"} == checks_of([told], OURS) == checks_of([told[::-1]], OURS)


def test_each_method_is_told_by_its_word() -> None:
    """One signature that holds is enough; one failure of the others is."""
    told = "mx.shop.example 1; spf=softfail smtp.mailfrom=x.example; dkim=fail; dkim=pass; dkim=neutral; dmarc/1=pass"
    assert {"spf": "softfail", "dkim": "pass", "dmarc": "pass"} == checks_of([[told]], OURS)


def _results(*lines: str) -> list[list[str]]:
    """As they stand in a mail."""
    return parse("\r\n".join([*lines, "From: sam@a.example", "", "Hello"]).encode()).head.results
