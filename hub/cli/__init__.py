"""The ``hub`` command: each command delegates to the module that owns the work and shows errors in both languages."""

from hub.cli.main import main

__all__ = ["main"]
