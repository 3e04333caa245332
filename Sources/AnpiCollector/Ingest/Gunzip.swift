import CZlib

/// Why a compressed body could not be used.
enum GunzipError: Error, Hashable {
    /// The bytes are not gzip, are damaged, or end too early.
    case malformed
    /// More comes out than the cap allows: a bomb, or simply too much.
    case tooLarge
}

/// The bytes of one gzip member, at most `limit` of them.
///
/// Our own door to zlib because NIO's decompressor sits in a pipeline only, and the people's door has none of that
/// kind; memory never exceeds the cap, however small the input is.
func gunzip(_ input: UnsafeBufferPointer<UInt8>, limit: Int) throws(GunzipError) -> [UInt8] {
    var stream = z_stream()
    // 16 asks for the gzip form, 15 for the largest window.
    guard inflateInit2_(&stream, 16 + 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
        throw .malformed
    }
    defer { inflateEnd(&stream) }
    stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
    stream.avail_in = UInt32(clamping: input.count)
    var output: [UInt8] = []
    var status = Z_OK
    let chunkBytes = 16_384
    while status == Z_OK {
        let room = min(chunkBytes, limit + 1 - output.count)
        let chunk = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            stream.next_out = buffer.baseAddress
            stream.avail_out = UInt32(room)
            status = inflate(&stream, Z_NO_FLUSH)
            count = room - Int(stream.avail_out)
        }
        output += chunk
        if output.count > limit { throw .tooLarge }
        if chunk.isEmpty, status == Z_OK { throw .malformed }
    }
    guard status == Z_STREAM_END, stream.avail_in == 0 else { throw .malformed }
    return output
}

/// The bytes of the gzip member that `input` begins with, and how many of `input` it takes: files that are packed piece
/// by piece are members one after the other.
func gunzipMember(_ input: UnsafeRawBufferPointer) throws(GunzipError) -> (bytes: [UInt8], length: Int) {
    var stream = z_stream()
    guard inflateInit2_(&stream, 16 + 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
        throw .malformed
    }
    defer { inflateEnd(&stream) }
    let given = UInt32(clamping: input.count)
    stream.next_in = UnsafeMutablePointer(mutating: input.assumingMemoryBound(to: UInt8.self).baseAddress)
    stream.avail_in = given
    var member: [UInt8] = []
    var status = Z_OK
    while status == Z_OK {
        let room = 65_536
        member += [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            stream.next_out = buffer.baseAddress
            stream.avail_out = UInt32(room)
            status = inflate(&stream, Z_NO_FLUSH)
            count = room - Int(stream.avail_out)
        }
    }
    guard status == Z_STREAM_END else { throw .malformed }
    return (member, Int(given - stream.avail_in))
}
