"""The sentences of documents, in order and by their beginnings, with the tests that hold them (`FILE::TEST`).

`test_claims_of_documents.py` holds this table against the documents.
"""

from __future__ import annotations

HERE = "test_claims_of_documents"
ADVICE: tuple[str, ...] = ()
"""Of a sentence that asks or declares something and says nothing of the program."""
CLAIMS: dict[str, list[tuple[str, tuple[str, ...]]]] = {
    "SECURITY.md": [
        ("polemos reads files of strangers", ("test_fuzz::test_mutated_bytes_end_in_a_report",)),
        ("Nothing is fetched at run time", (f"{HERE}::test_nothing_is_fetched", f"{HERE}::test_who_may_fetch")),
        ("What holds, each with a test", (f"{HERE}::test_every_sentence_has_a_test",)),
        ("Files are data.", ("test_hostile::test_one_clear_report",)),
        (
            "YAML is read by a safe parser",
            (
                "test_hostile::test_one_clear_report",
                f"{HERE}::test_nothing_of_a_file_is_unpickled",
                "test_plugins::test_a_scenario_names_what_is_there_and_never_loads_code",
            ),
        ),
        ("(`--process FILE` runs a Python file", ("test_plugins::test_the_command_runs_a_process_of_a_file",)),
        (
            "No file outside the folder of a scenario is read",
            (
                "test_inside::test_check_refuses_a_link_out_of_the_folder",
                "test_inside::test_no_command_follows_a_link_out_of_the_folder",
                "test_inside::test_a_theory_named_by_a_path_that_climbs_is_refused",
                "test_hostile::test_one_clear_report",
            ),
        ),
        (
            "Pages hold names as text",
            (
                "test_report::test_no_text_becomes_an_element",
                "test_report::test_nothing_on_the_page_is_fetched",
                "test_policy::test_the_policy_lets_in_exactly_the_scripts_and_sheets_of_the_page",
            ),
        ),
        (
            "The what-if server listens on the loopback address",
            (f"{HERE}::test_the_server_listens_on_loopback", "test_app::test_the_door_lets_nobody_else_in"),
        ),
        (
            "A ledger is append-only and hash-chained",
            (
                "test_ledger::test_triggers_refuse_every_change",
                "test_ledger::test_verify_names_the_first_bad_entry",
            ),
        ),
        ("[docs/reliability.md](docs/reliability.md) says what was broken", (f"{HERE}::test_commands_of_reliability",)),
        ("Report a hole by a private advisory", ADVICE),
    ],
    "docs/limits.md": [
        ("It has places, whole, and weeks.", (f"{HERE}::test_weeks",)),
        ("It has no persons but leaders", (f"{HERE}::test_leaders_are_inputs",)),
        ("Outside powers are inputs.", (f"{HERE}::test_no_process_writes_an_input",)),
        ("A forecast carries them forward", (f"{HERE}::test_support_is_carried_forward",)),
        ("New organisations do not appear", (f"{HERE}::test_who_holds_nothing_takes_little",)),
        ("What only surveys, ledgers or prisons know", (f"{HERE}::test_no_column_of_attitudes",)),
        (
            "Where the strengths of those who hold a tenth",
            (
                "test_absent::test_no_town_is_abandoned_for_want_of_men_that_nobody_counted",
                "test_absent::test_an_organisation_with_a_few_places_has_a_rule_of_thumb_that_is_told",
            ),
        ),
        ("The page says which.", ("test_absent::test_a_page_of_a_new_war_names_its_guesses_and_its_gaps",)),
        (
            "What nobody observed (an unknown holder",
            (
                "test_observation::test_a_hindcast_scores_what_was_observed_and_nothing_else",
                "test_observation::test_the_front_learns_from_no_row_of_a_place_that_nobody_looked_at",
                "test_observation::test_a_record_of_guesses_teaches_the_front_nothing",
            ),
        ),
        (
            "A place that nobody has seen yet begins",
            ("test_observation::test_a_place_that_nobody_has_seen_yet_is_held_by_nobody_and_not_observed",),
        ),
        ("The form of the front's hazard was chosen", ADVICE),
        ("A war that is not here", ADVICE),
        ("The table of [the board](board.md) shows forecast", (f"{HERE}::test_table_of_the_board",)),
        ("A probability of 20 % for something", (f"{HERE}::test_forty_of_a_hundred",)),
        (
            "Scores belong to many questions",
            (
                "test_small_scores::test_an_interval_is_that_of_all_redraws_in_circular_blocks",
                "test_hindcast::test_blocks_cover_overlapping_futures",
            ),
        ),
        ("Events are facts, with perpetrators", ("test_events::test_what_is_blank_is_unknown_and_said",)),
        ("Claims have owners", (f"{HERE}::test_claims_have_owners",)),
        ("No parameter is named after a motive", (f"{HERE}::test_no_motive_and_no_blame",)),
        (
            "Author and rival get the same treatment",
            ("test_plugins::test_three_theories_are_priors_and_switches_on_the_same_processes",),
        ),
        (
            "No sentence of an article stays",
            (
                "test_reading::test_the_sentence_is_shown_and_never_committed",
                "test_language_model::test_a_paraphrase_that_copies_is_dropped",
            ),
        ),
        ("polemos works on records of the past", (f"{HERE}::test_weeks",)),
        ("It is an instrument for understanding", ADVICE),
        ("It is not for operations", ADVICE),
        (
            "Of a war within three months of today",
            (
                "test_watch::test_a_war_that_goes_on_gets_the_notice_and_no_short_lead",
                "test_watch::test_a_run_of_today_prints_the_notice",
            ),
        ),
        ("Whoever publishes a figure", ADVICE),
        (
            "A simulated counterfactual is a property",
            ("test_what_if::test_a_strong_change_parts_the_members_after_its_date",),
        ),
    ],
    "docs/ledger.md": [
        ("Each entry is text, canonical JSON", (f"{HERE}::test_the_chain_by_hand",)),
        ("Whoever alters, reorders, removes", ("test_ledger::test_verify_names_the_first_bad_entry",)),
        ("`polemos ledger verify` names the first entry", ("test_ledger::test_verify_names_the_first_bad_entry",)),
        ("It checks", ("test_ledger::test_verify_sees_other_tables_and_triggers",)),
        ("the chain, and that the numbers run", ("test_ledger::test_verify_names_the_first_bad_entry",)),
        ("the count and the last hash", ("test_ledger::test_verify_names_the_first_bad_entry",)),
        ("the form of each entry", ("test_ledger::test_an_entry_that_polemos_would_not_write",)),
        ("SQLite's own `integrity_check`", ("test_ledger::test_every_altered_byte_is_found",)),
        ("It also lists entries whose recorded time", ("test_ledger::test_verify_says_where_times_run_backwards",)),
        (
            "Somebody who can write to the file",
            (
                "test_ledger::test_cut_with_its_count_only_an_earlier_head_tells",
                "test_ledger::test_written_anew_only_an_earlier_head_tells",
            ),
        ),
        ("The **head line** protects against that", ("test_ledger_cli::test_from_a_forecast_to_its_score",)),
        ("Post it where others see it", ADVICE),
        ("Later, `polemos ledger verify --head", ("test_ledger::test_written_anew_only_an_earlier_head_tells",)),
        ("A ledger that was cut short or written anew", ("test_ledger::test_written_anew_only_an_earlier_head_tells",)),
        ("The times in a ledger come from the clock", ("test_ledger::test_verify_says_where_times_run_backwards",)),
        ("Any number of programs may add", ("test_ledger::test_killed_writers_lose_nothing_that_was_acknowledged",)),
        (
            "What a command has acknowledged",
            (
                "test_ledger::test_killed_writers_lose_nothing_that_was_acknowledged",
                "test_ledger::test_a_full_disk_leaves_the_ledger_whole",
            ),
        ),
        ("Keep the file on a local disk", ADVICE),
        (
            "While a program writes, SQLite keeps a journal",
            ("test_ledger::test_killed_writers_lose_nothing_that_was_acknowledged",),
        ),
        ("A question that has an outcome", ("test_ledger_scores::test_scores_over_time_and_by_topic",)),
        ("Topics are never added up.", ("test_ledger_scores::test_scores_over_time_and_by_topic",)),
        (
            "If an owner made several forecasts",
            (
                "test_ledger_scores::test_the_last_forecast_before_the_answer_counts",
                "test_ledger_scores::test_of_the_day_itself_is_not_beforehand",
            ),
        ),
        ("`--taking first` takes the first", ("test_ledger_scores::test_scores_agree_with_a_plain_loop",)),
        ("A revision replaces the whole forecast", ("test_ledger_scores::test_scores_agree_with_a_plain_loop",)),
        (
            "Forecasts **recorded before** the answer",
            ("test_ledger_scores::test_what_is_written_down_afterwards_is_scored_apart",),
        ),
        ("A forecast whose own `origin`", ("test_ledger_scores::test_of_the_day_itself_is_not_beforehand",)),
        (
            "A withdrawal before the answer",
            ("test_ledger_scores::test_withdrawn_before_the_answer_is_counted_and_after_it_has_no_effect",),
        ),
        (
            "Afterwards it has no effect",
            ("test_ledger_scores::test_withdrawn_before_the_answer_is_counted_and_after_it_has_no_effect",),
        ),
        (
            "The last resolution that was not withdrawn",
            ("test_ledger_scores::test_a_resolution_can_be_disputed_revised_and_withdrawn",),
        ),
        (
            "A dispute marks it",
            ("test_ledger_scores::test_a_resolution_can_be_disputed_revised_and_withdrawn",),
        ),
        ("Brier and log scores are those", ("test_ledger_scores::test_scores_agree_with_a_plain_loop",)),
        (
            "The **base rate** competes",
            (
                "test_ledger_scores::test_base_rates_come_from_what_was_settled_before",
                "test_ledger_scores::test_a_question_is_no_evidence_of_itself",
            ),
        ),
        (
            "The model competes on the questions",
            ("test_ledger_scores::test_the_model_is_compared_on_shared_questions",),
        ),
        (
            "Gains come with a standard error",
            ("test_ledger_scores::test_the_error_of_a_gain_knows_what_hangs_together",),
        ),
        (
            "A question with **options**",
            (
                "test_ledger_kinds::test_choices_are_scored_as_half_the_sum_of_squares_and_by_the_option_that_came",
                "test_ledger_kinds::test_two_options_score_as_yes_and_no",
            ),
        ),
        (
            "Its base rate counts how often",
            ("test_ledger_kinds::test_the_base_rate_of_options_counts_those_that_came_before",),
        ),
        (
            "`polemos ledger score --by horizon`",
            ("test_ledger_kinds::test_skill_is_told_by_how_far_ahead_a_forecast_was_made",),
        ),
        (
            "It prints the skill over the best simple rule",
            ("test_ledger_kinds::test_skill_is_told_by_how_far_ahead_a_forecast_was_made",),
        ),
        (
            "The interval comes from a bootstrap over closing days",
            ("test_ledger_kinds::test_skill_is_told_by_how_far_ahead_a_forecast_was_made",),
        ),
        (
            "Quantiles are scored by the quantile loss",
            (
                "test_ledger_scores::test_the_loss_of_quantiles_by_hand",
                "test_ledger_scores::test_shares_inside_are_over_the_questions_that_give_the_ends",
            ),
        ),
    ],
}
SECTIONS = {"docs/ledger.md": ("Why it can be trusted", "Scores")}
"""Parts of a document that are claims; what is not named here is claims throughout."""
