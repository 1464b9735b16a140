"""Only our own mail server says who is who."""

from __future__ import annotations

import pytest

from tickets.email.auth import checks_of, sender_holds

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
def test_the_newest_word_of_our_own_server_counts(results: list[str], holds: bool | None) -> None:
    assert holds is sender_holds(checks_of(results, OURS))


def test_nobody_is_trusted_unless_somebody_says_so() -> None:
    assert {} == checks_of(["mx.shop.example; dmarc=fail"], "")


def test_each_method_is_told_by_its_word() -> None:
    """One signature that holds is enough; one failure of the others is."""
    told = "mx.shop.example 1; spf=softfail smtp.mailfrom=x.example; dkim=fail; dkim=pass; dkim=neutral; dmarc/1=pass"
    assert {"spf": "softfail", "dkim": "pass", "dmarc": "pass"} == checks_of([told], OURS)
