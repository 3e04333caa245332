import CZlib

/// How hard `gzip` tries: an answer made for one request must not hold a processor for long, a file is packed once.
enum GzipEffort: Int32 {
    case quick = 1
    case thorough = 9
}

/// `input` as one gzip member; nil where zlib has no memory for it, and the caller sends the bytes as they are.
///
/// Our own door to zlib for the same reason as `gunzip`: NIO's compressor sits in a pipeline, where it would hold back
/// the event stream and pack the same files anew for everyone.
func gzip(_ input: UnsafeRawBufferPointer, effort: GzipEffort) -> [UInt8]? {
    var stream = z_stream()
    // 16 asks for the gzip form, 15 for the largest window, 8 for the usual memory.
    let opened = deflateInit2_(
        &stream, effort.rawValue, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size))
    guard opened == Z_OK, input.count <= Int(UInt32.max) else { return nil }
    defer { deflateEnd(&stream) }
    let room = Int(deflateBound(&stream, UInt(input.count)))
    var status = Z_OK
    let output = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
        stream.next_in = UnsafeMutablePointer(mutating: input.assumingMemoryBound(to: UInt8.self).baseAddress)
        stream.avail_in = UInt32(input.count)
        stream.next_out = buffer.baseAddress
        stream.avail_out = UInt32(clamping: room)
        // The bound holds for the whole input at once: one call ends the member.
        status = deflate(&stream, Z_FINISH)
        count = room - Int(stream.avail_out)
    }
    return status == Z_STREAM_END ? output : nil
}
