import NanoCore
import Testing

@testable import NanoTUI

@Suite struct DeviceCurveTests {
    private static let name = DeviceName(.custom, "D-1")

    private static func snapshot(
        at uptime: Double, accepted: UInt64, refused: UInt64 = 0
    ) -> Snapshot {
        var snapshot = Snapshot()
        snapshot.gateway.uptimeSeconds = uptime
        var device = DeviceSnapshot(model: .custom, id: "D-1")
        device.accepted = accepted
        device.refused = refused
        snapshot.devices = [DeviceSnapshot(model: .custom, id: "D-2"), device]
        return snapshot
    }

    @Test func `every second has what came in it, however often one looked`() {
        var curve = DeviceCurve(of: Self.name)
        var total: UInt64 = 0
        for quarter in 0...20 {
            // Three in each even second, at its middle.
            if quarter % 8 == 2 { total += 3 }
            curve.note(Self.snapshot(at: 100 + Double(quarter) / 4, accepted: total))
        }
        #expect(curve.accepted == [3, 0, 3, 0, 3])
    }

    @Test func `between looks that are far apart it is spread evenly`() {
        var curve = DeviceCurve(of: Self.name)
        for look in 0...3 {
            let total = UInt64(look * 20)
            curve.note(
                Self.snapshot(at: Double(look) * 10 + 0.5, accepted: total, refused: total / 2))
        }
        #expect(curve.accepted.count == 29)
        #expect(curve.accepted.allSatisfy { abs($0 - 2) < 1e-9 })
        #expect(abs(curve.refusedPerSecond - 1) < 1e-9)
    }

    @Test func `a gateway that was started anew begins anew`() {
        var curve = DeviceCurve(of: Self.name)
        for second in 10...30 {
            curve.note(Self.snapshot(at: Double(second), accepted: UInt64(second) * 100))
        }
        curve.note(Self.snapshot(at: 2, accepted: 0))
        curve.note(Self.snapshot(at: 4, accepted: 2))
        #expect(curve.accepted == [1, 1])
        // The same, where the uptime does not tell.
        curve.note(Self.snapshot(at: 50, accepted: 1))
        #expect(curve.accepted.isEmpty)
    }

    @Test func `what a recording repeats is no standstill`() {
        var curve = DeviceCurve(of: Self.name, isRepeated: true)
        for quarter in 0...120 {
            let seconds = Double(quarter) / 4
            let total = UInt64(seconds / 10) * 20
            curve.note(Self.snapshot(at: seconds, accepted: total))
        }
        #expect(curve.accepted == Array(repeating: 2, count: 30))
    }

    @Test func `it goes back as far as curves do, and no farther`() {
        var curve = DeviceCurve(of: Self.name)
        for second in 0...2_000 {
            curve.note(Self.snapshot(at: Double(second), accepted: UInt64(second)))
        }
        #expect(curve.accepted == Array(repeating: 1, count: History.seconds))
    }

    @Test(arguments: [Double.nan, .infinity, -1, 1e300])
    func `a time that is none is passed over`(uptime: Double) {
        var curve = DeviceCurve(of: Self.name)
        curve.note(Self.snapshot(at: uptime, accepted: 1))
        curve.note(Self.snapshot(at: uptime, accepted: 9))
        #expect(curve.accepted.isEmpty && curve.refusedPerSecond == 0)
    }

    @Test func `without a device, or without its row, there is none`() {
        var none = DeviceCurve()
        var other = DeviceCurve(of: DeviceName(.esp32Pressure, "D-1"))
        for second in 1...5 {
            none.note(Self.snapshot(at: Double(second), accepted: UInt64(second)))
            other.note(Self.snapshot(at: Double(second), accepted: UInt64(second)))
        }
        #expect(none.accepted.isEmpty && other.accepted.isEmpty)
    }
}
