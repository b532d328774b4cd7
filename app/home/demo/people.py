"""The people of the fictional district: units, staff, workers; all with one password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from app.accounts.services import consents, links, passwords
from app.accounts.services.joining_together import Joining, join_together
from app.core import clock
from app.core.database import session, transaction
from app.core.permissions import Role
from app.home.demo.words import words
from app.organisations.districts import load_shangyu
from app.organisations.models import Unit, UnitKind
from app.organisations.occupations import occupations
from app.organisations.services import add_unit
from app.subjects import services as subjects

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random
    from uuid import UUID

    from app.accounts.models import Account

PASSWORD = "demo-xingfu-2026"  # noqa: S105 - the fictional district's, printed on its console
FIRST_PHONE = 13_800_000_000
TOGETHER = 500  # people settled in one transaction
WORKERS_EACH, MOST_COUNSELLORS, COUNSELLORS_EACH = 500, 40, 10
FIRST_OF = {Role.COUNSELLOR: 100, Role.SUPERVISOR: 200}  # where the numbers of a team's phones begin
LONG = timedelta(days=350)
AGREE = {"screening": 1.0, "contact": 0.9, "statistics": 0.8, "research": 0.4}


class Drawn(NamedTuple):
    """Somebody who will join."""

    name: str
    role: Role
    unit: UUID
    joined: datetime
    occupation: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the district; a worker also has a subject."""

    id: UUID
    role: Role
    joined: datetime
    occupation: str | None = None
    subject: UUID | None = None
    agrees: bool = False


@dataclass(frozen=True)
class People:
    """Everybody: the cast by its keys, the counsellors and supervisors by theirs, and the workers."""

    district: UUID
    cast: dict[str, Person]
    counsellors: dict[str, Person]
    supervisors: dict[str, Person]
    workers: list[Person]

    def at_work(self, key: str) -> Person:
        """The member of staff with this key."""
        return self.counsellors.get(key) or self.supervisors.get(key) or self.cast[key]


def settle_people(rng: Random, workers: int, note: Callable[[int], object]) -> People:
    """Make the union tree, the staff and the workers; ``note`` hears how many came. Runs its own transactions."""
    credential = passwords.hash_password(PASSWORD)
    with transaction():
        district, places = _make_units(rng)
    rows = words()["cast"]
    cast = _settle([_of_cast(rng, row, district, places) for row in rows], 1, credential)
    named = dict(zip((row["key"] for row in rows), cast, strict=True))
    counsellors = {key: named[key] for key in named if named[key].role is Role.COUNSELLOR}
    supervisors = {key: named[key] for key in named if named[key].role is Role.SUPERVISOR}
    _hire(rng, counsellors, counsellors_for(workers), Role.COUNSELLOR, (district, credential))
    _hire(rng, supervisors, supervisors_for(len(counsellors)), Role.SUPERVISOR, (district, credential))
    others: list[Person] = []
    for start in range(0, workers, TOGETHER):
        drawn = [_drawn(rng, places) for _ in range(min(TOGETHER, workers - start))]
        others += _settle(drawn, 1000 + start, credential)
        note(len(drawn))
    mine = [person for person in cast if person.role is Role.WORKER]
    return People(district, named, counsellors, supervisors, mine + others)


def counsellors_for(workers: int) -> int:
    """How many counsellors a district of so many workers has: two at least, forty at most."""
    return max(2, min(MOST_COUNSELLORS, round(workers / WORKERS_EACH)))


def supervisors_for(counsellors: int) -> int:
    """How many supervisors so many counsellors have."""
    return max(1, round(counsellors / COUNSELLORS_EACH))


def _hire(rng: Random, team: dict[str, Person], size: int, role: Role, place: tuple[UUID, str]) -> None:
    """Bring a team of the cast to its size."""
    district, credential = place
    numbers = range(len(team) + 1, size + 1)
    colleagues = _settle([_colleague(rng, role, district) for _ in numbers], FIRST_OF[role] + len(team), credential)
    team |= {f"{role}{number}": person for number, person in zip(numbers, colleagues, strict=True)}


def _settle(drawn: list[Drawn], number: int, credential: str) -> list[Person]:
    """Let these people join together, their phones numbered from ``number`` on."""
    if not drawn:
        return []
    subjects.refill(subjects.LOW_WATER + len(drawn))
    people = [_joining(number + position, each) for position, each in enumerate(drawn)]
    with transaction():
        accounts = join_together(people, credential)
        return [_person(account, each) for account, each in zip(accounts, people, strict=True)]


def _joining(number: int, drawn: Drawn) -> Joining:
    agrees = _decisions(number) if drawn.role is Role.WORKER else {}
    phone = f"+86{FIRST_PHONE + number}"
    return Joining(phone, drawn.name, drawn.role, drawn.unit, drawn.joined, drawn.occupation, agrees)


def _person(account: Account, joining: Joining) -> Person:
    is_worker = joining.role is Role.WORKER
    return Person(
        account.id,
        joining.role,
        joining.joined,
        joining.occupation,
        links.subject_of(account) if is_worker else None,
        agrees=joining.agrees.get(consents.CONTACT, False),
    )


def _decisions(number: int) -> dict[str, bool]:
    """What a worker decides on every purpose; the first ones agree to everything."""
    shares = {code: AGREE.get(code, 0.5) * 100 for code in consents.purposes()}
    return {
        code: number < 10 or (number * 37 + position * 11) % 100 < share
        for position, (code, share) in enumerate(shares.items())
    }


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


def _of_cast(rng: Random, row: dict[str, str], district: UUID, places: list[UUID]) -> Drawn:
    role = Role(row["role"])
    unit = rng.choice(places) if role is Role.WORKER else district
    return Drawn(row["name"], role, unit, clock.now() - LONG, row.get("occupation"))


def _colleague(rng: Random, role: Role, district: UUID) -> Drawn:
    return Drawn(_name(rng), role, district, clock.now() - LONG)


def _drawn(rng: Random, places: list[UUID]) -> Drawn:
    name, codes = _name(rng), list(occupations())
    weights = [3 if code in {"delivery_rider", "courier", "truck_driver"} else 1 for code in codes]
    weights[-1] = 12
    unit, occupation = rng.choice(places), rng.choices(codes, weights)[0]
    joined = clock.now() - timedelta(days=rng.randint(20, 350), minutes=rng.randint(0, 900))
    return Drawn(name, Role.WORKER, unit, joined, occupation)


def _name(rng: Random) -> str:
    return str(rng.choice(words()["surnames"]) + rng.choice(words()["given"]))
