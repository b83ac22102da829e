import NanoCore
import Testing

/// What comes out of packets.
struct CapturedRun {
    let events: [CapturedEvent]
    let tally: CaptureTally

    init(
        _ packets: [[UInt8]], linkType: UInt16 = 101, limits: CaptureLimits = CaptureLimits()
    ) {
        var capture = CapturedConnections(port: 5_678, limits: limits)
        var events: [CapturedEvent] = []
        for bytes in packets {
            let packet = CapturedPacket(linkType: linkType, unixNanoseconds: nil, bytes: bytes)
            capture.take(packet) { events.append($0) }
        }
        capture.finish { events.append($0) }
        self.events = events
        tally = capture.tally
    }

    init(_ segments: [TrafficWriter.Segment], limits: CaptureLimits = CaptureLimits()) {
        self.init(
            segments.map { TrafficWriter.ipv4($0.bytes, isAnswer: $0.source == 5_678) },
            limits: limits)
    }

    /// A connection's bytes with zeros for what is missing.
    func bytes(_ number: Int = 1) -> [UInt8] {
        events.flatMap { event -> [UInt8] in
            switch event {
            case .bytes(number, let bytes): bytes
            case .gap(number, let missingBytes): [UInt8](repeating: 0, count: missingBytes)
            default: []
            }
        }
    }

    var gaps: [Int] {
        events.compactMap { if case .gap(_, let missingBytes) = $0 { missingBytes } else { nil } }
    }

    var endings: [CapturedEnding] {
        events.compactMap { if case .ended(_, let ending) = $0 { ending } else { nil } }
    }

    var wholes: [Bool] {
        events.compactMap { if case .began(_, _, let isWhole) = $0 { isWhole } else { nil } }
    }
}

@Suite struct CapturedConnectionsTests {
    typealias Segment = TrafficWriter.Segment
    typealias Flags = TrafficWriter.Flags

    @Test(arguments: TrafficWriter.Link.allCases, [false, true])
    func `every kind of link is read`(link: TrafficWriter.Link, isIPv6: Bool) {
        let segment = Segment(sequence: 5, payload: [1, 2, 3], optionBytes: 12).bytes
        let packet = isIPv6 ? TrafficWriter.ipv6(segment) : TrafficWriter.ipv4(segment)
        // Ethernet fills up short packets.
        let run = CapturedRun(
            [link.header(isIPv6: isIPv6) + packet + [0, 0, 0, 0]], linkType: link.type)
        #expect(run.bytes() == [1, 2, 3])
        #expect(run.tally.words.isEmpty)
    }

    @Test func `options and extension headers are stepped over`() {
        let segment = Segment(sequence: 5, payload: [1, 2, 3]).bytes
        let four = TrafficWriter.ipv4(segment, optionBytes: 8)
        #expect(CapturedRun([four]).bytes() == [1, 2, 3])
        let hop: [UInt8] = [60, 0, 1, 4, 0, 0, 0, 0]
        let options: [UInt8] = [51, 1] + [UInt8](repeating: 0, count: 14)
        let authentication: [UInt8] = [44, 1] + [UInt8](repeating: 0, count: 10)
        let onlyFragment: [UInt8] = [6, 0, 0, 0, 0, 0, 0, 9]
        let six = TrafficWriter.ipv6(
            segment, first: 0, extensions: hop + options + authentication + onlyFragment)
        #expect(CapturedRun([six]).bytes() == [1, 2, 3])
    }

    @Test func `a length that the network card fills in is the captured one`() {
        let segment = Segment(sequence: 5, payload: [1, 2, 3]).bytes
        #expect(CapturedRun([TrafficWriter.ipv4(segment, length: 0)]).bytes() == [1, 2, 3])
    }

    @Test func `what can't be read is counted`() {
        let segment = Segment(sequence: 5, payload: [1]).bytes
        let run = CapturedRun([
            TrafficWriter.ipv4(segment, fragment: 0x2000), TrafficWriter.ipv4(segment, fragment: 9),
            TrafficWriter.ipv6(segment, first: 44, extensions: [6, 0, 0, 9, 0, 0, 0, 9]),
            [0x30, 0], Array(TrafficWriter.ipv4(segment).prefix(30)),
            TrafficWriter.ipv4(segment, protocol: 17),
        ])
        #expect(run.events.isEmpty)
        #expect(run.tally.fragments == 3)
        #expect(run.tally.malformed == 1)
        #expect(run.tally.cut == 1)
        #expect(run.tally.words.count == 3)
        let usb = CapturedRun([[1, 2]], linkType: 249)
        #expect(usb.tally.words.first?.contains("link type 249") == true)
    }

    @Test func `where nothing went to the device port, the others are named`() {
        var other = CapturedConnections(port: 5_678)
        let segment = Segment(source: 50_000, destination: 7_688, sequence: 5, payload: [1, 2])
        func packet(_ segment: Segment) -> CapturedPacket {
            CapturedPacket(
                linkType: 101, unixNanoseconds: 0, bytes: TrafficWriter.ipv4(segment.bytes))
        }
        other.take(packet(segment)) { _ in }
        #expect(
            other.complaints == [
                "nothing was sent to port 5678; name the gateway's with --port: there are 7688"
            ])
        other.take(packet(Segment(sequence: 5, payload: [1]))) { _ in }
        #expect(other.complaints.isEmpty)
        #expect(CapturedConnections(port: 5_678).complaints.isEmpty)
    }

    @Test func `a dump's packets are frames`() {
        #expect(CapturedRun([[1, 2]], linkType: 147).events == [.frame([1, 2])])
    }

    @Test func `other ports and the gateway's own bytes are no device's`() {
        let run = CapturedRun([
            Segment(source: 5_678, destination: 50_000, sequence: 1, payload: [9]),
            Segment(source: 50_000, destination: 80, sequence: 1, payload: [9]),
        ])
        #expect(run.events.isEmpty)
    }

    @Test func `a connection begins, is put in order across the wrap, and ends`() {
        let start: UInt32 = 0xFFFF_FFFD
        let run = CapturedRun([
            Segment(sequence: start &- 1, flags: Flags.syn),
            Segment(sequence: start &+ 5, payload: [6, 7]),
            Segment(sequence: start &+ 7, flags: Flags.fin, payload: [8]),
            Segment(sequence: start &+ 2, payload: [3, 4, 5, 6]),
            Segment(sequence: start, payload: [1, 2, 3]),
            Segment(sequence: start, payload: [1, 2, 3]),
        ])
        #expect(run.wholes == [true])
        #expect(run.bytes() == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(run.gaps.isEmpty)
        #expect(run.endings == [.closed])
    }

    @Test func `a reset from either side hands out what waited, and ends it`() {
        for fromGateway in [false, true] {
            let reset =
                fromGateway
                ? Segment(source: 5_678, destination: 50_000, sequence: 1, flags: Flags.rst)
                : Segment(sequence: 9, flags: Flags.rst)
            let run = CapturedRun([
                Segment(sequence: 99, flags: Flags.syn), Segment(sequence: 100, payload: [1]),
                Segment(sequence: 104, payload: [5]), reset, Segment(sequence: 105, payload: [6]),
            ])
            #expect(run.bytes() == [1, 0, 0, 0, 5])
            #expect(run.gaps == [3])
            #expect(run.endings == [.closed])
        }
    }

    @Test func `a port that is used again is another connection`() {
        let run = CapturedRun([
            Segment(sequence: 99, flags: Flags.syn), Segment(sequence: 100, payload: [1]),
            Segment(sequence: 99, flags: Flags.syn), Segment(sequence: 101, payload: [2]),
            Segment(sequence: 0x7000_0000, flags: Flags.syn),
            Segment(sequence: 0x7000_0001, flags: Flags.fin, payload: [3]),
            Segment(sequence: 0x7000_0001, flags: Flags.fin, payload: [3]),
            Segment(sequence: 0x1000_0000, payload: [4]),
        ])
        #expect([1, 2, 3].map { run.bytes($0) } == [[1, 2], [3], [4]])
        #expect(run.wholes == [true, true, false])
        #expect(run.endings == [.captureEnded, .closed, .captureEnded])
    }

    @Test func `what was captured of a packet in part is a gap at once`() {
        let whole = TrafficWriter.ipv4(Segment(sequence: 100, payload: [1, 2, 3, 4]).bytes)
        let next = TrafficWriter.ipv4(Segment(sequence: 104, payload: [5]).bytes)
        let run = CapturedRun([Array(whole.dropLast(3)), next])
        #expect(run.bytes() == [1, 0, 0, 0, 5])
        #expect(run.gaps == [3])
    }

    @Test func `what waits is bounded, for one connection and in all`() {
        var limits = CaptureLimits()
        limits.waitingBytesOfConnection = 500
        let start = Segment(sequence: 0, payload: [1])
        let late = (0..<20).map {
            Segment(sequence: UInt32(10 + $0 * 10), payload: [UInt8](repeating: 2, count: 10))
        }
        let run = CapturedRun([start] + late, limits: limits)
        #expect(run.gaps == [9])
        // The gap was given up as soon as the limit was reached.
        #expect(run.events.count == 2 + 1 + 20 + 1)
        limits.waitingBytes = 100
        limits.waitingBytesOfConnection = 1 << 20
        #expect(CapturedRun([start] + late.prefix(1), limits: limits).gaps == [9])
        let two = CapturedRun(
            [start, late[0], Segment(source: 1, sequence: 0, payload: [1])]
                + [Segment(source: 1, sequence: 10, payload: [2])], limits: limits)
        #expect(two.events.last == .ended(2, .captureEnded))
    }

    @Test func `too many connections cost those that were silent for longest`() {
        var limits = CaptureLimits()
        limits.connections = 8
        let run = CapturedRun(
            (0..<20).map { Segment(source: UInt16(1_000 + $0), sequence: 1, payload: [1]) },
            limits: limits)
        #expect(run.tally.forgottenConnections == 12)
        #expect(run.endings.filter { $0 == .forgotten }.count == 12)
        #expect(run.events.contains(.ended(1, .forgotten)))
        #expect(run.events.last == .ended(20, .captureEnded))
    }
}
