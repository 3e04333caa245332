import AnpiClient
import AnpiDigest
import AnpiModel
import Glibc

/// A folder that backups are put into: the newest file counts.
///
/// - `good` while the newest file is at most `max_age_hours` old, `old` after that; its age is its modification time.
/// - `missing` without the folder or without a file; `failing` when the newest file is too short or cannot be read.
/// - A sample of the newest file (its first, middle and last mebibyte) is read and its SHA-256 shown: reading proves
///   that the medium gives the data back, and equal samples of two tiers show that they hold the same copy.
/// - `verifiedAt` is set only where a file beside it, `NAME.sha256` as sha256sum writes it, names the digest of the
///   whole file and the whole file, read again, has it: when the file changes and then once a day.
struct FolderProbe: CopyProbe {
    static let sampleBytes = 1 << 20
    static let verifyEvery: Duration = .seconds(86_400)
    /// A clock that was ahead when the file was written is not a fresh copy.
    static let futureAllowance: Duration = .seconds(300)

    let tier: CopyTier
    let folder: CopyConfiguration.Folder
    let timeout: Duration
    let memory: ProbeMemory

    mutating func look(at now: Timestamp) -> CopyReport {
        let deadline = SystemClock.steady + timeout
        var scan = FolderScan(pattern: folder.pattern, deadline: deadline)
        switch scan.run(folder.path) {
        case .failure(.notThere): return report(.missing, "the folder is not there")
        case .failure(.unreadable(let words)): return report(.unknown, "the folder cannot be read: \(words)")
        case .failure(.tooLong): return report(.unknown, "looking through the folder took too long")
        case .failure(.tooMany): return report(.unknown, "the folder has more than \(FolderScan.entriesMax) entries")
        case .success: break
        }
        guard let newest = scan.newest else { return report(.missing, "the folder holds no copy") }
        guard newest.modified <= now + Self.futureAllowance else {
            return report(.unknown, "\(newest.name) is dated in the future", bytes: scan.totalBytes)
        }
        guard newest.bytes >= folder.minBytes else {
            return report(
                .failing, "\(newest.name) has only \(newest.bytes) bytes", goodAt: nil, bytes: scan.totalBytes)
        }
        switch sample(newest, deadline) {
        case .failure(let error) where error.number == ETIMEDOUT || error.number == ENOENT:
            return report(.unknown, "\(newest.name) could not be read in time", bytes: scan.totalBytes)
        case .failure(let error):
            return report(.failing, "\(newest.name) cannot be read: \(error.words)", bytes: scan.totalBytes)
        case .success(let digest):
            let limit = Duration.milliseconds(Int64(folder.maxAgeHours * 3_600_000))
            let (verifiedAt, isBroken) = verify(newest, at: now, deadline)
            if isBroken {
                return report(.failing, "\(newest.name) differs from its .sha256 file", bytes: scan.totalBytes)
            }
            return report(
                now - newest.modified <= limit ? .good : .old,
                "\(newest.name), sha256 of a sample \(digest.prefix(12))", goodAt: newest.modified,
                verifiedAt: verifiedAt, bytes: scan.totalBytes)
        }
    }

    private func report(
        _ state: CopyState, _ message: String, goodAt: Timestamp? = nil, verifiedAt: Timestamp? = nil,
        bytes: Int64? = nil
    ) -> CopyReport {
        CopyReport(
            tier: tier, state: state, goodAt: goodAt, verifiedAt: verifiedAt, bytes: bytes,
            message: CopyReport.message(message))
    }

    // MARK: Reading back

    private func sample(_ file: FolderScan.File, _ deadline: Duration) -> Result<String, SystemError> {
        let size = Int64(Self.sampleBytes)
        let starts: [Int64] =
            file.bytes <= 3 * size ? [0] : [0, (file.bytes - size) / 2, file.bytes - size]
        let count = file.bytes <= 3 * size ? file.bytes : size
        return digest(of: file.path, ranges: starts.map { $0..<($0 + count) }, deadline)
    }

    /// When the whole newest file last matched its manifest; whether it does not now.
    private func verify(_ file: FolderScan.File, at now: Timestamp, _ deadline: Duration) -> (Timestamp?, Bool) {
        guard case .success(let bytes) = LocalFiles.read(file.path + ".sha256", bytesMax: 64 * 1_024),
            let expected = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).first,
            expected.utf8.count == 64, Hexadecimal.decode(expected) != nil
        else { return (nil, false) }
        let key = "\(file.bytes) \(file.modified.milliseconds) \(expected.lowercased()) \(file.name)"
        var known = memory.load()
        if known["file"] == key, let at = known["verifiedAt"].flatMap({ Timestamp(rfc3339: $0) }),
            at <= now, now - at < Self.verifyEvery
        {
            return (at, false)
        }
        guard case .success(let digest) = digest(of: file.path, ranges: [0..<file.bytes], deadline) else {
            // Too large for the time limit: what was known of this very file still holds.
            return (known["file"] == key ? known["verifiedAt"].flatMap { Timestamp(rfc3339: $0) } : nil, false)
        }
        guard digest == expected.lowercased() else { return (nil, true) }
        known = ["file": key, "verifiedAt": now.rfc3339()]
        memory.save(known)
        return (now, false)
    }

    private func digest(of path: String, ranges: [Range<Int64>], _ deadline: Duration) -> Result<String, SystemError> {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return .failure(.last) }
        defer { close(descriptor) }
        var hasher = SHA256.Hasher()
        var chunk = [UInt8](repeating: 0, count: 256 * 1_024)
        for range in ranges {
            var position = range.lowerBound
            while position < range.upperBound {
                guard SystemClock.steady < deadline else { return .failure(SystemError(number: ETIMEDOUT)) }
                let wanted = min(chunk.count, Int(range.upperBound - position))
                let count = pread(descriptor, &chunk, wanted, off_t(position))
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { return .failure(.last) }
                // Cut shorter since it was listed: the next look sees it.
                if count == 0 { break }
                hasher.update(count == chunk.count ? chunk : Array(chunk[..<count]))
                position += Int64(count)
            }
            // A look must not push the clinic's own data out of memory.
            posix_fadvise(descriptor, off_t(range.lowerBound), off_t(range.count), POSIX_FADV_DONTNEED)
        }
        return .success(Hexadecimal.encode(hasher.finalize()))
    }
}
