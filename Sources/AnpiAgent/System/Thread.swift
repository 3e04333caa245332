import AnpiModel
import Glibc

/// A thread of the operating system for work that blocks: libcurl, dead mounts, children.
enum Thread {
    /// Starts `body`; false when the system gives no more threads. The thread takes no signals: those are the main
    /// loop's.
    static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }

        let box = Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        let isStarted =
            pthread_create(
                &thread, nil,
                { argument in
                    guard let argument else { return nil }
                    let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                    body.run()
                    return nil
                }, box.toOpaque()) == 0
        if isStarted { pthread_detach(thread) } else { box.release() }
        return isStarted
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
}

/// Wakes a thread that waits with a time limit; ringing an unanswered bell again changes nothing.
final class Bell: Sendable {
    private let reading: Int32
    private let writing: Int32

    init() {
        guard let ends = PipeEnds.make() else { preconditionFailure("the system gives no more descriptors") }
        (reading, writing) = (ends.reading, ends.writing)
        for end in [reading, writing] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    }

    deinit {
        close(reading)
        close(writing)
    }

    /// A full pipe refuses the byte, which is as well: it has been rung.
    func ring() { _ = write(writing, [1], 1) }

    /// Waits until rung, at most for `limit` (nil: for ever). Whether it was rung.
    @discardableResult
    func wait(atMost limit: Duration?) -> Bool {
        // Rounded up: waking a moment early would only mean to wait once more.
        let milliseconds = limit.map { Int32(clamping: max(0, $0.wholeMilliseconds + 1)) } ?? -1
        var watched = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
        guard poll(&watched, 1, milliseconds) > 0 else { return false }
        var rings = [UInt8](repeating: 0, count: 64)
        while read(reading, &rings, rings.count) == rings.count {}
        return true
    }
}
