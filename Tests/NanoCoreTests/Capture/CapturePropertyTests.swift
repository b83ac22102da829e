import NanoCore
import Testing

/// Streams that travel badly arrive all the same.
@Suite struct CapturePropertyTests {
    typealias Segment = TrafficWriter.Segment
    typealias Flags = TrafficWriter.Flags

    private struct Stream {
        let port: UInt16
        let start: UInt32
        let bytes: [UInt8]

        /// The stream in segments of any size, some of them again, some overlapping.
        func segments(using random: inout SeededNumbers) -> [Segment] {
            var segments: [Segment] = []
            var place = 0
            while place < bytes.count {
                let from = max(0, place - Int.random(in: 0...3, using: &random))
                let end = min(bytes.count, place + Int.random(in: 1...90, using: &random))
                segments.append(segment(from..<end))
                if Int.random(in: 0..<5, using: &random) == 0 {
                    segments.append(segment(from..<end))
                }
                place = end
            }
            segments.append(
                Segment(
                    source: port, sequence: start &+ UInt32(bytes.count),
                    flags: Flags.fin | Flags.ack))
            return segments
        }

        private func segment(_ range: Range<Int>) -> Segment {
            Segment(
                source: port, sequence: start &+ UInt32(range.lowerBound),
                payload: Array(bytes[range]))
        }
    }

    private static func streams(using random: inout SeededNumbers) -> [Stream] {
        (0..<3).map { number in
            let count = Int.random(in: 1...8, using: &random)
            let frames = (0..<count).flatMap { Scenario.frame($0 * 3 + number) }
            // Near the wrap, so that it lies within the stream.
            let back = UInt32.random(in: 0...600, using: &random)
            return Stream(port: UInt16(40_000 + number), start: 0 &- back, bytes: frames)
        }
    }

    /// Lets packets overtake each other by some places.
    private static func disturbed(
        _ segments: [Segment], using random: inout SeededNumbers
    ) -> [Segment] {
        let places = segments.indices.map { $0 + Int.random(in: 0...6, using: &random) }
        return zip(places, segments).enumerated().sorted {
            ($0.element.0, $0.offset) < ($1.element.0, $1.offset)
        }.map(\.element.1)
    }

    @Test func `whatever order packets come in, the bytes are the same`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededNumbers(seed: seed)
        for _ in 0..<300 {
            let streams = Self.streams(using: &random)
            var packets: [Segment] = []
            for stream in streams {
                packets.append(
                    Segment(source: stream.port, sequence: stream.start &- 1, flags: Flags.syn))
            }
            var queues = streams.map {
                Self.disturbed($0.segments(using: &random), using: &random)[...]
            }
            while let index = queues.indices.filter({ !queues[$0].isEmpty }).randomElement(
                using: &random)
            {
                packets.append(queues[index].removeFirst())
            }
            let run = CapturedRun(packets)
            #expect(run.gaps.isEmpty, "seed \(seed)")
            #expect(run.endings == [.closed, .closed, .closed], "seed \(seed)")
            for (index, stream) in streams.enumerated() {
                #expect(run.bytes(index + 1) == stream.bytes, "seed \(seed)")
            }
        }
    }

    @Test func `what is lost is a gap of its size, and nothing else is`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededNumbers(seed: seed)
        for _ in 0..<300 {
            let stream = Self.streams(using: &random)[0]
            let syn = Segment(source: stream.port, sequence: stream.start &- 1, flags: Flags.syn)
            var sent = stream.segments(using: &random)
            let fin = sent.removeLast()
            sent.removeAll { _ in Int.random(in: 0..<4, using: &random) == 0 }
            var known = [Bool](repeating: false, count: stream.bytes.count)
            for segment in sent {
                let start = Int(segment.sequence &- stream.start)
                for place in start..<start + segment.payload.count { known[place] = true }
            }
            let run = CapturedRun([syn] + Self.disturbed(sent + [fin], using: &random))
            let expected = zip(stream.bytes, known).map { $1 ? $0 : 0 }
            #expect(run.bytes() == expected, "seed \(seed)")
            #expect(run.gaps.reduce(0, +) == known.filter { !$0 }.count, "seed \(seed)")
            #expect(run.endings == [.closed])
        }
    }

    @Test func `the first frame is found in the middle of a connection, however the bytes are cut`()
    {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededNumbers(seed: seed)
        let frames = (0..<4).map { Scenario.frame($0, padding: $0 * 40) }
        let stream = frames.flatMap(\.self)
        let starts = frames.indices.map { frames[..<$0].joined().count }
        for skip in 0..<stream.count {
            let rest = Array(stream[skip...])
            let expected = starts.first { $0 >= skip }.map { $0 - skip }
            let (place, isFound) = Self.seek(rest) { Int.random(in: 1...50, using: &random) }
            #expect(isFound == (expected != nil), "seed \(seed), \(skip)")
            #expect(place == expected ?? rest.count, "seed \(seed), \(skip)")
        }
    }

    /// Looks for a frame in bytes that come in parts.
    private static func seek(_ bytes: [UInt8], part: () -> Int) -> (place: Int, isFound: Bool) {
        var (skipped, end) = (0, 0)
        while end < bytes.count {
            end = min(bytes.count, end + part())
            for isLast in end == bytes.count ? [false, true] : [false] {
                switch FrameSeeker().look(bytes.span.extracting(skipped..<end), isLast: isLast) {
                case .frame(let place): return (skipped + place, true)
                case .undecided(let skip): skipped += skip
                }
            }
        }
        return (skipped, false)
    }

    @Test func `hostile packets never trap`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededNumbers(seed: seed)
        let segment = Segment(sequence: 5, payload: [1, 2, 3], optionBytes: 8).bytes
        for link in TrafficWriter.Link.allCases {
            for packet in [
                TrafficWriter.ipv4(segment, optionBytes: 4),
                TrafficWriter.ipv6(segment, first: 0, extensions: [6, 0, 1, 4, 0, 0, 0, 0]),
            ] {
                let good = link.header(isIPv6: packet[0] >> 4 == 6) + packet
                let packets = (0..<400).map { _ in
                    var bytes = Array(good.prefix(Int.random(in: 0...good.count, using: &random)))
                    for _ in 0..<3 where !bytes.isEmpty {
                        let place = Int.random(in: 0..<bytes.count, using: &random)
                        bytes[place] = UInt8.random(in: 0...255, using: &random)
                    }
                    return bytes
                }
                _ = CapturedRun(packets, linkType: link.type)
            }
        }
    }
}
