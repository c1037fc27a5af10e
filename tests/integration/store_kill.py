#!/usr/bin/env python3
"""kill -9 at random points of 200 commits: after each the store opens with the last acknowledged generation, or with
the one that was being committed if it is complete; never with half of one. Acknowledged means that store_commit
returned and the writer wrote it to a pipe.

Environment: BUILD, the build directory (default build); SEED.
"""
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

BUILD = os.environ.get("BUILD", "build")
DRIVER = os.path.abspath(os.path.join(BUILD, "test-programs", "store_driver"))
KILLS = 200
SEED = int(os.environ.get("SEED", "0") or 0) or random.SystemRandom().randrange(1, 1 << 31)


def serial_of(line):
    match = re.search(r"serial=(\d+) ", line)
    return int(match.group(1)) if match else None


def commits_until_killed(state, first, delay):
    """Serials acknowledged before the kill, which comes delay seconds after the writer is ready."""
    writer = subprocess.Popen([DRIVER, "commits", state, str(first), "0"], stdout=subprocess.PIPE, text=True)
    assert writer.stdout.readline() == "ready\n"
    time.sleep(delay)
    writer.send_signal(signal.SIGKILL)
    lines = writer.stdout.read().splitlines()
    writer.wait(timeout=10)
    return [serial_of(line) for line in lines]


def read(state):
    return subprocess.run([DRIVER, "read"], input=state + "\n", capture_output=True, text=True, check=True,
                          timeout=20).stdout.strip()


def commit_time(directory):
    """Seconds that a commit takes here, so that the kills fall into the first few."""
    start = time.monotonic()
    acknowledged = commits_until_killed(os.path.join(directory, "measure"), 1, 0.3)
    return (time.monotonic() - start) / max(1, len(acknowledged))


def main():
    source = random.Random(SEED)
    # on the file system of the build, not on tmpfs: there a commit takes as long as it does in use
    directory = tempfile.mkdtemp(prefix="store_kill.", dir=BUILD)
    state = os.path.abspath(os.path.join(directory, "state"))
    last, total, unacknowledged, leftovers, wrong = 0, 0, 0, 0, []
    try:
        one = commit_time(directory)
        for kill in range(KILLS):
            acknowledged = commits_until_killed(state, last + 1, source.uniform(0, 2 * one))
            total += len(acknowledged)
            expected = acknowledged[-1] if acknowledged else last
            generations = os.path.join(state, "generations")
            leftovers += any(n.endswith((".stage", ".remove")) for n in os.listdir(generations))
            found = read(state)
            serial = serial_of(found)
            if serial not in (expected, expected + 1):
                wrong.append(f"kill {kill}: {found}, acknowledged {expected}")
                break
            unacknowledged += serial == expected + 1
            last = serial
            if any(n.endswith((".stage", ".remove")) for n in os.listdir(generations)):
                wrong.append(f"kill {kill}: what was left is still there after opening")
                break
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    for line in wrong:
        print("# " + line)
    print(f"{'not ok' if wrong else 'ok'} 1 - after each of {KILLS} kills the acknowledged generation is there")
    print(f"# seed {SEED}; a commit takes {1000 * one:.1f} ms; {total} acknowledged, {unacknowledged} complete but not "
          f"acknowledged, {leftovers} cut in the middle")
    # a run whose kills all fell between commits would show nothing
    print(f"{'ok' if leftovers >= KILLS / 20 else 'not ok'} 2 - the kills fell into commits")
    print("1..2")
    return 1 if wrong or leftovers < KILLS / 20 else 0


if __name__ == "__main__":
    sys.exit(main())
