"""A disk with a write cache that a power cut empties: an NBD server in this process.

What the guest writes is in the cache until it asks for a flush, or writes with FUA; a flush makes durable every write
that was answered before it came. At a cut each block of what is in the cache is kept or lost, by chance: a real disk
promises no more. QEMU's own caches cannot do that: killing QEMU leaves in the host's page cache whatever it had written.

A block is what the disk writes whole or not at all. It is 4096 bytes, as flash does it, and as the guest is told: with
512, ext4 itself is lost sooner or later, since the checksum of its journal's commit block covers more than one sector.
A commit block of which one half is new and the other of the journal's last round is no end of the journal to it, but
damage, and it refuses to mount.

Source: the NBD protocol, doc/proto.md of NetworkBlockDevice/nbd: fixed newstyle handshake, simple replies.
"""
import random
import socket
import struct
import threading

BLOCK = 4096
OPTION_MAGIC, REPLY_MAGIC = 0x49484156454F5054, 0x3E889045565A9
REQUEST_MAGIC, ANSWER_MAGIC = 0x25609513, 0x67446698
OPT_EXPORT_NAME, OPT_ABORT, OPT_GO = 1, 2, 7
REP_ACK, REP_INFO, REP_UNSUPPORTED = 1, 3, 0x80000001
READ, WRITE, DISCONNECT, FLUSH = range(4)
FUA = 1
FLAGS = 1 | 4 | 8  # has flags, flush, FUA


class Disk:
    """flushes False: it lies about them, as a control that something is lost then."""

    def __init__(self, path, image, seed):
        self.durable = bytearray(image)
        self.seen = bytearray(image)  # with what is in the cache
        self.cache = []
        self.flushes = True
        self.chance = random.Random(seed)
        self.lost = self.kept = self.losses = 0
        self.writes_left, self.fails_at_flush = None, False
        self.failed = threading.Event()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        self.idle = threading.Event()
        self.idle.set()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            client, _ = self.listener.accept()
            self.idle.clear()
            try:
                self.speak(client)
            except (OSError, EOFError):
                pass
            client.close()
            self.idle.set()

    def fail_after(self, writes, at_flush):
        """The power fails after so many writes, or at the flush that follows them, when the cache holds most."""
        self.fails_at_flush, self.writes_left = at_flush, writes

    def cut(self):
        """The power has failed; QEMU is dead. Two writes of a block may be kept both, either or none."""
        if not self.idle.wait(30):
            raise RuntimeError("QEMU still speaks to the disk")
        keep, lost = self.chance.choice((0, 0.3, 0.6)), self.lost
        for offset, data in self.cache:
            end = offset + len(data)
            while offset < end:
                size = min(BLOCK - offset % BLOCK, end - offset)
                if self.chance.random() < keep:
                    self.durable[offset:offset + size] = data[len(data) - (end - offset):][:size]
                    self.kept += 1
                else:
                    self.lost += 1
                offset += size
        self.losses += self.lost > lost
        self.cache = []
        self.seen = bytearray(self.durable)
        self.writes_left = None
        self.failed.clear()

    # --- the protocol

    def speak(self, client):
        stream = client.makefile("rb")

        def take(size):
            data = stream.read(size)
            if len(data) != size:
                raise EOFError
            return data

        client.sendall(b"NBDMAGIC" + struct.pack(">QH", OPTION_MAGIC, 3))
        take(4)
        while self.option(client, take):
            pass
        while self.request(client, take):
            pass

    def option(self, client, take):
        """False: the handshake is over."""
        _, option, size = struct.unpack(">QII", take(16))
        take(size)
        if option == OPT_EXPORT_NAME:
            client.sendall(struct.pack(">QH", len(self.seen), FLAGS))
            return False
        if option == OPT_ABORT:
            raise EOFError
        if option != OPT_GO:
            client.sendall(struct.pack(">QIII", REPLY_MAGIC, option, REP_UNSUPPORTED, 0))
            return True
        client.sendall(struct.pack(">QIIIHQH", REPLY_MAGIC, option, REP_INFO, 12, 0, len(self.seen), FLAGS))
        client.sendall(struct.pack(">QIII", REPLY_MAGIC, option, REP_ACK, 0))
        return False

    def request(self, client, take):
        _, flags, kind, handle, offset, size = struct.unpack(">IHH8sQI", take(28))
        written = take(size) if kind == WRITE else b""
        data = b""
        if kind == DISCONNECT:
            return False
        if self.failed.is_set() or self.fails(kind):
            if written and not self.failed.is_set():
                self.cache.append((offset, written))  # it was on its way
            self.failed.set()
            return True  # without an answer
        if kind == READ:
            data = bytes(self.seen[offset:offset + size])
        elif kind == WRITE:
            self.seen[offset:offset + size] = written
            self.cache.append((offset, written))
            if flags & FUA and self.flushes:
                self.make_durable(offset, size)
        elif kind == FLUSH and self.flushes:
            for at, written in self.cache:
                self.durable[at:at + len(written)] = written
            self.cache = []
        client.sendall(struct.pack(">II8s", ANSWER_MAGIC, 0, handle) + data)
        return True

    def fails(self, kind):
        """Whether the power fails at this request."""
        if self.writes_left is None:
            return False
        if self.writes_left <= 0:
            return kind == (FLUSH if self.fails_at_flush else WRITE)
        self.writes_left -= kind == WRITE
        return False

    def make_durable(self, offset, size):
        """That range only, and out of the cache what it covers: an older write must not come over it at the cut."""
        self.durable[offset:offset + size] = self.seen[offset:offset + size]
        left = []
        for at, written in self.cache:
            if at + len(written) <= offset or at >= offset + size:
                left.append((at, written))
                continue
            if at < offset:
                left.append((at, written[:offset - at]))
            if at + len(written) > offset + size:
                left.append((offset + size, written[offset + size - at:]))
        self.cache = left
