import NanoCore

/// The sensors of a device, and how its model's telemetry tells of them.
struct SensorSet: Sendable {
    /// The keys that every payload has in common.
    struct Envelope {
        var device: String
        var lab: String
        var timestamp: UInt32
        var sequence: UInt32
    }

    private let profile: Profile
    private let gas: String
    private var curves: [SensorCurve]

    init(model: ModelID, random: inout SplitMix64) {
        profile = Profile.standard(for: model)
        let gases = ["CO2", "CH4", "NO2"]
        gas = gases[Int(random.next() % UInt64(gases.count))]
        switch profile {
        case .esp32Pressure: curves = Self.pressure(&random)
        case .stm32Gas: curves = Self.concentration(gas, &random)
        case .asicMulti: curves = Self.climate(&random)
        case .raspberryPi: curves = Self.computer(&random)
        case .custom: curves = Self.machine(&random)
        }
    }

    /// A telemetry payload that keeps the model's profile.
    mutating func telemetry(_ envelope: Envelope, random: inout SplitMix64) -> [UInt8] {
        let seconds = Double(envelope.timestamp)
        var writer = CBORWriter()
        let extra = profile == .stm32Gas ? 2 : profile == .asicMulti ? 1 : curves.count
        writer.map(4 + extra)
        writer.envelope(envelope)
        switch profile {
        case .esp32Pressure:
            writer.text(curves[0].name)
            writer.integer(Int64(curves[0].reading(at: seconds, random: &random).rounded()))
        case .stm32Gas:
            writer.text("gas_type")
            writer.text(gas)
            writer.text(curves[0].name)
            writer.double(Self.tenths(curves[0].reading(at: seconds, random: &random)))
        case .asicMulti:
            writeSensors(envelope, &writer, &random)
        case .raspberryPi, .custom:
            for index in curves.indices {
                writer.text(curves[index].name)
                writer.double(Self.tenths(curves[index].reading(at: seconds, random: &random)))
            }
        }
        return writer.bytes
    }

    /// Two readings of each sensor, a second apart.
    private mutating func writeSensors(
        _ envelope: Envelope, _ writer: inout CBORWriter, _ random: inout SplitMix64
    ) {
        writer.text("sensors")
        writer.array(curves.count)
        for index in curves.indices {
            writer.map(3)
            writer.text("type")
            writer.text(curves[index].name)
            writer.text("unit")
            writer.text(curves[index].unit)
            writer.text("entries")
            writer.array(2)
            for timestamp in [envelope.timestamp - 1, envelope.timestamp] {
                writer.map(2)
                writer.text("ts")
                writer.unsigned(UInt64(timestamp))
                writer.text("value")
                let value = curves[index].reading(at: Double(timestamp), random: &random)
                writer.double(Self.tenths(value))
            }
        }
    }

    private static func tenths(_ value: Double) -> Double { (value * 10).rounded() / 10 }

    private static func pressure(_ random: inout SplitMix64) -> [SensorCurve] {
        [
            SensorCurve(
                "pressure_pa", mean: 101_325, swing: 600, noise: 20, bounds: 95_000...107_000,
                random: &random)
        ]
    }

    private static func concentration(
        _ gas: String, _ random: inout SplitMix64
    ) -> [SensorCurve] {
        let (mean, swing) = gas == "CO2" ? (650.0, 220.0) : gas == "CH4" ? (2.0, 0.6) : (0.6, 0.3)
        return [
            SensorCurve(
                "concentration_ppm", mean: mean, swing: swing, noise: mean / 40, bounds: 0...5_000,
                random: &random)
        ]
    }

    private static func climate(_ random: inout SplitMix64) -> [SensorCurve] {
        [
            SensorCurve(
                "temperature", unit: "C", mean: 21, swing: 4, noise: 0.3, bounds: -40...85,
                random: &random),
            SensorCurve(
                "humidity", unit: "%", mean: 45, swing: 12, noise: 0.8, bounds: 0...100,
                random: &random),
            SensorCurve(
                "illuminance", unit: "lx", mean: 320, swing: 300, noise: 15, bounds: 0...2_000,
                random: &random),
        ]
    }

    private static func computer(_ random: inout SplitMix64) -> [SensorCurve] {
        [
            SensorCurve(
                "cpu_temperature_c", mean: 52, swing: 6, noise: 1.5, bounds: 20...85,
                random: &random),
            SensorCurve(
                "cpu_load_percent", mean: 30, swing: 20, noise: 8, bounds: 0...100,
                random: &random),
            SensorCurve(
                "memory_free_mb", mean: 1_800, swing: 200, noise: 20, bounds: 50...3_800,
                random: &random),
        ]
    }

    private static func machine(_ random: inout SplitMix64) -> [SensorCurve] {
        [
            SensorCurve(
                "vibration_mm_s", mean: 2.8, swing: 1.2, noise: 0.4, bounds: 0...45,
                random: &random),
            SensorCurve(
                "battery_v", mean: 3.7, swing: 0.2, noise: 0.02, bounds: 2.8...4.2,
                random: &random),
        ]
    }
}

extension CBORWriter {
    /// Writes the four pairs that every payload begins with.
    mutating func envelope(_ envelope: SensorSet.Envelope) {
        text("device_id")
        text(envelope.device)
        text("lab_id")
        text(envelope.lab)
        text("timestamp")
        unsigned(UInt64(envelope.timestamp))
        text("seq")
        unsigned(UInt64(envelope.sequence))
    }
}
