"""The settings with which the program runs, for whoever works inside the application."""

from __future__ import annotations

from flask import current_app

from config import Settings


def current_settings() -> Settings:
    """What was read from the environment when the program started."""
    settings: Settings = current_app.extensions["settings"]
    return settings
