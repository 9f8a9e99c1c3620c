"""What mtcheck is made of: locked, of allowed licences, audited, tried as a wheel."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
import venv
from email.message import Message
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import audit
import pytest
import try_wheel
from conftest import ROOT, lacking, needed
from licences import Rules, Used, licence_of, used
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCK = ROOT / ".ci" / "requirements.txt"
BUILD = ROOT / ".ci" / "build.txt"
PIN = re.compile(r"^([a-z0-9][a-z0-9.-]*)==([^ ;]+)( ; [^\\]+)? \\$")


# The lock ----------------------------------------------------------------------


def pins(path: Path) -> dict[str, str]:
    """Return the locked version of each package of a file."""
    lines = path.read_text("utf-8").splitlines()
    found = [PIN.match(line) for line in lines if line[:1] not in ("#", " ", "")]
    assert all(found), path
    return {match[1]: match[2] for match in found if match}


@pytest.mark.parametrize("path", [LOCK, BUILD], ids=lambda path: str(path.name))
def test_every_locked_package_has_its_hashes(path: Path) -> None:
    text = path.read_text("utf-8")
    parts = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(parts) == len(pins(path))
    for part in parts:
        _, *hashes = part.split("\\\n")
        assert hashes, part
        for line in hashes:
            assert re.fullmatch(r"    --hash=sha256:[0-9a-f]{64} ?", line.rstrip("\n"))


@pytest.mark.parametrize("name", ["build.txt", "constraints.txt", "requirements.txt"])
def test_no_lock_names_a_registry(name: str) -> None:
    text = (ROOT / ".ci" / name).read_text("utf-8")
    assert "://" not in text
    assert "index" not in re.sub(r"^[^#]*$", "", text, flags=re.MULTILINE)


def asked_for() -> dict[str, list[Requirement]]:
    """Return what pyproject.toml asks for, by extra, group, and plain (``project``)."""
    raw = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    lists = {"project": raw["project"]["dependencies"]}
    lists |= raw["project"]["optional-dependencies"] | raw["dependency-groups"]
    return {name: [*map(Requirement, lines)] for name, lines in lists.items()}


def test_the_lock_holds_what_is_asked_for() -> None:
    locked, building = pins(LOCK), pins(BUILD)
    for name, requirements in asked_for().items():
        if name == "bench":  # peers of the benchmarks, which no test needs
            continue
        for requirement in requirements:
            version = locked.get(canonicalize_name(requirement.name))
            hint = f"{requirement} of {name}, locked {version}: run bash .ci/lock"
            assert requirement.specifier.contains(version or "0"), hint
    assert building.items() <= locked.items()


def test_the_constraints_are_the_lock_without_hashes() -> None:
    lines = (ROOT / ".ci" / "constraints.txt").read_text("utf-8").splitlines()
    assert {line.split(" ; ")[0] for line in lines} == {
        f"{name}=={version}" for name, version in pins(LOCK).items()
    }


# Licences ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def found() -> list[Used]:
    """Return what is installed for mtcheck and its extras; all must be."""
    try:
        return list(used(distribution("mtcheck"), Rules.read()))
    except PackageNotFoundError as error:
        lacking(f"{error.name} is not installed, so its licence cannot be told")


def test_every_licence_is_allowed(found: list[Used]) -> None:
    assert [item for item in found if not item.is_allowed] == []
    assert {item.extra for item in found} == {
        "",
        "dask",
        "datatrove",
        "grammar",
        "lsp",
        "web",
    }


def test_the_gpl_comes_with_grammar_only(found: list[Used]) -> None:
    rules = Rules.read()
    special = {
        (item.extra, item.name) for item in found if not rules.allows(item.licence, "")
    }
    assert special == {("grammar", "language-tool-python")}
    assert not any("GPL" in name and "LGPL" not in name for name in rules.allowed)


@pytest.mark.parametrize(
    ("expression", "is_allowed"),
    [
        ("MIT", True),
        ("MIT AND Zlib", True),
        ("MIT AND GPL-3.0-only", False),
        ("GPL-3.0-only OR MIT", True),
        ("MIT OR GPL-3.0-only AND Zlib", True),
        ("(MIT OR GPL-3.0-only) AND Zlib", True),
        ("Zlib AND (GPL-3.0-only OR AGPL-3.0-only)", False),
        ("((MIT))", True),
        ("MIT License", False),
        ("GPL-2.0-only WITH Classpath-exception-2.0", False),
        ("unknown", False),
        ("", False),
    ],
)
def test_expressions_of_licences_are_understood(
    expression: str, is_allowed: bool
) -> None:
    rules = Rules(frozenset({"MIT", "Zlib"}), {"x": frozenset({"GPL-3.0-only"})}, {})
    assert rules.allows(expression, "") is is_allowed
    assert rules.allows("GPL-3.0-only", "x")


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ([("License-Expression", "MIT"), ("License", "other")], "MIT"),
        ([("Classifier", "License :: OSI Approved :: BSD License")], "BSD-3-Clause"),
        (
            [
                ("Classifier", "License :: OSI Approved :: MIT License"),
                ("Classifier", "License :: OSI Approved :: Strange License"),
            ],
            "MIT AND Strange License",
        ),
        ([("License", "BSD\nand more")], "BSD"),
        ([], "unknown"),
    ],
)
def test_the_licence_is_what_the_metadata_say(
    fields: list[tuple[str, str]], licence: str
) -> None:
    metadata = Message()
    metadata["Name"] = "Some_Package"
    for name, value in fields:
        metadata[name] = value
    assert licence_of(metadata, {}) == licence
    assert licence_of(metadata, {"some-package": "Zlib"}) == "Zlib"


# Advisories --------------------------------------------------------------------

FOUND = {"name": "a", "version": "1", "vulns": [{"id": "X-1", "fix_versions": ["2"]}]}
CLEAN: dict[str, Any] = {"name": "b", "version": "1", "vulns": []}
SKIPPED = {"name": "c", "skip_reason": "not found"}


def test_what_is_clean_and_looked_up_passes() -> None:
    assert audit.judge([CLEAN]) == (0, ["1 of 1 packages looked up"])


def test_what_was_not_looked_up_is_not_clean() -> None:
    assert audit.judge([CLEAN, SKIPPED]) == (
        2,
        ["not looked up: c", "1 of 2 packages looked up"],
    )


def test_a_vulnerability_fails_unless_it_is_explained(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    status, lines = audit.judge([FOUND, SKIPPED])
    assert (status, lines[0]) == (1, "a 1: X-1, fixed in 2")
    monkeypatch.setattr(audit, "EXPLAINED", {"X-1": "mtcheck never calls it"})
    status, lines = audit.judge([FOUND, CLEAN])
    assert (status, lines[0]) == (0, "a 1: X-1, fixed in 2: mtcheck never calls it")


# The wheel, which .ci/run builds and tries --------------------------------------


def test_what_is_too_much_or_missing_in_a_wheel_is_named() -> None:
    with pytest.raises(try_wheel.FaultError) as caught:
        try_wheel.check_names("a.whl", {"one", "two"}, {"two", "three"})
    assert str(caught.value) == "a.whl: should not hold ['one'], and lacks ['three']"


def test_verdicts_that_differ_between_pythons_are_a_fault() -> None:
    said = {
        "version": "mtcheck 0.1.0 (base@1234)",
        "full": '{"label": "paraphrased"}',
        "fast": '{"label": "machine_mangled"}',
        "lint": '{"code": "MT101"}',
        "python": "MT101",
    }
    try_wheel.check_outcomes(said, said)
    with pytest.raises(try_wheel.FaultError) as caught:
        try_wheel.check_outcomes(said | {"fast": "{}"}, said)
    assert str(caught.value) == (
        'fast: the first Python says\n{"label": "machine_mangled"}\nthis one\n{}'
    )
    empty = said | {"lint": ""}
    with pytest.raises(try_wheel.FaultError, match=r'^lint: should say "code"'):
        try_wheel.check_outcomes(empty, empty)


def test_the_last_digits_are_no_difference() -> None:
    one = '{"a": [0.1234567890123, null], "b": {"c": 3}}\n'
    other = '{"a": [0.1234567890124, null], "b": {"c": 3}}\n'
    assert try_wheel.rounded(one) == try_wheel.rounded(other)
    assert try_wheel.rounded(one) != try_wheel.rounded(one.replace("0.12", "0.13"))


def test_the_guard_leaves_no_network() -> None:
    code = f"{try_wheel.GUARD}\nimport socket; socket.create_connection(('::1', 9))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.endswith(
        "OSError: there is no network here: socket.getaddrinfo\n"
    )


def test_the_bill_lists_what_is_installed_with_licences(tmp_path: Path) -> None:
    needed("cyclonedx_py")
    venv.create(tmp_path / "venv")
    (packages,) = (tmp_path / "venv").glob("lib/*/site-packages")
    version = distribution("click").version
    told = distribution("click").locate_file(f"click-{version}.dist-info")
    shutil.copytree(str(told), packages / f"click-{version}.dist-info")
    path = tmp_path / "bill.json"
    try_wheel.write_bill(tmp_path / "venv" / "bin" / "python", "1.2.3", path)
    raw = json.loads(path.read_text("utf-8"))
    assert raw["bomFormat"] == "CycloneDX"
    about = raw["metadata"]["component"]
    assert (about["name"], about["version"]) == ("mtcheck", "1.2.3")
    (part,) = raw["components"]
    assert (part["name"], part["version"]) == ("click", version)
    assert part["licenses"]
    assert str(tmp_path) not in path.read_text("utf-8")
