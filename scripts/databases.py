"""The two databases by their addresses: which they are, and creating what a PostgreSQL server lacks."""

import os
from pathlib import Path
from typing import Any

import dj_database_url
from steps import VAR, give_up, say

ADMIN_DATABASE = "postgres"
for name in ("DATABASE_URL", "KEY_DATABASE_URL"):
    if not os.environ.get(name):
        os.environ.pop(name, None)  # `make demo DATABASE_URL=` means none


def settings_of(variable: str) -> dict[str, Any] | None:
    """The connection that an environment variable names, if it is set."""
    url = os.environ.get(variable, "")
    if not url:
        return None
    try:
        return dict(dj_database_url.parse(url))
    except Exception:
        give_up(
            f"{variable} is not the address of a database. Write it like postgres://user:password@host:5432/name"
        )
        raise


def is_postgres(connection: dict[str, Any] | None) -> bool:
    """True for a connection to a PostgreSQL server."""
    return connection is not None and "postgresql" in connection["ENGINE"]


def both() -> list[dict[str, Any]]:
    """The data and the key store, as config/settings.py derives them."""
    default = settings_of("DATABASE_URL") or {"ENGINE": "sqlite3", "NAME": str(VAR / "mtd.sqlite3")}
    keys = settings_of("KEY_DATABASE_URL")
    if keys is None and is_postgres(default):
        keys = {**default, "NAME": f"{default['NAME']}_keys"}
    elif keys is None:
        path = Path(str(default["NAME"]))
        keys = {**default, "NAME": str(path.with_name(f"{path.stem}-keys{path.suffix}"))}
    return [default, keys]


def identity() -> str:
    """Words that tell these two databases from any others, without the password."""
    return " ".join(f"{each.get('HOST', '')}:{each.get('PORT', '')}/{each['NAME']}" for each in both())


def must_be_looked_at() -> bool:
    """True where a stamp proves nothing: the file is gone, or others may have changed the server."""
    return any(is_postgres(each) or not Path(str(each["NAME"])).exists() for each in both())


def create_missing() -> None:
    """Create each database that its PostgreSQL server does not have yet. SQLite files come by themselves."""
    import psycopg
    from psycopg import sql

    for each in both():
        if not is_postgres(each):
            Path(str(each["NAME"])).parent.mkdir(parents=True, exist_ok=True)
            continue
        try:
            with connect(each) as server:
                if not exists(server, each["NAME"]):
                    server.execute(
                        sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(
                            sql.Identifier(each["NAME"])
                        )
                    )
                    say(f"The database {each['NAME']} was missing and has been created.")
        except psycopg.OperationalError as error:
            give_up(
                f"The PostgreSQL server did not answer: {str(error).strip()}\n"
                "Check DATABASE_URL and whether the server runs."
            )


def connect(each: dict[str, Any]) -> Any:
    """A connection to the server that holds this database, not to the database itself."""
    import psycopg

    given = {
        "host": each.get("HOST"),
        "port": each.get("PORT"),
        "user": each.get("USER"),
        "password": each.get("PASSWORD"),
    }
    return psycopg.connect(
        dbname=ADMIN_DATABASE, autocommit=True, **{name: value for name, value in given.items() if value}
    )


def exists(server: Any, name: str) -> bool:
    """True if the server has a database of this name."""
    return server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def drop_demo() -> None:
    """Drop both databases on a PostgreSQL server, for starting over. Files are thrown away with var/."""
    from psycopg import sql

    for each in both():
        if is_postgres(each):
            with connect(each) as server:
                server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(each["NAME"])))
