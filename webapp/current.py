"""What every page works with: the store, the board of jobs, the settings of this dashboard."""

from __future__ import annotations

from flask import current_app

from crashkit import api
from webapp.config import Config
from webapp.jobs import Board


def store() -> api.Store:
    """Return the store this dashboard works on."""
    found: api.Store = current_app.extensions["crashkit.store"]
    return found


def board() -> Board:
    """Return the board where jobs are put up."""
    found: Board = current_app.extensions["crashkit.board"]
    return found


def config() -> Config:
    """Return the settings."""
    found: Config = current_app.extensions["crashkit.config"]
    return found
