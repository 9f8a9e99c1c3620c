"""``python -m mtcheck``."""

import sys

from mtcheck.cli import main

if __name__ == "__main__":
    sys.exit(main())
