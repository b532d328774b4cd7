"""Every component on two pages, so that people and axe can look at them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, Response
from wtforms.fields import SelectChoice

from app.core import clock
from app.core.permissions import Role
from app.web import charts, fields, navigation
from app.web.access import public
from app.web.forms import OnceForm
from app.web.rendering import render

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

ZONES = [
    charts.Zone(0, 4, "没有", "good"),
    charts.Zone(5, 9, "轻", "mild"),
    charts.Zone(10, 14, "中", "warn"),
    charts.Zone(15, 19, "中重", "high"),
    charts.Zone(20, 27, "重", "severe"),
]
VALUES = (14.0, 15.0, 12.0, 9.0, 10.0, 6.0)
MENU = (("首页", "home"), ("测评", "clipboard"), ("讲座", "calendar"), ("我的", "user"))
OFTEN = [
    SelectChoice(str(value), label) for value, label in enumerate(("完全不会", "好几天", "一半以上的天数", "几乎每天"))
]
GROUPS = [SelectChoice("rider", "网约送餐员"), SelectChoice("courier", "快递员"), SelectChoice("driver", "货车司机")]


class EverythingForm(OnceForm):
    """One field of each kind."""

    phone = fields.PhoneField("手机号", [fields.required()], description="只用于登录和提醒，不会给用人单位。")
    password = fields.PasswordField("密码", [fields.required()])
    code = fields.CodeField("验证码", [fields.required()], description="6 位数字，5 分钟内有效。")
    topic = fields.ChoiceField("职业", choices=GROUPS)
    mood = fields.CardsField("做事时提不起劲或没有兴趣", [fields.required()], choices=OFTEN)
    groups = fields.ManyField("优先对象", choices=GROUPS, width="row")
    seats = fields.NumberField("名额", [fields.required(), fields.between(1, 500)])
    day = fields.DayField("日期", [fields.optional()])
    starts_at = fields.MomentField("开始时间", [fields.required()])
    note = fields.AreaField("备注", [fields.optional(), fields.at_most(200)])
    agreed = fields.TickField("我愿意接到心理咨询师的电话", description="随时可以收回。")


def furnish(app: Flask, templates: Path) -> None:
    """Add the gallery's pages and menu."""
    blueprint = Blueprint("gallery", __name__, template_folder=str(templates))
    blueprint.add_url_rule("/gallery/<base>", view_func=public(show), methods=["GET", "POST"], endpoint="show")
    for number in range(len(MENU)):
        blueprint.add_url_rule(f"/gallery/menu/{number}", view_func=public(lambda: ""), endpoint=f"menu{number}")
    app.register_blueprint(blueprint)


def fill_menus() -> None:
    """Give a worker and a counsellor the same four pages."""
    for role in (Role.WORKER, Role.COUNSELLOR):
        for number, (label, icon) in enumerate(MENU):
            navigation.register(role, label, f"gallery.menu{number}", icon, number)


def show(base: str) -> Response:
    """The gallery in one of the frames."""
    form = EverythingForm()
    form.validate_on_submit()
    now = clock.now()
    drawn = {"trend": trend(), "gauge": gauge(), "radar": radar(), "bars": bars()}
    spark = charts.sparkline(VALUES, title="从 14 到 6")
    frame = f"base_{base}.html"
    return render(
        "gallery.html", form=form, base=frame, now=now, soon=now + timedelta(hours=2), drawn=drawn, spark=spark
    )


def trend() -> str:
    """A course over ten weeks."""
    days = (clock.today() - timedelta(days=70 - 14 * number) for number in range(len(VALUES)))
    points = [charts.Point(day, value) for day, value in zip(days, VALUES, strict=True)]
    return charts.trend(
        points, zones=ZONES, cutoffs=[charts.Cutoff(10, "10")], title="情绪", description="十周里从 14 降到 6"
    )


def gauge() -> str:
    """One result."""
    return charts.gauge(14, zones=ZONES, title="情绪", description="14 分，满分 27")


def radar() -> str:
    """A profile."""
    names = ("情绪", "焦虑", "睡眠", "压力", "身体", "功能")
    axes = [charts.Axis(name, 0.2 + 0.12 * number, f"{number + 2}") for number, name in enumerate(names)]
    return charts.radar(axes, title="画像", description="六个方面")


def bars() -> str:
    """A breakdown."""
    items = [
        charts.Bar("网约送餐员", 34, "30–39"),
        charts.Bar("快递员", 18, "15–19"),
        charts.Bar("家政服务员", 0, "人数不足"),
    ]
    return charts.bars(items, title="参与", description="按职业")
