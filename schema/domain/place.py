"""场所设施、工作队伍: places that serve children, and the people appointed or paired for them."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped

from schema.classes import Label, Level
from schema.columns import Columns
from schema.entities import About, Base, Identified, Recorded
from schema.meaning import Anchor, Mask, refers

_d34 = Columns(data_class="D34", owner=("CA", "ED", "WF", "YL", "DF", "DR"))
_d35 = Columns(data_class="D35", owner=("TW", "VC"))
_PLACE = refers("place", "AdminDivision", "所在区划", "Division", on=("division", "code"))


class Facility(Identified, Recorded, Base):
    """A place that serves children; the address of a shelter is not public."""

    __tablename__ = "facility"
    about = About(
        label=Label(zh="场所设施", en="Facility"),
        key_class="D34",
        anchor=Anchor.DIVISION,
        id_tag="facility",
        single="facility",
        plural="facilities",
        unit_columns=("unit",),
        indexes=(("division",), ("unit",)),
        relations=(_PLACE, refers("organisation", "Organisation", "运营单位", "Operating unit", on=("unit", "code"))),
    )

    type: Mapped[str] = _d34.code("facility_type", "类型", "Kind", null=False)
    name: Mapped[str] = _d34.text("名称", "Name", null=False)
    code_uscc: Mapped[str | None] = _d34.text("统一社会信用代码", "Unified social credit code", source="GB 32100-2015")
    unit: Mapped[str | None] = _d34.unit("运营单位", "Operating unit", references="organisation.code")
    division: Mapped[str] = _d34.division("所在区划", "Division", null=False, references="admin_division.code")
    address: Mapped[str | None] = _d34.text("地址", "Address", level=Level.L0, facets="address")
    status: Mapped[str] = _d34.code("facility_status", "状态", "State", null=False, default="operating")
    capacity: Mapped[int | None] = _d34.number("容量", "Capacity")
    in_use: Mapped[int | None] = _d34.number("在用数", "In use")
    equipment: Mapped[list[str] | None] = _d34.codes("equipment", "设备", "Equipment")
    built_on: Mapped[date | None] = _d34.day("建成日期", "Built on")
    funding: Mapped[str | None] = _d34.code("funding_source", "资金来源", "Funding")
    open_hours: Mapped[str | None] = _d34.text("开放时间", "Open hours")
    duty_24h: Mapped[bool | None] = _d34.flag("二十四小时值班", "Staffed day and night")


class Worker(Identified, Recorded, Base):
    """A child director, a supervisor, a social worker, a volunteer."""

    __tablename__ = "worker"
    about = About(
        label=Label(zh="工作人员", en="Worker"),
        key_class="D35",
        anchor=Anchor.DIVISION,
        id_tag="worker",
        single="worker",
        plural="workers",
        unit_columns=("unit",),
        indexes=(("division",), ("unit",)),
        relations=(_PLACE, refers("organisation", "Organisation", "所属单位", "Unit", on=("unit", "code"))),
    )

    name: Mapped[str] = _d35.text("姓名", "Name", null=False, mask=Mask.NAME)
    person: Mapped[str | None] = _d35.text("平台用户", "Account of the hub", structural=True)
    post: Mapped[str] = _d35.code("worker_post", "岗位", "Post", null=False)
    unit: Mapped[str] = _d35.unit("所属单位", "Unit", null=False, references="organisation.code")
    division: Mapped[str] = _d35.division("服务区划", "Division", null=False, references="admin_division.code")
    appointed_on: Mapped[date | None] = _d35.day("任职日期", "Appointed on")
    left_on: Mapped[date | None] = _d35.day("离任日期", "Left on")
    training_hours: Mapped[int | None] = _d35.number("培训学时", "Hours of training")
    contact: Mapped[str | None] = _d35.text("联系方式", "Telephone", mask=Mask.PHONE)
