"""What the forms of the admin's pages share: texts as they were typed, numbers, and what is wrong with them."""

from __future__ import annotations

import re
from typing import Any

from flask import abort, request

from app.storage import campaigns
from app.storage.campaigns import Campaign
from app.storage.database import Transaction
from app.web.console.doors import actor, tools

_LARGEST_ID = 2**31 - 1


def typed(name: str) -> str:
    """A field of the form without the space around it; what no database can keep is replaced."""
    text = request.form.get(name, "").strip()
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def several(name: str) -> list[str]:
    return request.form.getlist(name)


def number(name: str, wrong: dict[str, str], *, otherwise: int | None = None) -> int | None:
    """A whole number; `otherwise` where nothing was typed. What is none is put into `wrong`."""
    text = typed(name)
    if not text:
        return otherwise
    if not re.fullmatch(r"\d{1,6}", text, re.ASCII):
        wrong[name] = "expected a whole number"
        return otherwise
    return int(text)


def how() -> dict[str, Any]:
    """What every act of the admin is told: who, where, when."""
    return {"actor": actor(), "database": tools().database, "now": tools().clock.now()}


def id_or_404(number: int) -> int:
    """An id that a database can look for."""
    if number > _LARGEST_ID:
        abort(404)
    return number


def campaign_or_404(tx: Transaction, campaign_id: int) -> Campaign:
    found = campaigns.find(tx, id_or_404(campaign_id))
    if found is None:
        abort(404)
    return found
