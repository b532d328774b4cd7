"""The people of the fictional district: units, staff, workers; all with one password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.accounts.models import Account, Consent
from app.accounts.services import consents, links, passwords, phones
from app.core import clock
from app.core.database import session, transaction
from app.core.ids import ordered_id
from app.core.permissions import Role
from app.home.demo.words import words
from app.organisations.districts import load_shangyu
from app.organisations.models import Unit, UnitKind
from app.organisations.occupations import occupations
from app.organisations.services import add_unit
from app.subjects import services as subjects
from app.vault import owner_keys

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random
    from uuid import UUID

PASSWORD = "demo-xingfu-2026"  # noqa: S105 - the fictional district's, printed on its console
FIRST_PHONE = 13_800_000_000
TOGETHER = 500  # people settled in one transaction
WORKERS_EACH, MOST_COUNSELLORS = 500, 40
AGREE = {"screening": 1.0, "contact": 0.9, "statistics": 0.8, "research": 0.4}


@dataclass(frozen=True)
class Person:
    """Somebody of the district; a worker also has a subject."""

    id: UUID
    name: str
    role: Role
    unit: UUID
    joined: datetime
    occupation: str | None = None
    subject: UUID | None = None
    agrees: bool = False


@dataclass(frozen=True)
class People:
    """Everybody: the cast by its keys, the counsellors by theirs, and the workers."""

    district: UUID
    cast: dict[str, Person]
    counsellors: dict[str, Person]
    workers: list[Person]

    def at_work(self, key: str) -> Person:
        """The member of staff with this key."""
        return self.counsellors.get(key) or self.cast[key]


def settle_people(rng: Random, workers: int, note: Callable[[int], object]) -> People:
    """Make the union tree, the staff and the workers; ``note`` hears how many came. Runs its own transactions."""
    subjects.refill(workers + 1)
    credential = passwords.hash_password(PASSWORD)
    with transaction():
        district, places = _make_units(rng)
    cast = _settle([_of_cast(rng, row, district, places) for row in words()["cast"]], 1, credential)
    named = dict(zip((row["key"] for row in words()["cast"]), cast, strict=True))
    colleagues = [_colleague(rng, district) for _ in range(counsellors_for(workers) - 2)]
    counsellors = {f"counsellor{number}": each for number, each in enumerate(_settle(colleagues, 100, credential), 3)}
    others: list[Person] = []
    for start in range(0, workers, TOGETHER):
        drawn = [_drawn(rng, places) for _ in range(min(TOGETHER, workers - start))]
        others += _settle(drawn, 1000 + start, credential)
        note(len(drawn))
    mine = [person for person in cast if person.role is Role.WORKER]
    of_cast = {key: person for key, person in named.items() if person.role is Role.COUNSELLOR}
    return People(district, named, of_cast | counsellors, mine + others)


def counsellors_for(workers: int) -> int:
    """How many counsellors a district of so many workers has: two at least, forty at most."""
    return max(2, min(MOST_COUNSELLORS, round(workers / WORKERS_EACH)))


def _settle(drawn: list[dict[str, object]], number: int, credential: str) -> list[Person]:
    """Make these people together, their phones numbered from ``number`` on."""
    ids = [ordered_id() for _ in drawn]
    owner_keys.create("account", ids)
    with transaction():
        owner_keys.prefetch(ids)
        made = zip(ids, range(number, number + len(ids)), drawn, strict=True)
        return [_account(account_id, each, values, credential) for account_id, each, values in made]


def _make_units(rng: Random) -> tuple[UUID, list[UUID]]:
    """The district, its townships, and below each an enterprise or two and a joint union."""
    place = load_shangyu()
    district = add_unit(place.name.zh, kind=UnitKind.DISTRICT, parent=None, name_en=place.name.en)
    session().flush()
    found: list[UUID] = []
    for township in place.townships:
        name, name_en = township.name.zh, township.name.en
        unit = add_unit(f"{name}总工会", kind=UnitKind.TOWNSHIP, parent=district, name_en=f"{name_en} Trade Union")
        session().flush()
        found += [_child(each, UnitKind.ENTERPRISE, unit) for each in _enterprises(rng, name)]
        found.append(_child(words()["joint"].format(place=name), UnitKind.JOINT, unit))
    session().flush()
    return district.id, found


def _enterprises(rng: Random, place: str) -> list[str]:
    short = place.rstrip("街道镇乡") or place
    return [f"{short}{name}工会" for name in rng.sample(words()["enterprises"], rng.choice((1, 2, 2, 3)))]


def _child(name: str, kind: UnitKind, parent: Unit) -> UUID:
    return add_unit(name, kind=kind, parent=parent).id


def _of_cast(rng: Random, row: dict[str, str], district: UUID, places: list[UUID]) -> dict[str, object]:
    role = Role(row["role"])
    unit = rng.choice(places) if role is Role.WORKER else district
    joined = clock.now() - timedelta(days=350)
    return {"name": row["name"], "role": role, "unit": unit, "occupation": row.get("occupation"), "joined": joined}


def _colleague(rng: Random, district: UUID) -> dict[str, object]:
    name = rng.choice(words()["surnames"]) + rng.choice(words()["given"])
    joined = clock.now() - timedelta(days=350)
    return {"name": name, "role": Role.COUNSELLOR, "unit": district, "occupation": None, "joined": joined}


def _drawn(rng: Random, places: list[UUID]) -> dict[str, object]:
    name = rng.choice(words()["surnames"]) + rng.choice(words()["given"])
    codes = list(occupations())
    weights = [3 if code in {"delivery_rider", "courier", "truck_driver"} else 1 for code in codes]
    weights[-1] = 12
    return {
        "name": name,
        "role": Role.WORKER,
        "unit": rng.choice(places),
        "occupation": rng.choices(codes, weights)[0],
        "joined": clock.now() - timedelta(days=rng.randint(20, 350), minutes=rng.randint(0, 900)),
    }


def _account(account_id: UUID, number: int, values: dict[str, object], credential: str) -> Person:
    phone = f"+86{FIRST_PHONE + number}"
    joined: datetime = values["joined"]  # type: ignore[assignment]
    account = Account(
        id=account_id,
        role=values["role"],
        unit_id=values["unit"],
        occupation=values["occupation"],
        created_on=clock.local(joined).date(),
        phone_index=phones.index(phone),
        name=values["name"],
        phone=phone,
        credential=credential,
    )
    session().add(account)
    subject, agrees = None, False
    if account.role is Role.WORKER:
        links.give_subject(account)
        subject = links.subject_of(account)
        session().flush()
        agrees = _agree(account, joined, number)
    return Person(account_id, account.name, account.role, values["unit"], joined, account.occupation, subject, agrees)  # type: ignore[arg-type]


def _agree(account: Account, joined: datetime, number: int) -> bool:
    """Let a worker decide on every purpose; says whether a counsellor may contact her."""
    decisions: dict[str, bool] = {}
    for position, (code, purpose) in enumerate(consents.purposes().items()):
        given = decisions[code] = number < 10 or (number * 37 + position * 11) % 100 < AGREE.get(code, 0.5) * 100
        session().add(
            Consent(account_id=account.id, purpose=code, version=purpose.version, given=given, decided_at=joined)
        )
    return decisions[consents.CONTACT]
