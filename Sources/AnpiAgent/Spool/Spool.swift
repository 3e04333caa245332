import AnpiClient
import AnpiDigest
package import AnpiModel
import Glibc
import Synchronization

/// The beats that no collector has acknowledged, on disk: an append-only file of checksummed records, replayed at the
/// start and written anew when most of it is history.
///
/// - **A killed agent** loses nothing: a record is written before its beat is sent, and a torn last one is cut off.
/// - **A power cut** may lose what was not yet synced. The file is synced when it is written anew, at a goodbye, and
///   at most once a minute while beats pile up; a beat that goes out at once is not worth a flash cell.
/// - **Numbers never repeat within a boot**: a sequence goes on in the file, and the boot's name is the kernel's with a
///   random part that is drawn anew when the file is new or could not be written.
/// - **Full** (`beatsMax`): the oldest beats go, and are counted in `dropped`.
package final class Spool: Sendable {
    /// A file shorter than this is never written anew.
    static let rewriteBytesMin = 256 * 1_024
    /// A spool that is longer is not ours: a week of beats that all differ is some 4 MB.
    static let fileBytesMax = 256 * 1_024 * 1_024
    static let syncInterval: Duration = .seconds(60)

    private struct State {
        var backlog: Backlog
        /// The boot that the file names: numbers of any other are not in it and cannot be given again from it.
        var bootOnDisk = ""
        var descriptor: Int32
        var fileBytes: Int
        /// The length of the file when it was written anew; history is what came after it.
        var freshBytes: Int
        var syncedAt: Duration
        var isSynced = true
    }

    private let path: String
    private let kernelBoot: String
    private let beatsMax: Int64
    private let state: Mutex<State>
    /// Bytes of a torn or rotten tail that were cut off at the start.
    package let cutBytes: Int

    /// Opens the spool in `directory`, which must exist and be locked by this process.
    package init(directory: String, kernelBoot: String?, beatsMax: Int64, steady: Duration) throws(AgentError) {
        path = directory + "/spool"
        self.beatsMax = beatsMax
        // Without the kernel's name no two starts can be known to be of one boot.
        self.kernelBoot = kernelBoot.map { String($0.prefix(16)) } ?? Hexadecimal.encode(SecureRandom.bytes(8))
        let bytes: [UInt8]
        switch LocalFiles.read(path, bytesMax: Self.fileBytesMax) {
        case .success(let read): bytes = read
        case .failure(let error) where error.number == ENOENT: bytes = []
        case .failure(let error): throw AgentError(.state, "the spool \(path) cannot be read: \(error.words)")
        }
        var (backlog, whole) = Self.replay(bytes)
        cutBytes = bytes.count - whole
        if whole == 0, !bytes.isEmpty { _ = rename(path, path + ".damaged") }
        if !backlog.boot.hasPrefix(self.kernelBoot + "-") { backlog.begin(boot: Self.newBoot(self.kernelBoot)) }
        state = Mutex(State(backlog: backlog, descriptor: -1, fileBytes: 0, freshBytes: 0, syncedAt: steady))
        let isWritten = state.withLock { Self.rewrite(&$0, path: path) }
        guard isWritten else {
            throw AgentError(.state, "the spool \(path) cannot be written: \(SystemError.last.words)")
        }
    }

    deinit {
        state.withLock { state in
            if state.descriptor >= 0 { close(state.descriptor) }
        }
    }

    /// The backlog as it stands.
    var backlog: Backlog { state.withLock { $0.backlog } }

    /// The current boot's name.
    package var boot: String { state.withLock { $0.backlog.boot } }

    package struct Appended: Sendable {
        package var beat: Beat
        /// False when the disk did not take it: it is sent all the same, but would not survive a kill.
        package var isOnDisk: Bool
        /// Beats that had to go for it.
        package var dropped: Int64
    }

    /// Numbers the next beat, keeps it and writes it down.
    package func append(_ content: Beat, steady: Duration) -> Appended {
        state.withLock { state in
            var beat = content
            beat.seq = state.backlog.lastSequence + 1
            let isExtension = state.backlog.append(beat)
            var frames = (isExtension ? SpoolRecord.extended : .beat(beat)).frame
            let dropped = state.backlog.drop(downTo: beatsMax)
            if dropped > 0 { frames += SpoolRecord.dropped(downTo: beatsMax).frame }
            let isOnDisk = write(frames, &state)
            if !isOnDisk, state.backlog.boot == state.bootOnDisk {
                // After a kill the file would give this number again: it is drawn anew under a name that the file does
                // not know, and what follows goes on under that name until the file can be written.
                state.backlog.remove(boot: state.backlog.boot, sequences: beat.seq...beat.seq)
                state.backlog.begin(boot: Self.newBoot(kernelBoot))
                beat.seq = 1
                _ = state.backlog.append(beat)
            }
            if state.backlog.runs.count > 1, steady - state.syncedAt >= Self.syncInterval { sync(&state, steady) }
            return Appended(beat: beat, isOnDisk: isOnDisk, dropped: dropped)
        }
    }

    /// These beats are a collector's now, or will never be.
    package func remove(boot: String, sequences: ClosedRange<Int64>) {
        state.withLock { state in
            state.backlog.remove(boot: boot, sequences: sequences)
            // A record that is lost here is a beat that is sent twice, which harms nobody.
            _ = write(SpoolRecord.removed(boot: boot, sequences: sequences).frame, &state)
        }
    }

    /// What to send now; nil when nothing waits.
    package func outgoing(runsMax: Int) -> OutgoingRuns? {
        state.withLock { $0.backlog.outgoing(runsMax: runsMax) }
    }

    /// Makes everything survive a power cut.
    package func synchronize(steady: Duration) {
        state.withLock { sync(&$0, steady) }
    }

    // MARK: The file

    /// Appends to the file, or writes it anew where it is mostly history or a write failed before.
    private func write(_ frames: [UInt8], _ state: inout State) -> Bool {
        let isMostlyHistory =
            state.fileBytes > Self.rewriteBytesMin && state.fileBytes > 2 * state.freshBytes
        if state.descriptor < 0 || isMostlyHistory, Self.rewrite(&state, path: path) { return true }
        guard state.descriptor >= 0 else { return false }
        state.isSynced = false
        guard case .success = LocalFiles.write(frames, to: state.descriptor) else {
            // Half a record would hide all that follow it, and the file lacks what memory has: the next write makes a
            // whole new one.
            _ = ftruncate(state.descriptor, off_t(state.fileBytes))
            close(state.descriptor)
            state.descriptor = -1
            return false
        }
        state.fileBytes += frames.count
        return true
    }

    private static func rewrite(_ state: inout State, path: String) -> Bool {
        let backlog = state.backlog
        var bytes = SpoolRecord.counters(
            boot: backlog.boot, lastSequence: backlog.lastSequence, dropped: backlog.dropped
        ).frame
        for waiting in backlog.runs { bytes += SpoolRecord.run(waiting).frame }
        guard case .success = LocalFiles.replace(path, with: bytes) else { return false }
        state.bootOnDisk = backlog.boot
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        if state.descriptor >= 0 { close(state.descriptor) }
        state.descriptor = descriptor
        state.fileBytes = bytes.count
        state.freshBytes = bytes.count
        state.isSynced = true
        return true
    }

    private func sync(_ state: inout State, _ steady: Duration) {
        state.syncedAt = steady
        guard !state.isSynced, state.descriptor >= 0 else { return }
        state.isSynced = fdatasync(state.descriptor) == 0
    }

    /// The backlog that the records give, and the length up to which they are whole.
    static func replay(_ bytes: [UInt8]) -> (Backlog, whole: Int) {
        var backlog = Backlog()
        var position = 0
        var whole = 0
        while let record = SpoolRecord.read(bytes, at: &position), apply(record, to: &backlog, isFirst: whole == 0) {
            whole = position
        }
        return (backlog, whole)
    }

    /// False where the record cannot follow those before it: damage that its checksum did not show.
    private static func apply(_ record: SpoolRecord, to backlog: inout Backlog, isFirst: Bool) -> Bool {
        if case .counters(let boot, let lastSequence, let dropped) = record {
            guard isFirst else { return false }
            backlog.restore(boot: boot, lastSequence: lastSequence, dropped: dropped)
            return true
        }
        guard !isFirst else { return false }
        switch record {
        case .counters: return false
        case .run(let waiting): backlog.restore(waiting)
        case .beat(let beat):
            guard beat.seq == backlog.lastSequence + 1 else { return false }
            _ = backlog.append(beat)
        case .extended: return backlog.extendNewest()
        case .removed(let boot, let sequences): backlog.remove(boot: boot, sequences: sequences)
        case .dropped(let limit): _ = backlog.drop(downTo: limit)
        }
        return true
    }

    private static func newBoot(_ kernelBoot: String) -> String {
        kernelBoot + "-" + Hexadecimal.encode(SecureRandom.bytes(4))
    }
}
