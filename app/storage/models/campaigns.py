"""Vendors, campaigns, their numbers, teams and settings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import Base


class VendorRow(Base):
    """`terms` holds only what was agreed otherwise than by default (JSON, key to text; domain/vendor_terms.py)."""

    __tablename__ = "vendors"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    terms: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")


class VendorNumberRow(Base):
    """A trunk from which the vendor transfers: nobody's own number, never texted or called back."""

    __tablename__ = "vendor_numbers"

    number: Mapped[str] = mapped_column(String(16), primary_key=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendors.id"))


class CampaignRow(Base):
    """`number` (E.164) is the campaign's name in the interface; `settings` holds only what was set (JSON, key to text)."""

    __tablename__ = "campaigns"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    requirement: Mapped[str] = mapped_column(String(200))
    vendor_id: Mapped[int | None] = mapped_column(ForeignKey("vendors.id"))
    settings: Mapped[str] = mapped_column(Text, default="{}")
    last_offered_id: Mapped[int | None]


class CampaignNumberRow(Base):
    """Every number that reaches a campaign, its own included. A pool number is lent to one lead at a time."""

    __tablename__ = "campaign_numbers"

    number: Mapped[str] = mapped_column(String(16), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    pool: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str | None] = mapped_column(String(2))
    lent_to: Mapped[int | None] = mapped_column(ForeignKey("leads.id"))
    lent_until: Mapped[datetime | None]


class TeamMemberRow(Base):
    """A campaign without rows here has everybody on its team."""

    __tablename__ = "team_members"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    producer_id: Mapped[int] = mapped_column(ForeignKey("producers.id"), primary_key=True)
    priority: Mapped[int] = mapped_column(default=0)
    weight: Mapped[int] = mapped_column(default=1)
    cap: Mapped[int | None]
    language: Mapped[str | None] = mapped_column(String(5))

    __table_args__ = (CheckConstraint("weight >= 1", name="weight"),)


class SettingChangeRow(Base):
    """Who changed which setting of a campaign, when; append-only."""

    __tablename__ = "setting_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(120))
    key: Mapped[str] = mapped_column(String(60))
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)


class AgencyHoursRow(Base):
    """What the agency narrowed of the law's calling hours; append-only, the newest row counts. `hours`: JSON, all of it."""

    __tablename__ = "agency_hours"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(120))
    key: Mapped[str] = mapped_column(String(20))
    before: Mapped[str] = mapped_column(String(20))
    after: Mapped[str] = mapped_column(String(20))
    hours: Mapped[str] = mapped_column(Text)
