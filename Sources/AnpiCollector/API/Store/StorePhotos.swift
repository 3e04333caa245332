import AnpiDigest
package import AnpiModel
package import AnpiStore

/// Photos in the store.
package struct StorePhotos: PhotoKeeping {
    private let photos: TaskPhotos
    private let threads: StoreThreads

    package init(_ database: any SQLDatabase, lane: Int = 0, threads: StoreThreads) {
        photos = TaskPhotos(database, lane: lane)
        self.threads = threads
    }

    package func keep(_ bytes: [UInt8], digest: [UInt8], of task: TaskID) async throws {
        try await threads.run { [photos] in try photos.keep(bytes, digest: digest, of: task) }
    }

    package func bytes(_ digest: [UInt8], of task: TaskID) async throws -> [UInt8]? {
        try await threads.answer { [photos] in
            try photos.bytes(digest, of: task).flatMap { SHA256.hash($0) == digest ? $0 : nil }
        }
    }
}
