import NanoCore

extension SharedReplayGuard {
    /// Everything that ``save(now:to:)`` hands out, as one file.
    func saved(now: Moment) -> [UInt8] {
        pieces(now: now).flatMap { $0 }
    }

    /// What ``save(now:to:)`` hands out, piece by piece.
    func pieces(now: Moment) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        save(now: now) { piece in
            pieces.append(piece.withUnsafeBufferPointer { Array($0) })
        }
        return pieces
    }

    /// A guard out of a file with these bytes.
    convenience init(
        saved bytes: [UInt8], configuration: ReplayGuard.Configuration, shardCount: Int = 1,
        now: Moment
    ) throws {
        try self.init(
            fileBytes: bytes.count, configuration: configuration, shardCount: shardCount, now: now
        ) { Array(bytes[$0]) }
    }
}
