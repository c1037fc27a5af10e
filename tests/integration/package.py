#!/usr/bin/env python3
"""The Debian package: built, judged by lintian, installed, run, upgraded, removed and purged, on this very machine behind
an overlay that goes away with the test."""
import ctypes
import glob
import json
import os
import re
import subprocess
import sys
import time

from harness import ROOT, Scratch, Tap, read_png, run, stop, wait_for

NEW_MOUNTS, MS_REC, MS_PRIVATE = 0x20000, 0x4000, 0x40000
CONFIGURATION = "/etc/bangtin/bangtind.conf"
UNIT = "/lib/systemd/system/bangtind.service"
# What any package leaves behind: the package manager's own books, and the account.
BOOKS = re.compile(r"/var/(lib/(dpkg|systemd|apt)|log|cache)(/|$)|/etc/(passwd|group|shadow|gshadow|subuid|subgid)-?$|"
                   r"/etc/ld\.so\.cache$|/etc/\.pwd\.lock$|/tmp(/|$)")

tap = Tap()


class Machine:
    """This machine as it would be; nothing that is done to it lasts."""

    def __init__(self, scratch):
        self.root, self.layer = scratch.file("root"), scratch.file("layer")
        os.makedirs(self.root)
        os.makedirs(self.layer)
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(NEW_MOUNTS) != 0 or libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None) != 0:
            raise OSError(ctypes.get_errno(), "mount namespace")
        self.mount("-t", "tmpfs", "tmpfs", self.layer)
        self.upper = os.path.join(self.layer, "upper")
        for name in ("upper", "work"):
            os.mkdir(os.path.join(self.layer, name))
        self.mount("-t", "overlay", "-o", f"lowerdir=/,upperdir={self.upper},workdir={self.layer}/work", "overlay", self.root)
        self.mount("-t", "proc", "proc", self.root + "/proc")
        self.mount("--bind", "/dev", self.root + "/dev")
        self.mount("-t", "tmpfs", "tmpfs", self.root + "/run")

    @staticmethod
    def mount(*arguments):
        subprocess.run(["mount", *arguments], check=True)

    def leave(self):
        subprocess.run(["umount", "--recursive", "--lazy", self.root], check=False)
        subprocess.run(["umount", "--lazy", self.layer], check=False)

    def run(self, *arguments):
        """(status, what it said)"""
        done = subprocess.run(["chroot", self.root, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", timeout=120,
                              env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/root",
                                   "DEBIAN_FRONTEND": "noninteractive"})
        return done.returncode, done.stdout

    def path(self, path):
        return self.root + path

    def is_there(self, path):
        return os.path.lexists(self.path(path))

    def text(self, path):
        with open(self.path(path), encoding="utf-8") as f:
            return f.read()

    def left(self):
        """What differs from the machine before, but for books."""
        found = []
        for at, below, names in os.walk(self.upper):
            for name in names + [b for b in below if os.path.islink(os.path.join(at, b))]:
                path = os.path.join(at, name)[len(self.upper):]
                if not BOOKS.match(path):
                    found.append(path)
        return sorted(found)


def build(scratch):
    output = scratch.file("deb")
    os.makedirs(output)
    version = re.search(r"^VERSION := (\S+)", open(os.path.join(ROOT, "Makefile"), encoding="utf-8").read(), re.M).group(1)
    code, out, err = run(os.path.join(ROOT, "tools", "package"), version, output, timeout=600,
                         env=dict(os.environ, DEB_BUILD_OPTIONS="noautodbgsym"))
    found = glob.glob(os.path.join(output, "*.deb"))
    if not tap.ok(code == 0 and len(found) == 1, "the package is built", out + err):
        tap.done()
    return found[0], version


def judge(package):
    code, out, err = run("lintian", "--fail-on", "error,warning", "--allow-root", package)
    tap.ok(code == 0 and not re.search(r"^[EW]: ", out, re.M), "lintian finds neither error nor warning", out + err)


def repack(scratch, package, version):
    """The next version, whose sample configuration has changed as well."""
    tree = scratch.file("next")
    run("dpkg-deb", "-R", package, tree)
    control = os.path.join(tree, "DEBIAN", "control")
    with open(control, encoding="utf-8") as f:
        text = f.read()
    with open(control, "w", encoding="utf-8") as f:
        f.write(re.sub(r"^Version: .*$", f"Version: {version}+1", text, flags=re.M))
    with open(tree + CONFIGURATION, "a", encoding="utf-8") as f:
        f.write("# a sentence of the next version\n")
    to = scratch.file("next.deb")
    run("dpkg-deb", "--root-owner-group", "-Znone", "-b", tree, to)
    return to


def check_installed(machine):
    tap.ok("bangtin:" in machine.text("/etc/passwd") and "nologin" in
           next(line for line in machine.text("/etc/passwd").splitlines() if line.startswith("bangtin:")),
           "the daemon has an account that nobody logs in to")
    state = os.stat(machine.path("/var/lib/bangtin"))
    code, uid = machine.run("id", "-u", "bangtin")
    tap.ok(code == 0 and state.st_uid == int(uid) and state.st_mode & 0o7777 == 0o750, "the state directory is the daemon's")
    tap.ok(machine.is_there("/etc/systemd/system/multi-user.target.wants/bangtind.service"), "the daemon starts with the machine")
    code, out = machine.run("bangtind", "-c", CONFIGURATION, "--check")
    tap.ok(code == 0 and not out, "the configuration that comes with it is right", out)
    code, out = machine.run("systemd-analyze", "security", "--offline=yes", "--threshold=15", "--no-pager", UNIT)
    tap.ok(code == 0, "systemd-analyze security: 1.5 or less", out)
    tap.note(out.strip().splitlines()[-1] if out.strip() else "")
    code, out = machine.run("systemd-analyze", "verify", "--man=no", UNIT)
    tap.ok(code == 0 and "bangtind" not in out, "systemd-analyze verify has nothing to say", out)
    code, out = machine.run("bash", "-c", " && ".join(f". /usr/share/bash-completion/completions/{c} && complete -p {c}" for c in (
        "bangtin", "bangtind", "bangtin-testpattern", "bangtin-simulator")))
    tap.ok(code == 0, "all programs are completed", out)
    pages = [p for p in os.listdir(os.path.join(ROOT, "tools", "man")) if re.search(r"\.\d$", p)]
    tap.equal([p for p in pages if not machine.is_there(f"/usr/share/man/man{p[-1]}/{p}.gz")], [], "the manual is complete")


def listening(pid, machine):
    """Inodes of listening TCP sockets that the process holds."""
    inodes = set()
    for name in ("tcp", "tcp6"):
        with open(f"/proc/{pid}/net/{name}", encoding="ascii") as f:
            inodes.update(line.split()[9] for line in f.readlines()[1:] if line.split()[3] == "0A")
    held = set()
    for fd in os.listdir(f"/proc/{pid}/fd"):
        try:
            match = re.match(r"socket:\[(\d+)\]", os.readlink(f"/proc/{pid}/fd/{fd}"))
        except OSError:
            continue
        if match:
            held.add(match.group(1))
    return inodes & held


def check_runs(machine, scratch):
    """As systemd would start it, with the account and its directory under /run."""
    machine.run("install", "-d", "-o", "bangtin", "-g", "bangtin", "/run/bangtin")
    log = scratch.file("daemon.log")
    daemon = subprocess.Popen(["chroot", machine.root, "setpriv", "--reuid=bangtin", "--regid=bangtin", "--init-groups",
                               "--no-new-privs", "--bounding-set=-all", "/usr/sbin/bangtind", "-c", CONFIGURATION],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=open(log, "wb"),
                              env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"})
    scratch.processes.append(daemon)

    def status():
        code, out = machine.run("bangtin", "status", "--json")
        return json.loads(out) if code == 0 else None
    now = wait_for(status)
    if not tap.ok(now, "the daemon runs as its account, without any capability", open(log, encoding="utf-8").read()):
        return
    tap.ok(now["unsigned_loads"] is False and [d["name"] for d in now["displays"]] == ["bang-moi"],
           "it refuses what nobody signed, and has a display that says that nothing is set up", now)
    tap.equal(listening(daemon.pid, machine), set(), "it listens on no TCP port")
    code, out = machine.run("bangtin", "load", "/usr/share/doc/bangtin/playlists/province")
    tap.ok(code == 1 and "sign" in out, "an unsigned load is refused", out)
    code, out = machine.run("bangtin", "snapshot", "-d", "bang-moi", "-o", "/tmp/board.png")
    width, height, pixels = read_png(machine.path("/tmp/board.png")) if code == 0 else (0, 0, b"")
    tap.ok((width, height) == (320, 96) and any(pixels), "the board says so", out)
    tap.equal(stop(daemon), 0, "it ends when it is told to")


def main():
    if os.geteuid() != 0:
        os.execvp("sudo", ["sudo", "-n", "--preserve-env=PATH,BANGTIN_BUILD,BANGTIN_FONTS", sys.executable, *sys.argv])
    began = time.monotonic()
    with Scratch() as scratch:
        package, version = build(scratch)
        judge(package)
        later = repack(scratch, package, version)
        machine = Machine(scratch)
        try:
            os.makedirs(machine.path("/tmp/package"), exist_ok=True)
            for source, name in ((package, "now.deb"), (later, "later.deb")):
                with open(source, "rb") as f, open(machine.path("/tmp/package/" + name), "wb") as to:
                    to.write(f.read())
            walk(machine, scratch, version)
        finally:
            for process in scratch.processes:
                stop(process)
            machine.leave()
    tap.note(f"{time.monotonic() - began:.0f} s")
    tap.done()


def walk(machine, scratch, version):
    code, out = machine.run("dpkg", "-i", "/tmp/package/now.deb")
    if not tap.ok(code == 0, "it installs", out):
        return
    check_installed(machine)
    check_runs(machine, scratch)

    ours = machine.text(CONFIGURATION).replace("Điểm thông báo mới", "Phường 1") + "# ours\n"
    with open(machine.path(CONFIGURATION), "w", encoding="utf-8") as f:
        f.write(ours)
    with open(machine.path("/var/lib/bangtin/time"), encoding="utf-8") as f:
        kept = f.read()
    code, out = machine.run("dpkg", "--force-confdef", "-i", "/tmp/package/later.deb")
    code, now = machine.run("dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}", "bangtin") if code == 0 else (code, out)
    tap.equal(now, f"installed {version}+1", "it upgrades")
    tap.ok(machine.text(CONFIGURATION) == ours and machine.text("/var/lib/bangtin/time") == kept,
           "an upgrade leaves configuration and state alone")
    check_runs_again(machine)

    code, out = machine.run("dpkg", "-r", "bangtin")
    tap.ok(code == 0 and not machine.is_there("/usr/sbin/bangtind") and not machine.is_there(UNIT), "it is removed", out)
    tap.ok(machine.text(CONFIGURATION) == ours and machine.is_there("/var/lib/bangtin/time"),
           "a removal leaves configuration and state alone")
    code, out = machine.run("dpkg", "-P", "bangtin")
    tap.ok(code == 0 and not machine.is_there("/var/lib/bangtin") and not machine.is_there("/etc/bangtin"), "it is purged", out)
    tap.equal(machine.left(), [], "nothing is left of it")


def check_runs_again(machine):
    code, out = machine.run("bangtind", "-c", CONFIGURATION, "--check")
    tap.ok(code == 0, "the former configuration is right for the next version", out)


main()
