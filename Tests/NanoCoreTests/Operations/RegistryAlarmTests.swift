import NanoCore
import Testing

/// The alarm for devices that wait for approval.
@Suite struct RegistryAlarmTests {
    @Test func `one alarm stands for all that wait, names the first, and goes with the last`() {
        var watch = AlarmWatch()
        var row = RegistryRow(name: DeviceName(.esp32Pressure, "\u{1B}[2J"))
        row.address = "10.0.0.9:1000"
        watch.pass {
            $0.registry.waiting = 1
            $0.registry.longestWaiting = row
        }
        #expect(watch.titles == ["devices wait"])
        #expect(watch.texts[0].hasPrefix("1 device waits for approval: 0x10 \\u{1B}[2J from"))
        watch.pass(seconds: 30) { $0.registry.waiting += 1 }
        #expect(watch.titles == ["devices wait"])
        #expect(watch.texts[0].hasPrefix("31 devices wait for approval, the first of them 0x10"))
        watch.pass(seconds: 2) {
            $0.registry.waiting = 0
            $0.registry.longestWaiting = nil
        }
        #expect(watch.changes == ["+devices wait", "-devices wait"])
    }

    @Test func `what the registry refuses is no alarm about bad payloads`() {
        var watch = AlarmWatch()
        watch.pass(seconds: 5) {
            $0.refuse(100, .profileViolation)
            $0.registry.refused += 100
        }
        #expect(watch.titles.isEmpty)
        watch.pass { $0.refuse(100, .profileViolation) }
        #expect(watch.titles == ["bad payloads"])
    }
}
