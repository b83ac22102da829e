import NanoCore
import Testing

/// Measurements for people.
@Suite struct DerivedReadingTests {
    static func readings(
        _ profile: Profile, _ pairs: KeyValuePairs<String, ProfileTests.Write>
    ) -> [DerivedReading] {
        let payload = Payloads.writing(ProfileTests.map(pairs))
        return DerivedReading.readings(payload, payload: payload.indices, profile: profile)
    }

    @Test func `a pressure is also given in kilopascals and atmospheres`() {
        let readings = Self.readings(
            .esp32Pressure,
            ["device_id": ProfileTests.text("E"), "pressure_pa": ProfileTests.integer(202_650)])
        #expect(readings.map(\.value) == [202_650, 202.65, 2])
        #expect(readings.map(\.unit) == ["Pa", "kPa", "atm"])
    }

    @Test func `of entries the last one counts`() {
        let entries = ProfileTests.array([
            ProfileTests.entry("ppm", ProfileTests.integer(1)),
            ProfileTests.entry("ppm", ProfileTests.integer(412)),
        ])
        let readings = Self.readings(
            .stm32Gas, ["gas_type": ProfileTests.text("CO2"), "entries": entries])
        #expect(readings == [DerivedReading(name: "CO2", value: 412, unit: "ppm")])
    }

    @Test func `every sensor of a multi-sensor gives a reading in its own unit`() {
        let entries = ProfileTests.array([ProfileTests.entry("value", ProfileTests.number(23.5))])
        let sensor = ProfileTests.map([
            "type": ProfileTests.text("temperature"), "unit": ProfileTests.text("C"),
            "entries": entries,
        ])
        let readings = Self.readings(
            .asicMulti, ["sensors": ProfileTests.array([sensor], indefinite: true)])
        #expect(readings == [DerivedReading(name: "temperature", value: 23.5, unit: "C")])
    }

    @Test func `a free-form payload shows its numbers`() {
        let readings = Self.readings(
            .raspberryPi,
            [
                "device_id": ProfileTests.text("R"), "cpu_temp": ProfileTests.number(51.25),
                "uptime_s": ProfileTests.integer(-3),
            ])
        #expect(readings.map(\.name) == ["cpu_temp", "uptime_s"])
        #expect(readings.map(\.value) == [51.25, -3])
    }
}
