#!/usr/bin/env python3
"""The simulator as a program: pseudo-terminals that outlive their clients, datagrams, answers, injected faults, and what
it says about them. What is sent is made here, by hand: no driver takes part."""
import os
import signal
import socket
import subprocess
import sys
import time

from harness import Scratch, Tap, digest, json_lines, program, read_png, run, stop, wait_for

tap = Tap()
WIDTH, HEIGHT = 8, 4
PIXELS = WIDTH * HEIGHT


def picture(seed):
    return bytes((seed * 31 + i * 7) & 255 for i in range(3 * PIXELS))


def counted(magic, rgb):
    n = len(rgb) // 3 - 1
    return magic + bytes((n >> 8, n & 255, (n >> 8) ^ (n & 255) ^ 0x55)) + rgb


def adalight(rgb):
    return counted(b"Ada", rgb)


def awa(rgb):
    f1 = f2 = ext = 0
    for i, byte in enumerate(rgb):
        f1 = (f1 + byte) % 255
        f2 = (f2 + f1) % 255
        ext = (ext + (byte ^ (i & 255))) % 255
    return counted(b"Awa", rgb) + bytes((f1, f2, 0xAA if ext == 0x41 else ext))


def tpm2(rgb):
    return b"\xc9\xda" + len(rgb).to_bytes(2, "big") + rgb + b"\x36"


def ddp(rgb, sequence=0):
    return b"\x41" + bytes((sequence, 0x0b, 1)) + bytes(4) + len(rgb).to_bytes(2, "big") + rgb


class Simulator:
    """Runs for as long as the block; frames() and events() are what it has said so far."""

    def __init__(self, scratch, protocol, *options, where=None, size=f"{WIDTH}x{HEIGHT}"):
        self.out = os.path.join(scratch.path, f"out-{len(scratch.processes)}")
        self.err = self.out + ".err"
        self.link = os.path.join(scratch.path, f"tty-{len(scratch.processes)}")
        serial = protocol in ("adalight", "awa", "tpm2")
        self.port = None if serial else free_port()
        where = where or (("--pty", self.link) if serial else ("--listen", f"127.0.0.1:{self.port}"))
        self.process = scratch.start("bangtin-simulator", "--protocol", protocol, "--size", size, "--json",
                                     *where, *options, out=self.out, err=self.err)
        if serial:
            wait_for(lambda: os.path.islink(self.link))
        elif where[0] == "--listen":
            port = int(where[1].rpartition(":")[2])
            wait_for(lambda: f":{port:04X} " in open("/proc/net/udp", encoding="ascii").read())

    def open(self):
        return os.open(self.link, os.O_RDWR | os.O_NOCTTY)

    def frames(self):
        return [line for line in json_lines(self.out) if "frame" in line]

    def events(self, kind=None):
        return [line["event"] for line in json_lines(self.out) if "event" in line and kind in (None, line["event"])]

    def wait_frames(self, count, within=5):
        return wait_for(lambda: len(self.frames()) >= count, within)


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def pty_outlives_clients():
    for name, encode in (("adalight", adalight), ("awa", awa), ("tpm2", tpm2)):
        with Scratch() as scratch:
            dump = os.path.join(scratch.path, "pictures", "of", "it")
            s = Simulator(scratch, name, "--dump", dump)
            target = os.readlink(s.link)
            for client in range(3):
                fd = s.open()
                os.write(fd, encode(picture(client)))
                os.close(fd)
                s.wait_frames(client + 1)
            tap.equal([f["digest"] for f in s.frames()], [digest(picture(i)) for i in range(3)],
                      f"{name}: each of three clients' frames is decoded")
            tap.equal(os.readlink(s.link), target, f"{name}: the link stays")
            tap.equal(read_png(os.path.join(dump, "frame-000002.png")), (WIDTH, HEIGHT, picture(1)),
                      f"{name}: the picture of the second is dumped")
            tap.equal(stop(s.process), 0, f"{name}: SIGTERM ends it well")
            tap.ok(not os.path.lexists(s.link), f"{name}: and the link has gone")
            last = json_lines(s.out)[-1]
            tap.equal((last["event"], last["frames"], last["faults"]), ("end", 3, 0), f"{name}: its last line counts")


def killed_client_leaves_the_port_free():
    """TIOCEXCL outlives a client that is killed, as long as anyone holds the terminal open."""
    with Scratch() as scratch:
        s = Simulator(scratch, "adalight")
        client = ("import fcntl, os, sys, termios, time\n"
                  "fd = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)\n"
                  "fcntl.ioctl(fd, termios.TIOCEXCL)\nprint('open', flush=True)\ntime.sleep(60)")
        holder = subprocess.Popen([sys.executable, "-c", client, s.link], stdout=subprocess.PIPE)
        scratch.processes.append(holder)
        holder.stdout.readline()
        holder.kill()
        holder.wait()
        # Root may open it all the same: ask as somebody else.
        os.chmod(scratch.path, 0o755)
        os.chmod(os.path.realpath(s.link), 0o666)
        ask = ("import os, sys\nif os.getuid() == 0: os.setresuid(65534, 65534, 65534)\n"
               "os.close(os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY))")
        opened = wait_for(lambda: subprocess.run([sys.executable, "-c", ask, os.path.realpath(s.link)],
                                                 stderr=subprocess.DEVNULL, check=False).returncode == 0, 4)
        tap.ok(opened, "a client that was killed while it had the port to itself does not keep it")


def link_is_not_taken_from_others():
    with Scratch() as scratch:
        path = scratch.file("precious", "data")
        code, _, err = run("bangtin-simulator", "--protocol", "awa", "--size", "8x4", "--pty", path, "--for", "5s")
        tap.ok(code == 3 and open(path, encoding="ascii").read() == "data" and "precious" in err,
               "a file that stands where the link should be is left alone, and said so")
        os.symlink("/nowhere", path + "-link")
        code, _, _ = run("bangtin-simulator", "--protocol", "awa", "--size", "8x4", "--pty", path + "-link", "--for",
                         "50ms")
        tap.ok(code == 0 and not os.path.lexists(path + "-link"), "a link that an earlier run left is replaced")


def existing_tty():
    master, slave = os.openpty()
    with Scratch() as scratch:
        s = Simulator(scratch, "tpm2", where=("--tty", os.ttyname(slave)))
        os.write(master, b"\xc9\xaa")
        time.sleep(0.2)
        os.write(master, tpm2(picture(5)))
        s.wait_frames(1)
        tap.equal([f["digest"] for f in s.frames()], [digest(picture(5))], "a port that is there is read")
        os.set_blocking(master, False)
        tap.equal(wait_for(lambda: os.read(master, 16)), b"\xac", "and a ping is answered on it")
        os.close(master)
        os.close(slave)
        tap.ok(wait_for(lambda: s.process.poll() == 3), "a port that is pulled out ends it with status 3")


def datagrams():
    with Scratch() as scratch, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        s = Simulator(scratch, "ddp", "--frames", "4")
        for i in range(3):
            sender.sendto(ddp(picture(i), i + 1), ("127.0.0.1", s.port))
        sender.sendto(b"noise", ("127.0.0.1", s.port))
        sender.sendto(b"", ("127.0.0.1", s.port))
        sender.sendto(ddp(picture(3), 4), ("127.0.0.1", s.port))
        tap.ok(wait_for(lambda: s.process.poll() == 0), "--frames ends it")
        tap.equal([f["digest"] for f in s.frames()], [digest(picture(i)) for i in range(4)], "ddp: four frames")
        tap.equal(s.events(), ["short", "end"], "ddp: noise is reported, an empty datagram does no harm")
        arrived = [f["arrived"] for f in s.frames()]
        tap.ok(arrived == sorted(arrived) and abs(arrived[0] - time.time_ns()) < 20e9, "frames say when they came")
        first = Simulator(scratch, "ddp")
        code, _, err = run("bangtin-simulator", "--protocol", "ddp", "--size", "8x4", "--listen",
                           f"127.0.0.1:{first.port}")
        tap.ok(code == 3 and "in use" in err, "a port that another has is refused, not shared in silence")


def art_poll():
    with Scratch() as scratch, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        s = Simulator(scratch, "artnet", "--universe", "17", size="170x2")
        sender.settimeout(5)
        sender.sendto(b"Art-Net\0\x00\x20\x00\x0e\x02\x00", ("127.0.0.1", s.port))
        reply, source = sender.recvfrom(1024)
        tap.ok(source == ("127.0.0.1", s.port) and len(reply) == 239 and reply[:10] == b"Art-Net\0\x00\x21" and
               reply[19] == 1 and reply[173] == 2 and reply[190:192] == b"\x01\x02",
               "artnet: a poll is answered with the two universes from 17 on", reply.hex())


def multicast():
    """Two universes, each to its own group; on the loopback interface."""
    with Scratch() as scratch, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        port = free_port()
        s = Simulator(scratch, "sacn", "--interface", "127.0.0.1", "--universe", "300",
                      where=("--listen", f"0.0.0.0:{port}"), size="340x1")
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        for universe in (300, 301):
            values = 511
            packet = (b"\0\x10\0\0ASC-E1.17\0\0\0" + (0x7000 | 109 + values).to_bytes(2, "big") + b"\0\0\0\4" +
                      bytes(16) + (0x7000 | 87 + values).to_bytes(2, "big") + b"\0\0\0\2" + bytes(64) + b"\x64\0\0" +
                      b"\1\0" + universe.to_bytes(2, "big") + (0x7000 | 10 + values).to_bytes(2, "big") +
                      b"\2\xa1\0\0\0\1" + values.to_bytes(2, "big") + b"\0" + bytes([universe & 255]) * 510)
            sender.sendto(packet, (f"239.255.{universe >> 8}.{universe & 255}", port))
        s.wait_frames(1)
        tap.equal([f["digest"] for f in s.frames()], [digest(bytes([44]) * 510 + bytes([45]) * 510)],
                  "sacn: the groups of all universes are joined")


def spoilt(seed, fault):
    with Scratch() as scratch:
        s = Simulator(scratch, "awa", "--fault", f"{fault},seed={seed}")
        fd = s.open()
        for i in range(200):
            os.write(fd, awa(picture(i)))
        time.sleep(0.5)
        stop(s.process)
        os.close(fd)
        return [f["digest"] for f in s.frames()], s.events()


def faults_on_bytes():
    wanted = [digest(picture(i)) for i in range(200)]
    for fault in ("drop=0.2%", "flip=0.2", "garbage=0.2%"):
        frames, events = spoilt(7, fault)
        order = iter(wanted)
        kind = fault.partition("=")[0]
        tap.ok(80 < len(frames) < 200 and all(f in order for f in frames) and "checksum" in events,
               f"{kind}: {len(frames)} of 200 frames survive, each whole and in order",
               f"{len(frames)} frames, events {set(events)}")
        tap.equal(spoilt(7, fault), (frames, events), f"{kind}: the same seed does the same")
        tap.ok(spoilt(8, fault)[0] != frames, f"{kind}: another seed does other")


def faults_on_datagrams():
    with Scratch() as scratch, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        s = Simulator(scratch, "ddp", "--fault", "drop=20,garbage=20,seed=3")
        for i in range(200):
            sender.sendto(ddp(picture(i), i % 15 + 1), ("127.0.0.1", s.port))
            time.sleep(0.001)
        time.sleep(0.3)
        stop(s.process)
        frames = s.frames()
        order = iter([digest(picture(i)) for i in range(200)])
        tap.ok(120 < len(frames) < 190 and all(f["digest"] in order for f in frames),
               f"datagrams: {len(frames)} of 200 survive, in order")
        lost = sum(f.get("lost", 0) for f in frames)
        tap.ok(0 < lost <= 200 - len(frames), f"datagrams: of those that were lost, {lost} were noticed by their number")
        tap.ok(len(s.events("short")) + len(s.events("version")) > 20, "datagrams: the garbage is reported")


def stalled_reader():
    with Scratch() as scratch:
        s = Simulator(scratch, "adalight", "--fault", "stall=1:1s")
        fd = s.open()
        for i in range(3):
            os.write(fd, adalight(picture(i)))
            s.wait_frames(i + 1, 0.3)
        before = len(s.frames())
        s.wait_frames(3)
        gap = s.frames()[1]["monotonic"] - s.frames()[0]["monotonic"]
        os.close(fd)
        tap.ok(before == 1 and 0.9e9 < gap < 2.5e9 and s.events() == ["stall"],
               f"stall: reading stops after the first frame for {gap / 1e9:.2f} s, and nothing is lost")


def pulled_plug():
    with Scratch() as scratch:
        s = Simulator(scratch, "adalight", "--fault", "disconnect=1:500ms")
        fd = s.open()
        os.write(fd, adalight(picture(0)))
        s.wait_frames(1)
        tap.ok(wait_for(lambda: not os.path.lexists(s.link)), "disconnect: the link goes")
        try:
            os.write(fd, b"into the void")
            tap.ok(False, "disconnect: the client is hung up on")
        except OSError as error:
            tap.ok(True, f"disconnect: the client is hung up on ({error.strerror})")
        os.close(fd)
        tap.ok(wait_for(lambda: os.path.islink(s.link)), "disconnect: it comes back")
        fd = s.open()
        os.write(fd, adalight(picture(1))[:20])  # half a frame, and the plug is out for good
        os.close(fd)
        tap.equal(s.events(), ["disconnect", "reconnect"], "disconnect: both are said")
        fd = s.open()
        os.write(fd, adalight(picture(2)))
        os.write(fd, adalight(picture(3)))
        os.write(fd, adalight(picture(4)))
        s.wait_frames(3)
        os.close(fd)
        tap.equal(s.frames()[-1]["digest"], digest(picture(4)), "after half a frame the picture is soon right again")


def terminal():
    with Scratch() as scratch:
        s = Simulator(scratch, "tpm2", "--terminal", "--frames", "1", size="2x2")
        fd = s.open()
        os.write(fd, tpm2(bytes((255, 0, 0, 0, 255, 0, 0, 0, 255, 1, 2, 3))))
        wait_for(lambda: s.process.poll() == 0)
        os.close(fd)
        drawn = open(s.err, encoding="utf-8").read()
        tap.ok("\033[38;2;255;0;0m\033[48;2;0;0;255m▀\033[38;2;0;255;0m\033[48;2;1;2;3m▀" in drawn,
               "terminal: two pixels a cell", repr(drawn))
        tap.ok(len(s.frames()) == 1 and drawn.startswith("\033[2J\033[?25l") and drawn.endswith("\033[?25h"),
               "terminal: JSON lines do not mix with it; the cursor comes back")
        lines = os.path.join(scratch.path, "lines")
        link = os.path.join(scratch.path, "other")
        process = subprocess.Popen([program("bangtin-simulator"), "--protocol", "tpm2", "--size", "2x2", "--pty", link,
                                    f"--json={lines}", "--terminal"], stdout=subprocess.PIPE)
        wait_for(lambda: os.path.islink(link))
        process.send_signal(signal.SIGINT)
        out = process.communicate(timeout=10)[0]
        tap.ok(process.returncode == 0 and b"{" not in out and json_lines(lines)[-1]["event"] == "end",
               "terminal: with --json=FILE it has standard output")


def usage():
    size = ("--size", "8x4")
    cases = ((), ("--protocol", "adalight"), ("--protocol", "none", *size, "--pty", "x"),
             ("--protocol", "adalight", *size), ("--protocol", "adalight", *size, "--listen", "127.0.0.1:9"),
             ("--protocol", "ddp", *size, "--pty", "x"), ("--protocol", "ddp", "--size", "8", "--listen", "127.0.0.1:9"),
             ("--protocol", "ddp", "--size", "0x4", "--listen", "127.0.0.1:9"),
             ("--protocol", "ddp", *size, "--listen", "127.0.0.1:9", "--universe", "2"),
             ("--protocol", "sacn", *size, "--listen", "127.0.0.1:9", "--universe", "0"),
             ("--protocol", "artnet", "--size", "999x999", "--listen", "127.0.0.1:9"),
             ("--protocol", "awa", *size, "--pty", "x", "--fault", "drop=101"),
             ("--protocol", "awa", *size, "--pty", "x", "--fault", "stall=3"),
             ("--protocol", "awa", *size, "--pty", "x", "--frames", "0"),
             ("--protocol", "awa", *size, "--pty", "x", "--for", "soon"),
             ("--protocol", "awa", *size, "--pty", "x", "more"), ("--wrong",))
    codes = [run("bangtin-simulator", *case)[0] for case in cases]
    tap.equal(codes, [2] * len(cases), "wrong usage is status 2")
    tap.equal(run("bangtin-simulator", "--protocol", "ddp", *size, "--listen", "nowhere:9")[0], 3,
              "an address that is none is status 3")
    tap.equal(run("bangtin-simulator", "--protocol", "awa", *size, "--pty", "x", "--dump", "/proc/x")[0], 1,
              "a directory that cannot be made is status 1")
    code, out, _ = run("bangtin-simulator", "--help")
    tap.ok(code == 0 and "--protocol" in out, "--help")
    code, out, _ = run("bangtin-simulator", "--version")
    tap.ok(code == 0 and out.startswith("bangtin-simulator "), "--version")


for test in (pty_outlives_clients, killed_client_leaves_the_port_free, link_is_not_taken_from_others, existing_tty,
             datagrams, art_poll, multicast, faults_on_bytes, faults_on_datagrams, stalled_reader, pulled_plug,
             terminal, usage):
    test()
tap.done()
