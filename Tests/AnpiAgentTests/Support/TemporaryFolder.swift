import AnpiClient
import AnpiModel
import Glibc

@testable import AnpiAgent

/// A folder of a test, gone with it.
final class TemporaryFolder: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/anpi-test-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress, let made = mkdtemp(start) else {
                preconditionFailure("no temporary folder")
            }
            return String(cString: made)
        }
    }

    deinit {
        _ = try? ChildProcess(command: ["rm", "-rf", path], environment: [:], timeout: .seconds(20)).run()
    }

    @discardableResult
    func write(_ name: String, _ text: String, ageSeconds: Int64 = 0, mode: mode_t = 0o600) -> String {
        let file = path + "/" + name
        _ = LocalFiles.makeDirectory(LocalFiles.parent(of: file))
        guard case .success = LocalFiles.replace(file, with: Array(text.utf8), mode: mode) else {
            preconditionFailure("cannot write \(file)")
        }
        let at = timespec(tv_sec: Int(SystemClock.now.milliseconds / 1_000 - ageSeconds), tv_nsec: 0)
        _ = utimensat(AT_FDCWD, file, [at, at], 0)
        return file
    }
}

/// Lines that a log was given.
final class LogLines: Sendable {
    private let lines = Shared<[String]>([])
    var all: [String] { lines.value }
    var log: AgentLog { AgentLog { [lines] line in lines.change { $0.append(line) } } }
}
