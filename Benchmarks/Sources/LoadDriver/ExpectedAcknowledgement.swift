/// How the body of an answer must begin: the sequence acknowledged, nothing rejected.
struct ExpectedAcknowledgement {
    private static let before = Array("{\"acknowledged\":".utf8)
    private static let after = Array(",\"rejected\":[]".utf8)

    private var sequence: Int64 = -1
    private var bytes: [UInt8] = []

    /// Made anew only when the number changes, which it does once a pass over the fleet.
    mutating func expect(_ sequence: Int64) {
        guard sequence != self.sequence else { return }
        self.sequence = sequence
        bytes = Self.before + Array(String(sequence).utf8) + Self.after
    }

    func begins(_ body: ArraySlice<UInt8>) -> Bool { body.starts(with: bytes) }
}
