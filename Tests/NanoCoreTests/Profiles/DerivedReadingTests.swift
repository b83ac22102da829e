import NanoCore
import Testing

/// Measurements in the units that follow from the one sent.
@Suite struct DerivedReadingTests {
    private static func texts(_ pascals: Double) -> [String] {
        DerivedReading.readings(of: pascals, at: ["pressure_pa"], profile: .esp32Pressure)
            .map(\.text)
    }

    @Test(
        arguments: [
            (101_325, ["101.325 kPa", "1 atm"]), (0, ["0 kPa", "0 atm"]),
            (98_700.5, ["98.7005 kPa", "0.974098 atm"]), (200_000, ["200 kPa", "1.973847 atm"]),
        ] as [(Double, [String])])
    func `a pressure is also given in kilopascals and atmospheres`(
        pascals: Double, texts: [String]
    ) {
        #expect(Self.texts(pascals) == texts)
    }

    @Test(
        arguments: [
            (["pressure_pa"], Profile.custom), (["pressure_pa"], .stm32Gas),
            (["ts"], .esp32Pressure),
            (["entries", "ts"], .esp32Pressure), (["x", "pressure_pa"], .esp32Pressure),
        ] as [([String], Profile)])
    func `nothing follows from other numbers`(path: [String], profile: Profile) {
        #expect(DerivedReading.readings(of: 1, at: path, profile: profile).isEmpty)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func `nothing follows from what is no number`(pascals: Double) {
        #expect(Self.texts(pascals).isEmpty)
    }

    @Test func `the largest number gives a text too`() {
        #expect(Self.texts(.greatestFiniteMagnitude).count == 2)
    }
}
