"""Telemetry until the hub has acknowledged it: in order, bounded, and on flash before it is on the wire.

Records live in append-only segment files `<epoch>-<first seq>.seg`, one epoch each; a backlog is read back from there.
"""

import binascii
import json
import os
import struct

from micropython import const

_HEADER = "<IHIII"  # CRC-32 of all that follows, payload bytes, epoch, seq, time
_HEADER_BYTES = const(18)
_TAIL_BYTES = const(4096)  # records waiting in RAM for a batched flush
_MAX_SEGMENTS = const(40)


class _Segment:
    """A file of the journal; `first..last` are the sequence numbers it holds."""

    def __init__(self, path, epoch, first):
        self.path = path
        self.epoch = epoch
        self.first = first
        self.last = first - 1
        self.bytes = 0


class Outbox:
    """`begin(now)` before use. flush_s 0: a record is on flash before it is sent; else it may wait that long in RAM."""

    def __init__(self, directory, max_bytes, flush_s):
        self.floor = self._last_epoch(directory + "/epoch")  # the latest time known, for a board that has lost it
        self.epoch = 0
        self._dir = directory
        self._max_bytes = max_bytes
        self._segment_bytes = max_bytes // 8
        self._flush_s = flush_s
        self._file = None  # of the last segment, while it may grow
        self._tail = []  # [(seq, t, payload)] not yet written
        self._tail_since = 0
        self._seq = 0
        self._acked = {}  # epoch -> highest seq that the hub has stored
        self._sent = (0, 0)
        self._place = (None, 0, 0)  # segment, its next seq to read and where in the file that is
        self._messages = self._readings = self._dropped = 0
        self._segments = []
        self._scan()

    def begin(self, now):
        """Start this boot's epoch: `now` [Unix s], or just after the latest time known."""
        path = self._dir + "/epoch"
        self.epoch = max(now, self.floor + 1)
        with open(path + ".new", "w") as f:
            f.write(str(self.epoch))
        os.rename(path + ".new", path)

    def _last_epoch(self, path):
        try:
            with open(path) as f:
                return int(f.read())
        except (OSError, ValueError):
            return 0

    def append(self, t, rows):
        """Record the telemetry points of time `t` [Unix s]; the hub checks them."""
        payload = json.dumps(rows).encode()
        self._seq += 1
        self._messages += 1
        self._readings += len(rows)
        if not self._tail:
            self._tail_since = t
        self._tail.append((self._seq, t, payload))
        if t - self._tail_since >= self._flush_s or self._tail_bytes() > _TAIL_BYTES:
            self.flush()

    def flush(self):
        """Write what waits in RAM. OSError if the flash refuses it even after the oldest segment has gone."""
        try:
            self._write_tail()
        except OSError:
            self._abandon()
            if self._segments:
                self._drop(self._segments[0])
            try:
                self._write_tail()
            except OSError:
                self._abandon()
                while self._tail_bytes() > _TAIL_BYTES:
                    self._tail.pop(0)
                    self._dropped += 1
                raise

    def next_message(self):
        """(epoch, seq, telemetry payload) of the next unacknowledged record that has not been sent, or None."""
        while True:
            segment = self._next_segment()
            if segment is None:
                break
            try:
                return self._outgoing(segment.epoch, *self._read(segment, self._after(segment.epoch) + 1))
            except (OSError, ValueError):  # the flash has forgotten
                if self._file and segment is self._segments[-1]:
                    self._abandon()
                self._drop(segment)
        after = self._after(self.epoch)
        for record in self._tail:
            if record[0] > after:
                return self._outgoing(self.epoch, *record)
        return None

    def rewind(self):
        """Begin again with the oldest unacknowledged record."""
        self._sent = (0, 0)

    def ack(self, epoch, seq):
        """The hub has stored everything up to `seq` of `epoch`. Returns whether that was news."""
        before = self.pending()
        if epoch == self.epoch:
            seq = min(seq, self._seq)
            self._tail = [record for record in self._tail if record[0] > seq]
        self._acked[epoch] = max(seq, self._acked.get(epoch, 0))
        for segment in [s for s in self._segments if not self._unacked(s)]:
            if self._file is None or segment is not self._segments[-1]:
                self._remove(segment)
        for old in [e for e in self._acked if e != self.epoch and not any(s.epoch == e for s in self._segments)]:
            del self._acked[old]
        return self.pending() < before

    def pending(self):
        """Records that the hub has not acknowledged."""
        return len(self._tail) + sum(self._unacked(segment) for segment in self._segments)

    def counters(self):
        """What the local API tells: messages and readings recorded since the start, records pending and dropped."""
        return {
            "epoch": self.epoch,
            "messages": self._messages,
            "readings": self._readings,
            "pending": self.pending(),
            "dropped": self._dropped,
        }

    def _next_segment(self):
        for segment in self._segments:
            if segment.last > self._after(segment.epoch):
                return segment
        return None

    def _after(self, epoch):
        """The highest seq of an epoch that need not be sent now."""
        acked = self._acked.get(epoch, 0)
        sent_epoch, sent_seq = self._sent
        if epoch < sent_epoch:
            return 2**31
        return max(acked, sent_seq) if epoch == sent_epoch else acked

    def _outgoing(self, epoch, seq, t, payload):
        self._sent = (epoch, seq)
        head = b'{"epoch": %d, "seq": %d, "oldest": %d, "t": %d, "points": ' % (epoch, seq, self._oldest(epoch, seq), t)
        return epoch, seq, head + payload + b"}"

    def _oldest(self, epoch, seq):
        """The lowest unacknowledged seq of an epoch that is still held: the hub need not wait for any before it."""
        for segment in self._segments:
            if segment.epoch == epoch and self._unacked(segment):
                return max(segment.first, self._acked.get(epoch, 0) + 1)
        return min(seq, self._tail[0][0]) if self._tail and epoch == self.epoch else seq

    def _unacked(self, segment):
        return max(0, segment.last - max(segment.first - 1, self._acked.get(segment.epoch, 0)))

    def _write_tail(self):
        while self._tail:
            seq, t, payload = self._tail[0]
            if self._file is None or self._segments[-1].bytes >= self._segment_bytes:
                self._roll(seq)
            body = struct.pack(_HEADER, 0, len(payload), self.epoch, seq, t)[4:] + payload
            self._file.write(struct.pack("<I", binascii.crc32(body)) + body)
            self._segments[-1].last = seq
            self._segments[-1].bytes += 4 + len(body)
            self._tail.pop(0)
        if self._file:
            self._file.flush()
        while len(self._segments) > 1 and (
            len(self._segments) > _MAX_SEGMENTS or sum(s.bytes for s in self._segments) > self._max_bytes
        ):
            self._drop(self._segments[0])

    def _tail_bytes(self):
        return sum(len(record[2]) for record in self._tail)

    def _abandon(self):
        """The last segment may end in half a record: never append to it again."""
        try:
            if self._file:
                self._file.close()
        except OSError:
            pass
        self._file = None
        if self._segments and not self._segments[-1].bytes:
            self._remove(self._segments[-1])

    def _roll(self, first):
        """Start a new segment; the one before it goes if the hub has all of it."""
        if self._file:
            self._file.close()
            self._file = None
            if not self._unacked(self._segments[-1]):
                self._remove(self._segments[-1])
        segment = _Segment("%s/%d-%d.seg" % (self._dir, self.epoch, first), self.epoch, first)
        self._segments.append(segment)
        self._file = open(segment.path, "wb")

    def _drop(self, segment):
        self._dropped += self._unacked(segment)
        self._remove(segment)

    def _remove(self, segment):
        self._segments.remove(segment)
        try:
            os.remove(segment.path)
        except OSError:
            pass  # it never came to be, or the flash is failing: it is out of the books either way

    def _read(self, segment, seq):
        """(seq, t, payload) of the first record from `seq` on; ValueError if it is damaged."""
        known, offset = (self._place[1], self._place[2]) if self._place[0] is segment else (0, 0)
        if known > seq:
            offset = 0
        with open(segment.path, "rb") as f:
            while True:
                f.seek(offset)
                header = f.read(_HEADER_BYTES)
                if len(header) < _HEADER_BYTES:
                    raise ValueError("journal")
                crc, length, _, found, t = struct.unpack(_HEADER, header)
                offset += _HEADER_BYTES + length
                if found >= seq:
                    self._place = (segment, found + 1, offset)
                    return found, t, self._checked(crc, header, f.read(length))

    def _checked(self, crc, header, payload):
        if binascii.crc32(payload, binascii.crc32(header[4:])) != crc:
            raise ValueError("journal")
        return payload

    def _scan(self):
        """Take over the segments that earlier boots left; a torn end is dropped, what is before it is kept."""
        found = []
        for name in os.listdir(self._dir):
            if name.endswith(".seg"):
                epoch, first = name[:-4].split("-")
                found.append((int(epoch), int(first), name))
        for epoch, first, name in sorted(found):
            segment = _Segment(self._dir + "/" + name, epoch, first)
            self._measure(segment)
            self.floor = max(self.floor, epoch)
            if segment.bytes:
                self._segments.append(segment)
            else:
                os.remove(segment.path)

    def _measure(self, segment):
        with open(segment.path, "rb") as f:
            while True:
                header = f.read(_HEADER_BYTES)
                if len(header) < _HEADER_BYTES:
                    return
                crc, length, _, seq, t = struct.unpack(_HEADER, header)
                try:
                    self._checked(crc, header, f.read(length))
                except ValueError:
                    return
                segment.last = seq
                segment.bytes += _HEADER_BYTES + length
                self.floor = max(self.floor, t)
