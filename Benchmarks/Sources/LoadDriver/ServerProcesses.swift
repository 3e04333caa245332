import Glibc

/// What the measured server has used of the processor, from `/proc/<pid>/stat`.
enum ServerProcesses {
    /// User and kernel time of all of them since they began; a process that cannot be read counts nothing.
    static func nanoseconds(of processes: [Int32]) -> Int64 {
        processes.reduce(0) { $0 + nanoseconds(of: $1) }
    }

    private static func nanoseconds(of process: Int32) -> Int64 {
        guard let file = fopen("/proc/\(process)/stat", "r") else { return 0 }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 2_048)
        let count = fread(&bytes, 1, bytes.count, file)
        // The second field is the name in parentheses and may hold anything: count fields from the last one.
        guard let name = bytes[..<count].lastIndex(of: UInt8(ascii: ")")) else { return 0 }
        let fields = bytes[(name + 1)..<count].split(separator: UInt8(ascii: " "))
        guard fields.count > 12, let user = Int64(String(decoding: fields[11], as: UTF8.self)),
            let kernel = Int64(String(decoding: fields[12], as: UTF8.self))
        else { return 0 }
        return (user + kernel) * 1_000_000_000 / Int64(sysconf(Int32(_SC_CLK_TCK)))
    }
}
