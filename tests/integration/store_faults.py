#!/usr/bin/env python3
"""Every system call of a commit fails once, as on a full or a broken disk: the commit says so, the generation before
plays on, nothing half is there, and the next commit works.

Environment: BUILD, the build directory (default build). Arguments: -v prints each fault.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

BUILD = os.environ.get("BUILD", "build")
DRIVER = os.path.abspath(os.path.join(BUILD, "test-programs", "store_driver"))
CALLS = ["mkdir", "openat", "write", "fchmod", "fsync", "rename", "symlink", "unlink", "unlinkat", "readlink"]


def trace(directory, *more):
    """The driver's lines, and strace's."""
    log = directory + ".log"
    done = subprocess.run(["strace", "-e", "signal=none", "-e", "trace=" + ",".join(CALLS), *more, "-o", log, DRIVER,
                           "fault", os.path.join(directory, "state"), "3"],
                          capture_output=True, text=True, timeout=60, check=False,
                          env=dict(os.environ, ASAN_OPTIONS="detect_leaks=0"))
    with open(log, encoding="utf-8", errors="replace") as lines:
        return done.stdout.split("\n") + done.stderr.split("\n"), lines.read().splitlines()


def prepare(directory):
    """Two commits, so that the third prunes as well."""
    os.mkdir(directory)
    subprocess.run([DRIVER, "commits", os.path.join(directory, "state"), "1", "2"], check=True, timeout=20,
                   stdout=subprocess.DEVNULL)


def calls_of_the_commit(lines):
    """(name, how many of that name came before it, counting from 1) of each call between "begin" and "end"."""
    counts, inside, calls = {}, False, []
    for line in lines:
        match = re.match(r"(\w+)\(", line)
        if not match:
            continue
        name = match.group(1)
        counts[name] = counts.get(name, 0) + 1
        if name == "write" and '"begin' in line:
            inside = True
        elif name == "write" and '"end' in line:
            inside = False
        elif inside:
            calls.append((name, counts[name], line))
    return calls


def main():
    verbose = "-v" in sys.argv[1:]
    scratch = tempfile.mkdtemp(prefix="store_faults.", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
    directory, start = os.path.join(scratch, "d"), os.path.join(scratch, "start")
    wrong, failed = [], 0
    try:
        prepare(start)
        shutil.copytree(start, directory, symlinks=True)
        _, lines = trace(directory)
        calls = calls_of_the_commit(lines)
        for name, when, line in calls:
            for error in ("ENOSPC", "EIO"):
                shutil.rmtree(directory)
                shutil.copytree(start, directory, symlinks=True)
                said, _ = trace(directory, "-e", f"inject={name}:error={error}:when={when}")
                verdict = next((s for s in said if s.startswith(("ok", "BAD"))), "died: " + " ".join(said)[-300:])
                failed += verdict.startswith("ok -")
                if verbose:
                    print(f"# {error} {line[:100]}: {verdict}")
                if not verdict.startswith("ok"):
                    wrong.append(f"{error} {line[:100]}: {verdict}")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    for line in wrong:
        print("# " + line)
    print(f"{'not ok' if wrong else 'ok'} 1 - no failing system call leaves half a generation")
    print(f"# {len(calls)} calls, each failing in two ways; {failed} made the commit fail")
    # most of them are needed for the commit: if they did not make it fail, nothing was injected
    enough = failed > len(calls)
    print(f"{'ok' if enough else 'not ok'} 2 - the faults reached the commit")
    print("1..2")
    return 0 if enough and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
