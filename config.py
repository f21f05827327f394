"""Settings, read once from the environment, typed; a wrong value stops the start with a clear line."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"", "0", "false", "no", "off"}
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


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
    testing: bool = False

    @classmethod
    def from_environment(
        cls, environ: Mapping[str, str] | None = None, **overrides: Any
    ) -> Settings:
        """Read the environment; *overrides* win (commands and tests use them).

        Raises WrongSetting when a variable holds something it cannot hold.
        """
        env = os.environ if environ is None else environ
        instance = Path(
            overrides.pop("instance_path", None) or env.get("INSTANCE_PATH") or ROOT / "instance"
        )
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        demo = bool(overrides.pop("demo", _flag(env, "DEMO")))
        port = _number(env, "PORT", 8000)
        values: dict[str, Any] = {
            "database_url": env.get("DATABASE_URL") or _own_database(instance, demo),
            "instance_path": instance,
            "demo": demo,
            "demo_public": _flag(env, "DEMO_PUBLIC"),
            "port": port,
            "base_url": (env.get("BASE_URL") or f"http://localhost:{port}").rstrip("/"),
            "trusted_proxies": _number(env, "TRUSTED_PROXIES", 0),
            "secure_cookies": _flag(env, "SECURE_COOKIES"),
            "max_upload_megabytes": _number(env, "MAX_UPLOAD_MEGABYTES", 50),
            "bind": env.get("BIND", "").strip() or "127.0.0.1",
            "log_level": _level(env),
            "backup_dir": Path(env.get("BACKUP_DIR") or _own_backups(instance, demo)),
            "backup_nightly": _flag(env, "BACKUP_NIGHTLY", default=True),
            "backup_hour": _number(env, "BACKUP_HOUR", 2, most=23),
            "backup_keep_days": _number(env, "BACKUP_KEEP", 14, least=1),
            "metrics_token": env.get("METRICS_TOKEN", "").strip(),
        }
        values.update(overrides)
        if "secret_key" not in values:
            values["secret_key"] = env.get("SECRET_KEY") or _kept_secret(instance)
        return cls(**values)


def _own_database(instance: Path, demo: bool) -> str:
    """The demo and the real system never share a file."""
    return f"sqlite:///{instance / ('demo.db' if demo else 'helpdesk.db')}"


def _own_backups(instance: Path, demo: bool) -> Path:
    """Nor a folder of backups: pruning the one's must not touch the other's."""
    return instance / ("demo-backups" if demo else "backups")


def _flag(env: Mapping[str, str], name: str, default: bool = False) -> bool:
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
