"""区划、机构、成员、账号、职责、日历: the reference data of the hub, and who acts for whom."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Mapped

from schema.classes import Label, Level
from schema.columns import Columns
from schema.entities import About, Base, Identified, Recorded
from schema.meaning import Anchor, Mask, lists, refers

#: Who exists and where: what every signed-in unit needs to find the one in charge.
_public = Columns(data_class="D38", owner="hub", level=Level.L0, facets="directory")
_d38 = Columns(data_class="D38", owner="JC")
_d41 = Columns(data_class="D41", owner="JC")
_d42 = Columns(data_class="D42", owner="hub")


class AdminDivision(Base):
    """A division of the national 12-digit code, with the time it was in force and what followed it."""

    __tablename__ = "admin_division"
    about = About(
        label=Label(zh="行政区划", en="Administrative division"),
        key_class="D38",
        key_facets="directory",
        anchor=Anchor.PUBLIC,
        id_tag="division",
        single="division",
        plural="divisions",
        natural_key="code",
        division_column="code",
        history=False,
        relations=(
            refers("parent", "AdminDivision", "上级区划", "Parent", on=("parent_code", "code")),
            lists("children", "AdminDivision", "下级区划", "Children", on=("code", "parent_code"), order=("code",)),
            refers("successor", "AdminDivision", "后继区划", "Successor", on=("successor_code", "code")),
            lists("organisations", "Organisation", "机构", "Organisations", on=("code", "division"), order=("code",)),
            lists("facilities", "Facility", "场所", "Facilities", on=("code", "division")),
            lists("workers", "Worker", "工作人员", "Workers", on=("code", "division")),
        ),
    )

    code: Mapped[str] = _public.division("区划代码", "Code", primary_key=True, source="统计用区划代码")
    level: Mapped[int] = _public.number("级别", "Level: 1 province … 5 village", null=False)
    parent_code: Mapped[str | None] = _public.division("上级区划代码", "Parent", references="admin_division.code")
    name: Mapped[str] = _public.text("名称", "Name", null=False)
    name_en: Mapped[str | None] = _public.text("英文名称", "English name")
    urban_rural_class: Mapped[str | None] = _public.code("urban_rural_class", "城乡分类", "Urban or rural")
    valid_from: Mapped[date] = _public.day("启用日期", "Valid from", null=False)
    valid_to: Mapped[date | None] = _public.day("停用日期", "Valid to")
    successor_code: Mapped[str | None] = _public.division("后继区划代码", "Successor", references="admin_division.code")


class Organisation(Base):
    """A unit: a member of the conference or an actor, in one division."""

    __tablename__ = "organisation"
    about = About(
        label=Label(zh="机构", en="Organisation"),
        key_class="D38",
        key_facets="directory",
        anchor=Anchor.PUBLIC,
        id_tag="organisation",
        single="organisation",
        plural="organisations",
        natural_key="code",
        unit_columns=("code",),
        history=False,
        indexes=(("division",), ("unit_type", "division")),
        relations=(
            refers("place", "AdminDivision", "所在区划", "Division", on=("division", "code")),
            refers("successor", "Organisation", "后继机构", "Successor", on=("successor_code", "code")),
            refers("supervisor", "Organisation", "主管单位", "Supervisor", on=("supervised_by", "code")),
            lists(
                "supervised",
                "Organisation",
                "所管单位",
                "Supervised units",
                on=("code", "supervised_by"),
                order=("code",),
            ),
        ),
    )

    code: Mapped[str] = _public.unit("机构代码", "Unit code", primary_key=True)
    unit_type: Mapped[str] = _public.code("unit_type", "机构类型", "Unit type", null=False)
    level: Mapped[str] = _public.code("unit_level", "级别", "Level", null=False)
    division: Mapped[str] = _public.division("所在区划", "Division", null=False, references="admin_division.code")
    name: Mapped[str] = _public.text("名称", "Name", null=False)
    name_en: Mapped[str | None] = _public.text("英文名称", "English name")
    uscc: Mapped[str | None] = _public.text("统一社会信用代码", "Unified social credit code", source="GB 32100-2015")
    is_member_of_conference: Mapped[bool] = _public.flag(
        "联席会议成员", "Member of the conference", null=False, default="false"
    )
    supervised_by: Mapped[str | None] = _public.unit("主管单位", "Supervised by", references="organisation.code")
    duty_phone: Mapped[str | None] = _public.text("值班电话", "Duty telephone")
    valid_from: Mapped[date] = _public.day("设立日期", "Valid from", null=False)
    valid_to: Mapped[date | None] = _public.day("撤销日期", "Valid to")
    successor_code: Mapped[str | None] = _public.unit("后继机构", "Successor", references="organisation.code")


class CalendarDay(Base):
    """A day on which the State Council's notice departs from the week: a holiday, or a weekend that is worked."""

    __tablename__ = "calendar_day"
    about = About(
        label=Label(zh="日历", en="Calendar day"),
        key_class="D38",
        key_facets="directory",
        anchor=Anchor.PUBLIC,
        id_tag="day",
        single="calendarDay",
        plural="calendarDays",
        natural_key="day",
        history=False,
    )

    day: Mapped[date] = _public.day("日期", "Day", primary_key=True)
    kind: Mapped[str] = _public.code("day_kind", "类别", "Kind", null=False)
    name: Mapped[str | None] = _public.text("节日", "Holiday")
    source: Mapped[str | None] = _public.text("依据", "Source")


class Membership(Identified, Recorded, Base):
    """A person's post in the conference, for a unit."""

    __tablename__ = "membership"
    about = About(
        label=Label(zh="联席会议成员", en="Membership"),
        key_class="D38",
        anchor=Anchor.UNIT,
        id_tag="membership",
        single="membership",
        plural="memberships",
        unit_columns=("unit",),
        history=False,
        indexes=(("unit",),),
        relations=(refers("organisation", "Organisation", "单位", "Unit", on=("unit", "code")),),
    )

    unit: Mapped[str] = _d38.unit("单位", "Unit", null=False, references="organisation.code")
    name: Mapped[str] = _d38.text("姓名", "Name", null=False, mask=Mask.NAME)
    post: Mapped[str] = _d38.code("conference_post", "职务", "Post", null=False)
    valid_from: Mapped[date] = _d38.day("任职日期", "From", null=False)
    valid_to: Mapped[date | None] = _d38.day("卸任日期", "To")


class UserAccount(Identified, Recorded, Base):
    """A person or a service that may sign in for a unit."""

    __tablename__ = "user_account"
    about = About(
        label=Label(zh="用户账号", en="User account"),
        key_class="D42",
        anchor=Anchor.UNIT,
        id_tag="user",
        single="userAccount",
        plural="userAccounts",
        unit_columns=("unit",),
        history=False,
        indexes=(("unit",), ("citizen_id_no",)),
        unique=(("person", "unit"),),
        relations=(refers("organisation", "Organisation", "单位", "Unit", on=("unit", "code")),),
    )

    person: Mapped[str] = _d42.text("用户标识", "Person", null=False)
    unit: Mapped[str] = _d42.unit("单位", "Unit", null=False, references="organisation.code")
    name: Mapped[str] = _d42.text("姓名", "Name", null=False, mask=Mask.NAME)
    #: finds the accounts of a child's parents and carers, who may not read the child's case
    citizen_id_no: Mapped[str | None] = _d42.text(
        "公民身份号码", "Citizen identity number", data_class="D02", structural=True
    )
    kind: Mapped[str] = _d42.code("account_kind", "账号类别", "Kind", null=False, default="human")
    roles: Mapped[list[str]] = _d42.codes("role", "角色", "Roles", null=False)
    clearance: Mapped[int] = _d42.number("最高敏感级别", "Highest level of sensitivity", null=False, default="3")
    division_scope: Mapped[str | None] = _d42.division("区划范围", "Division scope")
    mfa: Mapped[bool] = _d42.flag("多因素认证", "Multi-factor sign-in", null=False, default="false")
    valid_from: Mapped[date] = _d42.day("启用日期", "From", null=False)
    valid_to: Mapped[date | None] = _d42.day("停用日期", "To")


class Duty(Identified, Recorded, Base):
    """A duty of a unit type, with the clause that gives it."""

    __tablename__ = "duty"
    about = About(
        label=Label(zh="职责", en="Duty"),
        key_class="D38",
        key_facets="directory",
        source_facets="directory",
        anchor=Anchor.PUBLIC,
        id_tag="duty",
        single="duty",
        plural="duties",
        natural_key="code",
        history=False,
        unique=(("code",),),
        relations=(
            lists("subscriptions", "DataSharingSubscription", "订阅", "Subscriptions", on=("code", "duty_code")),
        ),
    )

    code: Mapped[str] = _public.text("职责代码", "Code", null=False)
    unit_type: Mapped[str] = _public.code("unit_type", "机构类型", "Unit type", null=False)
    title: Mapped[str] = _public.text("名称", "Title", null=False)
    title_en: Mapped[str | None] = _public.text("英文名称", "English title")
    source_document: Mapped[str] = _public.text("依据文件", "Source document", null=False)
    article: Mapped[str | None] = _public.text("条款", "Article")
    quote: Mapped[str | None] = _public.text("要旨", "Paraphrase of the clause")
    tasks: Mapped[list[str] | None] = _public.codes("task_code", "对应任务", "Tasks")
    valid_from: Mapped[date] = _public.day("生效日期", "Valid from", null=False)
    valid_to: Mapped[date | None] = _public.day("失效日期", "Valid to")


class DataSharingSubscription(Identified, Recorded, Base):
    """A service account's standing query, under one duty."""

    __tablename__ = "data_sharing_subscription"
    about = About(
        label=Label(zh="数据共享订阅", en="Data sharing subscription"),
        key_class="D41",
        anchor=Anchor.UNIT,
        id_tag="subscription",
        single="dataSharingSubscription",
        plural="dataSharingSubscriptions",
        unit_columns=("unit",),
        history=False,
        indexes=(("unit",),),
        relations=(
            refers("organisation", "Organisation", "单位", "Unit", on=("unit", "code")),
            refers("duty", "Duty", "职责", "Duty", on=("duty_code", "code")),
        ),
    )

    unit: Mapped[str] = _d41.unit("单位", "Unit", null=False, references="organisation.code")
    account: Mapped[str] = _d41.text("服务账号", "Service account", null=False, structural=True)
    query_hash: Mapped[str] = _d41.text("查询摘要值", "Hash of the query", null=False)
    duty_code: Mapped[str] = _d41.text("职责代码", "Duty", null=False)
    schedule: Mapped[str | None] = _d41.text("计划", "Schedule")
    last_cursor: Mapped[str | None] = _d41.text("最近游标", "Last cursor", structural=True)
    last_run_at: Mapped[datetime | None] = _d41.moment("最近运行", "Last run at", process=True)
    valid_to: Mapped[date | None] = _d41.day("停用日期", "To")
