#!/usr/bin/env python3
"""bangtin-testpattern probe: what bangtin-simulator answers on a serial line and in the network; what never answers; and
what is said of a port that cannot be had."""
import json
import os
import socket
import threading
import tty
from concurrent.futures import ThreadPoolExecutor

from harness import Scratch, Tap, run, wait_for



class SharedTap(Tap):
    """All that these tests do is wait for silence, so they wait at the same time."""
    lock = threading.Lock()

    def ok(self, passed, what, detail=""):
        with self.lock:
            return super().ok(passed, what, detail)


tap = SharedTap()


def probe(*where):
    code, out, err = run("bangtin-testpattern", "probe", *where, "--json")
    return code, json.loads(out) if out else None, err


def answers(found):
    return [r for r in found["results"] if r["answered"]]


def free_port(kind):
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def on_serial(protocol, wanted):
    with Scratch() as scratch:
        where = os.path.join(scratch.path, "tty")
        scratch.start("bangtin-simulator", "--protocol", protocol, "--size", "80x16", "--pty", where)
        wait_for(lambda: os.path.islink(where))
        code, found, err = probe("--port", where)
        got = answers(found)
        if wanted is None:
            tap.ok(code == 3 and got == [] and protocol in found["never_answer"],
                   f"{protocol}: never answers, and the listing says so", f"{code} {got} {err}")
            return
        tap.ok(code == 0 and len(got) == 1 and {k: got[0][k] for k in wanted} == wanted,
               f"{protocol}: {wanted}", f"{code} {got} {err}")
        tap.ok(where in got[0]["configuration"] and f'name = "{wanted["driver"]}"' in got[0]["configuration"],
               f"{protocol}: what to write into the configuration", got)


def in_network(protocol, option, wanted):
    with Scratch() as scratch:
        port = free_port(socket.SOCK_STREAM if option == "--tcp" else socket.SOCK_DGRAM)
        scratch.start("bangtin-simulator", "--protocol", protocol, "--size", "80x16", option, f"127.0.0.1:{port}")
        table = "/proc/net/tcp" if option == "--tcp" else "/proc/net/udp"
        wait_for(lambda: f":{port:04X} " in open(table, encoding="ascii").read())
        code, found, err = probe("--host", f"127.0.0.1:{port}")
        got = answers(found)
        tap.ok(code == 0 and len(got) == 1 and {k: got[0][k] for k in wanted} == wanted,
               f"{protocol} {option[2:]}: {wanted}", f"{code} {got} {err}")


INFO = json.dumps({"ver": "0.14.4", "name": "Cổng UBND", "leds": {"count": 2048, "matrix": {"w": 64, "h": 32}}})


def page_of_wled():
    """A page that comes in pieces, as from a small controller."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(8)

        def serve():
            while True:
                try:
                    peer, _ = server.accept()
                except OSError:
                    return
                with peer:
                    peer.settimeout(2)
                    try:
                        if not peer.recv(1000).startswith(b"GET /json/info "):
                            continue
                        answer = ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + INFO).encode()
                        for at in range(0, len(answer), 50):
                            peer.sendall(answer[at:at + 50])
                    except OSError:
                        continue

        threading.Thread(target=serve, daemon=True).start()
        code, found, err = probe("--host", f"127.0.0.1:{server.getsockname()[1]}")
        got = answers(found)
        tap.ok(code == 0 and len(got) == 1 and (got[0]["protocol"], got[0]["width"], got[0]["height"],
                                                 got[0]["firmware"]) == ("WLED", 64, 32, "0.14.4"),
               "WLED: its page tells version and matrix", f"{code} {got} {err}")
        server.shutdown(socket.SHUT_RDWR)


def card_of_huidu():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(8)

        def serve():
            while True:
                try:
                    peer, _ = server.accept()
                except OSError:
                    return
                with peer:
                    if peer.recv(1000) == bytes.fromhex("0800012007000001"):
                        peer.sendall(bytes.fromhex("0a000220050000010000"))

        threading.Thread(target=serve, daemon=True).start()
        code, found, err = probe("--host", f"127.0.0.1:{server.getsockname()[1]}")
        got = answers(found)
        tap.ok(code == 0 and len(got) == 1 and got[0]["protocol"] == "Huidu" and "1.0.0.5" in got[0]["firmware"],
               "Huidu: hello is answered by a version, ten bytes long as its own demo wants", f"{code} {got} {err}")
        server.shutdown(socket.SHUT_RDWR)


def strip_of_wled():
    """WLED on USB: greets when it starts, and prints its version after a v."""
    master, slave = os.openpty()
    tty.setraw(slave)

    def serve():
        os.write(master, b"\r\nAda\r\n")
        while True:
            try:
                if b"v" == os.read(master, 1000):
                    os.write(master, b"WLED 2405180\r\n")
            except OSError:
                return

    threading.Thread(target=serve, daemon=True).start()
    code, found, err = probe("--port", os.ttyname(slave))
    got = answers(found)
    tap.ok(code == 0 and [(r["protocol"], r["firmware"], r["baud"], r["driver"]) for r in got] ==
           [("WLED", "2405180", 115200, "adalight")], "WLED on a serial line: its build", f"{code} {got} {err}")
    os.close(slave)
    os.close(master)


def noise(name, reply):
    """What only talks, and what echoes (an RS-485 adapter that hears itself), has not answered."""
    master, slave = os.openpty()
    tty.setraw(slave)

    def serve():
        while True:
            try:
                os.write(master, reply(os.read(master, 1000)))
            except OSError:
                return

    threading.Thread(target=serve, daemon=True).start()
    code, found, err = probe("--port", os.ttyname(slave))
    tap.ok(code == 3 and answers(found) == [], f"{name} is no answer", f"{code} {answers(found)} {err}")
    os.close(slave)
    os.close(master)


def cannot_be_asked():
    cases = {(): 2, ("--port", "ttyS0", "--host", "1.2.3.4"): 2, ("more", "--host", "1.2.3.4"): 2,
             ("--host", "board.local"): 1, ("--host", "1.2.3.4:99999"): 1, ("--port", "/nonexistent"): 3}
    got = {case: run("bangtin-testpattern", "probe", *case)[0] for case in cases}
    tap.equal({c: g for c, g in got.items() if g != cases[c]}, {}, "exit codes of wrong usage and wrong input")
    code, out, err = run("bangtin-testpattern", "probe", "--host", f"127.0.0.1:{free_port(socket.SOCK_STREAM)}")
    tap.ok(code == 3 and "silent" in out and "never answer" in out and "show border" in out,
           "where nothing is: what silence means, and what to try", out + err)


CARD = {"protocol": "Onbon BX", "baud": 57600, "firmware": "SIM-1.00", "width": 80, "height": 16}
TESTS = [
    (on_serial, "onbon-5e", CARD | {"driver": "onbon-5e", "device": "BX-5E1"}),
    (on_serial, "onbon-6e", CARD | {"driver": "onbon-6e", "device": "BX-6E1"}),
    (on_serial, "novastar", {"protocol": "NovaStar", "baud": 115200, "driver": "novastar"}),
    (on_serial, "alpha", {"protocol": "Alpha", "baud": 9600, "driver": "alpha"}),
    (on_serial, "tpm2", {"protocol": "TPM2", "driver": "tpm2"}),
    (on_serial, "adalight", None),
    (in_network, "onbon-6q", "--tcp", {"protocol": "Onbon BX", "wire": "TCP", "device": "BX-6Q2", "width": 80}),
    (in_network, "onbon-6e", "--listen", {"protocol": "Onbon BX", "wire": "UDP", "driver": "onbon-6e"}),
    (in_network, "novastar", "--tcp", {"protocol": "NovaStar", "driver": "novastar"}),
    (in_network, "artnet", "--listen", {"protocol": "Art-Net", "device": "bangtin-simulator"}),
    (in_network, "ddp", "--listen", {"protocol": "DDP", "device": "bangtin simulator", "firmware": "1.0"}),
    (page_of_wled,), (card_of_huidu,), (strip_of_wled,), (noise, "noise", lambda said: bytes(range(256))),
    (noise, "an echo", lambda said: said), (cannot_be_asked,),
]
with ThreadPoolExecutor(len(TESTS)) as pool:
    for done in [pool.submit(*test) for test in TESTS]:
        done.result()
tap.done()
