"""The `hub` command's `serve`, for a process that a test starts and ends."""

from __future__ import annotations

import sys

from hub.cli.main import main

if __name__ == "__main__":
    sys.argv = ["hub", "serve"]
    main()
