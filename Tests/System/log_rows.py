"""Rows of the input log as the collector writes them (docs/decisions/0004-log-rows.md), read without the collector."""

import gzip


class Bytes:
    """Numbers and texts one after the other."""

    def __init__(self, data: bytes, at: int = 0):
        self.data, self.at = data, at

    @property
    def is_at_end(self):
        return self.at >= len(self.data)

    def byte(self):
        self.at += 1
        return self.data[self.at - 1]

    def unsigned(self):
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def signed(self):
        value = self.unsigned()
        return (value >> 1) ^ -(value & 1)

    def raw(self):
        count = self.unsigned()
        self.at += count
        return self.data[self.at - count:self.at]

    def optional(self, read):
        return read() if self.byte() else None


def beats_of(batch: bytes):
    """Agent and sequence of each request of one beat in a log row."""
    row = Bytes(batch, 1)
    while not row.is_at_end:
        kind = row.byte()
        frame = Bytes(row.raw())
        if kind != 1:
            continue
        frame.signed()
        agent = frame.raw().decode()
        frame.raw()
        frame.optional(frame.signed)
        frame.optional(frame.raw)
        frame.optional(frame.signed)
        if frame.unsigned():
            frame.unsigned()
            yield agent, frame.signed()


def in_the_log(batches):
    """The sequence numbers of each agent in rows of the log."""
    kept = {}
    for batch in batches:
        for agent, seq in beats_of(batch):
            kept.setdefault(agent, set()).add(seq)
    return kept


def archived(folder):
    """The rows that a collector has moved from the database to its archive."""
    for path in sorted(folder.glob("input-0-*.rows.gz")):
        rows = Bytes(gzip.decompress(path.read_bytes()))
        while not rows.is_at_end:
            rows.raw()
            rows.signed()
            rows.signed()
            yield rows.raw()
