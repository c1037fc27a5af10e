#!/usr/bin/env python3
"""Power cuts in a real kernel: loads run on ext4 in a guest, QEMU is killed with SIGKILL in the midst of them, and what
the disk's write cache held is lost sector by sector (disk.py). After each cut the guest mounts the disk again, and the
store must hold the load that was acknowledged last, or the one that was under way, whole; never an older one, never half.

The guest is booted once; each turn begins with its state of then (a migration to a file), which knows nothing of the
disk, so that a cut takes seconds. Every REAL-th turn loads with `bangtin load`, the others with store_driver, which makes
many commits a second by the same code.

    powercut.py [CUTS]          default 200
"""
import os
import random
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
from guest import build_initrd, kernel, sh  # noqa: E402
from harness import BIN, BUILD, ROOT, Tap  # noqa: E402
import guest as guest_module  # noqa: E402
from disk import Disk  # noqa: E402

CUTS = int(sys.argv[1]) if len(sys.argv) > 1 else 200
SEED = int(os.environ.get("SEED", "20261125"))
REAL = 5
CONTROL = 12  # cuts of a disk that lies about flushes
SIZE = 48 << 20
tap = Tap()
chance = random.Random(SEED)

CONFIGURATION = """site = { name = "S"; timezone = "Asia/Ho_Chi_Minh"; state-directory = "/mnt/real"; socket = "/run/s";
units = ( { name = "province"; } ); unsigned-loads = true; };
displays = ( { name = "board"; tags = ["led"]; size = "32x16"; driver = { name = "null"; }; } );
"""
LOADS = """#!/bin/sh
i=$1; mkdir -p /tmp/p/province
while :; do
	i=$((i + 1))
	printf 'bangtin: 1\\nunit: province\\nmessages:\\n  m: {text: "so %s"}\\nschedule:\\n  - {show: m, on: [led], name: "so-%s"}\\n' $i $i >/tmp/p/province/a.yaml
	bangtin load -c /site.conf /tmp/p/province >/tmp/said 2>&1 || { cat /tmp/said; exit 1; }
	echo "ack serial=$i"
done
"""


class Machine(guest_module.Guest):
    """A guest with the disk and a second port, on which loads are acknowledged."""

    def __init__(self, directory, incoming):
        self.directory, self.processes, self.pending, self.acks = directory, [], b"", b""
        self.deadline = time.monotonic() + 120
        for name in ("qmp", "ctl", "acks"):
            if os.path.exists(f"{directory}/{name}"):
                os.unlink(f"{directory}/{name}")
        self.process = self.spawn(
            "qemu-system-x86_64", "-M", "pc", "-accel", "tcg", "-cpu", "max,la57=off", "-smp", "1", "-m", "512", "-nodefaults",
            "-no-user-config", "-no-reboot", "-vga", "none", "-display", "none", "-kernel", f"{kernel()}/vmlinux",
            "-initrd", f"{directory}/initrd", "-append",
            "console=ttyS0 loglevel=5 panic=-1 mitigations=off nokaslr random.trust_cpu=on",
            "-serial", f"file:{directory}/console.log", "-qmp", f"unix:{directory}/qmp,server=on,wait=off",
            "-device", "virtio-serial-pci", "-chardev", f"socket,id=ctl,path={directory}/ctl,server=on,wait=off",
            "-device", "virtserialport,nr=1,chardev=ctl",
            "-chardev", f"socket,id=acks,path={directory}/acks,server=on,wait=off",
            "-device", "virtserialport,nr=2,chardev=acks",
            "-drive", f"file=nbd+unix:///?socket={directory}/nbd,format=raw,if=none,id=disk,cache=writeback",
            "-device", "virtio-blk-pci,drive=disk", *(("-incoming", f"exec:cat {directory}/state") if incoming else ()))
        self.monitor = self.connect_to("qmp").makefile("rw")
        self.monitor.readline()
        self.qmp("qmp_capabilities")
        self.shell, self.port = self.connect_to("ctl"), self.connect_to("acks")
        if not incoming and self.read_line() != "ready":
            self.fail("the guest's shell did not come up")

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
            process.wait()

    def save(self):
        self.qmp("migrate", uri=f"exec:cat >{self.directory}/state")
        while True:
            state = self.qmp("query-migrate")["status"]
            if state == "completed":
                return
            if state == "failed":
                self.fail("the guest's state could not be kept")
            time.sleep(0.05)

    def take_acks(self, seconds):
        """What is acknowledged within so long; the guest's death ends it."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 or seconds == 0:
            if not select.select([self.port], [], [], max(left, 0))[0]:
                return
            try:
                data = self.port.recv(65536)
            except OSError:
                return
            if not data:
                return
            self.acks += data

    def cut(self):
        self.process.kill()
        self.process.wait()
        self.take_acks(0)  # what had left the guest was seen
        return [int(n) for n in re.findall(rb"ack serial=(\d+)[^\n]*\n", self.acks)]


def read_store(machine):
    """(serial of the store that store_driver wrote, of the real one, what is wrong)."""
    status, out = machine.run("echo 3 >/proc/sys/vm/drop_caches; mkdir -p /mnt; mount -t ext4 /dev/vda /mnt && "
                              "echo /mnt/state | store_driver read && "
                              "if [ -e /mnt/real/current ]; then bangtin agenda -c /site.conf -d board --json "
                              "--from '2026-12-01 08:00' --until '2026-12-01 08:01'; fi")
    found, real = re.search(r"^serial=(\d+)", out, re.M), re.search(r'"province/so-(\d+)"', out)
    wrong = out if status or "BAD" in out or not found else None
    return int(found.group(1)) if found else -1, int(real.group(1)) if real else 0, wrong


class Turns:
    def __init__(self, directory, disk):
        self.directory, self.disk = directory, disk
        self.last, self.real = 0, 0  # what was acknowledged last
        self.wrong, self.during, self.acknowledged, self.cuts = [], 0, 0, 0

    def turn(self, real):
        """One power cut; False: the store was not as it should be."""
        with Machine(self.directory, True) as machine:
            serial, real_serial, wrong = read_store(machine)
            good = not wrong and serial in (self.last, self.last + 1) and real_serial in (self.real, self.real + 1)
            if not good:
                self.wrong.append(f"cut {self.cuts}: {self.last} and {self.real} were acknowledged, there is {serial} and "
                                  f"{real_serial}: {wrong or ''}")
            self.during += serial == self.last + 1 or real_serial == self.real + 1
            self.last, self.real = max(serial, 0), real_serial
            work = f"loads {self.real}" if real else f"store_driver commits /mnt/state {self.last + 1} 0"
            machine.run(f"{work} >/dev/vport0p2 2>&1 &")
            machine.take_acks(chance.uniform(1.0, 5.0) if real else chance.uniform(0.2, 1.6))
            acks = machine.cut()
        self.disk.cut()
        self.cuts += 1
        self.acknowledged += len(acks)
        if acks and real:
            self.real = acks[-1]
        elif acks:
            self.last = acks[-1]
        return good


def make_image(directory):
    path = f"{directory}/image"
    with open(path, "wb") as f:
        f.truncate(SIZE)
    sh("/sbin/mke2fs", "-q", "-t", "ext4", "-E", "lazy_itable_init=0,lazy_journal_init=0", path)
    with open(path, "rb") as f:
        return f.read()


def main():
    directory = tempfile.mkdtemp(prefix="bangtin-powercut-")
    try:
        loads = os.path.join(directory, "loads")
        with open(loads, "w", encoding="ascii") as f:
            f.write(LOADS)
        os.chmod(loads, 0o755)
        configuration = os.path.join(directory, "site.conf")
        with open(configuration, "w", encoding="ascii") as f:
            f.write(CONFIGURATION)
        zone = "/usr/share/zoneinfo/Asia/Ho_Chi_Minh"
        build_initrd(directory, kernel(), [
            (os.path.join(BIN, "bangtin"), "/usr/bin/bangtin"), (loads, "/usr/bin/loads"), (configuration, "/site.conf"),
            (os.path.join(BUILD, "test-programs", "store_driver"), "/usr/bin/store_driver"), (zone, zone),
            (os.path.join(ROOT, "build", "fonts"), "/usr/local/share/bangtin/fonts")])
        image = make_image(directory)
        disk = Disk(f"{directory}/nbd", image, SEED)
        with Machine(directory, False) as machine:
            machine.run("for m in /later/*; do case $m in *vivid*) ;; *) insmod $m;; esac; done")
            status, out = machine.run("for i in 1 2 3 4 5 6 7 8 9; do [ -e /dev/vda ] && break; sleep 0.3; done; mkdir -p /mnt && "
                                      "mount -t ext4 /dev/vda /mnt && umount /mnt && bangtin --version && ls /dev/vport0p2")
            tap.ok(status == 0, "a guest with a disk", out)
            machine.save()
        began = time.monotonic()
        turns = Turns(directory, disk)
        for number in range(CUTS + 1):  # the last one only looks at what the one before has left
            turns.turn(number % REAL == REAL - 1)
        tap.ok(not turns.wrong, f"{CUTS} power cuts: what was acknowledged is there, nothing is half there",
               "\n".join(turns.wrong[:10]))
        tap.ok(turns.acknowledged > CUTS and disk.lost > 0, f"{turns.acknowledged} loads were acknowledged; {turns.during} "
               f"were cut behind their commit; the cache lost {disk.lost} sectors of {disk.lost + disk.kept}")
        tap.note(f"{(time.monotonic() - began) / (CUTS + 1):.1f} s a cut")
        disk.flushes = False
        lying = Turns(directory, disk)
        lying.last, lying.real = turns.last, turns.real
        for _ in range(CONTROL):
            lying.turn(False)
            if lying.wrong:
                break
        tap.ok(lying.wrong, f"a disk that lies about flushes is found out ({lying.cuts} cuts)")
    finally:
        shutil.rmtree(directory, ignore_errors=True)


main()
tap.done()
