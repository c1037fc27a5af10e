#!/usr/bin/env python3
"""Power cuts in a real kernel: loads run on ext4 in a guest, QEMU is killed with SIGKILL in the midst of them, and what
the disk's write cache held is lost block by block (disk.py). After each cut the guest mounts the disk again, and the
store must hold the load that was acknowledged last, or the one that was under way, whole; never an older one, never half.
The mount replays the journal, and nothing repairs the file system: the first that does not mount ends the test.

The guest is booted once; each turn begins with its state of then (a migration to a file), so that a cut takes seconds.
The disk is plugged in only after that: the guest's kernel has no block of it from before the cut. The power fails after
a random number of writes, half of the time as the cache is about to be flushed, which is when most can be lost. Every
REAL-th turn loads with `bangtin load`, the others with store_driver, which makes many commits a second by the same code.

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
from disk import BLOCK, Disk  # noqa: E402

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
        self.deadline = time.monotonic() + 600  # a busy machine may take its time
        for name in ("qmp", "ctl", "acks"):
            if os.path.exists(f"{directory}/{name}"):
                os.unlink(f"{directory}/{name}")
        self.process = self.spawn(
            "qemu-system-x86_64", "-M", "pc", "-accel", "tcg", "-cpu", "max,la57=off", "-smp", "1", "-m", "320", "-nodefaults",
            "-no-user-config", "-no-reboot", "-vga", "none", "-display", "none", "-kernel", f"{kernel()}/vmlinux",
            "-initrd", f"{directory}/initrd", "-append",
            "console=ttyS0 loglevel=5 panic=-1 mitigations=off nokaslr random.trust_cpu=on",
            "-serial", f"file:{directory}/console.log", "-qmp", f"unix:{directory}/qmp,server=on,wait=off",
            "-device", "virtio-serial-pci", "-chardev", f"socket,id=ctl,path={directory}/ctl,server=on,wait=off",
            "-device", "virtserialport,nr=1,chardev=ctl",
            "-chardev", f"socket,id=acks,path={directory}/acks,server=on,wait=off",
            "-device", "virtserialport,nr=2,chardev=acks",
            "-drive", f"file=nbd+unix:///?socket={directory}/nbd,format=raw,if=none,id=disk,cache=writeback",
            *(("-incoming", f"exec:cat {directory}/state") if incoming else ()))
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

    def plug(self):
        """The disk, with a write cache and blocks of 4 KiB."""
        while self.qmp("query-status")["status"] != "running":
            time.sleep(0.01)
        self.qmp("device_add", driver="virtio-blk-pci", drive="disk", logical_block_size=BLOCK, physical_block_size=BLOCK,
                 **{"write-cache": "on"})
        if not self.holds("[ -e /dev/vda ] && grep -q 'write back' /sys/block/vda/queue/write_cache"):
            self.fail("the guest does not see its disk, or would not flush it")

    def save(self):
        self.qmp("migrate", uri=f"exec:cat >{self.directory}/state")
        while True:
            state = self.qmp("query-migrate")["status"]
            if state == "completed":
                return
            if state == "failed":
                self.fail("the guest's state could not be kept")
            time.sleep(0.05)

    def take_acks(self, failed):
        """What is acknowledged until the power fails."""
        while not failed.is_set():
            if not self.receive(0.02) or time.monotonic() > self.deadline:
                self.fail("the guest ended or writes no more: " + self.acks.decode(errors="replace")[-500:])

    def receive(self, seconds):
        """False: nothing more will come."""
        if not select.select([self.port], [], [], seconds)[0]:
            return seconds > 0
        try:
            data = self.port.recv(65536)
        except OSError:
            return False
        self.acks += data
        return bool(data)

    def cut(self):
        self.process.kill()
        self.process.wait()
        while self.receive(0):  # what had left the guest was seen
            pass
        return [int(n) for n in re.findall(rb"ack serial=(\d+)[^\n]*\n", self.acks)]


class Wrong(Exception):
    """What a cut has left is not as it should be: no turn after it would say anything."""


def read_store(machine):
    """(serial of the store that store_driver wrote, of the real one)."""
    status, out = machine.run("mkdir -p /mnt; mount -t ext4 /dev/vda /mnt")
    if status:
        raise Wrong(f"the disk does not mount: {out}" + machine.run("dmesg | tail -n 5")[1])
    status, out = machine.run("echo /mnt/state | store_driver read && "
                              "if [ -e /mnt/real/current ]; then bangtin agenda -c /site.conf -d board --json "
                              "--from '2026-12-01 08:00' --until '2026-12-01 08:01'; fi")
    found, real = re.search(r"^serial=(\d+)", out, re.M), re.search(r'"province/so-(\d+)"', out)
    if status or "BAD" in out or not found:
        raise Wrong(out)
    return int(found.group(1)), int(real.group(1)) if real else 0


class Turns:
    def __init__(self, directory, disk, last=0, real=0):
        self.directory, self.disk = directory, disk
        self.last, self.real = last, real  # what was acknowledged last
        self.began = time.monotonic()
        self.during, self.acknowledged, self.cuts, self.verified = 0, 0, 0, 0

    def check(self, machine):
        """What the cut before has left."""
        machine.plug()
        serial, real = read_store(machine)
        if serial not in (self.last, self.last + 1) or real not in (self.real, self.real + 1):
            raise Wrong(f"{self.last} and {self.real} were acknowledged, there is {serial} and {real}")
        self.during += serial == self.last + 1 or real == self.real + 1
        self.verified = self.cuts
        if self.cuts % 10 == 0 and self.cuts:
            tap.note(f"{self.cuts} cuts, {time.monotonic() - self.began:.0f} s")
        self.last, self.real = serial, real

    def turn(self, real):
        with Machine(self.directory, True) as machine:
            self.check(machine)
            work = f"loads {self.real}" if real else f"store_driver commits /mnt/state {self.last + 1} 0"
            self.disk.fail_after(chance.randrange(40 if real else 200), chance.random() < 0.5)
            machine.run(f"{work} >/dev/vport0p2 2>&1 &")
            machine.take_acks(self.disk.failed)
            acks = machine.cut()
        self.disk.cut()
        self.cuts += 1
        self.acknowledged += len(acks)
        if acks and real:
            self.real = acks[-1]
        elif acks:
            self.last = acks[-1]

    def run(self, count, real):
        """So many cuts, each verified; what is wrong, or None."""
        try:
            for number in range(count):
                self.turn(real and number % REAL == REAL - 1)
            with Machine(self.directory, True) as machine:
                self.check(machine)
        except Wrong as wrong:
            return f"cut {self.cuts}: {wrong}"
        return None


def make_image(directory):
    path = f"{directory}/image"
    with open(path, "wb") as f:
        f.truncate(SIZE)
    sh("/sbin/mke2fs", "-q", "-t", "ext4", "-b", str(BLOCK), "-E", "lazy_itable_init=0,lazy_journal_init=0", path)
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
            status, out = machine.run("bangtin --version && ls /dev/vport0p2")
            tap.ok(status == 0, "a guest", out)
            machine.save()
        began = time.monotonic()
        turns = Turns(directory, disk)
        wrong = turns.run(CUTS, True)
        tap.ok(not wrong, f"{turns.verified} power cuts of {CUTS}: what was acknowledged is there, nothing is half there",
               wrong)
        tap.ok(turns.acknowledged > turns.cuts and disk.losses > turns.cuts // 2,
               f"{turns.acknowledged} loads were acknowledged; {turns.during} were cut behind their commit; the cache lost "
               f"{disk.lost} blocks of {disk.lost + disk.kept}, at {disk.losses} cuts")
        tap.note(f"{(time.monotonic() - began) / max(turns.cuts, 1):.1f} s a cut")
        if not wrong:
            disk.flushes = False
            lying = Turns(directory, disk, turns.last, turns.real)
            wrong = lying.run(CONTROL, False)
            tap.ok(wrong, f"a disk that lies about flushes is found out ({lying.cuts} cuts)", wrong)
            tap.note(wrong)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


main()
tap.done()
