"""The security checklist: where each item is tested that no test in this folder names, and what is not offered yet.

Tests here bear the numbers of their items: ``test_17_and_18_doubling_fragments``.
"""

from __future__ import annotations

from collections.abc import Mapping

ITEMS = range(1, 66)  # 65: the floor under the libraries

#: Item → the test that stands for it, as pytest names it, without parameters.
ELSEWHERE: Mapping[int, tuple[str, ...]] = {
    25: (
        "tests/query/test_endpoint.py::test_a_request_has_a_deadline",
        "tests/query/test_pipeline.py::test_query_that_nobody_waits_for_is_cancelled",
    ),
    27: ("tests/test_door.py::test_slow_requests_are_refused", "tests/test_door.py::test_who_does_not_read_is_cut_off"),
    37: ("tests/query/test_cursor.py::test_cursor_of_another_question_or_unit_is_refused",),
    40: (
        "tests/ledger/test_mutations.py::test_out_of_scope_and_missing_answer_alike",
        "tests/ledger/test_mutations.py::test_a_village_does_not_move_a_child_to_another",
        "tests/ledger/test_mutations.py::test_a_strict_caller_writes_nothing_it_cannot_read_back",
        "tests/ledger/test_ledger.py::test_a_row_does_not_leave_the_writers_reach",
    ),
    42: ("tests/policy/test_traps.py::test_21_new_book_is_a_new_policy_and_leaves_held_grants_alone",),
    44: ("tests/policy/test_traps.py::test_01_no_rule_at_all_allows_a_request_of_empty_words",),
    45: ("tests/policy/test_traps.py::test_02_effect_without_an_allow_lets_anyone_in",),
    46: ("tests/identity/test_verifier.py::test_unit_out_of_form_is_refused",),
    52: (
        "tests/live/test_ending.py::test_a_token_that_expires_ends_it",
        "tests/live/test_ending.py::test_a_party_that_leaves_is_told_nothing_more",
        "tests/live/test_ending.py::test_a_unit_that_ends_is_closed",
    ),
    53: ("tests/query/test_endpoint.py::test_what_cannot_be_recorded_is_not_answered",),
    54: (
        "tests/commands/test_breakglass.py::test_a_lease_opens_one_child_and_ends",
        "tests/commands/test_breakglass.py::test_it_is_told_at_once_and_reviewed_by_the_office",
    ),
    57: (
        "tests/live/test_socket.py::test_another_sites_page_is_refused",
        "tests/live/test_socket.py::test_another_subprotocol_is_not_acceptable",
        "tests/live/test_socket.py::test_subscriptions_and_connections_are_counted",
    ),
    61: (
        "tests/identity/test_verifier.py::test_token_without_signature_is_refused",
        "tests/identity/test_verifier.py::test_claim_out_of_form_is_refused",
        "tests/identity/test_verifier.py::test_unknown_kid_is_refused",
        "tests/identity/test_verifier.py::test_remembered_token_falls_with_its_key",
    ),
    63: ("tests/security/test_d_transport.py::test_59_and_60_headers_of_every_reply",),
    64: ("tests/faults/test_canaries.py::test_nothing_planted_is_told",),
}

#: Item → the addresses it would be about, or the root types; there is nothing there yet, which is tested too.
NOT_OFFERED: Mapping[int, tuple[str, ...]] = {
    38: ("/feed", "/changes", "/delta"),
    39: ("/exports", "/export"),
    43: (),  # versions published while nodes run
    62: ("/webhooks", "/hooks"),
}
