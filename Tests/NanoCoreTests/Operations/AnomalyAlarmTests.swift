import NanoCore
import Testing

/// Alarms for devices that are other than usual.
@Suite struct AnomalyAlarmTests {
    private static func example(_ id: String) -> AnomalySnapshot.Example {
        AnomalySnapshot.Example(
            model: .esp32Pressure, device: id,
            evidence: "silent for 5 min, usually heard every 10 s")
    }

    @Test func `however many devices are in it, one way is one alarm that names some`() {
        var watch = AlarmWatch()
        watch.pass {
            $0.anomalies = [
                AnomalySnapshot(
                    kind: .silence, devices: 1_012, examples: ["A", "B", "C"].map(Self.example))
            ]
        }
        #expect(watch.titles == ["devices silent"])
        #expect(
            watch.texts[0]
                == "1,012 devices, 0x10 A among them: silent for 5 min, usually heard every 10 s; "
                + "likewise 0x10 B, 0x10 C and others; check power and network")
        // Where they are of one model that is told once.
        watch.pass { $0.anomalies[0].model = .esp32Pressure }
        #expect(
            watch.texts[0].hasPrefix("1,012 devices of 0x10 ESP32, A among them: silent for 5 min"))
        #expect(watch.texts[0].contains("; likewise B, C and others; "))
        #expect(watch.board.alarms[0].model == nil && watch.board.alarms[0].device == nil)
    }

    @Test func `a single device is told with its model, and hostile names are escaped`() {
        var watch = AlarmWatch()
        watch.pass {
            $0.anomalies = AnomalyKind.allCases.map {
                AnomalySnapshot(kind: $0, devices: 1, examples: [Self.example("X\u{1B}[2J")])
            }
        }
        #expect(Set(watch.titles).count == AnomalyKind.allCases.count)
        for alarm in watch.board.alarms {
            #expect(alarm.text.hasPrefix("0x10 X\\u{1B}[2J: silent for 5 min"))
            #expect(alarm.model == .esp32Pressure && alarm.device == "X\u{1B}[2J")
        }
        watch.pass(seconds: 31) { $0.anomalies = [] }
        #expect(watch.board.alarms.isEmpty)
    }
}
