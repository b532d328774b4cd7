"""The dimensions of a person's wellbeing: what instruments measure, tiers weigh and lectures help with."""

from __future__ import annotations

import enum

from app.core.words import Words


class Dimension(enum.StrEnum):
    """The side of a person's life that an instrument, item or lecture speaks of."""

    MOOD = "mood"
    ANXIETY = "anxiety"
    SLEEP = "sleep"
    STRESS = "stress"
    SOMATIC = "somatic"
    ALCOHOL = "alcohol"
    TRAUMA = "trauma"
    WELLBEING = "wellbeing"
    FUNCTION = "function"
    RISK = "risk"


DIMENSION_NAMES = {
    Dimension.MOOD: Words(zh="情绪", en="Mood"),
    Dimension.ANXIETY: Words(zh="焦虑", en="Anxiety"),
    Dimension.SLEEP: Words(zh="睡眠", en="Sleep"),
    Dimension.STRESS: Words(zh="压力与倦怠", en="Stress and burnout"),
    Dimension.SOMATIC: Words(zh="身体不适", en="Body"),
    Dimension.ALCOHOL: Words(zh="饮酒", en="Alcohol"),
    Dimension.TRAUMA: Words(zh="创伤", en="Trauma"),
    Dimension.WELLBEING: Words(zh="幸福感", en="Wellbeing"),
    Dimension.FUNCTION: Words(zh="生活与工作", en="Life and work"),
    Dimension.RISK: Words(zh="安全", en="Safety"),
}
