import NanoCore
import Testing

/// What each model's telemetry has to hold.
@Suite struct ProfileTests {
    typealias Write = (inout CBORWriter) -> Void

    /// A map of these pairs.
    static func map(_ pairs: KeyValuePairs<String, Write>) -> Write {
        { writer in
            writer.map(pairs.count)
            for (key, write) in pairs {
                writer.text(key)
                write(&writer)
            }
        }
    }

    static func array(_ items: [Write], indefinite: Bool = false) -> Write {
        { writer in
            if indefinite { writer.indefiniteArray() } else { writer.array(items.count) }
            for item in items { item(&writer) }
            if indefinite { writer.end() }
        }
    }

    static func text(_ text: String) -> Write { { $0.text(text) } }
    static func number(_ value: Double) -> Write { { $0.double(value) } }
    static func integer(_ value: Int64) -> Write { { $0.integer(value) } }

    static func refusal(
        _ profile: Profile, type: PayloadType = .telemetry, _ write: Write
    ) -> Refusal? {
        let payload = Payloads.writing(write)
        #expect(Payloads.refusal(payload) == nil)
        do throws(Refusal) {
            try profile.validate(payload.span, payload: payload.indices, type: type)
            return nil
        } catch {
            #expect(error.reason == .profileViolation)
            return error
        }
    }

    static func entry(_ key: String, _ value: @escaping Write) -> Write {
        map(["ts": integer(1), key: value])
    }

    @Test(arguments: [0, 1, 101_325, 200_000])
    func `a pressure in its range is taken`(pascals: Int64) {
        let write = Self.map([
            "device_id": Self.text("ESP32-1"), "pressure_pa": Self.integer(pascals),
        ])
        #expect(Self.refusal(.esp32Pressure, write) == nil)
    }

    @Test(arguments: [-1.0, -0.0001, 200_000.0001, 200_001, .infinity, -.infinity, .nan])
    func `a pressure outside of its range is refused where it stands`(pascals: Double) {
        let write = Self.map([
            "device_id": Self.text("E"), "pressure_pa": Self.number(pascals),
        ])
        let refusal = Self.refusal(.esp32Pressure, write)
        #expect(refusal?.detail == .outOfRange)
        #expect(refusal?.field == .pressurePa)
        #expect(refusal?.allowed == .integer(pascals > 0 ? 200_000 : 0))
        #expect(refusal?.offset == FrameHeader.length + 1 + 10 + 2 + 12)
    }

    @Test func `an integer far outside of its range is refused too`() {
        let cases: [(write: Write, observed: Quantity)] = [
            ({ $0.unsigned(.max) }, .unsigned(.max)), ({ $0.negative(.max) }, .negative(.max)),
            ({ $0.negative(1 << 63) }, .negative(1 << 63)),
            ({ $0.negative(1 << 63 - 1) }, .integer(.min)),
        ]
        for (write, observed) in cases {
            let payload = Self.map(["device_id": Self.text("E"), "pressure_pa": write])
            let refusal = Self.refusal(.esp32Pressure, payload)
            #expect(refusal?.detail == .outOfRange && refusal?.observed == observed)
        }
    }

    @Test func `pressure comes as one value, as entries, or as both`() {
        let entries = Self.array([Self.entry("value", Self.number(101_325))])
        let both = Self.map([
            "device_id": Self.text("E"), "entries": entries, "pressure_pa": Self.integer(5),
        ])
        let one = Self.map(["device_id": Self.text("E"), "entries": entries])
        let bad = Self.map([
            "device_id": Self.text("E"), "entries": entries, "pressure_pa": Self.integer(-5),
        ])
        let none = Self.map(["device_id": Self.text("E"), "lab_id": Self.text("L")])
        #expect(Self.refusal(.esp32Pressure, both) == nil)
        #expect(Self.refusal(.esp32Pressure, one) == nil)
        #expect(Self.refusal(.esp32Pressure, bad)?.field == .pressurePa)
        let refusal = Self.refusal(.esp32Pressure, none)
        #expect(refusal?.detail == .missing)
        #expect(refusal?.field == .pressurePa)
        #expect(refusal?.offset == FrameHeader.length)
    }

    @Test(arguments: [Profile.esp32Pressure, .stm32Gas, .asicMulti])
    func `the device has to be named, by a text`(profile: Profile) {
        #expect(Self.refusal(profile, Self.map([:]))?.field == .deviceID)
        #expect(Self.refusal(profile, Self.map([:]))?.detail == .missing)
        let number = Self.map(["device_id": Self.integer(7)])
        #expect(Self.refusal(profile, number)?.detail == .wrongType)
        #expect(Self.refusal(profile, number)?.field == .deviceID)
    }

    @Test func `optional fields have their types too`() {
        let wrong: [(String, ProfileField, Write)] = [
            ("lab_id", .labID, Self.integer(1)), ("timestamp", .timestamp, Self.text("now")),
            ("sensor_type", .sensorType, { $0.null() }),
        ]
        for (key, field, value) in wrong {
            let write = Self.map([
                "device_id": Self.text("E"), "pressure_pa": Self.integer(1), key: value,
            ])
            let refusal = Self.refusal(.esp32Pressure, write)
            #expect(refusal?.field == field)
            #expect(refusal?.detail == .wrongType)
        }
    }

    @Test func `keys in chunks count like whole ones`() {
        let payload =
            Payloads.bytes("a2 7f 67 6465766963655f 62 6964 ff 6145")
            + Payloads.writing { writer in
                writer.text("pressure_pa")
                writer.text("high")
            }
        let refusal = #expect(throws: Refusal.self) {
            try Profile.esp32Pressure.validate(
                payload.span, payload: payload.indices, type: .telemetry)
        }
        #expect(refusal?.field == .pressurePa)
    }

    @Test func `only telemetry is judged, and free-form models take anything`() {
        for type in PayloadType.allCases where type != .telemetry {
            #expect(Self.refusal(.asicMulti, type: type, Self.map([:])) == nil)
        }
        #expect(Self.refusal(.raspberryPi, Self.map([:])) == nil)
        #expect(Self.refusal(.custom, Self.map(["device_id": Self.integer(1)])) == nil)
    }

    @Test func `a profile is found by its name and by its model`() {
        for profile in Profile.allCases { #expect(Profile(name: profile.name) == profile) }
        #expect(Profile(name: "NANO") == nil)
        #expect(Profile.standard(for: .asicMulti).name == "NANO-ASIC-MULTI")
        #expect(Profile.standard(for: ModelID(rawValue: 0x77)) == .custom)
    }
}
