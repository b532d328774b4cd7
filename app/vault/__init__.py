"""The one door to cryptography: sealed columns, owner keys, keyed codes, start-up canary.

**Sealed columns**::

    class Sitting(Model):
        id: Mapped[UUID] = mapped_column(primary_key=True, default=random_id)
        subject_id: Mapped[UUID]
        week: Mapped[str] = mapped_column(default=clock.iso_week)
        draft: Sealed[dict[str, int] | None] = sealed("answers", owner="subject_id", block=256, bind=("week",))

``sealed(type_tag, *, owner=… | system=…, block, bind=(), required=False)`` makes a column of the attribute's name.
A column that has moved says ``since="table.column"``, where it stood first: what was sealed there still opens.
``owner`` names the attribute with the owner's id; ``system="outbox"`` seals under a system key instead. Values are JSON
values; None is NULL; annotate with ``Sealed[…]``, ``Any`` or nothing. Assign and read plain values: sealing happens
inside the flush, opening at every read (so read once into a variable; a changed list or dict must be assigned again).
``id`` and bound columns get their column defaults when the object is made; the owner must have a key by the flush.
Changing id, owner or a bound column without assigning the sealed value again raises K002. ``bulk_*``, ``insert()`` and
``update()`` refuse plain values with K001: there use ``seal_for`` and ``open_for``.

On the class, ``Sitting.draft`` is SQLAlchemy's attribute of the column: ``select(Sitting.draft)`` gives sealed bytes,
``update(Sitting).values(draft=blob)`` takes them::

    blob = seal_for(Sitting.draft, row=sitting_id, owner=subject_id, value=answers, bound={"week": week})
    answers = open_for(Sitting.draft, blob, row=sitting_id, owner=subject_id, bound={"week": week})

**Rows that open a door**: ``seal: Any = row_seal("role", "status", status=Status.CLOSED)`` binds plain columns of a
table without a value of its own. The seal is made inside the flush and judged at every load; a forged row reads as what
``row_seal`` says it gives (nothing), in memory. What reads columns alone asks ``rows.holds``. ``app.vault.rows``.

**Owner keys** (second database): ``owner_keys.create("account" | "subject", ids)`` before the main transaction writes;
``owner_keys.prefetch(ids)`` at the head of a list (one statement); ``owner_keys.destroy(ids)`` erases;
``owner_keys.count()``; ``owner_keys.metadata`` for migrations (bind ``keys``). Unwrapped keys are remembered until the
present ``transaction()`` ends; outside one, not at all.

**Keyed codes**: ``blind_index("phone", "+8613800138000")`` 16 bytes; ``reference(purpose, *parts)`` 16 bytes;
``mac(purpose, message)`` 32 bytes; ``digest(sealed content)`` 32 bytes, without a key; ``flask_secret()``. Purposes
are listed in ``keyring.PURPOSES``.

**Sealed tokens**: ``seal_token(purpose, value)`` for what a browser keeps for us, ``open_token(purpose, token)``.

**Errors**: ``VaultError`` has ``code`` K001 … K007 and ``line``; it is an ``Unavailable`` with a sentence for the
person. K005 (erased) means: as if it never existed. One damaged value must not hide the others: a column that lists
show says ``.or_else(words)``, and whoever opens values by hand passes the error to ``note_damage`` and goes on.
**Start**: web and jobs call ``canary.check_start(app)`` (K007).
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from app.vault import answers, canary, owner_keys
from app.vault.answers import note_damage
from app.vault.cli import keys
from app.vault.errors import Code, VaultError
from app.vault.old_rows import seal_old_rows
from app.vault.references import blind_index, digest, flask_secret, mac, reference, system_key
from app.vault.rows import on_refusal, row_seal
from app.vault.sealed import Sealed, SealedBytes, open_for, seal_for, sealed
from app.vault.state import EXTENSION, Vault
from app.vault.tokens import open_token, seal_token

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Settings

__all__ = [
    "Code",
    "Sealed",
    "SealedBytes",
    "VaultError",
    "blind_index",
    "canary",
    "digest",
    "flask_secret",
    "init_app",
    "mac",
    "note_damage",
    "on_refusal",
    "open_for",
    "open_token",
    "owner_keys",
    "reference",
    "row_seal",
    "seal_for",
    "seal_old_rows",
    "seal_token",
    "sealed",
    "system_key",
]


def init_app(app: Flask, settings: Settings) -> None:
    """Open this room: without a keyring only ``flask keys init`` works, for the canary refuses to start the rest."""
    app.extensions[EXTENSION] = Vault(settings)
    app.cli.add_command(keys)
    answers.init_app(app)
    with app.app_context(), suppress(VaultError):
        app.secret_key = flask_secret()
