import Testing

@testable import NanoCore

/// A whole fleet over hours: nothing is found of honest devices, and what goes wrong is found in time.
@Suite struct FleetWatchTests {
    /// Devices that send every second, ten seconds, minute and five minutes.
    static let intervals = (0..<160).map { [1.0, 10, 60, 300][$0 % 4] }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `in six hours nothing is found of honest devices`(seed: UInt64) {
        var fleet = WatchedFleet(seed: seed, intervals: Self.intervals)
        fleet.pass(6 * 3_600) { anomalies, seconds in
            #expect(anomalies.isEmpty, "seed \(seed), after \(seconds) s: \(anomalies)")
            return anomalies.isEmpty
        }
    }

    /// A fleet that is known, with a device of each pace from 0 to 3.
    static func known(seed: UInt64) -> WatchedFleet {
        var fleet = WatchedFleet(seed: seed, intervals: Array(intervals.prefix(40)))
        fleet.pass(2 * 3_600)
        return fleet
    }

    @Test(arguments: [(0, 60.0), (1, 150), (2, 900), (3, 4_500)])
    func `a device that falls silent is found within fifteen of its intervals, or a minute`(
        place: Int, limit: Double
    ) throws {
        var fleet = Self.known(seed: 7)
        fleet.units[place].isOff = true
        let found = fleet.secondsUntil(.silence, of: "D-\(place)", within: limit)
        #expect(found != nil)
        fleet.units[place].isOff = false
        fleet.pass(fleet.units[place].interval * 2 + 10)
        #expect(!fleet.watch.anomalies.contains { $0.kind == .silence }, "it is back")
    }

    @Test func `many devices that fall silent together are one anomaly with some examples`() {
        var fleet = Self.known(seed: 8)
        for place in fleet.units.indices where place % 4 == 0 { fleet.units[place].isOff = true }
        fleet.pass(60)
        #expect(fleet.watch.anomalies.map(\.kind) == [.silence])
        #expect(fleet.watch.anomalies.first?.devices == 10)
        #expect(fleet.watch.anomalies.first?.examples.count == AnomalySnapshot.mostExamples)
    }

    @Test func `names that are heard once take nobody's place for longer than ten minutes`() {
        var fleet = WatchedFleet(
            seed: 21, intervals: Array(repeating: 1, count: 30), capacity: 20)
        // Twenty of them are first, and never heard again.
        for place in 20..<30 { fleet.units[place].isOff = true }
        fleet.pass(WatchedFleet.lookSeconds)
        for place in 0..<20 {
            fleet.units[place].isOff = true
            fleet.units[place].row.accepted = 1
        }
        for place in 20..<30 { fleet.units[place].isOff = false }
        fleet.pass(2 * 3_600)
        fleet.units[25].isOff = true
        #expect(fleet.secondsUntil(.silence, of: "D-25", within: 60) != nil)
    }

    @Test func `while the gateway does not listen nobody is silent`() {
        var fleet = Self.known(seed: 9)
        for place in fleet.units.indices { fleet.units[place].isOff = true }
        fleet.pass(1_800, listens: false)
        for place in fleet.units.indices { fleet.units[place].isOff = false }
        fleet.pass(20)
        #expect(fleet.watch.anomalies.isEmpty)
    }

    @Test
    func `a gateway that was stopped for an hour finds nobody silent, and no backlog a surge`() {
        var fleet = Self.known(seed: 17)
        fleet.stop(3_600)
        fleet.pass(WatchedFleet.lookSeconds)
        for place in fleet.units.indices where place % 4 == 0 {
            fleet.units[place].row.accepted += 3_000
        }
        fleet.pass(300) { anomalies, _ in
            #expect(anomalies.isEmpty)
            return anomalies.isEmpty
        }
    }

    @Test func `a device that is kept out is not silent, and is learned anew when it is let in`() {
        var fleet = WatchedFleet(seed: 10, intervals: [10])
        fleet.pass(600)
        fleet.units[0].isOff = true
        fleet.pass(600)
        #expect(fleet.watch.anomalies.map(\.kind) == [.silence])
        let row = fleet.units[0].row
        fleet.watch.forget([row])
        fleet.watch.look([], listens: true, now: fleet.later(5))
        #expect(fleet.watch.anomalies.isEmpty)
        fleet.pass(600)
        #expect(fleet.watch.anomalies.isEmpty)
    }

    @Test func `a device that is gone for a day is no anomaly any more`() {
        var fleet = WatchedFleet(seed: 10, intervals: [10])
        fleet.pass(600)
        fleet.units[0].isOff = true
        fleet.pass(600)
        #expect(fleet.watch.anomalies.map(\.kind) == [.silence])
        #expect(fleet.watch.refused.isEmpty)
        fleet.pass(86_400)
        #expect(fleet.watch.anomalies.isEmpty)
    }

    @Test(arguments: [0, 1])
    func `a device that sends twenty times as much is found within two minutes`(place: Int) {
        var fleet = Self.known(seed: 11)
        fleet.units[place].speed = 20
        #expect(fleet.secondsUntil(.surge, of: "D-\(place)", within: 120) != nil)
        fleet.units[place].speed = 1
        fleet.pass(300)
        #expect(fleet.watch.anomalies.isEmpty)
    }

    @Test func `what a device has kept while it was away is no surge`() {
        var fleet = Self.known(seed: 12)
        fleet.units[0].isOff = true
        fleet.pass(600)
        fleet.units[0].isOff = false
        fleet.units[0].row.accepted += 590
        fleet.pass(120) { anomalies, _ in
            #expect(!anomalies.contains { $0.kind == .surge })
            return true
        }
    }

    @Test(arguments: [120.0, -300, 3_000])
    func `a clock that jumps is found within eight packets`(jump: Double) {
        var fleet = Self.known(seed: 13)
        fleet.units[1].ahead += jump
        #expect(fleet.secondsUntil(.clockJump, of: "D-1", within: 100) != nil)
        fleet.pass(20)
        fleet.units[1].ahead -= jump
        fleet.pass(100)
        #expect(!fleet.watch.anomalies.contains { $0.kind == .clockJump }, "it is right again")
    }

    @Test(arguments: [2.0, -0.5])
    func `a clock that drifts is found when it has moved by six seconds`(perMinute: Double) throws {
        var fleet = Self.known(seed: 14)
        let moved = fleet.units[1].drift * fleet.seconds
        fleet.units[1].ahead += moved - perMinute / 60 * fleet.seconds
        fleet.units[1].drift = perMinute / 60
        let limit = 7 / abs(perMinute) * 60 + 60
        let found = fleet.secondsUntil(.clockDrift, of: "D-1", within: limit)
        #expect(found != nil)
        let words = try #require(fleet.watch.anomalies.first?.examples.first).evidence
        #expect(words.hasPrefix("its clock \(perMinute < 0 ? "lost" : "gained") "), "\(words)")
    }

    @Test(arguments: [3_600.0, -3_600, 20])
    func `when the gateway's clock is set no device's has jumped`(step: Double) {
        var fleet = Self.known(seed: 15)
        fleet.watch.gatewayStepped(by: step)
        for place in fleet.units.indices { fleet.units[place].ahead -= step }
        fleet.pass(900) { anomalies, _ in
            #expect(anomalies.isEmpty)
            return anomalies.isEmpty
        }
    }

    @Test func `what is not to be watched is not found`() {
        var rules = WatchRules()
        rules.watchesSilence = false
        rules.watchesClocks = false
        rules.watchesSurges = false
        var fleet = WatchedFleet(seed: 16, intervals: [1, 1, 1], rules: rules)
        fleet.pass(1_200)
        fleet.units[0].isOff = true
        fleet.units[1].speed = 50
        fleet.units[2].ahead += 600
        fleet.pass(600)
        #expect(fleet.watch.anomalies.isEmpty)
    }

    @Test func `a device takes less than a kilobyte`() {
        let fields = MemoryLayout<FieldHistory>.stride * Measurements.most + 32
        let device = MemoryLayout<WatchedDevice>.stride + MemoryLayout<DeviceName>.stride
        // A dictionary is never fuller than three quarters, and may have just doubled.
        #expect(fields + device * 8 / 3 < 1_000, "\(fields) + \(device)")
    }

    @Test func `a device that signs with a former secret is told with what was found out`() throws {
        var fleet = Self.known(seed: 21)
        fleet.units[0].isOff = true
        for look in 0..<24 {
            fleet.pass(WatchedFleet.lookSeconds)
            var record = Self.refused(fleet, 0)
            record.refusal = Refusal(.macMismatch)
            // Not each is looked into.
            if look % 5 == 0 {
                record.diagnosis =
                    "valid under a retired secret (generation 3), rotated 2 h before: x"
            }
            fleet.watch.hear([record], now: fleet.moment)
        }
        let evidence = try #require(fleet.watch.anomalies.first?.examples.first?.evidence)
        #expect(
            evidence.hasSuffix("is refused: valid under a retired secret (generation 3)"),
            "\(evidence)")
        #expect(fleet.watch.anomalies.first?.model == .custom)
    }

    /// A frame with a device's name that is refused at the moment of a look.
    private static func refused(_ fleet: WatchedFleet, _ place: Int) -> PacketRecord {
        PacketRecord(
            id: UInt64(fleet.seconds), unixMilliseconds: fleet.moment.unixMilliseconds,
            address: "10.0.0.1:9", bytes: [],
            refusal: Refusal(
                .timestampDrift, observed: .integer(7_200), allowed: .integer(3_600)),
            model: .custom, deviceID: "D-\(place)")
    }

    @Test func `a device whose frames are all refused is told as refused, and why`() throws {
        var fleet = Self.known(seed: 21)
        fleet.units[0].isOff = true
        for _ in 0..<24 {
            fleet.pass(WatchedFleet.lookSeconds)
            fleet.watch.hear([Self.refused(fleet, 0)], now: fleet.moment)
        }
        #expect(fleet.watch.anomalies.map(\.kind) == [.refused])
        let evidence = try #require(fleet.watch.anomalies.first?.examples.first?.evidence)
        #expect(evidence.hasPrefix("nothing accepted for "), "\(evidence)")
        #expect(evidence.contains("what comes in its name is refused: "), "\(evidence)")
        #expect(fleet.watch.refused == [DeviceName(.custom, "D-0")])
        // Now nothing comes any more.
        fleet.pass(120)
        #expect(fleet.watch.anomalies.map(\.kind) == [.silence])
        fleet.units[0].isOff = false
        fleet.pass(60)
        #expect(fleet.watch.anomalies.isEmpty)
    }

    @Test func `how often a device was heard is told as far as it was measured`() throws {
        func evidence(_ fleet: WatchedFleet) -> String {
            fleet.watch.anomalies.first?.examples.first?.evidence ?? ""
        }
        var fleet = WatchedFleet(seed: 31, intervals: [0.5, 3, 60])
        fleet.pass(2 * 3_600)
        for (place, words) in [
            (0, "usually 2.0 packets/s"), (1, "usually heard every 3."),
            (2, "usually heard every 6"),
        ] {
            var silent = fleet
            silent.units[place].isOff = true
            silent.pass(1_200)
            #expect(evidence(silent).contains(words), "\(evidence(silent))")
        }
        // Not for long enough to know how much comes between two looks.
        var young = WatchedFleet(seed: 32, intervals: [0.5])
        young.pass(120)
        young.units[0].isOff = true
        young.pass(120)
        #expect(evidence(young).contains("usually heard within 5 s"), "\(evidence(young))")
    }

    @Test func `refusals beside accepted frames are no anomaly of the device`() {
        var fleet = Self.known(seed: 22)
        for _ in 0..<24 {
            fleet.pass(WatchedFleet.lookSeconds)
            fleet.watch.hear([Self.refused(fleet, 0)], now: fleet.moment)
        }
        #expect(fleet.watch.anomalies.isEmpty)
    }
}
