"""What the organisation sets from outside, read once, typed, and refused in whole sentences when wrong.

README.md lists the same variables in a table; a test holds the two together.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from decimal import Decimal
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from desk.embedded import read_data_key, read_run, read_secret_key
from desk.encryption import read_key


class Environment(BaseSettings):
    """One field for each environment variable, in upper case."""

    model_config = SettingsConfigDict(extra="ignore", case_sensitive=False)

    database_url: str = Field(description="PostgreSQL 15 or newer, `postgresql://user:password@host:port/name`")
    owner_database_url: str = Field(
        default="",
        description="login that owns the tables, for `manage.py prepare` alone; DATABASE_URL's when not given",
    )
    sealer_database_url: str = Field(
        default="", description="login of `manage.py sealer`; DATABASE_URL's when not given"
    )
    redis_url: str = Field(description="Valkey, or Redis 7 or newer, `redis://host:port/0`")
    secret_key: str = Field(min_length=32, description="at least 32 characters; signs sessions")
    data_key: str = Field(
        default="",
        description="32 bytes in base64; encrypts personal data. Several by commas: the first encrypts, all decrypt",
    )
    allowed_hosts: Annotated[list[str], NoDecode] = Field(
        default=["localhost", "127.0.0.1", "[::1]"], description="names that this desk answers to, separated by commas"
    )
    public_url: str = Field(default="", description="address in links that customers get, `https://desk.example.com`")
    demo: bool = Field(default=False, description="demo data and sign-ins; the desk then serves loopback only")
    demo_trickle: bool = Field(default=False, description="in the demo, a new ticket arrives every 20 s")
    openai_api_key: str = Field(default="", description="key of the model's provider; without one nothing is drafted")
    openai_base_url: str = Field(
        default="https://api.openai.com/v1", description="any server that speaks OpenAI's Chat Completions"
    )
    openai_model: str = Field(default="gpt-4o-mini", min_length=1, description="the model's name")
    model_deadline: float = Field(default=45.0, gt=0, le=600, description="seconds for one draft, all tries together")
    model_at_once: int = Field(
        default=16, ge=1, le=1000, description="calls that may be on their way to one provider at once, of all workers"
    )
    model_prices: Annotated[dict[str, tuple[Decimal, Decimal]], NoDecode] = Field(
        default={}, description="what a million tokens cost, read and written: `gpt-4o-mini=0.15/0.60`, by commas"
    )
    model_currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$", description="currency of these prices")
    link_hosts: Annotated[list[str], NoDecode] = Field(
        default=[], description="hosts that links in replies may go to, by commas; the desk's own always may"
    )
    presidio_models: Annotated[dict[str, str], NoDecode] = Field(
        default={},
        description="spaCy models for Presidio, beside the desk's own recognisers: `en:en_core_web_sm`, by commas",
    )
    email_url: str = Field(
        default="smtp://127.0.0.1:25", description="`smtp://user:password@host:port`, `smtp+tls://` or `smtps://`"
    )
    mail_from: str = Field(default="help@localhost", description="address that replies come from")
    undo_seconds: int = Field(default=10, ge=0, le=600, description="how long a reply waits before it is sent")
    organisation: str = Field(default="Nordlicht Outdoor", min_length=1, description="name that customers know")
    time_zone: str = Field(default="UTC", description="zone in which times are shown")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="least level logged")
    ledger_key: str = Field(
        default="", description="file with the private key that signs the ledger; `manage.py ledger key new` makes it"
    )
    ledger_origin: str = Field(
        default="", description="name of this ledger in what a new key signs, an address without its scheme"
    )
    ledger_anchor_file: str = Field(
        default="", description="file outside the database to which each checkpoint of the ledger is added"
    )
    ledger_anchor_mail: Annotated[list[str], NoDecode] = Field(
        default=[], description="addresses of auditors that checkpoints of the ledger are mailed to, by commas"
    )
    ledger_anchor_minutes: int = Field(
        default=60, ge=1, le=10_080, description="at most one such mail in so many minutes"
    )
    ledger_policy: str = Field(
        default="", description="file with the witnesses that a checkpoint of the ledger needs (C2SP tlog-policy)"
    )
    metrics_token: str = Field(default="", description="lets a collector read /metrics from elsewhere than loopback")
    trusted_proxies: Annotated[list[str], NoDecode] = Field(
        default=[], description="addresses or networks of proxies whose X-Forwarded-For is believed, by commas"
    )

    @field_validator("allowed_hosts", "trusted_proxies", "ledger_anchor_mail", "link_hosts", mode="before")
    @classmethod
    def split_by_commas(cls, value: Any) -> Any:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("model_prices", mode="before")
    @classmethod
    def prices(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        found: dict[str, tuple[Decimal, Decimal]] = {}
        for part in filter(None, map(str.strip, value.split(","))):
            priced = re.fullmatch(
                r"(?P<model>\S+)=(?P<read>[0-9]+(?:\.[0-9]+)?)/(?P<written>[0-9]+(?:\.[0-9]+)?)", part
            )
            if priced is None:
                raise ValueError("must be written as model=price/price, such as gpt-4o-mini=0.15/0.60")
            found[priced["model"]] = (Decimal(priced["read"]), Decimal(priced["written"]))
        return found

    @field_validator("presidio_models", mode="before")
    @classmethod
    def models_by_language(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        parts = [part.strip().partition(":") for part in value.split(",") if part.strip()]
        if not all(re.fullmatch("[a-z]{2}", language) and model for language, _colon, model in parts):
            raise ValueError("must be written as language:model, such as en:en_core_web_sm")
        return {language: model for language, _colon, model in parts}

    @field_validator("allowed_hosts")
    @classmethod
    def not_everything(cls, value: list[str]) -> list[str]:
        if not value or "*" in value:
            raise ValueError("must name the hosts one by one")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def networks(cls, value: list[str]) -> list[str]:
        for part in value:
            ip_network(part, strict=False)
        return value

    @field_validator(
        "database_url",
        "owner_database_url",
        "sealer_database_url",
        "redis_url",
        "email_url",
        "openai_base_url",
        "public_url",
    )
    @classmethod
    def known_scheme(cls, value: str, info: ValidationInfo) -> str:
        schemes = {
            "database_url": ("postgresql", "postgres"),
            "owner_database_url": ("postgresql", "postgres"),
            "sealer_database_url": ("postgresql", "postgres"),
            "redis_url": ("redis", "rediss", "unix"),
            "email_url": ("smtp", "smtps", "smtp+tls"),
            "openai_base_url": ("http", "https"),
            "public_url": ("http", "https"),
        }[info.field_name or ""]
        if info.field_name in {"public_url", "owner_database_url", "sealer_database_url"} and not value:
            return value
        parts = urlsplit(value)
        try:
            has_port = parts.port is None or parts.port > 0
        except ValueError:
            has_port = False
        if parts.scheme not in schemes or not has_port or not (parts.hostname or parts.query or parts.path):
            raise ValueError(f"must be an address that starts with {' or '.join(s + '://' for s in schemes)}")
        return value.rstrip("/") if info.field_name in {"public_url", "openai_base_url"} else value

    @field_validator("ledger_origin")
    @classmethod
    def name_without_scheme(cls, value: str) -> str:
        if "://" in value or "+" in value or any(character.isspace() for character in value) or not value.isprintable():
            raise ValueError(
                "must be an address without https://, spaces and plus signs, such as desk.example.com/ledger"
            )
        return value

    @field_validator("ledger_anchor_mail")
    @classmethod
    def addresses(cls, value: list[str]) -> list[str]:
        return [cls.one_address(part) for part in value]

    @field_validator("mail_from")
    @classmethod
    def one_address(cls, value: str) -> str:
        local, at, domain = value.partition("@")
        if not (local and at and domain) or any(character.isspace() for character in value):
            raise ValueError("must be one mail address")
        return value

    @field_validator("ledger_policy")
    @classmethod
    def readable_policy(cls, value: str) -> str:
        if value:
            from desk.ledger.policy import read_policy

            read_policy(value)
        return value

    @field_validator("time_zone")
    @classmethod
    def known_zone(cls, value: str) -> str:
        from zoneinfo import available_timezones

        if value not in available_timezones():
            raise ValueError("must be a zone of the IANA time zone database, such as Europe/Berlin")
        return value

    @field_validator("data_key")
    @classmethod
    def keys(cls, value: str) -> str:
        for part in filter(None, value.split(",")):
            read_key(part)
        return value

    @model_validator(mode="after")
    def key_outside_the_demo(self) -> Self:
        if not self.demo and not self.data_key.strip(" ,"):
            raise PydanticCustomError("no_data_key", "DATA_KEY is missing")
        return self

    @property
    def master_keys(self) -> list[bytes]:
        """The keys of `data_key`. A demo that was given none has one that goes with its secret key."""
        given = [read_key(part) for part in self.data_key.split(",") if part.strip()]
        return given or [hashlib.sha256(b"countersign demo\0" + self.secret_key.encode()).digest()]

    @property
    def serves_loopback_only(self) -> bool:
        return self.demo

    def is_loopback(self, host: str) -> bool:
        """Whether an address of a peer lies on this machine; Unix sockets have none and count as here."""
        return not host or _is_loopback(host)


@lru_cache(maxsize=200)
def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host.split("%", maxsplit=1)[0]).is_loopback
    except ValueError:
        return host == "localhost"


def sentences(error: ValidationError) -> str:
    """All that is wrong, one line for each variable, without repeating a value (it may be a secret)."""
    lines = []
    for fault in error.errors():
        if fault["type"] == "no_data_key":
            lines.append("  DATA_KEY is missing (`make run` makes one; otherwise `openssl rand -base64 32` does)")
            continue
        name = str(fault["loc"][0]).upper()
        if fault["type"] == "missing":
            lines.append(f"  {name} is missing (`make run` sets it; otherwise set it yourself)")
        else:
            lines.append(f"  {name}: {fault['msg'].removeprefix('Value error, ')}")
    return "Countersign cannot start, the environment is wrong:\n" + "\n".join(lines)


def read() -> Environment:
    """Read the environment; what `make run` started fills the gaps. Exits with sentences when something is wrong."""
    given: dict[str, Any] = {}
    if "DATABASE_URL" not in os.environ and (run := read_run()):
        urls = (
            "database_url",
            "owner_database_url",
            "sealer_database_url",
            "redis_url",
            "email_url",
            "openai_base_url",
        )
        for name in (*urls, "secret_key", "openai_api_key"):
            if run.get(name) and name.upper() not in os.environ:
                given[name] = run[name]
        for name in ("openai_model", "demo", "public_url", "ledger_key", "ledger_anchor_file"):
            if name in run and name.upper() not in os.environ:
                given[name] = run[name]
        if "secret_key" not in given and "SECRET_KEY" not in os.environ and (key := read_secret_key()):
            given["secret_key"] = key
        if "DATA_KEY" not in os.environ and (key := read_data_key()):
            given["data_key"] = key
    try:
        return Environment(**given)
    except ValidationError as error:
        sys.exit(sentences(error))


if __name__ == "__main__":
    # For `make run`, before it starts anything: says all that is wrong, and ends.
    read()
