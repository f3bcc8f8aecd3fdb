"""What the documents say is there: make targets, files behind links and pictures, settings."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
DOCUMENTS = (README, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md")))
MAX_LINES = {README: 150}
OTHER_MAX_LINES = 120
# Ours, but not settings: Docker's and Streamlit's own, and what a shell always has.
NO_SETTINGS = {"PATH", "PYTHONUNBUFFERED", "STREAMLIT_SERVER_COOKIE_SECRET"}

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_MAKE = re.compile(r"\bmake ([a-z0-9][a-z0-9-]*)")
_READ = re.compile(r"""environ(?:\.get\(\s*|\[\s*)["']([A-Z_]+)["']""")
_COMPOSE = re.compile(r"\$\{([A-Z_]+)[:}]")
_LISTED = re.compile(r"^#?([A-Z_]+)=", re.MULTILINE)


def targets() -> set[str]:
    names = re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert "run" in names
    return set(names)


def code_of(document: Path) -> str:
    return "\n".join(_CODE.findall(document.read_text()))


def settings_read() -> set[str]:
    """The environment variables that the app's own code asks for, and those that compose.yaml does."""
    folders = ("access", "analytics", "data_access", "ingestion", "pages", "reporting", "ui")
    files = [ROOT / "Home.py", ROOT / "server.py", ROOT / "scripts" / "start.py"]
    files += [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    asked = {name for path in files for name in _READ.findall(path.read_text())}
    return (asked | set(_COMPOSE.findall((ROOT / "compose.yaml").read_text()))) - NO_SETTINGS


def settings_listed() -> set[str]:
    return set(_LISTED.findall((ROOT / ".env.example").read_text()))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_command_is_a_target(document):
    assert set(_MAKE.findall(code_of(document))) <= targets()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_relative_link_and_picture_leads_to_a_file(document):
    links = [link for link in _LINK.findall(document.read_text()) if not re.match(r"https?://|#", link)]
    missing = [link for link in links if not (document.parent / link.partition("#")[0]).is_file()]
    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_stays_short(document):
    assert len(document.read_text().splitlines()) <= MAX_LINES.get(document, OTHER_MAX_LINES)


def test_every_document_is_linked_from_another_one():
    linked = {
        (document.parent / link.partition("#")[0]).resolve()
        for document in DOCUMENTS
        for link in _LINK.findall(document.read_text())
        if "://" not in link
    }
    assert not set(DOCUMENTS[1:]) - linked


def test_make_help_lists_every_target():
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    listed = set(re.findall(r"^\s*make ([a-z0-9-]+)\s+\S", shown, re.MULTILINE))
    assert listed == targets()


def test_the_readme_names_every_target():
    assert set(_MAKE.findall(code_of(README))) == targets()


def test_the_example_of_settings_lists_exactly_what_is_read():
    assert settings_listed() == settings_read()


def test_the_settings_are_explained_for_whoever_runs_the_app():
    table = (ROOT / "docs" / "operations.md").read_text()
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE)) == settings_listed()


def test_the_changelog_tells_of_the_version_of_the_project():
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)[1]
    assert re.search(
        rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d$",
        (ROOT / "CHANGELOG.md").read_text(),
        re.MULTILINE,
    )


def test_the_import_page_explains_every_column_and_every_flag():
    from analytics.plausibility import KINDS
    from ingestion.columns import CANONICAL

    named = set(re.findall(r"`([a-z_]+)`", (ROOT / "docs" / "import.md").read_text()))
    assert named >= {*CANONICAL, *KINDS}


def test_the_architecture_lists_every_role():
    from access import Role

    rows = re.findall(r"^\| ([a-z]+) \|", (ROOT / "docs" / "architecture.md").read_text(), re.MULTILINE)
    assert set(rows) >= set(Role)
