"""Find Debian's libical, one of the three parsers that read our calendar files in the tests, or install it."""

import ctypes
import ctypes.util
import os
import shutil
import subprocess

PACKAGE = "libical3"


def find_libical() -> bool:
    """True if the library can be loaded."""
    for name in (ctypes.util.find_library("ical"), "libical.so.3"):
        try:
            if name and ctypes.CDLL(name):
                return True
        except OSError:
            continue
    return False


def install_libical() -> bool:
    """Install it with apt-get, as root on Debian or Ubuntu; False where that does not work."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print("Installing libical with apt-get …", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", PACKAGE]):
        subprocess.run(
            command,
            env=quiet,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            timeout=600,
            check=False,
        )
    return find_libical()


if __name__ == "__main__":
    print("Found." if find_libical() or install_libical() else "Not found, and it could not be installed.")
