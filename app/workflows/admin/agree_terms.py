"""Write down what was agreed with a vendor: all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain import vendor_terms
from app.domain.policy import BadSetting
from app.storage import campaigns, ledger
from app.storage.database import Database
from app.workflows.admin.refused import Refused


@dataclass(frozen=True)
class TermsAgreed:
    """`before` and `after` hold what was asked for, by key, as text; a value may be what it was."""

    slug: str
    before: Mapping[str, str]
    after: Mapping[str, str]

    @property
    def changed(self) -> tuple[str, ...]:
        return tuple(key for key in self.after if self.after[key] != self.before[key])


def agree_terms(
    slug: str, texts: Mapping[str, str], *, actor: str, database: Database, now: datetime
) -> TermsAgreed | Refused | None:
    """Set `texts` by key; None where there is no such vendor. What is set to its default follows it from then on."""
    with database.begin() as tx:
        found = campaigns.lock_vendor(tx, slug)
        if found is None:
            return None
        agreed = campaigns.agreed_with(tx, found.vendor_id)
        before, wrong = vendor_terms.spelled(vendor_terms.from_agreed(agreed)), {}
        terms = vendor_terms.from_agreed(agreed)
        for key, text in texts.items():
            try:
                terms = vendor_terms.apply(terms, key, text)
            except BadSetting as error:
                wrong[key] = error.why
        if wrong:
            return Refused(wrong)
        after, default = vendor_terms.spelled(terms), vendor_terms.spelled(vendor_terms.AGREED_BY_DEFAULT)
        campaigns.set_terms(tx, found.vendor_id, {key: text for key, text in after.items() if text != default[key]})
        made = TermsAgreed(slug, {key: before[key] for key in texts}, {key: after[key] for key in texts})
        facts = {"vendor": slug, "before": dict(made.before), "after": dict(made.after)}
        ledger.write(tx, kind="vendor_terms", now=now, actor=actor, facts=facts)
        return made
