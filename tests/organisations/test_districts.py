"""The townships of the first district and the occupational groups, as data."""

from __future__ import annotations

from collections import Counter

from app.organisations.districts import load_shangyu
from app.organisations.occupations import occupation_name, occupations


def test_offers_eleven_groups_with_standard_employment_last() -> None:
    groups = list(occupations().values())

    assert len(groups) == 11
    assert [group.code for group in groups if not group.is_new] == ["standard"]
    assert groups[-1].code == "standard"


def test_names_a_group_in_both_languages() -> None:
    assert occupation_name("delivery_rider", "zh") == "网约送餐员"
    assert occupation_name("delivery_rider", "en") == "Delivery rider"


def test_names_nothing_for_a_person_without_a_group() -> None:
    assert occupation_name(None, "zh") == ""


def test_has_the_21_township_level_unions_of_shangyu() -> None:
    townships = load_shangyu().townships

    assert Counter(place.kind.value for place in townships) == {"subdistrict": 7, "town": 10, "township": 3, "zone": 1}
    assert len({place.code for place in townships}) == len({place.name.zh for place in townships}) == 21
