"""The whole story in one run: a rider in need is heard, cared for and booked into a lecture, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from app.core import clock
from app.core.database import session, transaction
from app.core.permissions import Role
from app.courses import services as courses
from app.courses.models import Lecturer, Series, Venue
from app.home.jobs import consumer
from app.safety.services import duty
from app.subjects import services as subjects
from tests.browser.conftest import DESK, Live, serving
from tests.browser.story.staff import Admin, Counsellor, Supervisor
from tests.browser.story.worker import Worker
from tests.cast import Cast
from tests.conftest import DATABASES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.browser


@pytest.fixture(params=DATABASES)
def live(request: pytest.FixtureRequest) -> Iterator[Live]:
    """The program on each database in turn."""
    installation = request.getfixturevalue(f"{request.param}_installation")
    installation.reset()
    with serving(installation.app) as address:
        yield Live(address, installation.app, Cast(installation.app))


@pytest.fixture
def district(live: Live) -> Live:
    """A district at work: a programme, a counsellor on duty, a pool of pseudonyms."""
    people, now = live.people, clock.now()
    counsellor, admin = people.counsellor, people.admin
    today, year = clock.today(), {"starts_on": clock.today().replace(month=1, day=1)}
    with live.app.app_context():
        subjects.refill(1)
        with transaction():
            duty.give_shift(
                session().merge(counsellor), starts=now - timedelta(hours=1), ends=now + timedelta(hours=12)
            )
            courses.add(Series, by=admin, name="幸福有约", ends_on=today.replace(month=12, day=31), **year)
            courses.add(Venue, by=admin, name="区工人文化宫三楼", address="人民路 1 号", seats=80)
            courses.add(Lecturer, by=admin, name="沈老师", title="国家二级心理咨询师")
    return live


@pytest.fixture(scope="module")
def seen() -> set[str]:
    """The pages that were read in English, which is done once."""
    return set()


def _run_jobs(live: Live) -> None:
    with live.app.app_context():
        assert consumer.run_once() == 0


def test_hears_a_worker_and_stays_with_her(district: Live, browser_page: OpenPage, seen: set[str]) -> None:
    app, people = district.app, district.people
    rider = Worker(browser_page(), seen)
    rider.join(app, people.township.join_code)
    rider.consent()
    rider.answer_until_help()
    rider.finish()
    _run_jobs(district)

    counsellor = Counsellor(browser_page(viewport=DESK), seen)
    counsellor.sign_in(app, people.counsellor)
    counsellor.read_notice()
    counsellor.acknowledge()
    counsellor.take_case()
    counsellor.propose_tier()
    counsellor.write()

    supervisor = Supervisor(browser_page(viewport=DESK), seen)
    supervisor.sign_in(app, people.supervisor)
    supervisor.sign()
    counsellor.see_tier_signed()

    admin = Admin(browser_page(viewport=DESK), seen)
    admin.sign_in(app, people.admin)
    admin.schedule(capacity=2)
    colleague = people.make(Role.WORKER, "赵小妹", unit=people.township, occupation="courier")
    first, second = Worker(browser_page(people.other_worker), seen), Worker(browser_page(colleague), seen)
    first.book()
    second.book()

    counsellor.recommend()
    rider.accept()
    first.give_back()
    _run_jobs(district)
    rider.find_the_seat()

    admin.mark_attendance()
    counsellor.see_attendance()
    rider.leave()
