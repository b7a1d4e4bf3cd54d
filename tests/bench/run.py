"""The figures: `make bench`. Each benchmark is a module beside this one with a function `run`.

`run()` returns rows: a name, the seconds for the smallest case and for the large one, and if there is one the
limit in seconds for the large case. How it grows with the work shows in the ratio; a broken limit fails.
The benchmarks write into test databases that are made for them and removed again.
"""

import gc
import importlib.util
import os
import sys
import time
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

Row = tuple[str, float, float] | tuple[str, float, float, float | None]


def load(path: Path) -> ModuleType:
    """A benchmark as a module."""
    spec = importlib.util.spec_from_file_location(f"bench_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def show(row: Row) -> bool:
    """Print one row; tell whether it keeps its limit."""
    name, small, large = row[:3]
    limit = row[3] if len(row) > 3 else None
    good = limit is None or large <= limit
    verdict = "" if limit is None else f"{limit * 1000:9.0f} ms  {'kept' if good else 'BROKEN'}"
    ratio = large / small if small else float("inf")
    print(f"{name:<58}{small * 1000:9.1f} ms{large * 1000:10.1f} ms{ratio:8.1f} ×  {verdict}", flush=True)
    return good


def main() -> None:
    """Run all benchmarks, or those whose names contain a word given."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    django.setup()
    setup_test_environment()
    words = sys.argv[1:]
    paths = [path for path in sorted(HERE.glob("*.py")) if path.name not in {"run.py", "__init__.py"}]
    paths = [path for path in paths if not words or any(word in path.stem for word in words)]
    state = setup_databases(verbosity=0, interactive=False)
    started = time.monotonic()
    broken = 0
    try:
        print(f"{'':<58}{'smallest':>12}{'large':>13}{'ratio':>10}  {'limit':>12}")
        for path in paths:
            module = load(path)
            # What the benchmarks before have left shall not be looked through again while this one is timed.
            gc.collect()
            gc.freeze()
            if hasattr(module, "run"):
                broken += sum(not show(row) for row in module.run())
    finally:
        teardown_databases(state, verbosity=0)
    print(f"{time.monotonic() - started:.0f} seconds in all.")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
