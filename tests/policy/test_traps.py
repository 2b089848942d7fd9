"""Traps of Casbin: each is shown to be there still, or stood before, and each has a guard that is shown to hold."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import casbin
import pytest
from casbin import persist

from hub import errors
from hub.policy import casbin_model
from hub.policy.book import ROOT, PolicyBook, load_policies
from hub.policy.casbin_model import Callers, Decider, Links, ListAdapter, ModelUnfit, Question
from hub.policy.compile import Policy, compile_grant, duties_meant, stated_duty
from hub.policy.rules import Line
from hub.policy.source import PolicyFaults
from hub.policy.words import Subject
from tests.policy.small_book import RULES, write_policies

MODEL = (ROOT / "model.conf").read_text(encoding="utf-8")
ED = Subject(unit_type="ED", level="county")
SMALL_MODEL = """
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act, eft
[policy_effect]
e = {effect}
[matchers]
m = r.sub == p.sub && r.obj == p.obj && r.act == p.act
"""
ALLOW_NOT_DENY = "some(where (p.eft == allow)) && !some(where (p.eft == deny))"


class Lines(persist.Adapter):  # type: ignore[misc]
    """Hands over lists as they are."""

    def __init__(self, *lines: Sequence[str]) -> None:
        self.lines = lines

    def load_policy(self, model: Any) -> None:
        model["p"]["p"].policy.extend(list(line) for line in self.lines)


def bare(*lines: Sequence[str], effect: str = ALLOW_NOT_DENY) -> casbin.Enforcer:
    return casbin.Enforcer(casbin.Enforcer.new_model(text=SMALL_MODEL.format(effect=effect)), Lines(*lines))


def decider_of(book: PolicyBook) -> Decider:
    return casbin_model.build_decider(book.model, lines_of(book), links_of(book))


def lines_of(book: PolicyBook) -> tuple[Line, ...]:
    return book.index["ED"]


def links_of(book: PolicyBook) -> Links:
    duties = {stated_duty(None): duties_meant(book, "ED", None)}
    callers = Callers(subjects=(ED,), roles=(frozenset({"officer"}),), duties=duties)
    return casbin_model.links_for(lines_of(book), book.objects, callers)


def question(group: str = "D11", action: str = "read", subject: str = "ED/county") -> Question:
    return Question(
        subject=subject, roles=casbin_model.role_set({"officer"}), duty=stated_duty(None), group=group, action=action,
        vector=("own", "full", "pupil_or_school_age", "none", "conflict_of_interest+sealed"),
    )  # fmt: skip


def test_decider_answers(book: PolicyBook) -> None:
    decider = decider_of(book)
    assert decider.allows(question())
    assert not decider.allows(question(group="D09/check"))


def test_01_no_rule_at_all_allows_a_request_of_empty_words(book: PolicyBook, tmp_path: Path) -> None:
    assert bare().enforce("", "", "")
    with pytest.raises(casbin_model.NotDeciding):
        casbin_model.build_decider(MODEL, (), links_of(book))
    with pytest.raises(PolicyFaults):
        load_policies(write_policies(tmp_path, {"rules/rules.yaml": "[]\n"}))


def test_02_effect_without_an_allow_lets_anyone_in() -> None:
    assert bare(effect="!some(where (p.eft == deny))").enforce("anyone", "D25", "read")
    with pytest.raises(ModelUnfit):
        casbin_model.check_model(MODEL.replace(f"e = {ALLOW_NOT_DENY}", "e = !some(where (p.eft == deny))"))


def test_03_enforcer_switched_off_allows_everything(book: PolicyBook) -> None:
    enforcer = casbin.Enforcer(casbin.Enforcer.new_model(text=MODEL), ListAdapter(lines_of(book), links_of(book)))
    enforcer.enable_enforce(False)
    with pytest.raises(casbin_model.NotDeciding):
        Decider(enforcer, links_of(book)).allows(question())
    assert not hasattr(decider_of(book), "enable_enforce")


def test_04_mistyped_effect_lets_the_allow_win(tmp_path: Path) -> None:
    assert bare(("ED", "D15", "read", "allow"), ("ED", "D15", "read", "Deny")).enforce("ED", "D15", "read")
    with pytest.raises(PolicyFaults, match="unknown word 'Deny' in 'eft'"):
        load_policies(write_policies(tmp_path, {"rules/rules.yaml": RULES.replace("eft: deny", "eft: Deny")}))


@pytest.mark.parametrize("definition", ["g2 = _, _, (_, _)", "g2 = _, _, _", "g2 = _, _\ng9 = _, _"])
def test_05_to_10_conditional_and_domain_roles_are_not_used(definition: str) -> None:
    with pytest.raises((ModelUnfit, KeyError)):
        casbin_model.check_model(MODEL.replace("g2 = _, _", definition).replace("g5 = _, _", ""))


def test_11_links_deeper_than_casbin_follows_are_refused(book: PolicyBook) -> None:
    manager = casbin.rbac.default_role_manager.RoleManager(10)
    for step in range(12):
        manager.add_link(str(step), str(step + 1))
    assert not manager.has_link("0", "12")
    chain = [(str(step), str(step + 1)) for step in range(12)]
    with pytest.raises(ModelUnfit, match="deeper than 8"):
        casbin_model.check_depth("g2", chain)
    with pytest.raises(ModelUnfit, match="in a circle"):
        casbin_model.check_depth("g2", [("a", "b"), ("b", "a")])
    casbin_model.check_depth("g2", links_of(book).pairs["g2"])


def test_12_unknown_names_never_reach_casbin(book: PolicyBook) -> None:
    manager = casbin.rbac.default_role_manager.RoleManager(10)
    manager.has_link("somebody", "ED")
    assert "somebody" in manager.all_roles
    decider = decider_of(book)
    for wrong in (question(subject="XX/county"), question(group="D99"), question(action="peek"), question(group="")):
        with pytest.raises(casbin_model.UnknownWord):
            decider.allows(wrong)
    with pytest.raises(errors.UnknownUnit):
        compile_grant(book, Subject(unit_type="XX", level="county"), {"officer"})
    with pytest.raises(errors.RoleConflict):
        compile_grant(book, ED, {"nobody"})


def test_12_empty_words_never_reach_casbin(book: PolicyBook) -> None:
    empty = Question(
        subject="ED/county", roles=casbin_model.role_set({"officer"}), duty=stated_duty(None), group="D11",
        action="read", vector=("", "", "", "", ""),
    )  # fmt: skip
    with pytest.raises(casbin_model.UnknownWord):
        decider_of(book).allows(empty)


def test_13_empty_filter_deletes_every_rule(book: PolicyBook) -> None:
    enforcer = bare(("ED", "D11", "read", "allow"), ("PS", "D22", "read", "allow"))
    enforcer.enable_auto_save(False)
    enforcer.remove_filtered_policy(0, "")
    assert enforcer.get_policy() == []
    public = {name for name in dir(Decider) if not name.startswith("_")}
    assert public == {"allows", "allows_among"}


@pytest.mark.parametrize("call", ["regexMatch(r.obj, p.obj)", "keyMatch(r.obj, p.obj)", "eval(p.obj)"])
def test_14_and_15_patterns_and_eval_are_refused(call: str) -> None:
    with pytest.raises(ModelUnfit, match="equality and links only"):
        casbin_model.check_model(MODEL.replace("g2(r.obj, p.obj)", call))


def test_16_line_of_the_wrong_size_stops_every_decision(book: PolicyBook) -> None:
    with pytest.raises(RuntimeError, match="invalid policy size"):
        bare(("ED", "D11", "read")).enforce("ED", "D11", "read")
    adapter = ListAdapter(lines_of(book), links_of(book))
    for spoilt in (adapter.lines[0][:-1], [*adapter.lines[0], "allow"], ["", *adapter.lines[0][1:]]):
        adapter.lines = [spoilt]
        with pytest.raises(ModelUnfit, match="a line of 11 words is expected"):
            casbin.Enforcer(casbin.Enforcer.new_model(text=MODEL), adapter)


def test_17_comma_in_a_value_splits_no_line(tmp_path: Path) -> None:
    model = casbin.Enforcer.new_model(text=SMALL_MODEL.format(effect=ALLOW_NOT_DENY))
    persist.load_policy_line("p, ED, D11, read, allow, D25", model)
    assert model["p"]["p"].policy == [["ED", "D11", "read", "allow", "D25"]]
    grant = "{objects: ['D11, D25'], mode: full, actions: [read], scope: own}"
    rules = RULES.replace("{objects: [D11, D12], mode: full, actions: [list, read], scope: own}", grant)
    with pytest.raises(PolicyFaults, match="holds a comma"):
        load_policies(write_policies(tmp_path, {"rules/rules.yaml": rules}))


def test_18_all_eleven_words_of_a_line_arrive_in_order(book: PolicyBook) -> None:
    model = casbin.Enforcer.new_model(text=MODEL)
    ListAdapter(lines_of(book), links_of(book)).load_policy(model)
    assert model["p"]["p"].policy == [line.fields for line in lines_of(book)]
    assert {len(fields) for fields in model["p"]["p"].policy} == {11}


def test_19_and_20_policies_are_never_saved_through_casbin(book: PolicyBook) -> None:
    enforcer = casbin.Enforcer(casbin.Enforcer.new_model(text=MODEL), ListAdapter(lines_of(book), links_of(book)))
    with pytest.raises(casbin_model.NotStored):
        enforcer.save_policy()
    with pytest.raises(casbin_model.NotStored):
        enforcer.add_policy(*lines_of(book)[0].fields[:-1], "deny")
    with pytest.raises(casbin_model.NotStored):
        enforcer.remove_policy(*lines_of(book)[0].fields)


def test_21_new_book_is_a_new_policy_and_leaves_held_grants_alone(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    before = Policy(load_policies(write_policies(one, {})))
    held = before.grant(ED, {"officer"})
    denying = RULES.replace("objects: [D15]", "objects: [D11, D15]")
    after = Policy(load_policies(write_policies(other, {"rules/rules.yaml": denying}), version=2))
    assert after.grant(ED, {"officer"}).rights_on("D11", "read") == ()
    assert held.rights_on("D11", "read") == before.grant(ED, {"officer"}).rights_on("D11", "read") != ()


def test_21_question_among_some_lines_leaves_the_others_in_place(book: PolicyBook) -> None:
    decider = decider_of(book)
    assert not decider.allows_among(question(), [line for line in lines_of(book) if line.entry.rule == "P23"])
    assert decider.allows(question())


def test_22_enforcer_is_the_plain_one(book: PolicyBook) -> None:
    enforcer = decider_of(book)._enforcer
    assert isinstance(enforcer, casbin.Enforcer)
    assert not isinstance(enforcer, (casbin.FastEnforcer, casbin.AsyncEnforcer, casbin.SyncedEnforcer))
    assert not enforcer.auto_save


def test_24_nothing_granted_is_an_empty_tuple_and_never_none(book: PolicyBook) -> None:
    grant = compile_grant(book, ED, {"officer"})
    assert grant.rights_on("D25", "read") == () == grant.may("D25", "read") == grant.rights_on("", "")


def test_25_every_rule_behind_a_right_is_cited(book: PolicyBook) -> None:
    (right,) = compile_grant(book, ED, {"officer"}).rights_on("D05/guardian", "read")
    assert (right.rules, right.duties) == (("P22.1", "P22.9"), ("ED-1", "ED-5"))


def test_26_denied_questions_are_not_logged(book: PolicyBook, caplog: pytest.LogCaptureFixture) -> None:
    decider = decider_of(book)
    with caplog.at_level(logging.DEBUG):
        assert not decider.allows(question(group="D09/check"))
    assert [record for record in caplog.records if record.name.startswith("casbin")] == []
