"""The ledger and the roster's history can be added to, and not changed: triggers that refuse it.

They stop a mistake, and whoever has the application's own access; the owner of the database can take them away. What
that owner does shows against the seals and the anchors (docs/operations.md).
"""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_STAYS = ("id", "at", "kind", "actor", "call_id", "lead_id", "roster_version", "rule_version")
_SEAL = ("seq", "prev_hash", "hash", "facts_digest")
_APPENDED = ("roster_history", "roster_versions")
_WHY = {
    "ledger": "the ledger can only be added to: entries are sealed once, and facts erased by an entry that lists them",
    "roster_history": "the history of the roster can only be added to",
    "roster_versions": "the history of the roster can only be added to",
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgres()


def _same(names: tuple[str, ...], equals: str) -> str:
    return " AND ".join(f"NEW.{name} {equals} OLD.{name}" for name in names)


def _sealing(equals: str) -> str:
    """An entry without a place in the chain gets one, whole."""
    unsealed = " AND ".join(f"OLD.{name} IS NULL" for name in (*_SEAL, "salt"))
    sealed = " AND ".join(f"NEW.{name} IS NOT NULL" for name in (*_SEAL, "salt"))
    return f"{unsealed} AND {sealed} AND {_same((*_STAYS, 'facts'), equals)}"


def _erasing(equals: str, lists_it: str) -> str:
    """A sealed entry loses its facts and its salt, as another entry says."""
    return (
        f"OLD.seq IS NOT NULL AND OLD.kind <> 'person_erased' AND NEW.salt IS NULL "
        f"AND {_same((*_STAYS, *_SEAL), equals)} AND {lists_it}"
    )


# ---- SQLite

_SQLITE_LISTS_IT = """EXISTS (
    SELECT 1 FROM ledger AS erasure, json_each(erasure.facts, '$.entries') AS listed
    WHERE erasure.kind = 'person_erased' AND erasure.seq IS NOT NULL AND listed.value = OLD.id
      AND NEW.facts = '{"erased_by":' || erasure.id || '}'
      AND erasure.id = CAST(substr(NEW.facts, 14) AS INTEGER)
)"""


def _guard_sqlite() -> None:
    allowed = f"({_sealing('IS')}) OR ({_erasing('IS', _SQLITE_LISTS_IT)})"
    _refuse_sqlite("ledger", "UPDATE", f"WHEN NOT ({allowed})")
    for table in _APPENDED:
        _refuse_sqlite(table, "UPDATE")
    for table in ("ledger", *_APPENDED):
        _refuse_sqlite(table, "DELETE")


def _refuse_sqlite(table: str, what: str, when: str = "") -> None:
    op.execute(
        f"CREATE TRIGGER {table}_refuses_{what.lower()} BEFORE {what} ON {table} {when} "
        f"BEGIN SELECT RAISE(ABORT, '{_WHY[table]}'); END"
    )


# ---- PostgreSQL

_POSTGRES_LISTS_IT = """EXISTS (
    SELECT 1 FROM ledger AS erasure
    WHERE erasure.kind = 'person_erased' AND erasure.seq IS NOT NULL
      AND NEW.facts ~ '^[{]"erased_by"[:][0-9]{1,18}[}]$'
      AND erasure.id = CASE WHEN NEW.facts ~ '^[{]"erased_by"[:][0-9]{1,18}[}]$'
                            THEN substr(NEW.facts, 14, length(NEW.facts) - 14)::bigint END
      AND (erasure.facts::jsonb -> 'entries') @> to_jsonb(OLD.id)
)"""


def _guard_postgres() -> None:
    equals = "IS NOT DISTINCT FROM"
    op.execute(
        f"""CREATE FUNCTION ledger_allows() RETURNS trigger LANGUAGE plpgsql AS $guard$
        BEGIN
            IF {_sealing(equals)} THEN RETURN NEW; END IF;
            IF {_erasing(equals, _POSTGRES_LISTS_IT)} THEN RETURN NEW; END IF;
            RAISE EXCEPTION '{_WHY["ledger"]}' USING ERRCODE = 'restrict_violation';
        END $guard$"""
    )
    op.execute(
        """CREATE FUNCTION only_added_to() RETURNS trigger LANGUAGE plpgsql AS $guard$
        BEGIN
            RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
        END $guard$"""
    )
    op.execute(
        "CREATE TRIGGER ledger_refuses_update BEFORE UPDATE ON ledger FOR EACH ROW EXECUTE FUNCTION ledger_allows()"
    )
    for table in ("ledger", *_APPENDED):
        refuses = ("DELETE", "TRUNCATE") if table == "ledger" else ("UPDATE", "DELETE", "TRUNCATE")
        for what in refuses:
            each = "STATEMENT" if what == "TRUNCATE" else "ROW"
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{what.lower()} BEFORE {what} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION only_added_to('{_WHY[table]}')"
            )
