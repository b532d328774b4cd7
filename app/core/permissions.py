"""The whole access policy on one page: who may do what.

A permission opens a door; which records are behind it is decided where they are fetched *for a person*
(own, own caseload, team, own branch). Nobody may impersonate, read a password, edit the audit log or a submitted
answer, or export many persons' clinical rows: no permission exists for these.
"""

from __future__ import annotations

import enum


class Role(enum.StrEnum):
    """What a person is to the programme; one role an account."""

    WORKER = "worker"
    COUNSELLOR = "counsellor"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    AUDITOR = "auditor"


STAFF = frozenset({Role.COUNSELLOR, Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR})
CLINICIANS = frozenset({Role.COUNSELLOR, Role.SUPERVISOR})
EVERYONE = frozenset(Role)


class Permission(enum.StrEnum):
    """One thing a view lets a person do."""

    SIGNED_IN = "be signed in"
    OWN_DATA = "see and change one's own data and consent"
    TAKE_QUESTIONNAIRE = "take questionnaires and see one's own results"
    BOOK_LECTURE = "see lectures and book a seat"
    SEE_CASES = "see the persons in one's care"
    TAKE_CASE = "take a case, write notes, propose a tier, book courses from the case"
    SIGN_TIER = "sign tiers 3 and 4 and the closing of an alert"
    SEE_ALERTS = "see the alert board and acknowledge an alert"
    PLAN_DUTY = "plan the duty roster"
    SCHEDULE_LECTURES = "schedule lectures, venues and rosters in one's branch"
    MANAGE_UNITS = "manage units and their invitation links in one's branch"
    REQUEST_STAFF = "request staff accounts and roles"
    APPROVE_STAFF = "give the second approval to a staff account"
    RECOVER_ACCOUNT = "start or confirm, in person, the recovery of an account in one's branch"
    READ_AUDIT = "read the audit log, without clinical detail"


POLICY: dict[Permission, frozenset[Role]] = {
    Permission.SIGNED_IN: EVERYONE,
    Permission.OWN_DATA: EVERYONE,
    Permission.TAKE_QUESTIONNAIRE: frozenset({Role.WORKER}),
    Permission.BOOK_LECTURE: frozenset({Role.WORKER}),
    Permission.SEE_CASES: CLINICIANS,
    Permission.TAKE_CASE: CLINICIANS,
    Permission.SIGN_TIER: frozenset({Role.SUPERVISOR}),
    Permission.SEE_ALERTS: CLINICIANS,
    Permission.PLAN_DUTY: frozenset({Role.SUPERVISOR}),
    Permission.SCHEDULE_LECTURES: frozenset({Role.ADMIN}),
    Permission.MANAGE_UNITS: frozenset({Role.ADMIN}),
    Permission.REQUEST_STAFF: frozenset({Role.ADMIN}),
    Permission.APPROVE_STAFF: frozenset({Role.SUPERVISOR}),
    Permission.RECOVER_ACCOUNT: frozenset({Role.ADMIN, Role.SUPERVISOR}),
    Permission.READ_AUDIT: frozenset({Role.AUDITOR}),
}


def allows(role: Role, permission: Permission) -> bool:
    """Whether the policy opens this door for this role."""
    return role in POLICY[permission]
