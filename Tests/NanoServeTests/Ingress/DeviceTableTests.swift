import NanoCore
import Testing

@testable import NanoServe

/// Which row of the list of devices a packet counts in.
@Suite struct DeviceTableTests {
    static let key = HMACKey(secret: (0..<32).map { UInt8($0) &* 5 &+ 1 })
    static let now = Moment(unixMilliseconds: 1_768_651_200_000, monotonicNanoseconds: 5)

    /// The devices after packets with these payloads, each from the address with its number.
    static func rows(_ packets: [(address: Int, payload: [UInt8])]) -> [DeviceSnapshot] {
        let model = ModelKeys(
            model: .raspberryPi, name: "RPI", minimumLevel: .standard, profile: .raspberryPi,
            keys: [key])
        var intake = Intake(
            configuration: IntakeConfiguration(keys: KeyTable([model])),
            guard: SharedReplayGuard(
                configuration: ReplayGuard.Configuration(), hashKey: (1, 2), shardCount: 1))
        var table = DeviceTable()
        for (address, payload) in packets {
            let frame = FrameBuilder(
                model: .raspberryPi, type: .event, level: .standard,
                timestamp: UInt32(now.unixSeconds)
            ).build(payload: payload, key: key)
            let source = PacketSource(connection: 1, address: UInt64(address))
            var reader = ConnectionReader(source: source)
            _ = reader.read(frame.span, ending: .closed, intake: &intake, now: now) { verdict, _ in
                guard case .accepted(let packet) = verdict else { return }
                table.noteAccepted(
                    [packet], in: frame.span, from: PeerReference(talker: address, port: 1))
            }
        }
        var sum = DeviceSum()
        table.add(to: &sum, now: now) { "address \($0)" }
        return sum.rows.sorted { $0.id < $1.id }
    }

    static func payload(_ number: UInt64, id: [String] = []) -> [UInt8] {
        var writer = CBORWriter()
        writer.map(id.isEmpty ? 1 : 2)
        if !id.isEmpty {
            writer.text("device_id")
            writer.indefiniteText()
            for piece in id { writer.text(piece) }
            writer.end()
        }
        writer.text("n")
        writer.unsigned(number)
        return writer.bytes
    }

    @Test func `without an id a device is listed under its address`() {
        let rows = Self.rows([
            (1, Self.payload(1)), (2, Self.payload(2)), (1, Self.payload(3)),
        ])
        #expect(rows.map(\.id) == ["address 1", "address 2"])
        #expect(rows.map(\.accepted) == [2, 1])
    }

    @Test func `with an id it is one device at every address, however the id is cut`() {
        let rows = Self.rows([
            (1, Self.payload(1, id: ["RPI", "-1"])), (2, Self.payload(2, id: ["RPI-1"])),
        ])
        #expect(rows.map(\.id) == ["RPI-1"])
        #expect(rows.map(\.accepted) == [2])
        #expect(rows.first?.address == "address 2:1")
    }

    @Test func `the first address stays, and all bytes of the frames are counted`() {
        let payloads = [Self.payload(1, id: ["RPI-1"]), Self.payload(300, id: ["RPI-1"])]
        let row = Self.rows([(7, payloads[0]), (8, payloads[1])]).first
        #expect(row?.firstAddress == "address 7:1" && row?.address == "address 8:1")
        // Header, payload, and the MAC of level standard.
        let bytes = payloads.reduce(0) { $0 + 14 + $1.count + 16 }
        #expect(row?.bytes == UInt64(bytes))
    }
}
