"""Settings from the environment and a .env file: the only reader of either."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.timekeeping import Clock, ClockSpelling, clock_from


class Misconfigured(Exception):
    """The settings do not allow this process to start."""


class Settings(BaseSettings):
    """Every setting and its default: INTERFACE.md section 2."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", populate_by_name=True)

    database_url: str = Field("sqlite:///instance/threegate.db", validation_alias="DATABASE_URL")
    secret_key: str | None = Field(None, validation_alias="SECRET_KEY")
    public_base_url: str = Field("http://127.0.0.1:8000", validation_alias="PUBLIC_BASE_URL")
    twilio_account_sid: str | None = Field(None, validation_alias="TWILIO_ACCOUNT_SID")
    twilio_auth_token: str | None = Field(None, validation_alias="TWILIO_AUTH_TOKEN")
    twilio_api_base_url: str | None = Field(None, validation_alias="TWILIO_API_BASE_URL")
    twilio_api_key_sid: str | None = Field(None, validation_alias="TWILIO_API_KEY_SID")
    twilio_api_key_secret: str | None = Field(None, validation_alias="TWILIO_API_KEY_SECRET", repr=False)
    env: Literal["production", "development", "test"] = Field("production", validation_alias="THREEGATE_ENV")
    clock_spelling: str | None = Field(None, validation_alias="THREEGATE_CLOCK")
    journal_dir: Path = Field(Path("instance/journal"), validation_alias="THREEGATE_JOURNAL_DIR")
    documents_dir: Path = Field(Path("instance/documents"), validation_alias="THREEGATE_DOCUMENTS_DIR")
    opening_needs_drill_days: int | None = Field(
        None, ge=1, le=3660, validation_alias="THREEGATE_OPENING_NEEDS_DRILL_DAYS"
    )
    opening_needs_producers: int | None = Field(
        None, ge=1, le=100_000, validation_alias="THREEGATE_OPENING_NEEDS_PRODUCERS"
    )
    dial_per_producer_hour: int = Field(30, ge=0, le=1000, validation_alias="THREEGATE_DIAL_PER_PRODUCER_HOUR")
    dial_per_hour: int = Field(300, ge=0, le=100_000, validation_alias="THREEGATE_DIAL_PER_HOUR")
    api_per_minute: int = Field(1200, ge=0, le=1_000_000, validation_alias="THREEGATE_API_PER_MINUTE")
    sqlite_synchronous: Literal["FULL", "NORMAL", "OFF"] = Field(
        "FULL", validation_alias="THREEGATE_SQLITE_SYNCHRONOUS"
    )

    time_zone: str = Field("America/New_York", validation_alias="THREEGATE_TIME_ZONE")
    service_within_seconds: int = Field(20, ge=1, le=3600, validation_alias="THREEGATE_SERVICE_WITHIN_SECONDS")
    service_target_percent: int = Field(80, ge=1, le=100, validation_alias="THREEGATE_SERVICE_TARGET_PERCENT")
    second_factor: Literal["required", "optional"] | None = Field(None, validation_alias="THREEGATE_SECOND_FACTOR")
    mail_url: str = Field("", validation_alias="THREEGATE_MAIL_URL", repr=False)

    anchor_key: Path | None = Field(None, validation_alias="THREEGATE_ANCHOR_KEY")
    anchor_dir: Path | None = Field(None, validation_alias="THREEGATE_ANCHOR_DIR")

    notify_urls: str = Field("", validation_alias="THREEGATE_NOTIFY_URLS", repr=False)
    notify_opened: bool = Field(False, validation_alias="THREEGATE_NOTIFY_OPENED")
    nipr_folder: Path | None = Field(None, validation_alias="THREEGATE_NIPR_FOLDER")
    # An address may hold a token, so it is as secret as the password.
    nipr_url: str = Field("", validation_alias="THREEGATE_NIPR_URL", repr=False)
    nipr_user: str = Field("", validation_alias="THREEGATE_NIPR_USER", repr=False)
    nipr_password: str = Field("", validation_alias="THREEGATE_NIPR_PASSWORD", repr=False)

    @field_validator("public_base_url", "twilio_api_base_url")
    @classmethod
    def _no_trailing_slash(cls, value: str | None) -> str | None:
        return value.rstrip("/") if value else None

    @field_validator("time_zone")
    @classmethod
    def _zone_is_known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{value!r} is no time zone, as America/New_York is") from error
        return value

    @field_validator("mail_url")
    @classmethod
    def _mail_can_be_sent(cls, value: str) -> str:
        if value and not (value.startswith(("smtp://", "smtps://")) and "from=" in value):
            raise ValueError("expected smtp://USER:PASSWORD@HOST:PORT?from=ADDRESS, or smtps://…")
        return value

    @field_validator("documents_dir")
    @classmethod
    def _documents_are_not_served(cls, value: Path) -> Path:
        if value.resolve().is_relative_to(Path(__file__).parent):
            raise ValueError(f"{value} is inside of the program, parts of which the web process serves")
        return value

    @field_validator("clock_spelling")
    @classmethod
    def _clock_can_be_read(cls, value: str | None) -> str | None:
        try:
            clock_from(value)
        except ClockSpelling as error:
            raise ValueError(str(error)) from error
        return value

    @property
    def second_factor_required(self) -> bool:
        """Whether nobody but producers gets in with a password alone; production's default."""
        return (self.second_factor or ("required" if self.env == "production" else "optional")) == "required"

    @property
    def softphone(self) -> bool:
        """Whether browsers can be softphones: their passes are signed with an API key of the account."""
        return bool(self.twilio_account_sid and self.twilio_api_key_sid and self.twilio_api_key_secret)

    def clock(self) -> Clock:
        """The clock of this process. Raises Misconfigured for a shifted one in production."""
        if self.env == "production" and self.clock_spelling:
            raise Misconfigured("THREEGATE_CLOCK is set: production runs on the system's time only")
        return clock_from(self.clock_spelling)

    def check_server(self) -> None:
        """What a serving process cannot do without. Raises Misconfigured, naming all that is missing."""
        if self.env != "production":
            return
        needed = {
            "SECRET_KEY": self.secret_key,
            "TWILIO_ACCOUNT_SID": self.twilio_account_sid,
            "TWILIO_AUTH_TOKEN": self.twilio_auth_token,
        }
        missing = [name for name, value in needed.items() if not value]
        if missing:
            raise Misconfigured(f"production refuses to start without {', '.join(missing)}")
        self.clock()


def process_environment() -> dict[str, str]:
    """What this process was started with, and what .env adds: for the demo, which starts others."""
    return {**{name: value for name, value in dotenv_values(".env").items() if value}, **os.environ}
