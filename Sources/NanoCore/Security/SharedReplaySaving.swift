// A shared replay guard on its way to a file and back, part by part, so that no copy of the whole
// is ever made.

extension SharedReplayGuard {
    /// Hands out everything the shards know, for the next start: a header, then part by part, to be
    /// written one behind the other. What is inserted meanwhile may be missing; what was inserted
    /// before is there.
    ///
    /// - Parameter covered: The number of the last group of frames that was inserted whole before, in the
    ///   caller's own numbers.
    /// - Throws: What `write` throws.
    public func save(
        covering covered: UInt64 = 0, now: Moment, to write: (Span<UInt8>) throws -> Void
    ) rethrows {
        let keyMode = shards[0].state.withLock { $0.configuration.keyMode }
        let header = ReplayHeader(
            hashKey: hashKey, keyMode: keyMode, parts: shards.count, covered: covered)
        try write(header.encoded.span)
        // One buffer for all of them. It grows while no lock is held.
        var buffer: [UInt8] = []
        for (number, shard) in shards.enumerated() {
            let end = Self.save(shard, into: &buffer, now: now)
            buffer.store(bigEndian: UInt64(end - ReplayPartReader.lengthBytes), at: 0)
            let checksum = header.checksum(ofPart: number, buffer, count: end)
            buffer.store(bigEndian: checksum, at: end)
            try write(buffer.span.extracting(0..<end + ReplayHeader.checksumBytes))
        }
    }

    private static func save(_ shard: Shard, into buffer: inout [UInt8], now: Moment) -> Int {
        while true {
            let (end, needed) = shard.state.withLock {
                ($0.save(into: &buffer, at: ReplayPartReader.lengthBytes, now: now), $0.savedBytes)
            }
            if let end, end + ReplayHeader.checksumBytes <= buffer.count { return end }
            // With an eighth to spare, for the next shards and for what comes in meanwhile.
            let count = ReplayPartReader.lengthBytes + needed + ReplayHeader.checksumBytes
            buffer = []
            buffer = [UInt8](repeating: 0, count: count + count / 8)
        }
    }

    /// A guard as it was when ``save(now:to:)`` handed it out, whatever its number of shards was.
    /// It is read part by part; what an earlier release saved, as a whole.
    ///
    /// - Parameters:
    ///   - size: Bytes of the file.
    ///   - read: The bytes of a range of the file.
    /// - Throws: ``ReplayGuardError`` when the file is damaged, newer, or of another key mode; what
    ///   `read` throws.
    public convenience init(
        fileBytes size: Int, configuration: ReplayGuard.Configuration, shardCount: Int = 4,
        now: Moment, read: (Range<Int>) throws -> [UInt8]
    ) throws {
        let beginning = try read(0..<min(size, ReplayHeader.greatestLength))
        let header = try ReplayHeader(
            beginning, fileBytes: size, expecting: configuration.keyMode)
        var reader = ReplayPartReader(header, fileBytes: size)
        let mask = UInt64(shardCount - 1)
        if header.parts == shardCount {
            try self.init(
                header.hashKey, configuration, shardCount, savedCovering: header.covered
            ) { index, shard in
                let start = reader.offset
                let part = try reader.next(read)
                for place in 0..<part.deviceCount
                where Self.shardIndex(part.device(place).identity, mask) != index {
                    throw ReplayGuardError.inconsistent(offset: start)
                }
                shard.restore(from: ReplayParts(part), now: now) { _ in true }
                if index == mask { try reader.expectEnd() }
            }
        } else {
            let parts = ReplayParts(try reader.all(read))
            self.init(
                header.hashKey, configuration, shardCount, savedCovering: header.covered
            ) { index, shard in
                shard.restore(from: parts, now: now) { Self.shardIndex($0, mask) == index }
            }
        }
    }
}
