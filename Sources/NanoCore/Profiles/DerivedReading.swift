/// A measurement in another unit than the one it was sent in (`docs/protocol.md`, "Profiles").
public struct DerivedReading: Equatable, Sendable {
    /// The number in ``unit``.
    public var value: Double
    /// `kPa` or `atm`.
    public var unit: String

    /// Pascals in a kilopascal.
    public static let pascalsPerKilopascal = 1_000.0
    /// Pascals in a standard atmosphere.
    public static let pascalsPerAtmosphere = 101_325.0

    /// What follows from a number in a telemetry payload; nothing where its unit is the only one.
    ///
    /// - Parameters:
    ///   - path: The keys that lead to the number from the top: `["entries", "value"]`.
    ///   - profile: Of the payload's model.
    public static func readings(
        of number: Double, at path: [String], profile: Profile
    ) -> [DerivedReading] {
        guard profile == .esp32Pressure, number.isFinite,
            path == ["pressure_pa"] || path == ["entries", "value"]
        else { return [] }
        return [
            DerivedReading(value: number / pascalsPerKilopascal, unit: "kPa"),
            DerivedReading(value: number / pascalsPerAtmosphere, unit: "atm"),
        ]
    }

    /// The number with at most six decimals, and its unit: `101.325 kPa`.
    public var text: String {
        let rounded = (value * 1e6).rounded() / 1e6
        let digits = (rounded.isFinite ? rounded : value).description
        return (digits.hasSuffix(".0") ? String(digits.dropLast(2)) : digits) + " " + unit
    }
}
