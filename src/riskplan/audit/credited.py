"""``credits.csv`` against what the case's own evidence says need not be visited (S12)."""

from __future__ import annotations

from collections import Counter

from riskplan.audit.dates import date_text
from riskplan.audit.findings import Finding, Outcome
from riskplan.audit.world import World

COLUMNS = ("enterprise_id", "item_id", "rule_id", "source", "evidence", "date", "valid_until", "visits")


def check_credits(world: World) -> Outcome:
    """Check that every credit has evidence that counts under the rules, and that none is left out."""
    table = world.table("credits")
    stated = {tuple(map(str, row)): row for row in zip(*(table[c] for c in COLUMNS), strict=True)}
    right = {
        (
            world.premises.ids[one.premises],
            one.item,
            one.rule,
            one.source,
            one.evidence,
            date_text(one.day),
            date_text(one.until),
            str(one.visits),
        )
        for one in world.credits
    }
    findings = []
    for row in sorted({*stated, *right}):
        if row in stated and row in right:
            continue
        message = "credit-without-evidence" if row in stated else "credit-left-out"
        details = (("evidence_id", row[4]), ("item", row[1]), ("limit", row[2]))
        scope = f"{row[0]}/{row[1]}"
        findings.append(Finding("credits", "violation", scope, "", 1, 0, 1, (row[4],), "", message, details))
    findings += [
        Finding("credits", "violation", name, "", 2, 1, 1, (name,), "", "credit-twice")
        for name in _repeated([
            f"{e}/{i}/{v}"
            for e, i, v in zip(*(table[c] for c in COLUMNS[:2]), table["evidence"], strict=True)
        ])
    ]
    return Outcome(len(right), tuple(findings))


def _repeated(names: list[str]) -> list[str]:
    return sorted(name for name, count in Counter(names).items() if count > 1)
