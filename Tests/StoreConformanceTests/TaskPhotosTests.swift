import AnpiModel
import AnpiStore
import Testing

@Suite struct TaskPhotosTests {
    @Test(arguments: StoreFactory.all)
    func aPhotoIsWhatItWasAlsoInManyParts(_ factory: StoreFactory) throws {
        try factory.run { store in
            let photos = TaskPhotos(store.database)
            let sizes = [1, TaskPhotos.partBytes - 1, TaskPhotos.partBytes, TaskPhotos.partBytes * 3 + 7]
            for (number, size) in sizes.enumerated() {
                let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 / 3 + number) }
                let digest = [UInt8(number)]
                try photos.keep(bytes, digest: digest, of: TaskID(412))
                try photos.keep(bytes, digest: digest, of: TaskID(412))
                #expect(try photos.bytes(digest, of: TaskID(412)) == bytes)
            }
            #expect(try photos.bytes([9], of: TaskID(412)) == nil)
            #expect(try photos.bytes([0], of: TaskID(413)) == nil)
            #expect(try TaskPhotos(store.database, lane: 1).bytes([0], of: TaskID(412)) == nil)
        }
    }

    @Test(arguments: StoreFactory.all)
    func aRemovedPhotoIsGoneAndNoOther(_ factory: StoreFactory) throws {
        try factory.run { store in
            let photos = TaskPhotos(store.database)
            let long = [UInt8](repeating: 7, count: TaskPhotos.partBytes + 1)
            try photos.keep(long, digest: [1], of: TaskID(1))
            try photos.keep([2], digest: [2], of: TaskID(1))
            try photos.keep([3], digest: [1], of: TaskID(2))
            try photos.remove([1], of: TaskID(1))
            #expect(try photos.bytes([1], of: TaskID(1)) == nil)
            #expect(try photos.bytes([2], of: TaskID(1)) == [2])
            #expect(try photos.bytes([1], of: TaskID(2)) == [3])
        }
    }
}
