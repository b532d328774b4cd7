"""The tier a person's results and circumstances propose; a person confirms it or says why not.

The table is data (``tiers.toml``), versioned, so that a proposal can name the rules it was made with.
"""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.core.words import Words, read_words
from app.screening import instruments
from app.screening.conditions import Condition, read_condition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.screening.conditions import Measured
    from app.screening.instruments import Band, Instrument

UNKNOWN = "positive_unknown"
UNITS = ("hours", "days", "working_days", "weeks", "campaigns")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the tier table asks about a case beside its results; the default is a person not yet in care."""

    alerts_open: bool = False
    danger_to_others: bool = False
    counsellor_judges_crisis: bool = False
    full_battery_within_14d: bool = False
    tier: int | None = None
    weeks_in_care: int | None = None
    reliably_improved: bool = False


NEW = Facts()


@dataclass(frozen=True, slots=True)
class Clock:
    """A time in units of ``UNITS``; for ``campaigns`` it is the next one."""

    amount: int
    unit: str


@dataclass(frozen=True, slots=True)
class Service:
    """What a tier offers."""

    code: str
    name: Words


@dataclass(frozen=True, slots=True)
class Tier:
    """A level of service: what it offers and when. Weeks are counted from the start of care."""

    level: int
    code: str
    name: Words
    services: tuple[Service, ...]
    first_contact: Clock | None
    review: Clock
    case_review_weeks: tuple[int, ...]
    supervisor_weeks: tuple[int, ...]
    weekly_reviews_once_stable: int
    suggest_hospital: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table: a tier, proposed when every condition holds."""

    tier: int
    code: str
    reason: Words
    results: tuple[Condition, ...]
    facts: tuple[Condition, ...]

    def met_by(self, scores: Sequence[Measured], facts: Mapping[str, int | None]) -> Reason | None:
        """The reason this rule gives, or None."""
        if any(condition.value_of(facts) is None for condition in self.facts):
            return None
        values = [_first_value(condition, scores) for condition in self.results]
        if None in values:
            return None
        return Reason(self.code, self.tier, self.reason, values[0] if values else None)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a tier is proposed: a key of the table, the value that met it, and the sentence for a counsellor."""

    code: str
    tier: int
    words: Words
    value: int | None

    def text(self, language: str) -> str:
        """The sentence in this language."""
        return self.words(language).format(value=self.value)


@dataclass(frozen=True, slots=True)
class Proposal:
    """The proposed tier, the reasons for it, the table's version, and the instruments that gave no total."""

    tier: int
    reasons: tuple[Reason, ...]
    version: str
    incomplete: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flags:
    """When a caseload row is flagged."""

    no_contact_amber_days: int
    no_contact_red_days: int
    no_improvement_week: int
    questionnaire_overdue_days: int


@dataclass(frozen=True, slots=True)
class TierTable:
    """The whole policy of one version."""

    version: str
    tiers: tuple[Tier, ...]
    rules: tuple[Rule, ...]
    flags: Flags

    def tier(self, level: int) -> Tier:
        """The tier of this level. Raises IndexError."""
        return self.tiers[level]

    def rule(self, code: str) -> Rule:
        """The rule with this code. Raises KeyError."""
        return {rule.code: rule for rule in self.rules}[code]

    @property
    def known(self) -> frozenset[str]:
        """The instruments that some rule speaks of."""
        return frozenset(str(each.instrument) for rule in self.rules for each in rule.results if each.instrument)

    def unknown(self, result: Measured) -> Reason:
        """The reason that a positive result gives of which no rule speaks: somebody must look at it."""
        rule = self.rule(UNKNOWN)
        return Reason(rule.code, rule.tier, rule.reason, result.total)


class UncoveredError(ValueError):
    """A band of an instrument leads nowhere: neither the tier table nor the instrument's file says a tier for it."""


def propose(scores: Sequence[Measured], *, facts: Facts = NEW, table: TierTable | None = None) -> Proposal:
    """Propose the highest tier for which one line of the table is true; 0 where no line is.

    ``scores`` are the results that count, at most one an instrument. Another ``table`` serves a dry run of a change.
    """
    table = table or load_table()
    known = {name: None if value is None else int(value) for name, value in asdict(facts).items()}
    met = [reason for rule in table.rules if (reason := rule.met_by(scores, known))]
    met += [table.unknown(result) for result in scores if result.positive and result.instrument not in table.known]
    tier = max((reason.tier for reason in met), default=0)
    return Proposal(
        tier=tier,
        reasons=tuple(reason for reason in met if reason.tier == tier),
        version=table.version,
        incomplete=tuple(result.instrument for result in scores if result.total is None),
    )


@cache
def load_table() -> TierTable:
    """The table that ships, with what the instruments' files add, read once for the process.

    Raises KeyError or ValueError where it is wrong, ``UncoveredError`` where a band leads nowhere.
    """
    table = read_table(Path(__file__).with_name("tiers.toml").read_text("utf-8"))
    return completed(table, instruments.load_all().values())


def completed(table: TierTable, known: Iterable[Instrument]) -> TierTable:
    """The table with a rule for each band whose file names a tier and for which it has none itself.

    Raises ``UncoveredError`` where a band above the lowest still proposes tier 0: nobody would ever see it.
    """
    for instrument in known:
        for band in (band for band in instrument.bands if band.level > 0):
            if _leads_nowhere(table, instrument, band) and band.tier is not None:
                table = replace(table, rules=(*table.rules, _rule_of(instrument, band)))
            if _leads_nowhere(table, instrument, band):
                raise UncoveredError(f"{instrument.code}: no rule of the tier table and no tier for band {band.code}")
    return table


def read_table(text: str) -> TierTable:
    """Read a table from TOML. Raises KeyError or ValueError where it is wrong."""
    source = tomllib.loads(text)
    tiers = tuple(_tier(table) for table in source["tiers"])
    rules = tuple(_rule(table) for table in source["rules"])
    if [tier.level for tier in tiers] != list(range(len(tiers))):
        raise ValueError("tiers are numbered from 0, in order")
    if any(not 0 <= rule.tier < len(tiers) for rule in rules) or len({rule.code for rule in rules}) < len(rules):
        raise ValueError("a rule has a code of its own and a tier that exists")
    return TierTable(source["version"], tiers, rules, Flags(**source["flags"]))


@dataclass(frozen=True, slots=True)
class _Probe:
    """A total as a result would have it, to ask the table about."""

    instrument: str
    total: int
    positive: bool = False
    safety: tuple[str, ...] = ()
    subscales: Mapping[str, int | None] = field(default_factory=dict)


def _leads_nowhere(table: TierTable, instrument: Instrument, band: Band) -> bool:
    probes = (_Probe(instrument.code, total) for total in range(band.minimum, band.maximum + 1))
    return not all(propose([probe], table=table).tier for probe in probes)


def _rule_of(instrument: Instrument, band: Band) -> Rule:
    span = f"{band.minimum}–{band.maximum}"
    reason = Words(
        zh=f"{instrument.short.zh}：{{value}} 分（{span}）", en=f"{instrument.short.en}: score {{value}} ({span})"
    )
    condition = Condition(instrument.code, "total", None, band.minimum, band.maximum)
    return Rule(band.tier or 0, f"{instrument.code}_{band.code}", reason, (condition,), ())


def _first_value(condition: Condition, scores: Sequence[Measured]) -> int | None:
    values = (condition.value_in(result) for result in scores)
    return next((value for value in values if value is not None), None)


def _tier(table: Mapping[str, Any]) -> Tier:
    first = table.get("first_contact")
    return Tier(
        level=table["level"],
        code=table["code"],
        name=read_words(table["name"]),
        services=tuple(Service(each["code"], Words(zh=each["zh"], en=each["en"])) for each in table["services"]),
        first_contact=first and _clock(first["within"], first["unit"]),
        review=_clock(table["review"]["every"], table["review"]["unit"]),
        case_review_weeks=tuple(table.get("case_review_weeks", ())),
        supervisor_weeks=tuple(table.get("supervisor_weeks", ())),
        weekly_reviews_once_stable=table.get("weekly_reviews_once_stable", 0),
        suggest_hospital=table.get("suggest_hospital", False),
    )


def _clock(amount: int, unit: str) -> Clock:
    if unit not in UNITS:
        raise ValueError(f"a clock does not know {unit}")
    return Clock(amount, unit)


def _rule(table: Mapping[str, Any]) -> Rule:
    conditions = [read_condition(condition) for condition in table["all"]]
    facts = tuple(condition for condition in conditions if condition.fact)
    if unknown := {condition.fact for condition in facts} - set(asdict(NEW)):
        raise ValueError(f"{table['code']}: there is no fact {unknown}")
    results = tuple(condition for condition in conditions if not condition.fact)
    return Rule(table["tier"], table["code"], read_words(table["reason"]), results, facts)
