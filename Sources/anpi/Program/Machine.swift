import AnpiClient
import AnpiModel
import FoundationEssentials

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The real outside.
enum Machine {
    static let environment = ProcessInfo.processInfo.environment

    static func world() -> World {
        World(
            environment: environment,
            now: { Timestamp(milliseconds: milliseconds(of: CLOCK_REALTIME)) },
            pause: { duration in
                usleep(UInt32(clamping: duration.wholeMilliseconds * 1_000))
            },
            drawKey: { UUID().uuidString.lowercased() },
            connect: connect,
            files: .real,
            ask: dialog(),
            columns: columns(),
            output: { write($0, to: 1) },
            complaints: { write($0, to: 2) })
    }

    private static func connect(_ settings: Settings) throws(Complaint) -> any APITransport {
        var options = HTTPClient.Options(caFile: settings.caFile)
        if let timeout = settings.timeout { options.timeout = timeout }
        if let bytes = settings.answerBytesMax { options.answerBytesMax = bytes }
        do {
            return try HTTPTransport(collector: settings.collector, options: options)
        } catch {
            throw Complaint(.failed, [error.description])
        }
    }

    static func exit(_ status: Int32) -> Never {
        #if canImport(Glibc)
        Glibc.exit(status)
        #else
        Darwin.exit(status)
        #endif
    }

    private static func milliseconds(of clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// Cells in a line of the terminal; nil where standard output is none.
    private static func columns() -> Int? {
        guard isatty(1) == 1 else { return nil }
        var size = winsize()
        guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return World.usualColumns }
        return Int(size.ws_col)
    }

    /// Questions go to standard error, so that standard output keeps to the answer.
    private static func dialog() -> ((String) -> String?)? {
        guard isatty(0) == 1, isatty(2) == 1 else { return nil }
        return { question in
            write(question, to: 2)
            return readLine()
        }
    }

    /// Whole lines, also where the reader takes them in pieces; a reader that went away ends the writing.
    private static func write(_ text: String, to descriptor: Int32) {
        let bytes = Array((text + "\n").utf8)
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { unsafeBytes in
                #if canImport(Glibc)
                Glibc.write(descriptor, unsafeBytes.baseAddress, unsafeBytes.count)
                #else
                Darwin.write(descriptor, unsafeBytes.baseAddress, unsafeBytes.count)
                #endif
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            start += count
        }
    }
}
