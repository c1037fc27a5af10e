"""What the Python benchmarks share: processes' CPU time, memory and wake-ups, a daemon on a site, one line a result."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "integration"))
from harness import Scratch, Site, run, stop, wait_for  # noqa: E402  (for those that import this)

__all__ = ["Scratch", "Site", "run", "stop", "wait_for", "row", "tree", "cpu", "pss", "wake_ups", "spent", "daemon"]


def row(what, value, unit, baseline="", goal="-"):
    print(f"{what:<52} {value:10.4g} {unit}{' of ' if baseline else ''}{baseline}  (goal {goal})", flush=True)


def tree(pid):
    """The process and all its descendants."""
    parents = {}
    for name in os.listdir("/proc"):
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as f:
                parents[int(name)] = int(f.read().rsplit(")", 1)[1].split()[1])
        except (OSError, ValueError):
            pass
    found, more = set(), {pid}
    while more:
        found |= more
        more = {child for child, parent in parents.items() if parent in more} - found
    return found


def cpu(pids):
    """CPU seconds, of the threads that live."""
    total = 0
    for pid in pids:
        try:
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as f:
                    total += int(f.read().split()[0])
        except OSError:
            pass
    return total / 1e9


def pss(pids):
    """Megabytes, shared pages counted in parts."""
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
                total += sum(int(line.split()[1]) for line in f if line.startswith("Pss:"))
        except OSError:
            pass
    return total / 1024


def wake_ups(pid):
    """How often any of its threads went to sleep by itself."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/status", encoding="ascii") as f:
            total += sum(int(line.split()[1]) for line in f if line.startswith("voluntary_ctxt"))
    return total


def spent(pid, seconds):
    """CPU seconds a second of the process and its descendants."""
    before, start = cpu(tree(pid)), time.monotonic()
    time.sleep(seconds)
    return (cpu(tree(pid)) - before) / (time.monotonic() - start)


def daemon(scratch, displays, playlists, clock="2026-03-02 08:00:00"):
    """A site whose daemon plays, without a trace: digests are not what is measured."""
    site = Site(scratch, displays)
    code, _, err = site.bangtin("load", site.playlists(playlists))
    if code:
        raise RuntimeError(err)
    site.daemon = scratch.start("bangtind", "-c", site.configuration, "--clock", clock,
                                err=os.path.join(scratch.path, "log"))
    if not wait_for(lambda: "error" not in site.status(), 30):
        raise RuntimeError("bangtind did not start")
    return site
