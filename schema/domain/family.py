"""家庭、家庭成员: the household and the people around a child, carers who are not kin included."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped

from schema.classes import Label, Level
from schema.columns import Columns
from schema.entities import About, Base, CountyKeyed, Recorded
from schema.meaning import Anchor, Mask, Pseudo, many, one

_d06 = Columns(data_class="D06", owner="TW")
_d18 = Columns(data_class="D18", owner="TW")


class Family(CountyKeyed, Recorded, Base):
    """A household; several children may share it."""

    __tablename__ = "family"
    about = About(
        label=Label(zh="家庭", en="Family"),
        key_class="D06",
        anchor=Anchor.FAMILY,
        id_tag="family",
        single="family",
        plural="families",
        unique=(("county", "household_no"),),
        relations=(many("members", "FamilyMember", "家庭成员", "Members", by="family_id"),),
    )

    household_no: Mapped[str | None] = _d06.text("户编号", "Household number", pseudo=Pseudo.HASH)
    household_size: Mapped[int | None] = _d06.number("家庭人口", "Household size", facets="size")
    minors_count: Mapped[int | None] = _d06.number("未成年人数", "Number of minors", facets="size")
    main_income_source: Mapped[str | None] = _d18.code("income_source", "家庭主要经济来源", "Main source of income")
    income_band: Mapped[str | None] = _d18.code("income_band", "收入档次", "Income band", facets="band")
    poverty_registered: Mapped[bool] = _d18.flag(
        "建档立卡", "Registered as poor", owner="RW", null=False, default="false", facets="poverty"
    )
    poverty_since: Mapped[date | None] = _d18.day(
        "建档立卡时间", "Registered as poor since", owner="RW", facets="poverty"
    )


class FamilyMember(CountyKeyed, Recorded, Base):
    """A parent, other kin, or a carer from outside the household (relation 8x, in_household false)."""

    __tablename__ = "family_member"
    about = About(
        label=Label(zh="家庭成员", en="Family member"),
        key_class="D06",
        anchor=Anchor.FAMILY,
        id_tag="member",
        single="familyMember",
        plural="familyMembers",
        indexes=(("citizen_id_no",),),
        relations=(one("family", "Family", "家庭", "Family", on="family_id"),),
    )

    family_id: Mapped[str] = _d06.link("family", "家庭", "Family", null=False)
    child_id: Mapped[str | None] = _d06.link("child", "登记儿童", "Registered child")
    name: Mapped[str] = _d06.text("姓名", "Name", null=False, mask=Mask.NAME)
    relation: Mapped[str] = _d06.code("family_relation", "与儿童关系", "Relation", null=False, source="GB/T 4761")
    sex: Mapped[str | None] = _d06.code("sex", "性别", "Sex", source="GB/T 2261.1")
    birth_date: Mapped[date | None] = _d06.day("出生日期", "Date of birth", pseudo=Pseudo.YEAR)
    in_household: Mapped[bool] = _d06.flag("是否同户", "In the household", null=False, default="true")
    citizen_id_no: Mapped[str | None] = _d06.text(
        "公民身份号码", "Citizen identity number", data_class="D02", owner="PS", mask=Mask.ID_NUMBER,
        source="GB 11643-1999",
    )  # fmt: skip
    phone: Mapped[str | None] = _d06.text(
        "联系电话", "Telephone", data_class="D05", owner="VC", facets="guardian", mask=Mask.PHONE
    )
    marital_status: Mapped[str | None] = _d06.code(
        "marital_status", "婚姻状况", "Marital status", owner=("PS", "CA"), source="GB/T 2261.2"
    )
    alive_status: Mapped[str | None] = _d06.code("alive_status", "存亡状况", "Alive or dead", owner=("PS", "CA"))
    guardianship_capacity: Mapped[str | None] = _d06.code(
        "guardianship_capacity", "监护能力", "Capacity to be guardian", data_class="D09", facets="capacity"
    )
    incapacity_cause: Mapped[str | None] = _d06.code(
        "incapacity_cause", "丧失监护能力原因", "Cause of incapacity", data_class="D09", facets="capacity"
    )
    custody_status: Mapped[str | None] = _d06.code(
        "custody_status",
        "羁押服刑状况",
        "Detention or imprisonment",
        data_class="D26",
        facets="custody",
        level=Level.L5,
        owner=("PS", "JU"),
    )
