import NanoCore
import Testing

@testable import NanoTUI

@Suite struct DeviceSortTests {
    static let now: Int64 = 700_000

    /// Devices with few different figures, so that most columns have equals.
    static func devices(_ count: Int, seed: UInt64) -> [DeviceSnapshot] {
        var state = seed
        func next(_ limit: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % limit
        }
        return (0..<count).map { number in
            let model: ModelID = next(2) == 0 ? .esp32Pressure : .raspberryPi
            var device = DeviceSnapshot(model: model, id: "device \(next(1_000)) \(number)")
            device.accepted = next(5)
            device.refused = next(3)
            device.packetsPerSecond = Double(next(4))
            device.clockOffsetSeconds = Double(next(3)) - 1
            device.generation = Int(next(3))
            device.lastSeenUnixMilliseconds = Int64(next(6)) * 130_000
            device.firstSeenUnixMilliseconds = Int64(next(4))
            device.address = "192.0.2.\(next(9)):1"
            if next(4) > 0 { device.firstAddress = "192.0.2.\(next(9)):1" }
            if next(9) == 0 { device.standing = .blocked }
            return device
        }
    }

    @Test(arguments: DeviceSort.Column.allCases, [true, false])
    func `the order does not depend on the one before`(
        column: DeviceSort.Column, isAscending: Bool
    ) {
        let sort = DeviceSort(column: column, isAscending: isAscending)
        let now = Self.devices(200, seed: 11)
        let order = sort.order(of: now, from: [], now: Self.now)
        #expect(Set(order) == Set(now.indices))
        #expect(sort.order(of: now, from: order, now: Self.now) == order)
        #expect(sort.order(of: now, from: order.reversed(), now: Self.now) == order)
        let before = sort.order(of: Self.devices(200, seed: 12), from: [], now: Self.now)
        #expect(sort.order(of: now, from: before, now: Self.now) == order)
        let fewer = Array(now.prefix(150))
        #expect(
            sort.order(of: fewer, from: order, now: Self.now)
                == sort.order(of: fewer, from: [], now: Self.now))
    }

    @Test func `by state the worst come first, and what is silent before what is late`() {
        func device(_ id: String, heardAgo seconds: Int64) -> DeviceSnapshot {
            var device = DeviceSnapshot(model: .custom, id: id)
            device.lastSeenUnixMilliseconds = Self.now - seconds * 1_000
            return device
        }
        var devices = [
            device("live", heardAgo: 1), device("silent", heardAgo: 700),
            device("blocked", heardAgo: 2),
            device("late", heardAgo: 90),
        ]
        devices[2].standing = .blocked
        let order = DeviceSort(by: .state).order(of: devices, from: [], now: Self.now)
        #expect(order.map { devices[$0].id } == ["blocked", "silent", "late", "live"])
    }
}
