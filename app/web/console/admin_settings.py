"""Every setting of a campaign: its value, its default, what it does, who changed it when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Response, abort, request, url_for

from app.domain import policy, setting_words
from app.domain.policy import CHOICES, NUMBERS, Policy
from app.domain.setting_words import SUBJECTS, Words
from app.storage import campaigns
from app.storage.campaigns import Campaign, SettingChange
from app.web.console.admin_campaigns import records_nothing
from app.web.console.admin_forms import campaign_or_404, how, typed
from app.web.console.doors import Section, done, read, refused, render
from app.workflows.admin.change_settings import change_settings, reset_settings
from app.workflows.admin.refused import Refused

YES_OR_NO = ("ask", "hold_past_buffer", "supervisor_may_answer", "spoken_notice")
_LANGUAGES = {"en,es": "English, then Spanish", "es,en": "Spanish, then English", "en": "English", "es": "Spanish"}
_NONE = "none"
ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
    "Pacific/Guam",
)


@dataclass(frozen=True)
class Shown:
    """One setting in the form. `was` is its value when the form was drawn; `options` make it a select."""

    key: str
    words: Words
    value: str
    was: str
    default: str
    is_set: bool
    changed: SettingChange | None
    error: str
    options: Sequence[tuple[str, str]] | None

    @property
    def takes(self) -> str:
        """What may be typed, where that is a number."""
        if self.key not in NUMBERS:
            return ""
        takes = NUMBERS[self.key]
        return f"{takes.low} to {takes.high}" + (", or empty for none" if takes.optional else "")


def add_to(pages: Section) -> None:
    pages.add("GET", "/campaigns/<int:campaign_id>", campaign)
    pages.add("POST", "/campaigns/<int:campaign_id>", set_campaign)
    pages.add("POST", "/campaigns/<int:campaign_id>/reset", reset_campaign)


def campaign(campaign_id: int) -> Response:
    return _page(campaign_id, {}, {}, {})


def set_campaign(campaign_id: int) -> Response:
    """Only what the person changed is set: what somebody else changed meanwhile stays, or is told."""
    texts = {key: typed(key) for key in setting_words.KEYS if key in request.form}
    was = {key: request.form.get(f"was.{key}", "") for key in texts}
    changed = {key: text for key, text in texts.items() if (text or _NONE) != was[key]}
    if not changed:
        return done("Nothing was changed.", to=url_for("admin.campaign", campaign_id=campaign_id))
    with read() as tx:
        campaign_or_404(tx, campaign_id)
    made = change_settings(campaign_id, changed, expected=was, **how())
    if made is None:
        abort(404)
    if isinstance(made, Refused):
        return _page(campaign_id, texts, was, made.errors, status=422)
    told = ", ".join(setting_words.words_of(key).label.lower() for key in made.changed) or "nothing"
    return done(
        f"Changed: {told}. It counts from the next call on.", to=url_for("admin.campaign", campaign_id=campaign_id)
    )


def reset_campaign(campaign_id: int) -> Response:
    back = url_for("admin.campaign", campaign_id=campaign_id)
    with read() as tx:
        campaign_or_404(tx, campaign_id)
    made = reset_settings(campaign_id, [typed("key")], **how())
    if made is None:
        abort(404)
    if isinstance(made, Refused):
        return refused(f"Not reset: {made}.", to=back)
    label = setting_words.words_of(typed("key")).label
    return done(f"{label} follows its default again.", to=back)


def _page(
    campaign_id: int,
    texts: Mapping[str, str],
    was: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    status: int = 200,
) -> Response:
    with read() as tx:
        found = campaign_or_404(tx, campaign_id)
        changes = campaigns.last_changes(tx, campaign_id)
        vendors = {vendor.vendor_id: vendor.name for vendor in campaigns.vendors(tx)}
    return render(
        "admin/campaign.html",
        status=status,
        campaign=found,
        vendor=vendors.get(found.vendor_id or 0),
        warned=records_nothing(found),
        subjects={
            subject: [_shown(found, key, changes, texts, was, errors) for key in settings]
            for subject, settings in SUBJECTS.items()
        },
        errors=errors,
        zones=ZONES,
    )


def _shown(
    found: Campaign,
    key: str,
    changes: Mapping[str, SettingChange],
    texts: Mapping[str, str],
    was: Mapping[str, str],
    errors: Mapping[str, str],
) -> Shown:
    value, default = policy.spelled(found.policy)[key], policy.spelled(Policy())[key]
    options = _options(key)
    standing = "" if value == _NONE and options is None else value
    return Shown(
        key=key,
        words=setting_words.words_of(key),
        value=texts.get(key, standing),
        # Once somebody was told of another's change, what they send next is meant.
        was=value if key in errors else was.get(key, value),
        default=dict(options or ()).get(default, default),
        is_set=key in found.settings,
        changed=changes.get(key),
        error=errors.get(key, ""),
        options=options,
    )


def _options(key: str) -> list[tuple[str, str]] | None:
    if key in YES_OR_NO:
        return [("yes", "yes"), ("no", "no")]
    if key == "languages":
        return list(_LANGUAGES.items())
    if key in CHOICES:
        return [(value, setting_words.CHOICES[key][value]) for value in CHOICES[key]]
    return None
