"""Settings, read once from the environment, typed; a wrong value stops the start with a clear line."""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"", "0", "false", "no", "off"}
_MEDIA_HOSTS = ("fbsbx.com", "fbcdn.net", "whatsapp.net")
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_DRIVERS = ("sqlite", "mysql+pymysql", "mariadb+pymysql")
_LAST_PORT = 65535
_OURS = ("secret_key", "files")  # what no instance is long without


class WrongSetting(ValueError):
    """A setting cannot be understood; the message names the variable and what it may hold."""


@dataclass(frozen=True)
class Settings:
    """Everything the process needs to know before it sees the database.

    What an administrator decides while the system runs (name, zone, deadlines, wording) is data, not a setting.
    """

    database_url: str
    secret_key: str
    instance_path: Path
    demo: bool = False
    demo_public: bool = False
    port: int = 8000
    base_url: str = ""
    trusted_proxies: int = 0
    secure_cookies: bool = False
    max_upload_megabytes: int = 50
    bind: str = "127.0.0.1"
    log_level: str = "INFO"
    backup_dir: Path = ROOT / "instance" / "backups"
    backup_nightly: bool = True
    backup_hour: int = 2  # o'clock where the organisation is
    backup_keep_days: int = 14
    metrics_token: str = ""
    whatsapp_media_hosts: tuple[str, ...] = _MEDIA_HOSTS
    clamd: str = ""  # a path or host:port; no virus scanner without
    testing: bool = False

    @classmethod
    def from_environment(
        cls, environ: Mapping[str, str] | None = None, **overrides: Any
    ) -> Settings:
        """Read the environment; *overrides* win (commands and tests use them).

        Raises WrongSetting when a variable holds something it cannot hold.
        """
        env = os.environ if environ is None else environ
        instance = _private_folder(
            Path(
                overrides.pop("instance_path", None)
                or env.get("INSTANCE_PATH")
                or ROOT / "instance"
            ).resolve()
        )
        demo = bool(overrides.pop("demo", flag(env, "DEMO")))
        port = _number(env, "PORT", 8000, most=_LAST_PORT - demo)  # its simulator has the next one
        values: dict[str, Any] = {
            "database_url": _database(env, instance) or _own_database(instance, demo),
            "instance_path": instance,
            "demo": demo,
            "demo_public": flag(env, "DEMO_PUBLIC"),
            "port": port,
            "base_url": _address(env) or f"http://localhost:{port}",
            "trusted_proxies": _number(env, "TRUSTED_PROXIES", 0),
            "secure_cookies": flag(env, "SECURE_COOKIES"),
            "max_upload_megabytes": _number(env, "MAX_UPLOAD_MEGABYTES", 50, least=1),
            "bind": env.get("BIND", "").strip() or "127.0.0.1",
            "log_level": _level(env),
            "backup_dir": Path(env.get("BACKUP_DIR") or _own_backups(instance, demo)).resolve(),
            "backup_nightly": flag(env, "BACKUP_NIGHTLY", default=True),
            "backup_hour": _number(env, "BACKUP_HOUR", 2, most=23),
            "backup_keep_days": _number(env, "BACKUP_KEEP", 14, least=1),
            "metrics_token": env.get("METRICS_TOKEN", "").strip(),
            "whatsapp_media_hosts": _hosts(env, "WHATSAPP_MEDIA_HOSTS") or _MEDIA_HOSTS,
            "clamd": _scanner(env),
        }
        values.update(overrides)
        if "secret_key" not in values:
            values["secret_key"] = env.get("SECRET_KEY") or _kept_secret(instance)
        return cls(**values)


def _private_folder(instance: Path) -> Path:
    """The folder, there and open to nobody else.

    One that is open is closed where it is empty or known as ours; anything else may be somebody's and is left alone.
    """
    try:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        if stat.S_IMODE(instance.stat().st_mode) & 0o077:
            found = {each.name for each in instance.iterdir()}
            if found and not found.intersection(_OURS):
                raise WrongSetting(
                    f"INSTANCE_PATH: {instance} is open to other accounts. "
                    "Close it (chmod 700), or name another folder."
                )
            instance.chmod(0o700)
    except OSError as error:
        raise WrongSetting(
            f"INSTANCE_PATH: {instance} cannot be used ({error.strerror})."
        ) from None
    return instance


def _database(env: Mapping[str, str], instance: Path) -> str:
    """The URL that was given, of an engine that we know. A SQLite file without a folder's path lies in the instance."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    given = env.get("DATABASE_URL", "").strip()
    if not given:
        return ""
    try:
        url = make_url(given)
    except (ArgumentError, ValueError):  # which quotes the password
        raise WrongSetting("DATABASE_URL is no address of a database.") from None
    if url.drivername not in _DRIVERS:
        raise WrongSetting(
            f"DATABASE_URL must begin with sqlite:/// or mysql+pymysql://, not {url.drivername}://"
        )
    if (
        url.drivername == "sqlite"
        and not (folder := (instance / (url.database or "")).parent).is_dir()
    ):
        raise WrongSetting(f"DATABASE_URL: there is no folder {folder}.")
    return given


def _address(env: Mapping[str, str]) -> str:
    """BASE_URL without a slash at its end. Links in messages and QR codes begin with it, so it must be whole."""
    value = env.get("BASE_URL", "").strip().rstrip("/")
    if value and not _is_whole(value):
        raise WrongSetting(
            f"BASE_URL must begin with http:// or https:// and name a host, not {value!r}"
        )
    return value


def _is_whole(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _own_database(instance: Path, demo: bool) -> str:
    """The demo and the real system never share a file."""
    return f"sqlite:///{instance / ('demo.db' if demo else 'helpdesk.db')}"


def _own_backups(instance: Path, demo: bool) -> Path:
    """Nor a folder of backups: pruning the one's must not touch the other's."""
    return instance / ("demo-backups" if demo else "backups")


def flag(env: Mapping[str, str], name: str, default: bool = False) -> bool:
    """What a variable says that is 1 or 0. Raises WrongSetting."""
    value = env.get(name, "").strip().lower() or str(default).lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise WrongSetting(f"{name} must be 1 or 0, not {value!r}")


def _number(
    env: Mapping[str, str], name: str, default: int, *, least: int = 0, most: int | None = None
) -> int:
    value = env.get(name, "").strip()
    if not value:
        return default
    if not value.isdigit():
        raise WrongSetting(f"{name} must be a whole number, not {value!r}")
    if int(value) < least or (most is not None and int(value) > most):
        limits = f"at least {least}" if most is None else f"between {least} and {most}"
        raise WrongSetting(f"{name} must be {limits}, not {value}")
    return int(value)


def _hosts(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    hosts = tuple(env.get(name, "").lower().replace(",", " ").split())
    for host in hosts:
        if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", host):
            raise WrongSetting(f"{name} must be names of hosts such as fbsbx.com, not {host!r}")
    return hosts


def _scanner(env: Mapping[str, str]) -> str:
    """Where clamd listens: the whole path of its socket, or host and port."""
    value = env.get("CLAMD", "").strip()
    named = re.fullmatch(r"/.+|(?:[^\s/:]+|\[[0-9a-fA-F:]+\]):([1-9]\d{0,4})", value)
    if value and (named is None or int(named[1] or 0) > _LAST_PORT):
        raise WrongSetting(
            f"CLAMD must be a path such as /run/clamav/clamd.ctl, or host:port, not {value!r}"
        )
    return value


def _level(env: Mapping[str, str]) -> str:
    value = env.get("LOG_LEVEL", "").strip().upper() or "INFO"
    if value not in _LEVELS:
        raise WrongSetting(f"LOG_LEVEL must be one of {', '.join(_LEVELS)}, not {value!r}")
    return value


def _kept_secret(instance: Path) -> str:
    """The signing key, made once and readable by its owner only.

    Two processes may start at the same moment: the link decides who made it, the other reads.
    """
    path = instance / "secret_key"
    if not path.exists():
        draft = instance / f"secret_key.{os.getpid()}.{secrets.token_hex(4)}"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
