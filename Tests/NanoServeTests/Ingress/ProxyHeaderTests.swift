import NanoCore
import NanoSim
import Testing

@testable import NanoServe

/// Headers of PROXY protocol version 2, byte by byte.
@Suite struct ProxyHeaderTests {
    /// What some bytes are judged as.
    private enum Answer: Equatable {
        case header(ProxyHeader)
        case fault(ProxyHeader.Fault)
        case missing
    }

    private static func read(_ bytes: some Sequence<UInt8>) -> Answer {
        let bytes = Array(bytes)
        do {
            return try ProxyHeader.read(bytes.span).map { .header($0) } ?? .missing
        } catch {
            return .fault(error)
        }
    }

    private static func header(_ source: ProxyHeader.Source, _ length: Int) -> Answer {
        .header(ProxyHeader(source: source, length: length))
    }

    @Test func `addresses and ports of both families are read`() throws {
        let ipv4 = try #require(IPAddress("192.0.2.1"))
        let ipv6 = try #require(IPAddress("2001:db8::7"))
        #expect(
            Self.read(ProxyHeaders.ipv4([192, 0, 2, 1], port: 1))
                == Self.header(.address(ipv4, port: 1), 28))
        #expect(
            Self.read(ProxyHeaders.ipv6(ipv6, port: 65_535))
                == Self.header(.address(ipv6, port: 65_535), 52))
        #expect(
            Self.read(ProxyHeaders.ipv6(ipv4)) == Self.header(.address(ipv4, port: 40_000), 52))
    }

    @Test func `what no address of IP is told for is read as that`() {
        #expect(Self.read(ProxyHeaders.local) == Self.header(.proxy, 16))
        #expect(Self.read(ProxyHeaders.unnamed) == Self.header(.unnamed, 16))
        let paths = [UInt8](repeating: 0x2F, count: 216)
        #expect(
            Self.read(ProxyHeaders.header(family: 0x31, paths)) == Self.header(.unnamed, 232))
        // What a proxy tells of its own connection is to be passed over.
        let own = ProxyHeaders.header(command: 0x20, family: 0x11, [1, 2, 3])
        #expect(Self.read(own) == Self.header(.proxy, 19))
    }

    @Test func `what follows the addresses is passed over, up to the longest header`() throws {
        let address = try #require(IPAddress("10.0.0.1"))
        for count in [1, 3, 500, 4_096 - 28] {
            let extra = [UInt8](repeating: 0xFF, count: count)
            let bytes = ProxyHeaders.ipv4([10, 0, 0, 1], extra: extra)
            #expect(
                Self.read(bytes + [1, 2])
                    == Self.header(.address(address, port: 40_000), 28 + count))
            #expect(Self.read(bytes.dropLast()) == .missing)
        }
        let extra = [UInt8](repeating: 0, count: 4_097 - 28)
        #expect(
            Self.read(ProxyHeaders.ipv4([10, 0, 0, 1], extra: extra).prefix(16)) == .fault(.length))
    }

    @Test func `a header that is none is refused at the byte that shows it`() {
        let good = ProxyHeaders.ipv4([10, 0, 0, 1])
        for place in 0..<12 {
            var bytes = Array(good.prefix(place + 1))
            bytes[place] ^= 0x20
            #expect(Self.read(bytes) == .fault(.signature))
            #expect(Self.read(bytes.dropLast()) == .missing)
        }
        let cases: [([UInt8], ProxyHeader.Fault)] = [
            ([0x11], .version), ([0x31], .version), ([0x22], .command), ([0x2F], .command),
            ([0x21, 0x12], .family), ([0x21, 0x10], .family), ([0x21, 0x01], .family),
            ([0x21, 0x41], .family), ([0x21, 0x11, 0, 11], .length),
            ([0x21, 0x21, 0, 35], .length), ([0x21, 0x31, 0, 215], .length),
            ([0x20, 0, 0xFF, 0xFF], .length),
        ]
        for (bytes, fault) in cases {
            #expect(Self.read(ProxyHeaders.signature + bytes) == .fault(fault), "\(bytes)")
            #expect(Self.read(ProxyHeaders.signature + bytes.dropLast()) == .missing, "\(bytes)")
        }
        #expect(Self.read(Array("PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n".utf8)) == .fault(.signature))
    }

    @Test func `however bytes are bent and cut, the first answer stays the answer`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var random = SplitMix64(seed: seed)
        var answers = [0, 0]
        for round in 0..<3_000 {
            let bytes = Self.bent(&random)
            let whole = Self.read(bytes)
            var first = Answer.missing
            for end in 0...bytes.count where first == .missing { first = Self.read(bytes[..<end]) }
            #expect(first == whole, "seed \(seed), round \(round): \(bytes)")
            if case .header(let header) = whole {
                answers[0] += 1
                #expect((16...bytes.count).contains(header.length))
                #expect(header.length <= ProxyHeader.maximumLength)
            } else if case .fault = whole {
                answers[1] += 1
            }
        }
        #expect(answers.allSatisfy { $0 > 300 }, "seed \(seed): \(answers)")
    }

    /// A header with some bytes changed, with something behind it or a part missing.
    private static func bent(_ random: inout SplitMix64) -> [UInt8] {
        let extra = (0..<Int.random(in: 0...40, using: &random)).map { UInt8($0) }
        var bytes = ProxyHeaders.header(
            command: [0x20, 0x21].randomElement(using: &random) ?? 0,
            family: [0x00, 0x11, 0x21, 0x31].randomElement(using: &random) ?? 0,
            (0..<([12, 36, 216].randomElement(using: &random) ?? 0)).map { _ in
                UInt8.random(in: 0 ... .max, using: &random)
            }, extra: extra)
        for _ in 0..<Int.random(in: 0...1, using: &random) {
            let place = Int.random(in: 0..<min(16, bytes.count), using: &random)
            bytes[place] = UInt8.random(in: 0 ... .max, using: &random)
        }
        if Int.random(in: 0..<4, using: &random) == 0 {
            bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
        }
        return bytes + extra
    }
}
