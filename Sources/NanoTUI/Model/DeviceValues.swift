import NanoCore

/// The numbers that a device has sent of late, by what they are of.
struct DeviceValues: Sendable {
    /// One sensor, or one number of a payload.
    struct Series: Sendable {
        /// As sent; hostile text, to be escaped before it is shown.
        let name: String
        /// As sent, or by the model's profile; hostile text. Empty where it is not known.
        let unit: String
        /// Oldest first, at least one, at most ``DeviceValues/mostPoints``; each is finite.
        fileprivate(set) var points: [Double]

        var latest: Double { points[points.count - 1] }
        var least: Double { points.min() ?? latest }
        var largest: Double { points.max() ?? latest }
        /// Summed up in parts, since the sum of large numbers is none.
        var mean: Double { points.reduce(0) { $0 + $1 / Double(points.count) } }

        /// Digits behind the point that all of the points need, as far as four digits in all give them:
        /// one number for the series, so that none comes and goes with the newest point.
        var decimals: Int {
            let room = decimalsInFourDigits
            var (needed, factor) = (0, 1.0)
            while needed < room {
                let isEnough = points.allSatisfy { point in
                    abs((point * factor).rounded() / factor - point) < 0.5 / scale(room)
                }
                if isEnough { break }
                needed += 1
                factor *= 10
            }
            return needed
        }

        /// The same of their mean: one more, where there is room.
        var meanDecimals: Int { min(decimals + 1, decimalsInFourDigits) }

        private var decimalsInFourDigits: Int {
            let size = max(abs(least), abs(largest))
            if size >= 0.9995 {
                return size >= 999.5 ? 0 : size >= 99.95 ? 1 : size >= 9.995 ? 2 : 3
            }
            // What is small keeps four digits that say something, down to a millionth.
            return size >= 0.1 ? 4 : size >= 0.01 ? 5 : 6
        }

        private func scale(_ decimals: Int) -> Double {
            (0..<decimals).reduce(1) { scale, _ in scale * 10 }
        }
    }

    /// Series that are kept, at most: whoever makes up names makes up no more.
    static let mostSeries = 32
    /// Numbers of a series that are kept, at most: the newest.
    static let mostPoints = 512

    /// In the order of the oldest payload that has them.
    private(set) var series: [Series] = []
    /// Packets that had numbers.
    private(set) var packets = 0
    /// Numbers that had no room among the series.
    private(set) var left = 0

    init() {}

    /// - Parameters:
    ///   - records: Accepted packets of one device, oldest first.
    ///   - profile: Of its model.
    init(_ records: [PacketRecord], profile: Profile) {
        var places: [Key: Int] = [:]
        for record in records {
            let fields = Measurements(of: record, reach: .whole).fields
            packets += fields.isEmpty ? 0 : 1
            var seen: [Key: Int] = [:]
            for field in fields {
                let name = profile.name(of: field)
                var key = Key(name: Array(name.utf8), unit: Array(field.unit.utf8))
                seen[key, default: 0] += 1
                // A payload may have several sensors of a kind.
                key.number = seen[key, default: 1]
                guard let place = places[key] ?? add(field, name, key, profile, to: &places)
                else {
                    left += field.values.count
                    continue
                }
                series[place].points += field.values
                series[place].points.removeFirst(
                    max(0, series[place].points.count - Self.mostPoints))
            }
        }
    }

    /// Names are compared as bytes, never by Unicode equivalence.
    private struct Key: Hashable {
        var name: [UInt8]
        var unit: [UInt8]
        var number = 0
    }

    private mutating func add(
        _ field: Measurements.Field, _ name: String, _ key: Key, _ profile: Profile,
        to places: inout [Key: Int]
    ) -> Int? {
        guard series.count < Self.mostSeries else { return nil }
        places[key] = series.count
        series.append(
            Series(
                name: key.number > 1 ? "\(name) \(key.number)" : name,
                unit: field.unit.isEmpty ? profile.unit(of: name) : field.unit, points: []))
        return series.count - 1
    }
}

extension Profile {
    /// What the entries of a payload measure has no name of its own there.
    fileprivate func name(of field: Measurements.Field) -> String {
        guard field.name == ProfileField.entries.name, field.unit.isEmpty else { return field.name }
        return switch self {
        case .esp32Pressure: ProfileField.pressurePa.name
        case .stm32Gas: ProfileField.concentrationPpm.name
        case .asicMulti, .raspberryPi, .custom: field.name
        }
    }

    /// The unit of a field that the profile knows; empty for others.
    fileprivate func unit(of name: String) -> String {
        switch (self, name) {
        case (.esp32Pressure, ProfileField.pressurePa.name): "Pa"
        case (.stm32Gas, ProfileField.concentrationPpm.name): "ppm"
        default: ""
        }
    }
}
