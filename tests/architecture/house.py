"""What the architecture tests know about the house: its floors, its rooms, and its source as parsed files."""

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MTD = ROOT / "mtd"

PUBLIC_ROOMS = {"models", "queries", "permissions", "actions"}
PAGE_ROOMS = {"views", "forms", "jobs", "urls", "api"}
IDEAS: dict[str, set[str]] = {
    # The modules named after a slice's own idea, which other slices may use as well.
    "accounts": {"demo"},
    "agreements": {"lifecycle", "profile", "standing", "wording", "verification"},
    "consultations": {"case"},
    "cooperation": {"pulse"},
    "countries": {"records"},
    # The names after the modules are the package's own face: it is plain Python, used as `find(…)`.
    "deidentification": {
        *("explain", "findings", "generalise", "lexicon", "lists"),
        *("LANGUAGES", "Finding", "Findings", "Kind", "Problem", "Strength", "find", "warm"),
    },
    "documents": {"content", "docx", "glyphs", "pdf", "signing", "verifying"},
    "guide": {"pack", "wording"},
    "notifications": {"outbox"},
    "organizations": {"cast"},
}


@cache
def floors() -> list[set[str]]:
    """The slices of each floor, the highest first, as pyproject.toml declares them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {contract["id"]: contract for contract in settings["tool"]["importlinter"]["contracts"]}
    return [
        {part.strip(" ()").removeprefix("mtd.") for part in layer.split("|")}
        for layer in contracts["floors"]["layers"]
    ]


def floor_of(slice_name: str) -> int:
    """The number of a slice's floor; a greater number is further down."""
    for number, slices in enumerate(floors()):
        if slice_name in slices:
            return number
    raise AssertionError(
        f"{slice_name} stands on no floor: name it in the contract `floors` of pyproject.toml"
    )


def may_use(user: str, used: str) -> bool:
    """True if a slice may depend on another: it is the same one, or it stands further down."""
    return user == used or floor_of(used) > floor_of(user)


def slices() -> list[str]:
    """The slices that exist."""
    return sorted(path.parent.name for path in MTD.glob("*/__init__.py"))


@cache
def modules() -> dict[Path, ast.Module]:
    """Every module of the product, parsed; migrations are left out, since Django writes them."""
    return {
        path: ast.parse(path.read_text(encoding="utf-8"), str(path))
        for path in sorted(MTD.rglob("*.py"))
        if "migrations" not in path.parts
    }


def slice_of(path: Path) -> str:
    """The slice that a file lies in."""
    return path.relative_to(MTD).parts[0]


def room_of(path: Path) -> str:
    """The room that a file lies in: `actions` for actions.py and for actions/signing.py."""
    parts = path.relative_to(MTD).parts
    return parts[1].removesuffix(".py") if len(parts) > 1 else ""


def imported(path: Path, tree: ast.Module) -> Iterator[str]:
    """The full names of everything that a module imports, relative imports resolved."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level + 1]) if node.level else []
            start = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{start}.{alias.name}" for alias in node.names)


@cache
def tracked() -> list[Path]:
    """The files of the repository; what is ignored does not count."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = [ROOT / name for name in listing.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def where(path: Path, node: ast.AST | int) -> str:
    """A place in the source as editors understand it."""
    line = node if isinstance(node, int) else getattr(node, "lineno", 1)
    return f"{path.relative_to(ROOT)}:{line}"
