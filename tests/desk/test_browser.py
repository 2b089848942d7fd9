"""The workbench in a real browser: what people of several units do with it, at a desk and on a phone."""

from __future__ import annotations

import re

import pytest

from hub.demo.story import CASE_NO, CHILD_ID, CHILD_NO, CIVIL, COURT, POLICE, SCHOOL, TOWNSHIP, VILLAGE
from tests.clients.hub_server import Served
from tests.desk.browser import Browser
from tests.desk.pages import assert_fit_for_all, open_page, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CHILD = "章知夏"


def test_signing_in_and_out_leaves_nothing_behind(browser: Browser) -> None:
    browser.open("/desk")
    browser.wait("登入共知工作台", within="h1")
    assert_fit_for_all(browser)
    sign_in(browser, TOWNSHIP)
    assert "稻坳镇人民政府" in browser.text("header")
    assert "token" not in browser.driver.current_url and "ey" not in browser.driver.current_url
    browser.driver.refresh()
    browser.wait("收件箱", within="h1")
    browser.press("登出")
    browser.wait("登入共知工作台", within="h1")
    assert browser.run("return sessionStorage.length") == 0
    assert not [
        key for key in browser.run("return Object.keys(localStorage)") if key not in ("desk.language", "desk.codes")
    ]
    assert browser.complaints() == []


def test_page_speaks_english_when_asked(browser: Browser) -> None:
    sign_in(browser, VILLAGE)
    assert browser.run("return document.documentElement.lang") == "zh-CN"
    browser.press("English")
    browser.wait("Inbox", within="h1")
    assert browser.run("return [document.documentElement.lang, document.title]") == ["en", "Inbox · Gongzhi workbench"]
    browser.driver.refresh()
    open_page(browser, f"child/{CHILD_ID}", CHILD)
    assert "Citizen identity number" in browser.text("main")
    assert_fit_for_all(browser)


def test_child_is_found_by_number_and_by_name(browser: Browser) -> None:
    sign_in(browser, TOWNSHIP)
    browser.follow("儿童")
    browser.fill("一人一档编号", "4306210000000000")
    browser.press("打开档案")
    browser.wait("没有这个编号，或不在本单位可查看的范围")
    browser.fill("姓名", CHILD)
    browser.fill("居住的村居", VILLAGE.partition("@")[2])
    browser.press("查找")
    browser.wait(CHILD, within=".cards")
    assert_fit_for_all(browser)
    browser.driver.refresh()
    browser.wait(CHILD, within=".cards")
    browser.fill("一人一档编号", CHILD_NO)
    browser.press("打开档案")
    browser.wait(CHILD, within="h1")
    assert CHILD_NO not in browser.driver.current_url and CHILD_ID in browser.driver.current_url


def test_missing_withheld_and_given_are_told_apart(browser: Browser) -> None:
    sign_in(browser, SCHOOL)
    open_page(browser, f"child/{CHILD_ID}", CHILD)
    shown = dict(pair.split("\n", 1) for pair in browser.all(".fields > div"))
    assert shown["性别"] == "女性"
    assert shown["留守结束日期"].startswith("—")
    assert shown["居住详细地址"] == "不提供 · 无此职责"
    explained = browser.text(".explained")
    assert "向公安机关提出数据共享申请" in explained and "可询问：公安" in explained
    assert_fit_for_all(browser)


def test_file_out_of_reach_is_as_if_there_were_none(browser: Browser) -> None:
    sign_in(browser, "VC@430621104202" if VILLAGE.endswith("201") else "VC@430621104201")
    open_page(browser, f"child/{CHILD_ID}", "儿童档案")
    out_of_reach = browser.text("main")
    open_page(browser, f"child/{CHILD_ID[:-4]}0000", "儿童档案")
    assert browser.text("main") == out_of_reach
    assert "没有这份档案，或不在本单位可查看的范围" in out_of_reach


def test_every_part_of_a_file_is_read_when_it_is_opened(browser: Browser) -> None:
    sign_in(browser, CIVIL)
    open_page(browser, f"child/{CHILD_ID}", CHILD)
    assert "监护类型" not in browser.text("main")
    browser.follow("家庭和监护")
    browser.wait("委托亲属照护")
    assert_fit_for_all(browser)
    for part in ("户籍和就学", "健康", "走访和帮扶", "来源和校核", "报告和案件"):
        browser.follow(part)
        browser.gone("正在载入")
        assert "没有办成" not in browser.text("main")
    browser.follow("打开案件")
    browser.wait(CASE_NO, within="h1")


def test_case_shows_stage_parties_events_and_who_knows(browser: Browser) -> None:
    sign_in(browser, TOWNSHIP)
    browser.follow("案件")
    browser.wait("未结案件")
    browser.gone("正在载入")
    assert_fit_for_all(browser)
    browser.follow(CASE_NO)
    browser.wait("情况共知板")
    assert browser.all("[aria-current=step]") == ["司法程序"]
    browser.wait("岳阳县民政局 会同", within=".board")
    assert re.fullmatch(r"案件共 \d+ 步。按期签收率 \d+%。.+", browser.text("#board + p"))
    board = {line.split()[0]: line for line in browser.all(".board tbody tr")}
    assert re.search(r"知悉至第 \d+ 步 / 共 \d+ 步", board["岳阳县民政局"])
    # The shelter's unit is not named; that there is one with a part in the case is.
    assert "不公开单位" in board
    assert "对照料人出具告诫书" in browser.text(".timeline")
    assert_fit_for_all(browser)
    browser.follow("评估和帮扶")
    browser.wait("原照料人不适宜继续照料")


def test_inbox_lists_what_waits_to_be_acknowledged(browser: Browser) -> None:
    """Late ones first, and said to be late; who opens the matter has opened the notice, and not acknowledged it."""
    sign_in(browser, COURT)
    browser.wait("逾期未签收", within=".notice-card .tags")
    assert browser.all("main h2")[0].startswith("逾期未签收")
    assert "未打开" in browser.text(".notice-card .tags")
    assert_fit_for_all(browser)
    browser.follow("打开案件")
    browser.wait("案件 BH430621", within="h1")
    browser.follow("收件箱")
    browser.wait("逾期未签收", within=".notice-card .tags")
    assert "未打开" not in browser.text(".notice-card .tags")


def test_obligations_stand_by_urgency(browser: Browser) -> None:
    sign_in(browser, POLICE)
    open_page(browser, "obligations", "应办事项")
    browser.wait("已逾期")
    assert "期限" in browser.text(".urgency.overdue")
    browser.press("办理")
    assert_fit_for_all(browser)
    browser.follow("以佐证履行义务")
    browser.wait("以佐证履行义务", within="h1")
    browser.press("提交")
    browser.wait("回执、送达情况：必须填写", within=".problem")


def test_form_shows_faults_where_they_are_then_writes_once(browser: Browser) -> None:
    sign_in(browser, VILLAGE)
    open_page(browser, f"child/{CHILD_ID}", CHILD)
    browser.follow("走访：登记")
    browser.wait("走访：登记", within="h1")
    browser.press("提交")
    browser.wait("有 1 处需要改正，尚未提交")
    assert browser.run("return document.activeElement.getAttribute('role')") == "alert"
    assert_fit_for_all(browser)
    browser.fill("走访类型", "村居走访")
    browser.fill("走访日期", "2026-08-30")
    browser.fill("走访单位", "VC@999999999999")
    browser.fill("走访记录", "家中有人照料")
    browser.press("提交")
    browser.wait("走访单位：", within=".problem")
    assert browser.labelled("走访单位").get_attribute("aria-invalid") == "true"
    browser.driver.refresh()
    browser.wait("走访：登记", within="h1")
    assert browser.labelled("走访记录").get_attribute("value") == "家中有人照料"
    browser.fill("走访单位", VILLAGE)
    browser.press("提交")
    browser.wait("已办理，并已记录")
    assert_fit_for_all(browser)
    browser.follow("回到儿童档案")
    browser.follow("走访和帮扶")
    browser.wait("家中有人照料")
    assert browser.text("main").count("家中有人照料") == 1


def test_change_names_the_version_it_was_made_on(browser: Browser, served: Served) -> None:
    """Only what was changed is sent; who comes second is told, and can read the record anew."""
    sign_in(browser, VILLAGE)
    page = f"act/updateChild/child:{CHILD_ID}/id:{CHILD_ID}"
    open_page(browser, page, "儿童：更新")
    browser.wait("居住详细地址")
    _change_meanwhile(browser, served)
    browser.fill("居住详细地址", "岳阳县稻坳镇朝坡村18组1号")
    browser.press("提交")
    browser.wait("VERSION_CONFLICT")
    browser.press("重新读取该记录")
    browser.gone("VERSION_CONFLICT")
    browser.press("提交")
    browser.wait("已办理，并已记录")
    open_page(browser, f"child/{CHILD_ID}", CHILD)
    browser.wait("朝坡村18组1号")


def _change_meanwhile(browser: Browser, served: Served) -> None:
    document = """mutation($id: ID!, $version: Int!) {
      updateChild(id: $id, version: $version, input: { childPhone: "13900000000" }) { child { id } } }"""
    script = """const [url, token, id, document, done] = arguments;
      const ask = (query, variables) => fetch(url, { method: "POST", body: JSON.stringify({ query, variables }),
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` } }).then((r) => r.json());
      ask("query($id: ID!) { child(id: $id) { rowVersion } }", { id })
        .then((read) => ask(document, { id, version: read.data.child.rowVersion })).then(done);"""
    token = served.token(VILLAGE, "officer")
    answer = browser.driver.execute_async_script(script, "/graphql", token, CHILD_ID, document)
    assert answer["data"]["updateChild"]["child"]["id"] == CHILD_ID, answer


def test_acts_are_those_the_unit_may_do(browser: Browser) -> None:
    sign_in(browser, SCHOOL)
    browser.follow("办事")
    browser.wait("劝返记录：登记")
    assert not [act for act in browser.all(".acts a") if act.startswith("安置")]
    browser.fill("筛选", "学籍")
    browser.gone("劝返记录")
    assert browser.all(".acts a") == ["学籍：登记"]
    assert_fit_for_all(browser)
    open_page(browser, "act/createPlacement", "办事")
    browser.wait("本单位不能办理此事")


def test_page_is_walked_by_keyboard(browser: Browser) -> None:
    """The first stop leads past the menu; a new page is announced by taking the focus."""
    sign_in(browser, TOWNSHIP)
    browser.driver.refresh()
    browser.wait("收件箱", within="h1")
    keys = browser.keys()
    keys("Tab")
    assert browser.focused() == "跳到正文"
    keys("Enter")
    assert browser.focused() == "收件箱"
    browser.follow("案件")
    browser.wait("案件", within="h1")
    assert browser.focused() == "案件"


def test_end_of_a_session_is_said(browser: Browser, served: Served) -> None:
    browser.open("/desk")
    gone = served.issuer.issue(TOWNSHIP, "nobody", roles=["officer"], ttl=1)
    kept = "sessionStorage.setItem('desk.session', JSON.stringify({ token: arguments[0], until: Date.now() + 6e5 }))"
    browser.run(kept, f"{gone[:-4]}AAAA")
    browser.driver.refresh()
    browser.wait("平台不再接受此登入")
    assert browser.run("return sessionStorage.getItem('desk.session')") is None


def test_purpose_that_is_stated_goes_with_every_question(browser: Browser) -> None:
    sign_in(browser, COURT)
    open_page(browser, "cases", "案件")
    assert len(browser.all(".cards > li")) > 1
    browser.follow("写明用途")
    browser.fill("案件编号", CASE_NO)
    assert_fit_for_all(browser)
    browser.press("使用")
    browser.wait(f"案件 {CASE_NO}", within="header")
    open_page(browser, "cases", "案件")
    assert [case.split(" ")[0] for case in browser.all(".cards h2")] == [CASE_NO]


def test_nothing_breaks_the_content_policy(window: Browser) -> None:
    assert [line for line in window.complaints() if "/graphql" not in line] == []
