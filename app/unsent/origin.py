"""Where a form was shown and to whom: sealed in a hidden field of the form, and sent back with it."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app import vault
from app.unsent.models import UnsentText


@dataclass(frozen=True)
class Origin:
    """One form as it was shown once; ``id`` names this showing.

    ``account`` is None for a stranger. ``about`` parts forms of one kind on one page; ``owner`` is under whose key its
    text is sealed; ``source`` the kept text with which the form was filled.
    """

    id: UUID
    account: UUID | None
    form: str
    page: str
    about: str = ""
    owner: UUID | None = None
    source: UUID | None = None

    @property
    def place(self) -> bytes:
        """The keyed code under which the texts of this form on this page by this person are found."""
        account = self.account.bytes if self.account else b""
        return vault.reference("session", "unsent place", account, self.page.partition("?")[0], self.form, self.about)

    def sealed(self) -> bytes:
        """What the form carries and the row keeps."""
        value = {"form": self.form, "page": self.page, "about": self.about}
        ids = {"account": self.account, "owner": self.owner, "source": self.source}
        value |= {name: given.hex for name, given in ids.items() if given}
        return vault.seal_for(UnsentText.origin, row=self.id, value=value)

    def as_field(self) -> str:
        """The content of the hidden field."""
        return base64.urlsafe_b64encode(self.id.bytes + self.sealed()).decode()


def read_field(text: str) -> Origin | None:
    """The origin that a form sent back; None for anything that this installation did not seal."""
    try:
        raw = base64.urlsafe_b64decode(text.encode())
        row = UUID(bytes=raw[:16])
        return of(row, vault.open_for(UnsentText.origin, raw[16:], row=row))
    except (vault.VaultError, ValueError, binascii.Error):
        return None


def of(row: UUID, value: dict[str, Any]) -> Origin:
    """The origin from what was sealed."""
    ids = {name: UUID(value[name]) if name in value else None for name in ("account", "owner", "source")}
    return Origin(row, form=value["form"], page=value["page"], about=value["about"], **ids)
