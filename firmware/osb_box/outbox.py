"""Telemetry until the hub has acknowledged it: in order, bounded, and on flash before it is on the wire.

A backlog of half of what there is room for gets sparse: from then on the first record of each quarter of an hour is
kept, so that what a day without the hub costs is resolution (counters are cumulative) and not hours.

Records live in append-only segment files `<epoch>-<first seq>.seg`, one epoch each; a backlog is read back from there.
What earlier boots left is found by journal.py.
"""

import binascii
import json
import os
import struct

from micropython import const

HEADER = "<IHIII"  # CRC-32 of all that follows, payload bytes, epoch, seq, time
HEADER_BYTES = 18
_SPARSE_S = const(900)  # of a long backlog, a record for each of these is kept
_TAIL_BYTES = const(4096)  # records waiting in RAM for a batched flush
_BLOCKS = const(32)  # of flash in all, of 4 kB where the bound is 128 kB; a segment takes at least one
_LINKS = const(32)  # bytes of littlefs in the blocks of a segment, an eighth of the bound, so that it fills whole ones

_EPOCH = const(0)  # a segment is [epoch, first seq, last seq, bytes]
_FIRST = const(1)
_LAST = const(2)
_BYTES = const(3)


class Outbox:
    """`segments` as journal.scan gives them. flush_s 0: a record is on flash before it is sent; else it may wait."""

    parting = ()  # what else is to be saved before a restart

    def __init__(self, directory, max_bytes, flush_s, epoch, segments):
        self.epoch = epoch
        self.messages = self.readings = self.dropped = self.spared = 0  # since the start
        self._dir = directory
        self._max_bytes = max_bytes
        self._flush_s = flush_s
        self._segments = segments
        self._file = None  # of the last segment, while it may grow
        self._tail = []  # [(seq, t, payload)] not yet written
        self._seq = self._last_t = 0
        self._acked = {}  # epoch -> highest seq that the hub has stored
        self._sent = (0, 0)
        self._place = (None, 0, 0)  # segment, its next seq to read and where in the file that is

    def append(self, t, rows):
        """Record the telemetry points of time `t` [Unix s], or spare them; the hub checks them."""
        if t // _SPARSE_S == self._last_t // _SPARSE_S and self._stored() > self._max_bytes // 2:
            self.spared += 1
            return
        self._last_t = t
        self._seq += 1
        self.messages += 1
        self.readings += len(rows)
        self._tail.append((self._seq, t, json.dumps(rows).encode()))
        if t - self._tail[0][1] >= self._flush_s or self._tail_bytes() > _TAIL_BYTES:
            self.flush()

    def flush(self):
        """Write what waits in RAM. OSError if the flash refuses it even after the oldest segment has gone."""
        try:
            self._write_tail()
        except OSError:
            self._abandon()
            if self._segments:
                self._remove(self._segments[0])
            try:
                self._write_tail()
            except OSError:
                self._abandon()
                while self._tail_bytes() > _TAIL_BYTES:
                    self._tail.pop(0)
                    self.dropped += 1
                raise

    def next_message(self):
        """(epoch, seq, telemetry payload) of the next unacknowledged record that has not been sent, or None."""
        for segment in self._segments[:]:
            epoch = segment[_EPOCH]
            after = self._after(epoch)
            if segment[_LAST] > after:
                try:
                    return self._outgoing(epoch, *self._read(segment, after + 1))
                except (OSError, ValueError):  # the flash has forgotten
                    if segment is self._segments[-1]:
                        self._abandon()
                    if segment in self._segments:
                        self._remove(segment)
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
            while self._tail and self._tail[0][0] <= seq:
                self._tail.pop(0)
        self._acked[epoch] = max(seq, self._acked.get(epoch, 0))
        held = {self.epoch}
        for segment in self._segments[:]:
            if self._unacked(segment) or (self._file and segment is self._segments[-1]):
                held.add(segment[_EPOCH])
            else:
                self._remove(segment)
        for old in list(self._acked):
            if old not in held:
                del self._acked[old]
        return self.pending() < before

    def pending(self):
        """Records that the hub has not acknowledged."""
        count = len(self._tail)
        for segment in self._segments:
            count += self._unacked(segment)
        return count

    def _after(self, epoch):
        """The highest seq of an epoch that need not be sent now."""
        acked = self._acked.get(epoch, 0)
        sent_epoch, sent_seq = self._sent
        if epoch < sent_epoch:
            return 2**31
        return max(acked, sent_seq) if epoch == sent_epoch else acked

    def _outgoing(self, epoch, seq, t, payload):
        """The message of a record; `oldest` is the lowest number the hub need still wait for."""
        self._sent = (epoch, seq)
        oldest = seq
        if self._tail and epoch == self.epoch:
            oldest = min(seq, self._tail[0][0])
        for segment in self._segments:
            if segment[_EPOCH] == epoch and self._unacked(segment):
                oldest = max(segment[_FIRST], self._acked.get(epoch, 0) + 1)
                break
        head = b'{"epoch": %d, "seq": %d, "oldest": %d, "t": %d, "points": ' % (epoch, seq, oldest, t)
        return epoch, seq, head + payload + b"}"

    def _unacked(self, segment):
        return max(0, segment[_LAST] - max(segment[_FIRST] - 1, self._acked.get(segment[_EPOCH], 0)))

    def _stored(self):
        """Bytes of flash that the segments take, which is given away in blocks."""
        block = self._max_bytes // _BLOCKS
        total = 0
        for segment in self._segments:
            total += (segment[_BYTES] + block - 1) // block * block
        return total

    def _tail_bytes(self):
        size = 0
        for record in self._tail:
            size += len(record[2])
        return size

    def _write_tail(self):
        segments = self._segments
        while self._tail:
            seq, t, payload = self._tail[0]
            size = HEADER_BYTES + len(payload)
            if self._file is None or segments[-1][_BYTES] + size > self._max_bytes // 8 - _LINKS:
                self._roll(seq)
            body = struct.pack(HEADER, 0, len(payload), self.epoch, seq, t)[4:] + payload
            self._file.write(struct.pack("<I", binascii.crc32(body)) + body)
            segments[-1][_LAST] = seq
            segments[-1][_BYTES] += size
            self._tail.pop(0)
        if self._file:
            self._file.flush()
        while len(segments) > 1 and self._stored() > self._max_bytes:
            self._remove(segments[0])

    def _roll(self, first):
        """Start a new segment; the one before it goes if the hub has all of it."""
        if self._file:
            self._file.close()
            self._file = None
            if not self._unacked(self._segments[-1]):
                self._remove(self._segments[-1])
        segment = [self.epoch, first, first - 1, 0]
        self._segments.append(segment)
        self._file = open(self._path(segment), "wb")

    def _abandon(self):
        """The last segment may end in half a record: never append to it again."""
        try:
            if self._file:
                self._file.close()
        except OSError:
            pass
        self._file = None
        if self._segments and not self._segments[-1][_BYTES]:
            self._remove(self._segments[-1])

    def _path(self, segment):
        return "%s/%d-%d.seg" % (self._dir, segment[_EPOCH], segment[_FIRST])

    def _remove(self, segment):
        """What of it the hub has not is lost, and counted."""
        self.dropped += self._unacked(segment)
        self._segments.remove(segment)
        try:
            os.remove(self._path(segment))
        except OSError:
            pass  # it never came to be, or the flash is failing: it is out of the books either way

    def _read(self, segment, seq):
        """(seq, t, payload) of the first record from `seq` on; ValueError if it is damaged."""
        known, offset = self._place[1:] if self._place[0] is segment else (0, 0)
        if known > seq:
            offset = 0
        with open(self._path(segment), "rb") as f:
            while True:
                f.seek(offset)
                header = f.read(HEADER_BYTES)
                if len(header) < HEADER_BYTES:
                    raise ValueError
                crc, length, _, found, t = struct.unpack(HEADER, header)
                offset += HEADER_BYTES + length
                if found >= seq:
                    payload = f.read(length)
                    if binascii.crc32(payload, binascii.crc32(header[4:])) != crc:
                        raise ValueError
                    self._place = (segment, found + 1, offset)
                    return found, t, payload
