import NanoCore
import Testing

/// The arrays of maps in telemetry.
@Suite struct ProfileEntryTests {
    typealias Write = ProfileTests.Write
    typealias Make = ProfileTests

    @Test(arguments: [false, true])
    func `entries are maps with a time and a value in range, and there is one at least`(
        indefinite: Bool
    ) {
        func refusal(_ entries: [Write]) -> Refusal? {
            let array = Make.array(entries, indefinite: indefinite)
            return Make.refusal(
                .esp32Pressure, Make.map(["device_id": Make.text("E"), "entries": array]))
        }
        let good = Make.entry("value", Make.integer(3))
        #expect(refusal([good, good]) == nil)
        #expect(refusal([])?.detail == .tooFew)
        #expect(refusal([])?.field == .entries)
        #expect(refusal([good, Make.integer(1)])?.detail == .wrongType)
        #expect(refusal([good, Make.map(["ts": Make.integer(1)])])?.field == .entryValue)
        #expect(refusal([good, Make.map(["value": Make.integer(1)])])?.field == .entryTimestamp)
        #expect(refusal([Make.entry("value", Make.integer(200_001))])?.detail == .outOfRange)
        #expect(refusal([Make.entry("value", Make.text("high"))])?.field == .entryValue)
    }

    @Test func `what comes behind a map of indefinite length is judged like the rest`() {
        let open: (Int64) -> Write = { value in
            { writer in
                writer.indefiniteMap()
                writer.text("ts")
                writer.integer(1)
                writer.text("value")
                writer.integer(value)
                writer.end()
            }
        }
        func refusal(_ second: Int64) -> Refusal? {
            let entries = Make.array([open(3), open(second)])
            return Make.refusal(
                .esp32Pressure,
                Make.map(["entries": entries, "device_id": Make.text("E")]))
        }
        #expect(refusal(200_000) == nil)
        #expect(refusal(200_001)?.detail == .outOfRange)
    }

    @Test func `a gas is named, and its concentration at most 10,000 ppm`() {
        func refusal(_ ppm: Int64) -> Refusal? {
            Make.refusal(
                .stm32Gas,
                Make.map([
                    "device_id": Make.text("S"), "gas_type": Make.text("CO2"),
                    "concentration_ppm": Make.integer(ppm),
                ]))
        }
        #expect(refusal(0) == nil)
        #expect(refusal(10_000) == nil)
        #expect(refusal(10_001)?.field == .concentrationPpm)
        #expect(refusal(-1)?.detail == .outOfRange)
        let nameless = Make.map([
            "device_id": Make.text("S"), "concentration_ppm": Make.integer(1),
        ])
        #expect(Make.refusal(.stm32Gas, nameless)?.field == .gasType)
        let entries = Make.array([Make.entry("ppm", Make.integer(10_001))])
        let listed = Make.map([
            "device_id": Make.text("S"), "gas_type": Make.text("CO2"), "entries": entries,
        ])
        #expect(Make.refusal(.stm32Gas, listed)?.field == .entryPpm)
    }

    @Test func `a multi-sensor has sensors, each with its type, unit and entries`() {
        let entries = Make.array([Make.entry("value", Make.number(.nan))])
        let sensor = Make.map([
            "type": Make.text("t"), "unit": Make.text("C"), "entries": entries,
        ])
        func refusal(_ sensors: @escaping Write) -> Refusal? {
            Make.refusal(
                .asicMulti, Make.map(["device_id": Make.text("A"), "sensors": sensors]))
        }
        #expect(refusal(Make.array([sensor, sensor])) == nil)
        #expect(refusal(Make.array([]))?.detail == .tooFew)
        #expect(refusal(Make.text("none"))?.field == .sensors)
        let unitless = Make.map(["type": Make.text("t"), "entries": entries])
        #expect(refusal(Make.array([sensor, unitless]))?.field == .sensorUnit)
        let kindless = Make.map(["unit": Make.text("C"), "entries": entries])
        #expect(refusal(Make.array([kindless]))?.field == .sensorKind)
        let empty = Make.map([
            "type": Make.text("t"), "unit": Make.text("C"), "entries": Make.array([]),
        ])
        #expect(refusal(Make.array([empty]))?.field == .entries)
        #expect(
            Make.refusal(.asicMulti, Make.map(["device_id": Make.text("A")]))?.field == .sensors)
    }
}
