"""One case from the school's report to its closing, each act by the unit whose it is, through the pages themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from hub.database import Database, Role
from hub.demo.story import CASE_ID, CHILD_ID, CIVIL, COUNTY, HOSPITAL, RESCUE, SCHOOL, STATION, TOWNSHIP, VILLAGE, WOMEN
from tests.clients.hub_server import Served
from tests.desk.browser import Browser
from tests.desk.pages import ask, assert_fit_for_all, enter

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PUPILS = """query ($place: String!) { children(first: 9, filter: { residenceDivision: { within: $place } }) {
  nodes { id name residenceDivision } } }"""
MATTER = """return [...document.querySelectorAll(".notice-card")].find((card) => card.innerText.includes(arguments[0]))
  .querySelector("a").innerText"""
#: The keyboard comes to the notice about a child.
NEAR = """[...document.querySelectorAll(".notice-card")].find((card) => card.innerText.includes(arguments[0]))
  .querySelector("a").focus()"""
VERSION = "query ($case: ID!) { case(id: $case) { rowVersion } }"
REQUEST = """mutation ($case: ID!, $version: Int!, $asked: String!) {
  requestAssistance(case: $case, version: $version, input: { unit: $asked, summary: "请协助验伤" }) { case { id } } }"""
URGE = """INSERT INTO notice SELECT (jsonb_populate_record(n, jsonb_build_object('id', %s::text, 'unit', %s::text,
  'kind', %s::text, 'event_type', %s::text, 'about_unit', %s::text, 'obligation_id', %s::text, 'by_unit', 'hub',
  'case_id', null, 'child_id', null, 'event_id', null, 'due_at', null, 'acknowledged_at', null,
  'opened_at', null))).* FROM notice n LIMIT 1"""
LATE = (("overdue", "not_acknowledged", VILLAGE, None), ("escalation", "escalated", CIVIL, None))
OFFICE = f"JC@{COUNTY}"
DONE = "已办理，并已记录"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pupil:
    """A child of the story's school that is not the story's."""

    id: str
    name: str
    village: str


def pupil(served: Served, nth: int) -> Pupil:
    rows = ask(served, SCHOOL, PUPILS, place=TOWNSHIP.partition("@")[2].ljust(12, "0"))["children"]["nodes"]
    row = [each for each in rows if each["id"] != CHILD_ID][nth]
    return Pupil(id=row["id"], name=row["name"], village=f"VC@{row['residenceDivision']}")


def done(browser: Browser) -> None:
    browser.press("提交")
    browser.wait(DONE)


def open_matter(browser: Browser, served: Served, unit: str, said: str) -> None:
    """From the inbox to what the first notice that says so leads to."""
    enter(browser, served, unit)
    browser.wait(said, within="main")
    browser.follow(browser.run(MATTER, said))
    browser.gone("正在载入")


def acknowledge_all(browser: Browser, served: Served, unit: str) -> None:
    enter(browser, served, unit)
    browser.wait("待签收", within=".figures")
    if "全选" in browser.text("main"):
        browser.tick("全选")
        browser.press("签收所选")
    else:
        browser.press("签收")
    browser.wait("条，并已记录", within="main")
    browser.wait("没有待签收的通知")


def test_case_goes_from_report_to_closing(browser: Browser, served: Served) -> None:
    child = pupil(served, 0)
    enter(browser, served, SCHOOL, f"child/{child.id}")
    browser.follow("强制报告")
    browser.tick("疑似遭受家庭暴力")
    browser.fill("是否面临紧迫危险", "是")
    browser.fill("经过", "手臂有新旧不一的淤青")
    done(browser)

    # Who the child is, the police learn when they take the case on.
    open_matter(browser, served, STATION, "未打开")
    browser.wait("手臂有新旧不一的淤青")
    assert_fit_for_all(browser)
    browser.follow("受理报告并立案")
    done(browser)

    enter(browser, served, TOWNSHIP)
    browser.wait("受理报告", within="main")
    keys = browser.keys()
    browser.run(NEAR, child.name)
    while browser.focused() != "签收":
        keys("Tab")
    keys("Enter")
    browser.wait("已签收 1 条，并已记录")
    assert browser.focused() == "已签收 1 条，并已记录。"

    open_matter(browser, served, CIVIL, child.name)
    browser.follow("安置儿童")
    browser.fill("安置方式", "救助管理机构")
    browser.fill("安置依据", "遭受监护人严重伤害或面临人身安全威胁,需要紧急安置")
    browser.fill("安置机构", RESCUE)
    browser.fill("地点保密", "是")
    done(browser)
    browser.follow("回到案件")
    browser.wait("案件共", within="#board + p")
    case = browser.driver.current_url.rpartition("#/")[2]
    board = {line.split()[0]: line for line in browser.all(".board tbody tr")}
    assert "知悉至第 1 步 / 共 2 步" in board["岳阳县稻坳镇人民政府"] and "待签收" in board["岳阳县稻坳镇人民政府"]
    assert "知悉至第 2 步 / 共 2 步" in board["岳阳县民政局"] and "已签收并办理" in board["岳阳县民政局"]
    assert "服务提供" in board["不公开单位"] and RESCUE not in browser.text("main")
    browser.follow("报告和处置")
    browser.wait("安置依据")
    browser.press("办理")
    browser.follow("结束安置")
    done(browser)

    enter(browser, served, TOWNSHIP, case)
    browser.follow("转入跟踪回访")
    done(browser)
    enter(browser, served, TOWNSHIP, case)
    browser.follow("结案")
    browser.fill("结案原因", "家庭监护恢复")
    browser.press("提交")
    browser.wait("不能结案：5 个应知单位尚未确认")
    for unit in (STATION, CIVIL, SCHOOL, child.village, RESCUE):
        acknowledge_all(browser, served, unit)
    enter(browser, served, TOWNSHIP, case)
    browser.follow("结案")
    browser.fill("结案原因", "家庭监护恢复")
    done(browser)
    browser.follow("回到案件")
    browser.wait("案件共", within="#board + p")
    assert browser.all("[aria-current=step]") == ["结案"]
    assert "结案" in browser.text(".timeline li")


def test_request_is_sent_back_with_the_reason(browser: Browser, served: Served) -> None:
    version = ask(served, STATION, VERSION, case=CASE_ID)["case"]["rowVersion"]
    ask(served, STATION, REQUEST, case=CASE_ID, version=version, asked=HOSPITAL)
    enter(browser, served, HOSPITAL)
    browser.wait("请求协助", within="main")
    browser.press("退回")
    browser.press("确认退回")
    browser.wait("请写明退回理由")
    assert_fit_for_all(browser)
    browser.fill("退回理由", "本院无此科室")
    browser.press("确认退回")
    browser.wait("已退回，并已告知通知单位")
    browser.gone("请求协助")
    browser.fill("显示", "已签收和已退回的通知")
    browser.wait("本院无此科室", within=".notice-card")
    # A step that only happened is nothing to be sent back.
    browser.fill("显示", "待签收的通知")
    browser.wait("签收所选", within=".bulk")
    assert "退回" not in browser.all(".notice-card button")


def test_what_is_late_is_told_in_plain_words(browser: Browser, served: Served, peopled: Database) -> None:
    """As the round writes it: which unit, with what; beyond the case nothing of a child."""
    with peopled.connect(Role.MIGRATOR) as connection:
        for number, (kind, event, about, obligation) in enumerate(LATE):
            connection.execute(URGE, (f"notice_{COUNTY}_0{number}", WOMEN, kind, event, about, obligation))
    enter(browser, served, WOMEN)
    browser.fill("显示", "待签收的通知")
    browser.wait("仅供知悉，无签收期限")
    titles = [card.split("\n")[1] for card in browser.all("[aria-labelledby=n-known] .notice-card")]
    assert titles == ["岳阳县稻坳镇朝坡村民委员会：逾期未签收通知", "岳阳县民政局：逾期义务已升级"]
    assert "共知平台" in browser.text("[aria-labelledby=n-known]")


def test_rates_begin_with_the_lowest(browser: Browser, served: Served) -> None:
    enter(browser, served, OFFICE, "rates")
    browser.fill("时间", "近 365 天")
    browser.fill("区划", COUNTY)
    browser.wait("岳阳县", within=".sheet")
    rates = [line.split("\t")[1].strip() for line in browser.all(".sheet tbody tr")]
    known = [int(rate[:-1]) for rate in rates if rate != "无"]
    assert len(known) > 5 and known == sorted(known)
    assert_fit_for_all(browser)
    enter(browser, served, SCHOOL)
    browser.wait("待签收", within=".figures")
    assert "共知率" not in browser.text("nav")


def test_who_is_involved_can_be_called(browser: Browser, served: Served) -> None:
    enter(browser, served, SCHOOL, f"child/{CHILD_ID}")
    browser.wait("值班电话：0730", within=".people")
    enter(browser, served, TOWNSHIP, f"child/{CHILD_ID}")
    browser.wait("参与保护案件", within=".people")
    units = {card.split("\n")[0]: card for card in browser.all(".people > li")}
    assert "所在乡镇（街道）" in units["岳阳县稻坳镇人民政府"] and "就读学校" in units["岳阳县稻坳镇中心小学"]
    assert all(re.search(r"值班电话：0730-\d+", card) for card in units.values())
    assert RESCUE not in str(units)
