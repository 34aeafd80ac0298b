"""What ways b, c and e run in each of their processes; started as a program, by any Python that has what it needs."""

import contextlib
import io
import json
import multiprocessing
import queue
import re
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def page(order: dict, wanted: dict) -> None:
    """Run one notebook and turn it into HTML, as papermill's own users do."""
    notebook = str(ROOT / "notebooks" / wanted["notebook"])
    out = Path(order["out"]) / f"{wanted['target']}.ipynb"
    parameters = {"area": wanted["area"], "period": order["period"], "data": order["data"]}
    if order["engine"] == "ploomber":
        from ploomber_engine import execute_notebook

        execute_notebook(notebook, str(out), parameters=parameters, progress_bar=False)
    else:
        import papermill

        papermill.execute_notebook(notebook, str(out), parameters=parameters, progress_bar=False)
    from nbconvert import HTMLExporter

    text, _ = HTMLExporter().from_filename(str(out))
    out.with_suffix(".html").write_text(text, encoding="utf-8")


def show_all(order: dict, wanted: dict, period: str) -> None:
    """Make what a notebook shows of a period by its plain calls."""
    from IPython.core.formatters import DisplayFormatter

    from kkb_helpers import Params, show

    notebook = json.loads((ROOT / "notebooks" / wanted["notebook"]).read_text(encoding="utf-8"))
    source = "\n".join("".join(cell["source"]) for cell in notebook["cells"])
    p = Params(area=wanted["area"], period=period, data=order["data"])
    with contextlib.redirect_stdout(io.StringIO()):
        for name in re.findall(r'show\(p, "(\w+)"\)', source):
            DisplayFormatter().format(show(p, name))


def be_warm(order: dict, ready, go, jobs, spent) -> None:
    """A process of the floor: warms itself with every kind of page, waits for the start, and takes pages until none.

    It warms itself with those of the month before: what is measured is to be worked out while it is measured. Where the
    figures lie it knows, as the processes of a run do: it is not looked up for each page.
    """
    from kkb_helpers import Params
    from kkb_helpers.cli import planning
    from kkb_helpers.page import context
    from kkb_helpers.params import Period

    planning.warm()
    p = Params(area=order["pages"][0]["area"], period=order["period"], data=order["data"])
    asked = p.folder, p.period, p.profile
    context._PREPARED[asked] = context.prepare(*asked)
    before = Period(order["period"]).shift(-1).text
    kinds = {wanted["notebook"]: wanted for wanted in order["pages"]}
    for wanted in kinds.values():
        show_all(order, wanted, before)
    ready.release()
    go.wait()
    began = time.process_time()
    while (wanted := jobs.get()) is not None:
        show_all(order, wanted, order["period"])
    spent.put(time.process_time() - began)


def floor(order: dict) -> tuple[float, float]:
    """Give the seconds, and CPU seconds, that warm processes take for the pages, largest kinds first."""
    context = multiprocessing.get_context("spawn")
    ready, go, jobs, spent = context.Semaphore(0), context.Event(), context.Queue(), context.Queue()
    count = order["workers"]
    for wanted in [*reversed(order["pages"]), *[None] * count]:
        jobs.put(wanted)
    processes = [context.Process(target=be_warm, args=(order, ready, go, jobs, spent)) for _ in range(count)]
    for process in processes:
        process.start()
        _patiently(
            lambda: ready.acquire(timeout=1), processes
        )  # one after another: the first computes what all areas share
    began = time.perf_counter()
    go.set()
    cpu = sum(_patiently(lambda: _taken(spent), processes) for _ in processes)
    return time.perf_counter() - began, cpu


def _taken(spent) -> float | None:
    with contextlib.suppress(queue.Empty):
        return spent.get(timeout=1)
    return None


def _patiently(ask, processes):
    """Ask until there is an answer; RuntimeError where a process has died instead."""
    while not (answer := ask()):
        if any(process.exitcode for process in processes):
            raise RuntimeError("a process of the floor has died")
    return answer


def main() -> None:
    """Do what the order in a file says."""
    order = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    if order["engine"] == "floor":
        print(*floor(order))
        return
    with ProcessPoolExecutor(order["workers"], mp_context=multiprocessing.get_context("spawn")) as pool:
        for future in [pool.submit(page, order, wanted) for wanted in order["pages"]]:
            future.result()


if __name__ == "__main__":
    main()
