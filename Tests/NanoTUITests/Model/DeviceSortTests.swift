import NanoCore
import Testing

@testable import NanoTUI

@Suite struct DeviceSortTests {
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
            device.lastSeenUnixMilliseconds = Int64(next(6))
            device.address = "192.0.2.\(next(9)):1"
            return device
        }
    }

    @Test(arguments: DeviceSort.Column.allCases, [true, false])
    func `the order does not depend on the one before`(
        column: DeviceSort.Column, isAscending: Bool
    ) {
        let sort = DeviceSort(column: column, isAscending: isAscending)
        let now = Self.devices(200, seed: 11)
        let order = sort.order(of: now, from: [])
        #expect(Set(order) == Set(now.indices))
        #expect(sort.order(of: now, from: order) == order)
        #expect(sort.order(of: now, from: order.reversed()) == order)
        let before = sort.order(of: Self.devices(200, seed: 12), from: [])
        #expect(sort.order(of: now, from: before) == order)
        let fewer = Array(now.prefix(150))
        #expect(sort.order(of: fewer, from: order) == sort.order(of: fewer, from: []))
    }
}
