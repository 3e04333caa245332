import AnpiClient
import AnpiModel
import Glibc

/// What the kernel says of the machine.
enum SystemFacts {
    /// Seconds since the kernel started; nil where `/proc` is not there.
    static func uptimeSeconds() -> Int64? {
        guard case .success(let bytes) = LocalFiles.read("/proc/uptime", bytesMax: 4_096) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.split(whereSeparator: { $0 == "." || $0 == " " }).first.flatMap { Int64($0) }
    }

    /// Room of the volume that holds `path`, as an unprivileged program sees it.
    static func disk(of path: String) -> Beat.Disk? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        let block = Int64(status.f_frsize)
        return Beat.Disk(freeBytes: Int64(status.f_bavail) * block, totalBytes: Int64(status.f_blocks) * block)
    }

    /// The kernel's name for this boot; nil where `/proc` is not there.
    static func bootID(file: String = "/proc/sys/kernel/random/boot_id") -> String? {
        guard case .success(let bytes) = LocalFiles.read(file, bytesMax: 4_096) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self).filter { $0.isHexDigit }.lowercased()
        return text.utf8.count >= 16 ? text : nil
    }

    /// Why we are stopped where the machine itself goes down; nil where only the service is stopped, or nobody can tell.
    ///
    /// Both signs are files, because asking systemd over D-Bus may take longer than the goodbye has: a shutdown that
    /// was scheduled (`shutdown +5`) and is due, and the login gate, which closes as sessions are ended.
    static func shutdownReason(now: Timestamp, runtime: String = "/run") -> GoodbyeReason? {
        if case .success(let bytes) = LocalFiles.read("\(runtime)/systemd/shutdown/scheduled", bytesMax: 4_096) {
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            let due = lines.first { $0.hasPrefix("USEC=") }.flatMap { Int64($0.dropFirst(5)) } ?? .max
            if due / 1_000 <= now.milliseconds + 60_000 {
                return lines.contains("MODE=reboot") ? .restart : .shutdown
            }
            return nil
        }
        return LocalFiles.exists("\(runtime)/nologin") ? .shutdown : nil
    }
}
