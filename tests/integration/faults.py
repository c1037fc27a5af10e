#!/usr/bin/env python3
"""Each allocation and each fallible call of the real programs fails once, at every place where it is called from: no
crash, no leak, no finding of the sanitizers, a message and a documented status, and a store that is as before or as
after, never between. The daemon ends for want of memory only, and never because of a device.

    faults.py                   a sample, spread evenly over all places
    faults.py --all [SCENARIO…] every place; load:calls, load:allocations: of one kind
    faults.py SCENARIO=POINT    one, e.g. load=write:3:ENOSPC, with all that was said

A place is a stack of callers. JOBS run at once; FAULTS_LOG is a file for everything that was wrong.

Allocations fail in the programs as they ship; calls fail in those with sanitizers, for these see what is leaked.
"""
import concurrent.futures
import errno
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

from harness import ROOT, Scratch, Tap, run, stop, wait_for

tap = Tap()
PRELOAD = os.path.join(ROOT, "build", "test-programs", "faulty.so")
ASAN = subprocess.run(["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True, check=True).stdout.strip()
SANITIZERS = {"ASAN_OPTIONS": "abort_on_error=1", "UBSAN_OPTIONS": "print_stacktrace=1", "LSAN_OPTIONS":
              f"suppressions={ROOT}/tests/lsan.supp:print_suppressions=0:exitcode=99"}
FULL = ["ENOSPC", "EIO"]
# What each call is made to fail with; EINTR and EAGAIN are no faults, and must not be taken for one.
ERRORS = {
    "alloc": ["ENOMEM"], "pthread_create": ["EAGAIN"], "write": FULL + ["EINTR"], "writev": FULL + ["EAGAIN"],
    "read": ["EIO", "EINTR"], "__read_chk": ["EIO", "EINTR"], "recv": ["ECONNRESET", "EINTR"], "mkdir": FULL,
    "__recv_chk": ["ECONNRESET", "EINTR"], "send": ["EPIPE", "EAGAIN"], "fsync": FULL, "rename": FULL, "symlink": FULL,
    "mkostemp": FULL, "ftruncate64": FULL, "epoll_wait": ["EINTR"], "epoll_pwait": ["EINTR"], "poll": ["EINTR", "ENOMEM"],
    "ppoll": ["EINTR", "ENOMEM"], "connect": ["ECONNREFUSED", "EAGAIN"], "accept4": ["EMFILE", "ECONNABORTED"],
    "mmap": ["ENOMEM"], "mmap64": ["ENOMEM"],
    "open": ["EMFILE", "EIO", "EACCES"], "open64": ["EMFILE", "EIO", "EACCES"], "flock": ["EINTR", "ENOLCK"],
    "socket": ["EMFILE"], "timerfd_create": ["EMFILE"], "epoll_create1": ["EMFILE"], "eventfd": ["EMFILE"],
    "pipe2": ["EMFILE"], "bind": ["EADDRINUSE"], "listen": ["EADDRINUSE"], "sendto": ["ENOBUFS", "EAGAIN"],
    "sendmmsg": ["ENOBUFS", "EAGAIN"],
}
# access: whoever looks at its answer opens the file next. timerfd_settime fails for wrong arguments only, which is
# asserted. epoll_ctl: libuv stops the program itself where the kernel has no memory for a watch.
WITHOUT_A_FAULT = {"access", "timerfd_settime", "epoll_ctl"}
DISPLAYS = """
{ name = "board"; tags = ["led"]; size = "32x16"; driver = { name = "adalight"; port = "%s"; baud = 2000000; }; },
{ name = "wall"; tags = ["led"]; size = "64x16"; driver = { name = "ddp"; host = "127.0.0.1"; }; }
"""
NOW = "2026-12-01 08:00:00"


def playlist(words):
    return f"""bangtin: 1
unit: province
messages:
  m: {{text: "{words}", qr: "http://a.vn"}}
schedule:
  - {{show: m, on: [led], name: "{words}"}}
"""


class Point:
    def __init__(self, call, number, error):
        self.call, self.number, self.error = call, int(number), error

    def __str__(self):
        return f"{self.call}:{self.number}:{self.error}"


class Scenario:
    """One program doing one thing. Sub-classes: prepare() makes what is there before; act(scratch, …) lets the program
    run in a copy of it; judge() says what is wrong afterwards, or None."""
    program = "bangtin"
    unsigned = True

    def __init__(self, scratch):
        self.scratch = scratch
        self.cache = os.path.join(scratch.path, "cache")
        self.start = os.path.join(scratch.path, self.name, "start")
        os.makedirs(self.start)
        self.prepare()
        self.normal = None

    def environment(self, directory, point, sanitizers):
        more = {"FAULTY_PROGRAM": self.program, "UV_THREADPOOL_SIZE": "1", "XDG_CACHE_HOME": self.cache}
        preload = PRELOAD
        if sanitizers:
            more |= SANITIZERS
            preload = f"{ASAN}:{PRELOAD}"
        if point:
            more |= {"FAULTY": f"{point.call}:{point.number}:{getattr(errno, point.error)}",
                     "FAULTY_HIT": os.path.join(directory, "hit")}
        else:
            more["FAULTY_SURVEY"] = os.path.join(directory, "survey")
        return os.environ | more | {"FAULTY_PRELOAD": preload}

    def execute(self, directory, environment, sanitizers, *arguments):
        """The program under test: (status, output, errors)."""
        binary = os.path.join(ROOT, "build/asan/bin" if sanitizers else "build/bin", self.program)
        environment = environment | {"LD_PRELOAD": environment["FAULTY_PRELOAD"]}
        done = subprocess.run([binary, *arguments], cwd=directory, env=environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, errors="replace", timeout=120, check=False)
        return done.returncode, done.stdout, done.stderr

    def once(self, point, sanitizers, number):
        """(what is wrong or None, whether the fault was met, what was said)."""
        directory = os.path.join(self.scratch.path, self.name, f"run-{number}")
        shutil.copytree(self.start, directory, symlinks=True)
        site(directory, self.unsigned)
        result = self.act(directory, self.environment(directory, point, sanitizers), sanitizers)
        hit = os.path.exists(os.path.join(directory, "hit"))
        wrong = self.complain(result, point) or self.judge(directory, result, point)
        said = f"{point}: {wrong} (status {result[0]})\n{result[1][-600:]}\n{result[2][-3000:]}"
        survey = os.path.join(directory, "survey")
        if not point:
            with open(survey, encoding="ascii") as f:
                self.places = [line.split() for line in f]
            self.normal = result
        shutil.rmtree(directory, ignore_errors=True)
        return wrong, hit, said

    def complain(self, result, point):
        code, out, err = result[:3]
        if code < 0:
            return f"it died of {signal.Signals(-code).name}"
        if "Sanitizer" in err or "runtime error" in err:
            return "the sanitizers found something"
        if code not in (0, 1, 3):
            return "the status is not documented"
        if code and not (out + err).strip():
            return "it says nothing"
        if point and point.error in ("EINTR",) and code:
            return "an interruption is taken for a fault"
        return None

    def judge(self, directory, result, point):
        if result[0] == 0 and self.normal and result[1] != self.normal[1]:
            return "it says that all is well, but says something else"
        return None


class Check(Scenario):
    name = "check"
    def prepare(self):
        site(self.start)
        write(self.start, "playlists/province/a.yaml", playlist("truoc"))

    def act(self, directory, environment, sanitizers):
        return self.execute(directory, environment, sanitizers, "check", "-c", "bangtind.conf", "playlists")


class Load(Scenario):
    """A second generation beside the first, without a daemon."""
    name = "load"
    load = ("load", "-c", "bangtind.conf", "playlists")

    def prepare(self):
        site(self.start)
        write(self.start, "playlists/province/a.yaml", playlist("truoc"))
        code, _, err = run("bangtin", "load", "-c", "bangtind.conf", "playlists", cwd=self.start)
        assert code == 0, err
        write(self.start, "playlists/province/a.yaml", playlist("sau"))

    def act(self, directory, environment, sanitizers):
        return self.execute(directory, environment, sanitizers, *self.load)

    def judge(self, directory, result, point):
        if point and point.call == "alloc" and result[0]: # it may have ended when the commit was done
            return judge_store(directory, "truoc", self.load) and judge_store(directory, "sau", self.load)
        return judge_store(directory, "sau" if result[0] == 0 else "truoc", self.load)


class Accept(Load):
    """The same with a signed bundle, where nothing else is accepted."""
    name = "accept"
    unsigned = False
    load = ("load", "-c", "bangtind.conf", "bundles/sau")

    def prepare(self):
        site(self.start, unsigned=False)
        keys = {n: os.path.join(self.start, n) for n in ("an", "binh", "chi")}
        lines = []
        for name, path in keys.items():
            assert run("bangtin", "key", "new", path, "--no-password")[0] == 0
            with open(path + ".pub", encoding="ascii") as f:
                roles = {"an": "root,author", "binh": "root,approver", "chi": "root"}[name]
                lines.append((name, roles, f.read().splitlines()[1]))
        write_root(self.start, lines, keys)
        for number, words in ((1, "truoc"), (2, "sau")):
            bundle = os.path.join(self.start, "bundles", words)
            write(bundle, "a.yaml", playlist(words))
            must("sign", bundle, "-k", keys["an"] + ".key", "--scope", "province", "--sequence", number,
                 "--not-before", "2026-01-01", "--expires", "90d")
            must("approve", bundle, "-k", keys["binh"] + ".key")
        must("load", "-c", "bangtind.conf", "bundles/truoc", cwd=self.start)

class Verify(Accept):
    name = "verify"

    def act(self, directory, environment, sanitizers):
        return self.execute(directory, environment, sanitizers, "verify", "bundles/sau", "--root", "root/ROOT")

    def judge(self, directory, result, point):
        return Scenario.judge(self, directory, result, point)


class Preview(Check):
    name = "preview"

    def act(self, directory, environment, sanitizers):
        result = self.execute(directory, environment, sanitizers, "preview", "-c", "bangtind.conf", "-d", "wall", "--at", NOW,
                              "--panel", "-o", "board.png", "playlists")
        try:
            with open(os.path.join(directory, "board.png"), "rb") as f:
                return result + (f.read(),)
        except FileNotFoundError:
            return result + (None,)

    def judge(self, directory, result, point):
        if self.normal is None or result[3] == self.normal[3]:
            return None
        if result[0] == 0:
            return "it says that all is well, but the picture is another one"
        return "a part of the picture was left" if result[3] is not None else None


def write(directory, name, text):
    path = os.path.join(directory, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def must(*arguments, **options):
    code, out, err = run("bangtin", *arguments, **options)
    assert code == 0, (arguments, out, err)


def write_root(directory, lines, keys):
    text = "bangtin-root: 1\nversion: 1\n" + "".join(f"key: {k} {n} {r} *\n" for n, r, k in lines)
    write(directory, "root/ROOT", text)
    for name in ("an", "binh"):
        must("sign", os.path.join(directory, "root/ROOT"), "-k", keys[name] + ".key")


def site(directory, unsigned=True):
    write(directory, "bangtind.conf", f"""site = {{ name = "S"; timezone = "Asia/Ho_Chi_Minh"; state-directory = "{directory}/state";
socket = "{directory}/control.sock"; units = ( {{ name = "province"; }} );
{"unsigned-loads = true;" if unsigned else f'root = "{directory}/root/ROOT";'} }};
displays = ( {DISPLAYS % os.path.join(directory, "tty")} );
""")


def digest(directory):
    """Of all that a directory holds: names, modes, links and bytes; not when they were written."""
    found = hashlib.sha256()
    for at, below, names in os.walk(directory):
        below.sort()
        for name in sorted(names + below):
            path = os.path.join(at, name)
            found.update(f"{os.path.relpath(path, directory)} {os.lstat(path).st_mode:o} ".encode())
            if os.path.islink(path):
                found.update(os.readlink(path).encode())
            elif os.path.isfile(path):
                with open(path, "rb") as f:
                    found.update(hashlib.sha256(f.read()).digest())
    return found.digest()


judged = {}


def judge_store(directory, wanted, again):
    """The store holds that generation, all of it, and the next load works. Stores that are equal are judged once."""
    key = (again, wanted, digest(os.path.join(directory, "state")))
    if key not in judged:
        judged[key] = judge_new_store(directory, wanted, again)
    return judged[key]


def judge_new_store(directory, wanted, again):
    code, out, err = run("bangtin", "agenda", "-c", "bangtind.conf", "-d", "wall", "--from", NOW, "--json", cwd=directory)
    if code or f'"{wanted}"' not in out and f'/{wanted}"' not in out:
        return f"the store does not hold `{wanted}`: {out[-300:]}{err}"
    left = [n for n in os.listdir(os.path.join(directory, "state", "generations")) if not n.isdigit()]
    code, _, err = run("bangtin", *again, cwd=directory)
    if code != 0 and "rule sequence" not in err:
        return f"the next load fails: {err}"
    later = [n for n in os.listdir(os.path.join(directory, "state", "generations")) if not n.isdigit()]
    return f"something is left: {later} of {left}" if later else None


def ask(path, **request):
    """One request to a daemon; {} if there is none."""
    try:
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(10)
            s.connect(path)
            s.sendall(json.dumps(request).encode() + b"\n")
            data = b""
            while not data.endswith(b"\n"):
                more = s.recv(1 << 16)
                if not more:
                    break
                data += more
        return json.loads(data)
    except (OSError, ValueError):
        return {}


class Daemon(Load):
    """It starts, plays on a simulator behind a pseudo-terminal, takes a load, and ends when it is told to."""
    name = "daemon"
    program = "bangtind"

    def act(self, directory, environment, sanitizers):
        with Scratch() as scratch:
            board = scratch.start("bangtin-simulator", "--protocol", "adalight", "--size", "32x16", "--pty",
                                  os.path.join(directory, "tty"))
            wait_for(lambda: os.path.exists(os.path.join(directory, "tty")))
            environment = environment | {"LD_PRELOAD": environment["FAULTY_PRELOAD"]}
            binary = os.path.join(ROOT, "build/asan/bin" if sanitizers else "build/bin", self.program)
            with open(os.path.join(directory, "out"), "w+", encoding="utf-8", errors="replace") as out:
                daemon = subprocess.Popen([binary, "-c", "bangtind.conf"], cwd=directory, env=environment,
                                          stdin=subprocess.DEVNULL, stdout=out, stderr=out)
                scratch.processes.append(daemon)
                story = self.story(directory, daemon)
                code = stop(daemon, 20)
                out.seek(0)
                return code, "", out.read(), story
            del board

    def story(self, directory, daemon):
        """What came about: answered, up, loaded, plays."""
        path = os.path.join(directory, "control.sock")
        story = {}

        def status():
            return {d["name"]: d for d in ask(path, command="status").get("displays", ())}

        def until(condition):
            return wait_for(lambda: daemon.poll() is not None or condition(status()), 60) and daemon.poll() is None

        story["answered"] = bool(until(lambda s: s))
        story["up"] = bool(until(lambda s: s and all(d["health"] == "up" for d in s.values())))
        if daemon.poll() is None:
            code, _, err = run("bangtin", "load", "-c", "bangtind.conf", "playlists", cwd=directory)
            story["load"], story["words"] = code, err
            # whoever lost the answer does not know which
            wanted = {0: ("sau",), 1: ("truoc",)}.get(code, ("truoc", "sau"))
            story["plays"] = bool(until(lambda s: s and all(d["playing"].get("entry", "").endswith(wanted) and
                                                            d["health"] == "up" for d in s.values())))
        story["alive"] = daemon.poll() is None
        return story

    def judge(self, directory, result, point):
        code, _, said, story = result
        memory = point and point.call == "alloc"
        if code and story.get("answered") and not memory:
            return f"the daemon ended: {story}"
        if code == 0 and not (story.get("up") and story.get("plays")):
            return f"it does not play: {story}"
        if memory and code not in (0, 3):
            return "for want of memory it ends with 3"
        loaded = story.get("load")
        if loaded is None or loaded not in (0, 1):
            return judge_store(directory, "truoc", self.load) and judge_store(directory, "sau", self.load)
        return judge_store(directory, "sau" if loaded == 0 else "truoc", self.load)


SCENARIOS = {c.name: c for c in (Check, Load, Accept, Verify, Preview, Daemon)}
# How many places of each are tried in the sample: allocations, calls.
SAMPLE = {"check": (8, 10), "load": (8, 16), "accept": (8, 14), "verify": (5, 8), "preview": (5, 10), "daemon": (4, 8)}


def points_of(scenario, memory):
    """Every place once, with each error that its call may have."""
    for call, number in scenario.places:
        if (call == "alloc") == memory and call not in WITHOUT_A_FAULT:
            for error in ERRORS.get(call, ["EIO"]):
                yield Point(call, number, error)


def spread(points, most):
    return points if most >= len(points) else [points[i * len(points) // most] for i in range(most)]


def test(scenario, sanitizers, most):
    wrong, _, said = scenario.once(None, sanitizers, f"survey-{sanitizers}")
    kind = "calls, with sanitizers" if sanitizers else "allocations"
    if not tap.ok(not wrong, f"{scenario.name}: nothing fails ({kind})", said):
        return
    points = list(points_of(scenario, not sanitizers))
    tried = spread(points, most)
    began = time.monotonic()
    bad, hits = [], 0
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        results = pool.map(lambda p: scenario.once(p[1], sanitizers, f"{sanitizers}-{p[0]}"), enumerate(tried))
        for done, (wrong, hit, said) in enumerate(results, 1):
            hits += hit
            if wrong:
                bad.append(said)
                keep(said)
            if done % 100 == 0:
                tap.note(f"{scenario.name}: {done}, {len(bad)} of them wrong, {time.monotonic() - began:.0f} s")
    tap.ok(not bad, f"{scenario.name}: {len(tried)} of {len(points)} {kind}", "\n".join(bad[:12]))
    tap.ok(tried and hits >= len(tried) / 2, f"{scenario.name}: the faults are met ({hits} of {len(tried)}, "
           f"{time.monotonic() - began:.0f} s)")


def keep(said):
    if os.environ.get("FAULTS_LOG"):
        with open(os.environ["FAULTS_LOG"], "a", encoding="utf-8") as f:
            f.write(said + "\n=====\n")


JOBS = int(os.environ.get("JOBS", "2"))


def test_full_output(directory):
    """What is said to a full disk was not said."""
    site(directory)
    write(directory, "playlists/province/a.yaml", playlist("truoc"))
    for arguments in (("check", "--format", "json"), ("agenda", "-d", "wall", "--from", NOW)):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([os.path.join(ROOT, "build/bin/bangtin"), *arguments, "-c", "bangtind.conf", "playlists"],
                                  cwd=directory, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        tap.ok(done.returncode == 3 and "standard output" in done.stderr, f"{arguments[0]}: a full disk behind its output",
               f"{done.returncode} {done.stderr}")


def main():
    everything = "--all" in sys.argv[1:]
    names = [a for a in sys.argv[1:] if a != "--all"]
    with Scratch() as scratch:
        for name, make in SCENARIOS.items():
            chosen = next((n for n in names if re.split("[=:]", n)[0] == name), None)
            if names and not chosen:
                continue
            scenario = make(scratch)
            if chosen and "=" in chosen:
                point = Point(*chosen.split("=")[1].split(":"))
                scenario.once(None, point.call != "alloc", "survey")
                tap.note(scenario.once(point, point.call != "alloc", "one")[2])
                continue
            for sanitizers, kind in enumerate((":allocations", ":calls")):
                if not chosen or chosen in (name, name + kind):
                    test(scenario, bool(sanitizers), 10**9 if everything else SAMPLE[name][sanitizers])
        if not names:
            test_full_output(scratch.file("full/.keep", "")[:-6])


main()
tap.done()
