"""``python -m mtcheck``, which is also the program ``mtcheck``."""

import gc
import sys


def main() -> int:
    """Run one command and return its exit status."""
    # Nearly all that a short run makes lives until its end: to look for what does not
    # takes a fifth of the time.
    gc.set_threshold(100_000, 50, 50)
    from mtcheck.cli import main as run

    status = run()
    gc.freeze()
    return status


if __name__ == "__main__":
    sys.exit(main())
