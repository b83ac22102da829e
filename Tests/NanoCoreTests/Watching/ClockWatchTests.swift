import Testing

@testable import NanoCore

/// What devices' clocks say about the gateway's.
@Suite struct ClockWatchTests {
    static let unixSeconds: Int64 = 1_790_000_000
    static let key = HMACKey(secret: Scenario.secret)
    static let keys = KeyTable([
        ModelKeys(
            model: .custom, name: "CUSTOM", minimumLevel: .standard, profile: .custom, keys: [key])
    ])

    static func moment(_ seconds: Int64 = 0) -> Moment {
        Moment(
            unixMilliseconds: (unixSeconds + seconds) * 1_000,
            monotonicNanoseconds: 1_000_000_000_000 + UInt64(seconds + 100_000) * 1_000_000_000)
    }

    /// A device that was let in so many seconds ago.
    static func device(
        _ number: Int, ahead seconds: Double, ago: Int64 = 1, from address: String = ""
    ) -> DeviceSnapshot {
        var device = DeviceSnapshot(model: .custom, id: "D-\(number)")
        device.address = address
        device.clockOffsetSeconds = seconds
        device.lastSeenUnixMilliseconds = (unixSeconds - ago) * 1_000
        return device
    }

    /// A frame that was refused for its time.
    static func refused(
        _ number: Int, ahead seconds: Int64, key: HMACKey = key, level: SecurityLevel = .standard
    ) -> PacketRecord {
        let frame = FrameBuilder(
            model: .custom, type: .telemetry, level: level,
            timestamp: UInt32(unixSeconds - 1 + seconds)
        ).build(payload: KeyedDevice.payload("D-\(number)", number), key: key)
        let reason: RefusalReason = seconds > 0 ? .timestampFuture : .timestampDrift
        return PacketRecord(
            id: UInt64(number), unixMilliseconds: (unixSeconds - 1) * 1_000,
            address: "10.\(number >> 16).\(number >> 8 & 0xFF).\(number & 0xFF):9", bytes: frame,
            refusal: Refusal(reason), model: .custom,
            deviceID: "D-\(number)")
    }

    static func consensus(
        _ devices: [DeviceSnapshot], refused: [PacketRecord] = []
    ) -> ClockConsensus? {
        var watch = ClockWatch(rules: ClockRules())
        watch.hear(refused, keys: keys)
        watch.compare(with: devices, now: moment())
        return watch.snapshot.consensus
    }

    @Test func `devices that agree tell by how much the gateway is off`() throws {
        let devices = (0..<9).map { Self.device($0, ahead: -20 - Double($0 % 2)) }
        let wrong = [Self.device(20, ahead: 40), Self.device(21, ahead: -3_000)]
        let consensus = try #require(Self.consensus(devices + wrong))
        #expect(consensus.holds && (19.9...21.1).contains(consensus.aheadSeconds))
        #expect(consensus.agreeing == 9 && consensus.devices == 11)
    }

    @Test func `less than two thirds of the devices do not agree`() throws {
        let split = (0..<9).map { Self.device($0, ahead: $0 < 5 ? -20 : Double($0) * 30) }
        #expect(try #require(Self.consensus(split)).holds == false)
        let enough = (0..<9).map { Self.device($0, ahead: $0 < 6 ? -20 : Double($0) * 30) }
        #expect(try #require(Self.consensus(enough)).holds)
    }

    /// Honest devices at addresses of their own, and names that one sender has made up.
    private static func crowd(
        honest: Int, ahead: Double, made: Int, at place: (Int) -> String
    ) -> [DeviceSnapshot] {
        (0..<honest).map { device($0, ahead: ahead, from: "10.0.0.\($0):40\($0)") }
            + (0..<made).map { device(100 + $0, ahead: 900, from: place($0)) }
    }

    @Test(arguments: ["10.9.9.9:", "[2001:db8:0:1::7]:"])
    func `one sender with many names has two votes`(place: String) throws {
        for ahead in [0.0, -20] {
            let consensus = try #require(
                Self.consensus(
                    Self.crowd(honest: 6, ahead: ahead, made: 5_000) { "\(place)\($0 + 1_024)" }))
            #expect(consensus.holds && consensus.aheadSeconds == -ahead)
            #expect(consensus.agreeing == 6 && consensus.devices == 5_006)
        }
        // Its addresses within one network of IPv6 are one.
        let spread = Self.crowd(honest: 6, ahead: 0, made: 5_000) { "[2001:db8::1:\($0 + 1)]:9" }
        #expect(try #require(Self.consensus(spread)).aheadSeconds == 0)
        // Against two devices it is half of all, which do not agree.
        let two = Self.crowd(honest: 2, ahead: 0, made: 5_000) { "\(place)\($0 + 1_024)" }
        #expect(try #require(Self.consensus(two)).holds == false)
    }

    @Test func `devices behind one address are heard as before`() throws {
        let devices = (0..<9).map { Self.device($0, ahead: -20, from: "10.0.0.1:40\($0)") }
        let consensus = try #require(Self.consensus(devices))
        #expect(consensus.holds && consensus.aheadSeconds == 20 && consensus.devices == 9)
    }

    @Test func `a wrong clock elsewhere does not silence the devices behind one address`() throws {
        let devices = (0..<1_000).map {
            Self.device($0, ahead: -20, from: "10.0.0.1:\($0 + 4_000)")
        }
        let wrong = Self.device(1_000, ahead: 900, from: "10.0.0.2:4000")
        let consensus = try #require(Self.consensus(devices + [wrong]))
        #expect(consensus.holds && consensus.aheadSeconds == 20 && consensus.agreeing == 1_000)
    }

    @Test func `one sender with many names does not keep refused devices from being heard`() throws
    {
        var watch = ClockWatch(rules: ClockRules())
        for round in 0..<200 {
            let made = (0..<60).map { number in
                var record = Self.refused(1_000 + round * 60 + number, ahead: 900)
                record.address = "10.9.9.9:\(number + 1_024)"
                record.unixMilliseconds += Int64(round)
                return record
            }
            watch.hear(made, keys: Self.keys)
        }
        let honest = (1...12).map { number in
            var record = Self.refused(number, ahead: -7_200)
            record.unixMilliseconds += 500
            return record
        }
        watch.hear(honest, keys: Self.keys)
        watch.compare(with: [], now: Self.moment())
        let consensus = try #require(watch.snapshot.consensus)
        #expect(consensus.holds && consensus.aheadSeconds == 7_200.5 && consensus.agreeing == 12)
        #expect(consensus.devices == 12 + ClockWitnesses.capacityOfSource)
    }

    @Test func `four devices say nothing, nor do those that spoke long ago`() {
        let devices = (0..<8).map { Self.device($0, ahead: -20, ago: $0 < 4 ? 1 : 400) }
        #expect(Self.consensus(devices) == nil)
        #expect(Self.consensus(devices.map { Self.device(0, ahead: $0.clockOffsetSeconds) }) == nil)
    }

    @Test(arguments: [-7_200, 90] as [Int64])
    func `genuine frames that were refused for their time count`(ahead: Int64) throws {
        let consensus = try #require(
            Self.consensus([], refused: (1...6).map { Self.refused($0, ahead: ahead) }))
        #expect(consensus.holds && consensus.devices == 6)
        #expect(consensus.aheadSeconds == -Double(ahead))
    }

    @Test func `forged frames that were refused for their time do not count`() {
        let other = HMACKey(secret: Scenario.secret.reversed())
        let forged = (1...6).map { Self.refused($0, ahead: 900, key: other) }
        #expect(Self.consensus([], refused: forged) == nil)
        let unsigned = (1...6).map { Self.refused($0, ahead: 900, level: .none) }
        #expect(Self.consensus([], refused: unsigned) == nil)
    }

    @Test func `recordings of devices that are let in say nothing about the clock`() throws {
        let devices = (1...6).map { Self.device($0, ahead: 0) }
        let recordings = (1...6).map { Self.refused($0, ahead: -7_200) }
        let consensus = try #require(Self.consensus(devices, refused: recordings))
        #expect(consensus.aheadSeconds == 0 && consensus.devices == 6)
    }

    @Test(arguments: [30, -30] as [Int64])
    func `what was said before the clock was set says nothing of it now`(step: Int64) {
        var watch = ClockWatch(rules: ClockRules())
        _ = watch.look(nil, now: Self.moment(-2))
        let devices = (0..<9).map { Self.device($0, ahead: 0) }
        var now = Self.moment(0)
        now.unixMilliseconds += step * 1_000
        #expect(watch.look(nil, now: now) != nil)
        watch.compare(with: devices, now: now)
        #expect(watch.snapshot.consensus == nil)
        let later = devices.map { device in
            var device = device
            device.lastSeenUnixMilliseconds = now.unixMilliseconds
            device.clockOffsetSeconds = -Double(step)
            return device
        }
        watch.compare(with: later, now: now)
        #expect(watch.snapshot.consensus?.aheadSeconds == Double(step))
    }

    @Test func `refusals are remembered within bounds`() {
        var witnesses = ClockWitnesses()
        for round in 0..<100 {
            let records = (0..<ClockWitnesses.proofsAtOnce).map { number in
                var record = Self.refused(
                    round * ClockWitnesses.proofsAtOnce + number, ahead: 900)
                record.unixMilliseconds += Int64(round)
                return record
            }
            witnesses.hear(records, keys: Self.keys)
        }
        let heard = witnesses.votes(since: .min, now: Self.moment(60)).count
        #expect(heard == ClockWitnesses.capacity)
    }

    /// What the watch makes of nine devices of which each look hears the offset that is given.
    private static func consensus(
        over offsets: [Double], every seconds: Int64 = 5
    ) -> ClockConsensus? {
        var watch = ClockWatch(rules: ClockRules())
        for (look, offset) in offsets.enumerated() {
            let time = Int64(look) * seconds
            let devices = (0..<9).map { number in
                var device = Self.device(number, ahead: offset)
                device.lastSeenUnixMilliseconds += time * 1_000
                return device
            }
            watch.compare(with: devices, now: moment(time))
        }
        return watch.snapshot.consensus
    }

    @Test func `devices that send what they have kept, and then what is new, say nothing wrong`()
        throws
    {
        // Caught up, live data beside a backlog, and a batch whose middle a look has seen.
        let histories: [[Double]] = [
            [-3_000, -1_500, -700, 0, 0], [0, -3_000, -2_900], [-600, 0, 0], [0, -600],
        ]
        for offsets in histories {
            let consensus = try #require(Self.consensus(over: offsets))
            #expect(consensus.aheadSeconds == 0, "\(offsets)")
        }
        // While they catch up together they are no witnesses at all.
        #expect(Self.consensus(over: [-3_000, -2_800, -2_600, -2_400]) == nil)
    }

    @Test func `a wrong clock of the gateway is seen among frames that come late`() throws {
        let consensus = try #require(Self.consensus(over: [-20, -20.4, -80, -20.9, -300]))
        #expect(consensus.holds && consensus.aheadSeconds == 20)
    }

    @Test func `what was nearest to the time counts for five minutes`() throws {
        let offsets = [0.0] + Array(repeating: -20, count: 70)
        #expect(try #require(Self.consensus(over: Array(offsets.prefix(50)))).aheadSeconds == 0)
        #expect(try #require(Self.consensus(over: offsets)).aheadSeconds == 20)
    }

    @Test func `refused devices that catch up are no witnesses either`() {
        var witnesses = ClockWitnesses()
        for (look, ahead) in [-9_000, -8_000, -7_000].enumerated() as EnumeratedSequence<[Int64]> {
            let records = (1...6).map { number in
                var record = Self.refused(number, ahead: ahead)
                record.unixMilliseconds += Int64(look) * 5_000
                return record
            }
            witnesses.hear(records, keys: Self.keys)
        }
        #expect(witnesses.votes(since: .min, now: Self.moment(60)).isEmpty)
    }
}
