import NanoCore
import Testing

@testable import NanoServe

/// Which row of the list of devices a packet counts in.
@Suite struct DeviceTableTests {
    static let key = HMACKey(secret: (0..<32).map { UInt8($0) &* 5 &+ 1 })
    static let otherKey = HMACKey(secret: (0..<32).map { UInt8($0) &* 7 &+ 2 })
    static let now = Moment(unixMilliseconds: 1_768_651_200_000, monotonicNanoseconds: 5)

    /// A packet, from the address with its number.
    struct Packet {
        var address: Int
        var payload: [UInt8]
        var model = ModelID.raspberryPi
        var seconds: Int64 = 0
        /// How far the gateway's clock had been set back.
        var setBack: Int64 = 0
    }

    static func keys(_ model: ModelID, _ key: HMACKey) -> ModelKeys {
        ModelKeys(
            model: model, name: "\(model)", minimumLevel: .standard, profile: .raspberryPi,
            keys: [key])
    }

    /// The devices after packets with these payloads, each from the address with its number.
    static func rows(_ packets: [(address: Int, payload: [UInt8])]) -> [DeviceSnapshot] {
        var table = DeviceTable()
        note(packets.map { Packet(address: $0.address, payload: $0.payload) }, in: &table)
        return rows(of: table)
    }

    static func rows(of table: DeviceTable) -> [DeviceSnapshot] {
        var sum = DeviceSum()
        table.add(to: &sum, now: now) { "address \($0)" }
        return sum.rows.sorted { $0.id < $1.id }
    }

    static func note(_ packets: [Packet], in table: inout DeviceTable) {
        let keyTable = KeyTable([keys(.raspberryPi, key), keys(.custom, otherKey)])
        var intake = Intake(
            configuration: IntakeConfiguration(keys: keyTable),
            guard: SharedReplayGuard(
                configuration: ReplayGuard.Configuration(), hashKey: (1, 2), shardCount: 1))
        for packet in packets {
            let now = Moment(
                unixMilliseconds: now.unixMilliseconds + (packet.seconds - packet.setBack)
                    * 1_000,
                monotonicNanoseconds: UInt64(packet.seconds) * 1_000_000_000 + 5)
            let frame = FrameBuilder(
                model: packet.model, type: .event, level: .standard,
                timestamp: UInt32(now.unixSeconds)
            ).build(payload: packet.payload, key: packet.model == .custom ? otherKey : key)
            let source = PacketSource(connection: 1, address: UInt64(packet.address))
            var reader = ConnectionReader(source: source)
            _ = reader.read(frame.span, ending: .closed, intake: &intake, now: now) { verdict, _ in
                guard case .accepted(let verified) = verdict else { return }
                table.noteAccepted(
                    [verified], in: frame.span,
                    from: PeerReference(talker: packet.address, port: 1))
            }
        }
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

    @Test func `a device is where it was heard last, though the clock was set back`() {
        var (first, second) = (DeviceTable(), DeviceTable())
        let payload = Self.payload(1, id: ["RPI-1"])
        Self.note([Packet(address: 1, payload: payload)], in: &first)
        Self.note([Packet(address: 2, payload: payload, seconds: 1, setBack: 600)], in: &second)
        for tables in [[first, second], [second, first]] {
            var sum = DeviceSum()
            for table in tables { table.add(to: &sum, now: Self.now) { "address \($0)" } }
            let row = sum.rows.first
            #expect(row?.address == "address 2:1" && row?.accepted == 2)
            #expect(row?.lastSeenUnixMilliseconds == Self.now.unixMilliseconds - 599_000)
        }
    }

    @Test func `when there are too many, those silent for longest make room`() {
        var table = DeviceTable(capacity: 40)
        // A device that goes on, among names that are each heard once.
        let packets = (0..<400).flatMap { number in
            [
                Packet(
                    address: 1, payload: Self.payload(UInt64(number), id: ["steady"]),
                    seconds: Int64(number)),
                Packet(
                    address: 2, payload: Self.payload(1, id: ["made up \(number)"]),
                    seconds: Int64(number)),
            ]
        }
        Self.note(packets, in: &table)
        let rows = Self.rows(of: table)
        #expect(rows.count == 40 && table.listing.names.count == 40)
        #expect(table.listing.replaced == 361)
        #expect(rows.first { $0.id == "steady" }?.accepted == 400)
        #expect(rows.contains { $0.id == "made up 399" })
    }

    @Test func `names made up under one model's key push out no other's`() {
        var table = DeviceTable(capacity: 40)
        let others = (0..<15).map { number in
            Packet(
                address: 1, payload: Self.payload(1, id: ["honest \(number)"]), model: .custom)
        }
        let names = (0..<400).map { number in
            Packet(
                address: 2, payload: Self.payload(1, id: ["made up \(number)"]),
                seconds: Int64(1 + number))
        }
        Self.note(others + names, in: &table)
        let rows = Self.rows(of: table)
        #expect(rows.count == 40)
        #expect(rows.count { $0.model == .custom } == 15)
    }
}
