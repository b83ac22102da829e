import Foundation

/// Writes what a device sends as tcpdump would: pcap, raw IPv4 from 10.0.0.1 to 10.0.0.2 port 5678, a
/// second a packet.
struct SmallCapture {
    enum Flags: UInt8 {
        case none = 16
        case syn = 2
        case fin = 17
    }

    private var file =
        little(0xA1B2_C3D4) + [2, 0, 4, 0] + [UInt8](repeating: 0, count: 8)
        + little(262_144) + little(101)
    /// Time of the next packet.
    private var unixSeconds: UInt32

    init(unixSeconds: UInt32 = DecodeRun.now) {
        self.unixSeconds = unixSeconds
    }

    var data: Data { Data(file) }

    /// Adds a packet.
    mutating func send(
        _ payload: [UInt8] = [], sequence: UInt32, flags: Flags = .none, port: UInt16 = 50_112,
        isFragment: Bool = false
    ) {
        let length = UInt32(40 + payload.count)
        file += Self.little(unixSeconds) + Self.little(0) + Self.little(length)
        file += Self.little(length)
        file += [0x45, 0, UInt8(length >> 8), UInt8(length & 255), 0, 0, isFragment ? 0x20 : 0, 0]
        file += [64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]
        file += [UInt8(port >> 8), UInt8(port & 255), 0x16, 0x2E]
        file += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sequence >> $0) } + [0, 0, 0, 0]
        file += [0x50, flags.rawValue, 1, 0, 0, 0, 0, 0] + payload
        unixSeconds += 1
    }

    private static func little(_ value: UInt32) -> [UInt8] {
        [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
