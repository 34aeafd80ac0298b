"""The engine: papermill's own outputs, a fresh process each, and the truth about every way to end."""

import json
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import nbformat
import papermill
import pytest
from papermill.exceptions import PapermillExecutionError
from papermill.execute import remove_error_markers

from kkb_helpers import engine
from kkb_helpers.engine.frames import Frames

KERNEL = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}


@pytest.fixture(scope="module")
def source():
    """One warm template for the tests of this file."""
    if not engine.can_fork():
        pytest.fail("these tests run where processes fork; the cold child has its own below")
    template = engine.Template().start()
    yield template
    template.close()


def write(folder: Path, *cells: str) -> Path:
    notebook = nbformat.v4.new_notebook(metadata=KERNEL, cells=[nbformat.v4.new_code_cell(c) for c in cells])
    path = folder / "notebook.ipynb"
    nbformat.write(notebook, path)
    return path


def execute(path: Path, engine_name="kkb", **options) -> tuple[engine.Outcome, nbformat.NotebookNode]:
    outcome = engine.Outcome()
    if engine_name == "kkb":
        options |= {"outcome": outcome}
    notebook = None
    try:
        notebook = papermill.execute_notebook(str(path), None, engine_name=engine_name, progress_bar=False, **options)
    except PapermillExecutionError:
        notebook = remove_error_markers(outcome.notebook)
    return outcome, notebook


def outputs(notebook) -> list:
    """The outputs as any reader of the file sees them, without what depends on the clock or the address."""
    return [[{k: v for k, v in o.items() if k != "traceback"} for o in cell.outputs] for cell in notebook.cells]


PARITY = [
    "print('satu')\nfrom IPython.display import HTML, display\nhandle = display(HTML('<b>x</b>'), display_id=True)\n"
    "print('dua')",
    "handle.update(HTML('<i>y</i>'))",
    "import sys\nprint('galat', file=sys.stderr)",
    "display({'text/html': '<p>a</p>', 'text/plain': 'a'}, raw=True, metadata={'kkb': {'alt': 'teks'}})",
    "from IPython.display import clear_output\nprint('hilang')\nclear_output()\nprint('tinggal')",
    "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots(figsize=(2, 1))\naxes.plot([1, 3, 2]);",
    "import pandas as pd\npd.DataFrame({'pus': [1552, 3]})",
    "%lsmagic\nNone",
    "import asyncio\nawait asyncio.sleep(0)\n6 * 7",
    "1; 2",
    "",
    "_ + 1",
]


def test_outputs_are_those_of_papermills_own_engine(tmp_path, source):
    path = write(tmp_path, *PARITY)
    _, ours = execute(path, source=source)
    _, theirs = execute(path, engine_name=None)
    assert outputs(ours) == outputs(theirs)
    assert [c.execution_count for c in ours.cells] == [c.execution_count for c in theirs.cells]
    assert outputs(ours)[0][1]["data"]["text/html"] == "<i>y</i>"


def test_an_error_stops_the_notebook_as_in_papermill(tmp_path, source):
    path = write(tmp_path, "x = 1", "x / 0", "print('tidak pernah')")
    outcome, notebook = execute(path, source=source)
    assert (outcome.status, outcome.cell, outcome.not_run) == ("failed", 1, (2,))
    assert outcome.reason == "ZeroDivisionError di sel 2: division by zero"
    assert [c.metadata.papermill.status for c in notebook.cells] == ["completed", "failed", "pending"]
    assert notebook.cells[1].outputs[0].ename == "ZeroDivisionError"
    shown = re.sub(r"\x1b\[[0-9;]*m", "", "".join(notebook.cells[1].outputs[0].traceback))
    assert "----> 1 x / 0" in shown


def test_the_error_reaches_papermills_caller(tmp_path, source):
    with pytest.raises(PapermillExecutionError, match="division by zero"):
        papermill.execute_notebook(
            str(write(tmp_path, "1 / 0")), None, engine_name="kkb", progress_bar=False, source=source
        )


def test_works_with_papermill_alone(tmp_path):
    path = write(tmp_path, "print(6 * 7)")
    command = [sys.executable, "-m", "papermill", "--engine", "kkb", str(path), str(tmp_path / "out.ipynb")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert nbformat.read(tmp_path / "out.ipynb", 4).cells[0].outputs[0].text == "42\n"


def test_the_template_has_one_thread(tmp_path, source):
    execute(write(tmp_path, "1"), source=source)
    assert source.threads == 1


def test_nothing_of_one_notebook_is_seen_by_the_next(tmp_path, source):
    first = write(
        tmp_path,
        "import os, warnings, sys\nimport matplotlib as mpl\nimport pandas as pd\nleft = 1\n"
        "mpl.rcParams['font.size'] = 44\nwarnings.simplefilter('error')\nos.environ['KKB_LEFT'] = '1'\n"
        "pd.options.display.max_rows = 3\nsys.modules['left_behind'] = os\nos.chdir('/')",
    )
    assert execute(first, source=source)[0].status == "ok"
    second = write(
        tmp_path,
        "import os, sys, warnings\nimport matplotlib as mpl\nimport pandas as pd\n"
        "print('left' in globals(), mpl.rcParams['font.size'] == 44, 'KKB_LEFT' in os.environ, "
        "pd.options.display.max_rows, 'left_behind' in sys.modules, os.getcwd() == '/', "
        "any(f[0] == 'error' and f[2] is Warning for f in warnings.filters))",
    )
    _, notebook = execute(second, source=source)
    assert notebook.cells[0].outputs[0].text == "False False False 60 False False False\n"


def test_random_numbers_follow_from_the_job(tmp_path, source):
    path = write(tmp_path, "import random, numpy as np\nprint(random.random(), np.random.random())")
    drawn = [execute(path, source=source, seed=s)[1].cells[0].outputs[0].text for s in ("a", "a", "b")]
    assert drawn[0] == drawn[1] != drawn[2]


def test_a_template_leaves_out_only_what_no_report_uses(tmp_path):
    """What a light import left out is there for a notebook that asks for it, and garbage is collected again."""
    template = engine.make_source().start()
    code = """import gc, sys, seaborn
print(gc.isenabled(), *(m in sys.modules for m in ("debugpy", "scipy.stats", "ipywidgets", "soupsieve")))
import debugpy, ipywidgets, soupsieve, scipy.stats
print(scipy.stats.norm.cdf(0), len(seaborn.color_palette("deep")))"""
    _, notebook = execute(write(tmp_path, code), source=template)
    template.close()
    assert notebook.cells[0].outputs[0].text == "True False False False False\n0.5 10\n"


def test_a_light_import_says_nothing_of_what_it_left_out():
    code = "from kkb_helpers import light\nfor name in light.LEFT_OUT:\n    light.load(name)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_a_run_can_start_its_template_before_it_imports_anything_heavy():
    code = "import sys; from kkb_helpers import cli, engine; print({'nbformat', 'pandas', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_the_users_own_settings_do_not_reach_notebooks(tmp_path, monkeypatch):
    startup = tmp_path / "startup.py"
    startup.write_text("raise SystemExit(3)")
    for name, value in {"MPLBACKEND": "TkAgg", "PYTHONSTARTUP": str(startup), "PYTHONPATH": "/nowhere"}.items():
        monkeypatch.setenv(name, value)
    fresh = engine.Template(preload=()).start()
    path = write(
        tmp_path, "import os\nprint(os.environ['MPLBACKEND'], os.environ.get('PYTHONSTARTUP'), os.environ['TZ'])"
    )
    _, notebook = execute(path, source=fresh)
    fresh.close()
    assert notebook.cells[0].outputs[0].text == "module://matplotlib_inline.backend_inline None UTC\n"


# --- every way to end ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
        ("import os\nos._exit(7)", "kode 7"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", "SIGSEGV"),
    ],
)
def test_a_killed_child_leaves_its_finished_cells_and_the_truth(tmp_path, source, code, said):
    outcome, notebook = execute(write(tmp_path, "print('selesai')", code, "3"), source=source)
    assert (outcome.status, outcome.cell, outcome.not_run) == ("died", 1, (1, 2))
    assert said in outcome.reason
    assert "di sel 2" in outcome.reason
    assert notebook.cells[0].outputs[0].text == "selesai\n"
    assert [c.metadata.papermill.status for c in notebook.cells] == ["completed", "failed", "pending"]
    assert notebook.cells[1].outputs[0].ename == "NotebookDied"
    assert notebook.metadata.papermill.exception is True


def test_a_notebook_past_its_time_is_killed_with_all_it_started(tmp_path, source):
    code = "import subprocess, sys, time\nchild = subprocess.Popen(['sleep', '60'])\nprint(child.pid)\n"
    path = write(tmp_path, code, "time.sleep(60)", "3")
    began = time.monotonic()
    outcome, notebook = execute(path, source=source, timeout=3)
    assert time.monotonic() - began < 30
    assert (outcome.status, outcome.cell, outcome.not_run) == ("timed_out", 1, (1, 2))
    assert outcome.reason == "Batas waktu 3 detik terlampaui di sel 2."
    grandchild = int(notebook.cells[0].outputs[0].text)
    assert _is_gone(grandchild)


def _is_gone(pid: int) -> bool:
    for _ in range(50):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.1)
    return False


def test_a_cell_past_its_time_is_killed(tmp_path, source):
    outcome, _ = execute(
        write(tmp_path, "import time\ntime.sleep(0.2)", "time.sleep(60)"), source=source, execution_timeout=1
    )
    assert (outcome.status, outcome.cell) == ("timed_out", 1)


def test_sys_exit_is_not_a_success(tmp_path, source):
    outcome, notebook = execute(write(tmp_path, "import sys\nsys.exit(0)", "2"), source=source)
    assert (outcome.status, outcome.not_run) == ("exited", (1,))
    assert "sys.exit" in outcome.reason
    assert notebook.cells[1].execution_count is None


def test_a_memory_cap_fails_the_notebook_alone(tmp_path, source):
    path = write(tmp_path, "block = bytearray(3 * 10**9)", "2")
    outcome, _ = execute(path, source=source, memory=1024)
    assert outcome.status == "failed"
    assert outcome.reason.startswith("MemoryError di sel 1")
    assert execute(write(tmp_path, "1"), source=source)[0].status == "ok"


def test_endless_printing_is_cut(tmp_path, source):
    _, notebook = execute(write(tmp_path, "for _ in range(100):\n    print('x' * 10**6)"), source=source)
    text = notebook.cells[0].outputs[0].text
    assert len(text) < 1_100_000
    assert text.endswith("[keluaran selebihnya dibuang]\n")


def test_a_grandchild_that_holds_the_pipe_does_not_hold_the_run(tmp_path, source):
    code = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(20)\n    os._exit(0)"
    began = time.monotonic()
    outcome, _ = execute(write(tmp_path, code), source=source)
    assert outcome.status == "ok"
    assert time.monotonic() - began < 15


# --- branches: what several notebooks read is read once, in a fork of the template that they are forked from -------

TELL = "import logging, os\nprint(os.getppid(), logging.getLevelName(7))"


def common(name: str) -> dict:
    """What `logging.addLevelName`, a function that leaves a trace, is called with in a branch."""
    return {"level": 7, "levelName": name}


@pytest.fixture
def branching():
    template = engine.Template(preload=("logging",), share="logging:addLevelName").start()
    yield template
    template.close()


def told(path: Path, template, **options) -> tuple[int, str]:
    """Give the parent of a notebook's process and what had been read there."""
    outcome, notebook = execute(path, source=template, **options)
    assert outcome.status == "ok", outcome.reason
    parent, name = notebook.cells[0].outputs[0].text.split(maxsplit=1)
    return int(parent), name.strip()


def test_what_notebooks_have_in_common_is_read_once_before_them(tmp_path, branching):
    path = write(tmp_path, TELL)
    one, again = (told(path, branching, common=common("Banten")) for _ in range(2))
    other, alone = told(path, branching, common=common("Aceh")), told(path, branching)
    assert (one[1], other[1], alone[1]) == ("Banten", "Aceh", "Level 7")
    assert one == again
    assert len({one[0], other[0], alone[0]}) == 3
    assert alone[0] == branching._process.pid


def test_nothing_of_one_notebook_is_seen_by_the_next_of_its_branch(tmp_path, branching):
    changing = write(tmp_path, "import logging\nlogging.addLevelName(7, 'lain')\nleft = 1\nprint(1, 2)")
    told(changing, branching, common=common("Banten"))
    seen = write(tmp_path, TELL + "\nassert 'left' not in globals()")
    assert told(seen, branching, common=common("Banten"))[1] == "Banten"


def test_a_branch_that_died_is_made_again(tmp_path, branching):
    path = write(tmp_path, TELL)
    branch, _ = told(path, branching, common=common("Banten"))
    template = branching._process.pid
    os.kill(branch, signal.SIGKILL)
    assert _is_gone(branch)
    again, name = told(path, branching, common=common("Banten"))
    assert (again != branch, name, branching._process.pid) == (True, "Banten", template)


def test_a_notebook_runs_where_what_it_shares_cannot_be_read(tmp_path, branching):
    branch, name = told(write(tmp_path, TELL), branching, common={"level": 7})
    assert (name, branch != branching._process.pid) == ("Level 7", True)


def test_a_branch_that_dies_while_it_reads_costs_no_notebook(tmp_path):
    template = engine.Template(preload=("logging",), share="os:_exit").start()
    path = write(tmp_path, TELL)
    for _ in range(2):
        parent, _ = told(path, template, common={"status": 9})
        assert parent == template._process.pid
    assert len(template._lost) == 1
    template.close()


def test_a_branch_that_hangs_while_it_reads_costs_one_notebook_its_time(tmp_path):
    template = engine.Template(preload=(), share="subprocess:run").start()
    hanging = {"args": ["sleep", "60"]}
    path = write(tmp_path, TELL)
    assert execute(path, source=template, common=hanging, timeout=2)[0].status == "timed_out"
    assert told(path, template, common=hanging)[0] == template._process.pid
    template.close()


@pytest.mark.parametrize("retired", [False, True])
def test_nothing_that_a_notebook_of_a_branch_started_is_left(tmp_path, branching, retired):
    marker = tmp_path / "pid"
    code = "import pathlib, subprocess, time\nprocess = subprocess.Popen(['sleep', '60'])\n"
    code += f"pathlib.Path({str(marker)!r}).write_text(str(process.pid))\ntime.sleep(60)"
    (tmp_path / "slow").mkdir()
    slow = write(tmp_path / "slow", code)
    thread = threading.Thread(target=execute, args=(slow,), kwargs={"source": branching, "common": common("0")})
    thread.start()
    while not (marker.exists() and marker.read_text()):
        time.sleep(0.05)
    if retired:
        for name in "1234":
            told(write(tmp_path, TELL), branching, common=common(name))
        assert len(branching._retired) == 1
    branching.close()
    thread.join(20)
    assert _is_gone(int(marker.read_text()))


def test_an_old_branch_ends_once_its_notebooks_have(tmp_path, branching):
    marker, path = tmp_path / "pid", write(tmp_path, TELL)
    (tmp_path / "slow").mkdir()
    wait = f"import os, pathlib, time\nhere = pathlib.Path({str(tmp_path)!r})\n"
    wait += "(here / 'pid').write_text(str(os.getppid()))\nwhile not (here / 'go').exists(): time.sleep(0.05)"
    slow, result = write(tmp_path / "slow", wait), {}
    thread = threading.Thread(target=lambda: result.update(o=execute(slow, source=branching, common=common("0"))[0]))
    thread.start()
    while not (marker.exists() and marker.read_text()):
        time.sleep(0.05)
    for name in "1234":
        told(path, branching, common=common(name))
    branch = int(marker.read_text())
    os.kill(branch, 0)  # its notebook is still under way
    (tmp_path / "go").touch()
    thread.join(20)
    assert result["o"].status == "ok"
    assert _is_gone(branch)


def test_branches_end_with_their_template(tmp_path, branching):
    branch, _ = told(write(tmp_path, TELL), branching, common=common("Banten"))
    branching.close()
    assert _is_gone(branch)


def test_what_a_child_writes_past_python_goes_to_its_log(tmp_path, source):
    with tempfile.TemporaryFile() as log:
        execute(write(tmp_path, "import os\nos.write(1, b'dari fd 1\\n')"), source=source, log=log.fileno())
        log.seek(0)
        assert b"dari fd 1" in log.read()


def test_a_template_that_died_is_started_again(tmp_path, source):
    path = write(tmp_path, "print(1)")
    execute(path, source=source)
    os.kill(source._process.pid, signal.SIGKILL)
    source._process.wait()
    assert execute(path, source=source)[0].status == "ok"


@pytest.mark.parametrize("kind", [engine.Template, engine.Cold])
def test_what_was_closed_starts_nothing_more(tmp_path, kind):
    source = kind()
    source.close()
    with pytest.raises(engine.TemplateLost, match="sudah ditutup"):
        execute(write(tmp_path, "1"), source=source)


def test_closing_ends_children_that_were_started_cold(tmp_path):
    cold = engine.Cold()
    threading.Timer(4, cold.close).start()
    began = time.monotonic()
    outcome, _ = execute(write(tmp_path, "import time\ntime.sleep(60)"), source=cold)
    assert (outcome.status, time.monotonic() - began < 20) == ("died", True)


@pytest.mark.skipif(sys.platform != "linux", reason="templates are of Linux alone")
def test_a_template_whose_runner_went_before_it_heard_that_it_is_warm_ends_quietly(capfd):
    template = engine.Template(preload=()).start()
    assert select.select([template._control], [], [], 60)[0]  # it has said so, and nobody has read it
    template._control.close()
    assert template._process.wait(60) == 0
    assert capfd.readouterr().err == ""
    template.close()


@pytest.mark.skipif(sys.platform != "linux", reason="templates are of Linux alone")
@pytest.mark.parametrize("descriptors", ["some", "none left"])
def test_a_template_that_does_not_hear_its_end_is_killed(monkeypatch, descriptors):
    def full(pid):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(engine.runner, "KILL_GRACE", 0.5)
    if descriptors == "none left":
        monkeypatch.setattr(os, "pidfd_open", full)
    template = engine.Template(preload=()).start()
    template.open(os.open(os.devnull, os.O_WRONLY)).kill()  # it is warm
    process = template._process
    os.kill(process.pid, signal.SIGSTOP)
    began = time.monotonic()
    template.close()
    assert process.returncode == -signal.SIGKILL
    assert 0.4 < time.monotonic() - began < 30


def test_a_child_dies_with_its_template(tmp_path):
    template = engine.Template(preload=()).start()
    marker = tmp_path / "pid"
    code = f"import os, time\nopen({str(marker)!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)"
    result = {}
    thread = threading.Thread(target=lambda: result.update(o=execute(write(tmp_path, code), source=template)[0]))
    thread.start()
    while not (marker.exists() and marker.read_text()):
        time.sleep(0.05)
    os.kill(template._process.pid, signal.SIGKILL)
    thread.join(20)
    assert result["o"].status == "died"
    assert _is_gone(int(marker.read_text()))
    template.close()


def test_a_runner_that_dies_leaves_no_process(tmp_path):
    marker = tmp_path / "pids"
    notebook = write(
        tmp_path,
        f"import os, time\nopen({str(marker)!r}, 'w').write(f'{{os.getpid()}} {{os.getppid()}}')\ntime.sleep(60)",
    )
    code = (
        f"import papermill\npapermill.execute_notebook({str(notebook)!r}, None, engine_name='kkb', progress_bar=False)"
    )
    runner = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(600):
        if marker.exists() and marker.read_text():
            break
        time.sleep(0.1)
    runner.kill()
    runner.wait()
    child, template = map(int, marker.read_text().split())
    assert _is_gone(child)
    assert _is_gone(template)


def test_memory_and_time_of_the_child_are_told(tmp_path, source):
    outcome, _ = execute(write(tmp_path, "block = bytearray(200 * 2**20)\nx = sum(range(10**6))"), source=source)
    assert outcome.peak_bytes > 200 * 2**20
    assert outcome.cpu_seconds > 0
    assert outcome.seconds > 0


# --- after the cells -----------------------------------------------------------------------------------------------


def test_a_function_is_called_in_the_child_after_the_cells(tmp_path, source):
    options = {"then": "nbformat.v4:nbbase", "then_options": {}}
    outcome, _ = execute(write(tmp_path, "1"), source=source, **options)
    assert outcome.status == "failed"  # a module is no function
    assert outcome.reason.startswith("Halaman tidak dapat dibuat: TypeError")
    packer = tmp_path / "packer.py"
    packer.write_text(
        "def pack(notebook, greeting):\n    return {'n': len(notebook.cells)}, {'a.txt': greeting.encode()}"
    )
    options = {"then": "packer:pack", "then_options": {"greeting": "halo"}}
    path = write(tmp_path, f"import sys\nsys.path.insert(0, {str(tmp_path)!r})")
    outcome, _ = execute(path, source=source, **options)
    assert (outcome.status, outcome.value, outcome.files) == ("ok", {"n": 1}, {"a.txt": b"halo"})


# --- without fork --------------------------------------------------------------------------------------------------


def test_a_cold_child_does_the_same(tmp_path):
    cold = engine.Cold()
    path = write(tmp_path, *PARITY)
    outcome, ours = execute(path, source=cold)
    _, theirs = execute(path, engine_name=None)
    assert outcome.status == "ok"
    assert outputs(ours) == outputs(theirs)
    cold.close()


def test_a_cold_child_is_killed_in_time_too(tmp_path):
    outcome, _ = execute(write(tmp_path, "import time", "time.sleep(60)"), source=engine.Cold(), timeout=15)
    assert (outcome.status, outcome.cell) == ("timed_out", 1)


def test_a_cold_child_that_dies_is_told(tmp_path):
    outcome, _ = execute(write(tmp_path, "import os\nos._exit(7)"), source=engine.Cold())
    assert (outcome.status, outcome.reason) == ("died", "Proses berakhir mendadak (kode 7) di sel 1.")


def test_another_language_is_refused(tmp_path, source):
    with pytest.raises(ValueError, match="hanya menjalankan kernel Python"):
        engine.ForkEngine.execute_notebook(
            papermill.iorw.load_notebook_node(str(write(tmp_path, "1"))), "ir", progress_bar=False, source=source
        )


# --- frames --------------------------------------------------------------------------------------------------------


def test_frames_come_back_whole_from_any_cuts():
    sent = [({"kind": "a", "n": 1}, b""), ({"kind": "b"}, bytes(range(256)) * 3)]
    stream = b"".join(Frames.pack(*frame) for frame in sent)
    for size in (1, 7, len(stream)):
        reader = Frames()
        got = [f for i in range(0, len(stream), size) for f in reader.feed(stream[i : i + size])]
        assert json.dumps([h for h, _ in got]) == json.dumps([h for h, _ in sent])
        assert [b for _, b in got] == [b for _, b in sent]


def test_half_a_frame_of_a_killed_child_is_no_frame():
    assert list(Frames().feed(Frames.pack({"kind": "cell"}, b"abc")[:-1])) == []


def test_a_child_imports_the_package_of_its_runner(tmp_path, source):
    _, notebook = execute(write(tmp_path, "import sys\nprint(sys.path[0])"), source=source)
    assert notebook.cells[0].outputs[0].text.strip() == str(Path(engine.__file__).parents[2])
