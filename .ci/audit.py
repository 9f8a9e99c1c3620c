"""``python .ci/audit.py``: known vulnerabilities of all that is locked.

Asks advisory services through pip-audit, one after the other until one answers. Ends
with status 0 where all packages were looked up and what was found is explained below,
1 where something is not, and 2 where packages could not be looked up: pip-audit itself
would then report that nothing is known, and end well.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

LOCKS = [Path(__file__).with_name(name) for name in ("build.txt", "requirements.txt")]

SERVICES = ("pypi", "osv")
"""Those of pip-audit: the JSON interface of the Python Package Index, and osv.dev."""

EXPLAINED: Mapping[str, str] = {}
"""Advisories that do not touch mtcheck, by their names, each with the reason."""

Answer = Mapping[str, Any]
"""What pip-audit says of a package: its ``vulns``, or the ``skip_reason``."""


def ask(service: str, lock: Path) -> list[Answer] | str:
    """Return what a service says of the packages of a lock, or why there is nothing."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pip_audit", "--requirement", str(lock)),
            *("--require-hashes", "--disable-pip", "--format", "json"),
            *("--vulnerability-service", service, "--progress-spinner", "off"),
        ],
        capture_output=True,
        text=True,
    )
    try:
        answers: list[Answer] = json.loads(done.stdout)["dependencies"]
    except ValueError:
        return (done.stderr.strip().splitlines() or ["no answer"])[-1]
    if not any("vulns" in answer for answer in answers):
        return str(answers[0].get("skip_reason")) if answers else "the lock is empty"
    return answers


def judge(answers: Sequence[Answer]) -> tuple[int, list[str]]:
    """Return the status for what was answered, and the lines that say why."""
    lines, is_bad = [], False
    skipped = [answer["name"] for answer in answers if "vulns" not in answer]
    for answer in answers:
        for found in answer.get("vulns", ()):
            why = EXPLAINED.get(found["id"])
            is_bad |= why is None
            fixed = ", ".join(found["fix_versions"]) or "no version"
            lines.append(
                f"{answer['name']} {answer['version']}: {found['id']}, fixed in {fixed}"
                + (f": {why}" if why else "")
            )
    if skipped:
        lines.append(f"not looked up: {', '.join(skipped)}")
    lines.append(f"{len(answers) - len(skipped)} of {len(answers)} packages looked up")
    return (1 if is_bad else 2 if skipped else 0), lines


def main() -> int:
    """Ask, and print what is known; return the status."""
    for service in SERVICES:
        # A short lock first: where the service lacks everything, the long one would
        # ask it for each package in vain.
        answers: list[Answer] = []
        for lock in LOCKS:
            found = ask(service, lock)
            if isinstance(found, str):
                print(f"audit: {service} has no advisories for us: {found}")
                break
            answers += found
        else:
            status, lines = judge(answers)
            for line in lines:
                print(f"audit: {service}: {line}")
            return status
    print(
        "audit: NOT AUDITED: no advisory service answers from here; run this where one "
        "can be reached, before a release"
    )
    return 2


if __name__ == "__main__":
    sys.exit(main())
