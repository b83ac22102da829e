import NanoCore
import Testing

/// Telemetry made at random, judged in every encoding as its values deserve.
@Suite struct ProfilePropertyTests {
    @Test(arguments: Profile.allCases)
    func `telemetry is judged by its values, however it is encoded`(profile: Profile) {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededNumbers(seed: seed)
        var allowed = 0
        for round in 0..<2_000 {
            let telemetry = Self.telemetry(profile, &random)
            var writer = CBORWriter()
            telemetry.write(into: &writer, &random)
            let payload = writer.bytes
            #expect(Payloads.refusal(payload) == nil)
            let isAllowed = telemetry.isAllowed(by: profile)
            #expect(
                Self.isTaken(payload, profile) == isAllowed,
                "seed \(seed), round \(round): \(Hexadecimal.text(payload))")
            if isAllowed { allowed += 1 }
        }
        #expect(allowed > 200)
        #expect(allowed < 1_900 || [.raspberryPi, .custom].contains(profile))
    }

    static func isTaken(_ payload: [UInt8], _ profile: Profile) -> Bool {
        do throws(Refusal) {
            try profile.validate(payload.span, payload: payload.indices, type: .telemetry)
            return true
        } catch {
            return false
        }
    }

    typealias Pairs = [(key: String, value: PlainTelemetry)]

    static func telemetry(
        _ profile: Profile, _ random: inout SeededNumbers
    ) -> PlainTelemetry {
        var pairs: Pairs = [("device_id", .text("D-1")), ("lab_id", .text("L"))]
        switch profile {
        case .esp32Pressure:
            pairs.append(("pressure_pa", number(200_000, &random)))
            pairs.append(("entries", entries("value", 200_000, &random)))
        case .stm32Gas:
            pairs.append(("gas_type", .text("CO2")))
            pairs.append(("concentration_ppm", number(10_000, &random)))
            pairs.append(("entries", entries("ppm", 10_000, &random)))
        case .asicMulti, .raspberryPi, .custom:
            let sensors = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                let pairs: Pairs = [
                    ("type", .text("t")), ("unit", .text("°C")),
                    ("entries", entries("value", 5, &random)),
                ]
                return PlainTelemetry.map(spoilt(pairs, &random))
            }
            pairs.append(("sensors", .array(sensors)))
        }
        return .map(spoilt(pairs, &random))
    }

    private static func entries(
        _ key: String, _ bound: Int64, _ random: inout SeededNumbers
    ) -> PlainTelemetry {
        .array(
            (0..<Int.random(in: 0...3, using: &random)).map { _ in
                .map(spoilt([("ts", .integer(5)), (key, number(bound, &random))], &random))
            })
    }

    /// A number, more often than not in 0…`bound`.
    private static func number(_ bound: Int64, _ random: inout SeededNumbers) -> PlainTelemetry {
        let limit = Double(bound)
        let inside: [PlainTelemetry] = [
            .integer(0), .integer(bound), .real(-0.0), .real(limit), .real(limit.nextDown),
            .real(.leastNonzeroMagnitude),
        ]
        let outside: [PlainTelemetry] = [
            .integer(-1), .integer(bound + 1), .integer(.max), .integer(.min), .real(.nan),
            .real(.infinity), .real(limit.nextUp), .real(-.leastNonzeroMagnitude),
        ]
        let isInside = Int.random(in: 0..<20, using: &random) > 0
        let numbers = isInside ? inside : outside
        return numbers[Int.random(in: numbers.indices, using: &random)]
    }

    /// The pairs, or now and then one fewer, one more, or one that isn't what it should be.
    private static func spoilt(_ pairs: Pairs, _ random: inout SeededNumbers) -> Pairs {
        var pairs = pairs
        let place = Int.random(in: pairs.indices, using: &random)
        switch Int.random(in: 0..<30, using: &random) {
        case 0: pairs.remove(at: place)
        case 1: pairs[place].value = .other
        case 2: pairs[place].value = .text("5")
        case 3: pairs[place].value = .array([.map([("ts", .integer(1))])])
        case 4...8: pairs.append(("note", .map([("ts", .array([.other, .text("x")]))])))
        default: break
        }
        return pairs
    }
}
