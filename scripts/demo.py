"""Prepare the embedded system and start it as a demo on this machine.

Every preparation leaves a stamp in var/stamps, the hash of all that went into it; nothing is done twice.
"""

import argparse
import os
import shutil
import signal
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import databases
import messages
from steps import PYTHON, ROOT, VAR, check_port, digest, give_up, is_done, run, say, set_done

STAMPS = VAR / "stamps"
PEOPLE = VAR / "demo-people.txt"
LOCK = ROOT / "requirements.lock"
MANAGE: list[str | Path] = [PYTHON, ROOT / "manage.py"]
# One process for both, since starting Django takes longer than the work.
MIGRATE_BOTH = """
import os, django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()
from django.core.management import call_command
for alias in ("default", "keys"):
    call_command("migrate", database=alias, interactive=False)
"""
PLAIN = {"MTD_DEBUG": "0"}
DEMO = {**PLAIN, "MTD_DEMO": "1", "PYTHONUNBUFFERED": "1"}


def start_over() -> None:
    """Throw away the demo's data; what is installed stays."""
    databases.drop_demo()
    for path in VAR.iterdir() if VAR.exists() else ():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    say("Starting over: the demo's data is gone.")


def once(name: str, value: str, work: Callable[[], None]) -> bool:
    """Do the work unless it was done before for the same value; tell whether it was done now."""
    stamp = STAMPS / name
    if is_done(stamp, value):
        return False
    work()
    set_done(stamp, value)
    return True


def prepare() -> None:
    """Everything between installing and starting: translations, static files, databases."""
    once("translations", digest([ROOT / "locale"]) + messages.compiled_state(), messages.compile_all)
    static = [LOCK, ROOT / "package-lock.json", ROOT / "static", *ROOT.glob("mtd/*/static")]
    if not (VAR / "static").is_dir():
        (STAMPS / "static").unlink(missing_ok=True)
    once(
        "static",
        digest(static),
        lambda: run(
            [*MANAGE, "collectstatic", "--noinput", "--clear"], "Gathering style sheets and fonts", PLAIN
        ),
    )
    migrations = digest([LOCK, *ROOT.glob("mtd/*/migrations")], databases.identity())
    if databases.must_be_looked_at():
        for stamp in ("migrations", "demo"):
            (STAMPS / stamp).unlink(missing_ok=True)
    once("migrations", migrations, migrate)


def migrate() -> None:
    """Bring both databases, the data and the keys, to the newest form."""
    databases.create_missing()
    run([PYTHON, "-c", MIGRATE_BOTH], "Preparing the database and the key store", PLAIN)


def seed() -> None:
    """Fill in the lived-in demo network; its sentences of progress pass through."""
    say("Filling in the demo: networks, people, agreements in every state …")
    done = subprocess.run(
        [*MANAGE, "seed_demo"],
        cwd=ROOT,
        env={**os.environ, **DEMO},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        give_up("The demo could not be filled in. The lines above say why; `make demo RESET=1` starts over.")
    PEOPLE.write_text(done.stdout, encoding="utf-8")


def serve(port: int) -> None:
    """Run the server until it is told to stop, and say so once it answers."""
    environment = {**os.environ, **DEMO, "MTD_BASE_URL": f"http://127.0.0.1:{port}"}
    gunicorn: list[str | Path] = [
        PYTHON,
        "-m",
        "gunicorn",
        "config.wsgi",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "2",
    ]
    gunicorn += ["--log-level", "warning", "--preload"]
    # Their own groups: Ctrl-C reaches this script, which stops them in order.
    server = subprocess.Popen(
        gunicorn, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, start_new_session=True
    )
    stopping = threading.Event()

    def stop(*_: object) -> None:
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    jobs: subprocess.Popen[bytes] | None = None
    try:
        announce(server, port, stopping)
        waited = 0.0
        while not stopping.wait(0.5) and server.poll() is None:
            waited += 0.5
            if waited >= 60 and (jobs is None or jobs.poll() is not None):
                waited = 0.0
                jobs = run_jobs(environment)
    finally:
        if server.poll() is None:
            server.send_signal(signal.SIGTERM)
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
    if not stopping.is_set():
        give_up("The server stopped by itself. The lines above say why.")
    say("\nStopped. `make demo` goes on where you were.")


def announce(server: "subprocess.Popen[bytes]", port: int, stopping: threading.Event) -> None:
    """Wait until the server answers, then print the address and who can sign in."""
    while not stopping.is_set() and server.poll() is None and not answers(port):
        stopping.wait(0.1)
    if stopping.is_set() or server.poll() is not None:
        return
    if PEOPLE.exists() and PEOPLE.read_text(encoding="utf-8").strip():
        say(f"\n{PEOPLE.read_text(encoding='utf-8').strip()}")
    say(f"\nMake the Difference runs on http://127.0.0.1:{port}")
    say(f"Sign in with one click as anyone named there: http://127.0.0.1:{port}/demo/")
    say("Only this machine can reach it. Ctrl-C stops it.")


def answers(port: int) -> bool:
    """True once anything answers on the port, whatever the status."""
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/demo/", timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def run_jobs(environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    """What the clock does in production, once a minute, beside the server."""
    return subprocess.Popen(
        [*MANAGE, "run_jobs", "minutely"], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL
    )


def has_command(name: str) -> bool:
    """True if the product brings this command."""
    return any(ROOT.glob(f"mtd/*/management/commands/{name}.py"))


def main() -> None:
    """Prepare, fill in, serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", default="8000")
    parser.add_argument("--reset", action="store_true", help="start over with fresh data")
    parser.add_argument(
        "--prepare-only", action="store_true", help="everything but the demo's data and starting"
    )
    chosen = parser.parse_args()
    if chosen.prepare_only:
        prepare()
        say("Everything is installed and prepared.")
        return
    if os.environ.get("MTD_PRODUCTION"):
        give_up(
            "MTD_PRODUCTION is set here, and a demo lets anybody sign in as anybody. Unset it for the demo."
        )
    port = check_port(chosen.port)
    if chosen.reset:
        start_over()
    prepare()
    sources = [ROOT / "content", *ROOT.glob("mtd/*/management/commands/seed_*.py"), *ROOT.glob("mtd/*/demo*")]
    seed_state = digest(sources, databases.identity())
    if not PEOPLE.exists():
        (STAMPS / "demo").unlink(missing_ok=True)
    if has_command("seed_demo"):
        once("demo", seed_state, seed)
    serve(port)


if __name__ == "__main__":
    main()
