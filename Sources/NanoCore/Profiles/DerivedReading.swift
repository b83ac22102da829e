/// A measurement of a payload for people, also in the units that follow from the one sent
/// (`docs/protocol.md`, "Profiles").
public struct DerivedReading: Equatable, Sendable {
    /// What was measured: `pressure`, a gas, a sensor's type, or a free-form payload's key.
    public var name: String
    /// The number in ``unit``.
    public var value: Double
    /// Empty where the payload doesn't tell.
    public var unit: String

    /// A reading of this value.
    public init(name: String, value: Double, unit: String) {
        self.name = name
        self.value = value
        self.unit = unit
    }

    /// Pascals in a kilopascal.
    public static let pascalsPerKilopascal = 1_000.0
    /// Pascals in a standard atmosphere.
    public static let pascalsPerAtmosphere = 101_325.0
    /// The most readings that are made of one payload.
    public static let maximumReadings = 64

    /// The readings of a payload that has passed ``CBORWalk`` and its profile. Of `entries` the
    /// last one counts. Names and units come from the device: escape them before showing them.
    public static func readings(
        _ bytes: [UInt8], payload: Range<Int>, profile: Profile
    ) -> [DerivedReading] {
        let map = PayloadMap(bytes.span, payload)
        switch profile {
        case .esp32Pressure:
            guard let pressure = map.number("pressure_pa") ?? map.lastEntry(bytes, "value") else {
                return []
            }
            return [
                DerivedReading(name: "pressure", value: pressure, unit: "Pa"),
                DerivedReading(
                    name: "pressure", value: pressure / pascalsPerKilopascal, unit: "kPa"),
                DerivedReading(
                    name: "pressure", value: pressure / pascalsPerAtmosphere, unit: "atm"),
            ]
        case .stm32Gas:
            guard let ppm = map.number("concentration_ppm") ?? map.lastEntry(bytes, "ppm") else {
                return []
            }
            return [DerivedReading(name: map.text("gas_type") ?? "gas", value: ppm, unit: "ppm")]
        case .asicMulti:
            return sensors(bytes, map)
        case .raspberryPi, .custom:
            return map.numbers.prefix(maximumReadings).map { name, value in
                DerivedReading(name: name, value: value, unit: "")
            }
        }
    }

    private static func sensors(_ bytes: [UInt8], _ map: PayloadMap) -> [DerivedReading] {
        map.maps(bytes, "sensors").compactMap { sensor in
            guard let value = sensor.lastEntry(bytes, "value") else { return nil }
            return DerivedReading(
                name: sensor.text("type") ?? "sensor", value: value,
                unit: sensor.text("unit") ?? "")
        }
    }
}

/// The scalars of a map by their keys, and where its arrays are: for display, not for judgement.
private struct PayloadMap {
    private(set) var numbers: [(name: String, value: Double)] = []
    private var texts: [(name: String, text: String)] = []
    private var containers: [(name: String, range: Range<Int>)] = []

    init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        var reader = CBORReader(range)
        guard case .map(let pairs)? = reader.next(in: bytes) else { return }
        var left = pairs ?? .max
        while left > 0, case .text(let key)? = reader.next(in: bytes) {
            left -= 1
            let name = key.text(in: bytes)
            let start = reader.position
            var ahead = reader
            guard let item = ahead.next(in: bytes), reader.skip(in: bytes) else { return }
            switch item {
            case .unsigned(let value): numbers.append((name, Double(value)))
            case .negative(let value): numbers.append((name, -1 - Double(value)))
            case .real(let value): numbers.append((name, value))
            case .text(let string): texts.append((name, string.text(in: bytes)))
            case .array: containers.append((name, start..<reader.position))
            default: break
            }
        }
    }

    func number(_ name: String) -> Double? { numbers.first { $0.name == name }?.value }

    func text(_ name: String) -> String? { texts.first { $0.name == name }?.text }

    /// The maps in the array with this key.
    func maps(_ bytes: [UInt8], _ name: String) -> [PayloadMap] {
        guard let array = containers.first(where: { $0.name == name })?.range else { return [] }
        var reader = CBORReader(array)
        guard case .array(let count)? = reader.next(in: bytes.span) else { return [] }
        var maps: [PayloadMap] = []
        while maps.count != count {
            let start = reader.position
            guard reader.skip(in: bytes.span) else { break }
            maps.append(PayloadMap(bytes.span, start..<reader.position))
        }
        return maps
    }

    /// The number with this key in the last of the map's `entries`.
    func lastEntry(_ bytes: [UInt8], _ name: String) -> Double? {
        maps(bytes, "entries").last?.number(name)
    }
}
