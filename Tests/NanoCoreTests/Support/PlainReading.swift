import NanoCore

/// The contract's resynchronisation over bytes that are all there, without regard to cost.
struct PlainReading {
    var judge: Judge
    /// Bytes hashed for candidates in the gap at hand.
    private var hashed = 0

    init(judge: Judge) {
        self.judge = judge
    }

    private enum Start: Equatable { case incomplete, valid, fault(RefusalReason) }

    /// What the bytes at a place begin, judged field after field in the contract's order.
    private func start(_ bytes: [UInt8], _ at: Int) -> Start {
        let rest = Array(bytes[min(at, bytes.count)...].prefix(14))
        for (found, wanted) in zip(rest, [0xC1, 0x53] as [UInt8]) where found != wanted {
            return .fault(.badMagic)
        }
        if rest.count > 2, rest[2] != 1 { return .fault(.unsupportedVersion) }
        guard rest.count == 14 else { return .incomplete }
        if rest[12] != 0 || rest[13] != 0 { return .fault(.reservedNotZero) }
        if Int(rest[6]) * 256 + Int(rest[7]) > 1_024 { return .fault(.payloadTooLarge) }
        if !(1...5).contains(rest[4]) { return .fault(.unknownPayloadType) }
        if rest[5] & 15 > 3 { return .fault(.unknownSecurityLevel) }
        return .valid
    }

    /// Whether the MAC is that of the scenario's secret; no model there accepts a CRC. Nil when
    /// hashing costs too much.
    private mutating func holds(_ frame: FrameBounds, _ bytes: [UInt8]) -> Bool? {
        let secrets: [ModelID: [UInt8]] = [
            .esp32Pressure: Scenario.secret, .custom: Scenario.secret.reversed(),
        ]
        guard frame.header.level != .none, let secret = secrets[frame.header.model] else {
            return false
        }
        hashed += frame.authenticated.count
        guard hashed <= 16_384 else { return nil }
        return HMACKey(secret: secret).verifies(
            bytes.span, frame.authenticated, mac: frame.mac)
    }

    /// Where the stream is in step again; nil at its end or when the search costs too much.
    private mutating func search(_ bytes: [UInt8], gap: Int, from: Int) -> Int? {
        var place = from
        while place < bytes.count {
            guard place - gap <= 4_096 else { return nil }
            guard start(bytes, place) == .valid,
                let frame = FrameBounds(readingAt: place, in: bytes.span)
            else {
                place += 1
                continue
            }
            guard let holds = holds(frame, bytes) else { return nil }
            if holds { return place }
            place += 2
        }
        return nil
    }

    /// What becomes of a connection of these bytes that is then closed.
    mutating func rulings(of bytes: [UInt8]) -> [Ruling] {
        var rulings: [Ruling] = []
        var place = 0
        while place < bytes.count {
            hashed = 0
            if case .fault(let reason) = start(bytes, place) {
                rulings.append(.refused(reason, offset: place))
                guard let next = search(bytes, gap: place, from: place + 1) else { break }
                place = next
                continue
            }
            guard let frame = FrameBounds(readingAt: place, in: bytes.span) else {
                rulings.append(.refused(.truncated, offset: place))
                guard let next = search(bytes, gap: place, from: place + 2) else { break }
                place = next
                continue
            }
            guard let next = judgeWhole(frame, bytes, &rulings) else { break }
            place = next
        }
        return rulings
    }

    /// - Returns: Where to go on; nil when there is nothing to go on with.
    private mutating func judgeWhole(
        _ frame: FrameBounds, _ bytes: [UInt8], _ rulings: inout [Ruling]
    ) -> Int? {
        let source = PacketSource(connection: 1, address: 7)
        do throws(Refusal) {
            _ = try judge.intake.accept(frame, in: bytes.span, from: source, at: judge.now)
            rulings.append(.accepted(offset: frame.start))
            return frame.end
        } catch {
            rulings.append(.refused(error.reason, offset: frame.start))
            if [.replay, .replayStale, .cborMalformed, .cborLimit, .profileViolation]
                .contains(error.reason)
            {
                return frame.end
            }
            if start(bytes, frame.end) == .valid { return frame.end }
            if error.reason != .macMismatch, error.reason != .crcMismatch,
                holds(frame, bytes) == true
            {
                return frame.end
            }
            return search(bytes, gap: frame.start, from: frame.start + 2)
        }
    }
}
