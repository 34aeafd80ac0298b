"""A.4 and A.5: parameters, notebooks and the environment, held by the tests of the press, or not built here."""

from .cases import Case


def _held(number: str, what: str, *tests: str) -> Case:
    return Case(number, what, held_by=tests)


_CHAOS = "test_chaos.py::"
_PREFLIGHT = "test_batch.py::TestPreflight::"
_FAULTS = "test_batch.py::test_a_district_that_is_not_ok_is_told_and_costs_no_other"
PARAMETERS = (
    _held(
        "93",
        "a parameter that lacks, is too many or misspelt",
        _PREFLIGHT + "test_refuses_parameters_that_are_not_the_notebooks",
    ),
    _held(
        "94",
        "a value with quotes, breaks, emoji; a NUL",
        "test_batch.py::TestGoodRun::test_a_value_arrives_as_it_was_given",
        _PREFLIGHT + "test_refuses_parameters_that_are_not_the_notebooks",
    ),
    _held("95", "a parameter's name that is code", _PREFLIGHT + "test_refuses_parameters_that_are_not_the_notebooks"),
    _held("96", "a value that is no text", _PREFLIGHT + "test_refuses_parameters_that_are_not_the_notebooks"),
    _held(
        "97",
        "a code that a reader of YAML would change",
        "test_batch.py::TestGoodRun::test_a_value_arrives_as_it_was_given",
    ),
    _held(
        "98",
        "years that are none",
        "test_ingest.py::TestTimes::test_a_year_that_cannot_be_is_refused",
        "hostile/test_hostile.py::test_a_parameter_that_is_none_is_2",
    ),
    _held("99", "periods that are none", "hostile/test_hostile.py::test_a_parameter_that_is_none_is_2"),
    Case(
        "100",
        "YAML that calls Python",
        absent="kkb reads no YAML: parameters are options of the command line (a test greps the package for it)",
        held_by=("hostile/test_hostile.py::test_no_yaml_is_read",),
    ),
    Case("101", "a YAML bomb", absent="kkb reads no YAML", held_by=("hostile/test_hostile.py::test_no_yaml_is_read",)),
    _held("102", "a target that leads elsewhere", _PREFLIGHT + "test_refuses_a_target_outside_the_results"),
    _held(
        "103",
        "areas twice, none, all, unknown",
        "test_cli.py::TestAsked::test_an_area_that_is_unknown_ambiguous_or_absent_is_refused",
        "test_cli.py::TestAsked::test_a_province_means_its_districts_in_the_data",
    ),
    _held(
        "104",
        "a notebook without or with two parameters cells",
        _PREFLIGHT + "test_refuses_a_notebook_whose_result_could_lie",
    ),
    _held(
        "105",
        "a notebook with outputs, tags, commands, another kernel",
        _PREFLIGHT + "test_refuses_a_notebook_whose_result_could_lie",
        _PREFLIGHT + "test_refuses_saved_outputs",
        _PREFLIGHT + "test_refuses_system_commands",
    ),
    _held(
        "106",
        "sys.exit, an endless loop, endless printing, hunger for memory, forks",
        "test_engine.py::test_sys_exit_is_not_a_success",
        "test_engine.py::test_a_notebook_past_its_time_is_killed_with_all_it_started",
        "test_engine.py::test_endless_printing_is_cut",
        "test_engine.py::test_a_memory_cap_fails_the_notebook_alone",
        "test_engine.py::test_a_grandchild_that_holds_the_pipe_does_not_hold_the_run",
    ),
    Case(
        "107",
        "a notebook that writes outside its folder",
        absent="not prevented at run time: a notebook is code of this project; the tests would see it",
        held_by=(
            "test_sandbox.py::test_a_notebook_of_the_project_does_neither",
            "test_sandbox.py::test_one_that_does_is_seen",
        ),
    ),
    Case(
        "108",
        "an edited notebook",
        absent="notebooks come from the project's folder alone and the manifest holds their hash",
        held_by=("test_batch.py::TestUnchanged::test_one_byte_of_anything_it_depends_on_makes_it_run",),
    ),
)
ENVIRONMENT = (
    _held(
        "109",
        "a full disk at every write",
        _CHAOS + "TestEveryPoint::test_a_disk_that_takes_nothing_more_from_any_point_on",
        _CHAOS + "TestEveryPoint::test_a_real_limit_on_file_sizes",
        "test_batch.py::TestDisk::test_full_at_any_write_leaves_the_old_report_and_a_true_manifest",
        "hostile/test_hostile.py::test_a_full_disk_leaves_the_import_as_it_was",
    ),
    _held(
        "110",
        "results that cannot be written",
        _CHAOS + "TestFolders::test_a_read_only_folder_is_refused_before_the_first_notebook",
        _CHAOS + "TestFolders::test_a_folder_that_vanishes_stops_the_run",
        "test_batch.py::TestDisk::test_a_folder_that_is_a_file_is_told",
        "hostile/test_hostile.py::test_a_data_folder_that_is_a_file_is_5",
    ),
    _held(
        "111",
        "a report open in Word",
        "test_batch.py::TestDisk::test_a_report_open_elsewhere_is_waited_for_and_then_costs_itself_alone",
    ),
    _held(
        "112",
        "two runs, a lock left behind, a lock of another machine",
        _CHAOS + "TestRaces::test_of_two_runs_at_once_the_second_is_refused_and_told_who_is_first",
        _CHAOS + "TestRaces::test_a_dead_lock_is_taken_by_one_at_a_time",
        "test_batch.py::TestLock::test_a_second_run_is_refused_and_told_who_is_first",
        "test_batch.py::TestLock::test_the_lock_of_a_dead_run_is_taken_over_and_noted",
        "test_batch.py::TestLock::test_the_lock_of_another_machine_stays_unless_it_is_broken",
    ),
    _held(
        "113",
        "a power cut at any point",
        _CHAOS + "TestEveryPoint::test_killed_before_any_change_of_the_file_system",
        _CHAOS + "TestEveryPoint::test_killed_in_the_middle_of_any_write",
        _CHAOS + "TestChildren::test_killed_in_any_cell_the_old_report_stays_and_a_rerun_is_whole",
        "test_batch.py::TestResume::test_half_a_line_of_a_power_cut_is_dropped",
        "test_batch.py::TestResume::test_a_folder_left_between_two_renames_is_put_back",
        "test_ingest.py::TestRefresh::test_a_failure_while_writing_leaves_the_old_tables_and_the_next_import_repairs",
    ),
    _held(
        "114",
        "a clock set back",
        _CHAOS + "test_a_clock_set_back_an_hour_costs_nothing",
        "test_batch.py::TestResume::test_the_order_holds_when_the_clock_goes_back",
    ),
    _held(
        "115",
        "other time zones, languages and code pages",
        "test_cli.py::test_messages_survive_a_console_of_another_code_page",
        "hostile/test_hostile.py::test_the_same_findings_in_every_language_and_time_zone",
    ),
    _held(
        "116", "folders with blanks, accents, quotes, 200 signs", "hostile/test_hostile.py::test_a_folder_of_any_name"
    ),
    Case(
        "117",
        "no kernel installed",
        absent="the engine needs none: it runs cells in a process of its own; another kernel is refused",
        held_by=(_PREFLIGHT + "test_refuses_a_notebook_whose_result_could_lie",),
    ),
    Case("118", "a draft that disappears", held_by=(_FAULTS,), absent="an antivirus; not on this machine"),
    _held("119", "no network", "hostile/test_hostile.py::test_every_line_of_the_corpus_opens_no_socket"),
    Case(
        "120",
        "2 GB of memory, one core",
        absent="a machine of that size; the memory of one notebook is capped by a test of the engine",
        held_by=("test_engine.py::test_a_memory_cap_fails_the_notebook_alone",),
    ),
    Case(
        "121",
        "a laptop that sleeps",
        absent="cannot be put to sleep here; time limits are monotonic",
        held_by=("test_batch.py::TestResume::test_an_interrupted_run_can_go_on",),
    ),
    Case(
        "122",
        "an old dependency",
        absent="one environment here; every dependency is pinned",
        held_by=("test_architecture.py::test_every_dependency_is_pinned_exactly",),
    ),
    _held(
        "123",
        "JupyterLab beside a batch",
        "test_cli.py::test_the_lab_is_for_this_machine_alone",
        "test_engine.py::test_nothing_of_one_notebook_is_seen_by_the_next",
    ),
    _held("124", "the user's own variables", "test_engine.py::test_the_users_own_settings_do_not_reach_notebooks"),
)
