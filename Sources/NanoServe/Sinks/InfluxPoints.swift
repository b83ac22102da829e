import NanoCore

/// What a packet says, as points of a time series (`docs/protocol.md`, "InfluxDB").
struct InfluxPoints {
    struct Field {
        var name: String
        var value: PayloadValue
    }

    struct Point {
        /// Without lists, maps and what has no value.
        var fields: [Field] = []
        /// What the item says about its time; nil for the packet's.
        var ownTime: Double?
    }

    /// Texts that a series is told by; nil for what the payload does not say.
    private(set) var deviceID: String?
    private(set) var labID: String?
    private(set) var status: String?
    /// At least one; the packet's own comes first, then those of its entries.
    private(set) var points: [Point] = []

    private let profile: Profile
    private var own = Point()

    init(payload: PayloadValue, profile: Profile) {
        self.profile = profile
        if case .map(let pairs) = payload {
            for pair in pairs { add(pair) }
        }
        // Texts describe every entry; a number is a measurement of the packet's own time.
        let notes = own.fields.filter { !$0.isNumber }
        let hasNumbers = own.fields.contains { $0.isNumber && $0.name != "timestamp" }
        for index in points.indices { points[index].fields += notes }
        if hasNumbers || points.isEmpty { points.insert(own, at: 0) }
    }

    private mutating func add(_ pair: PayloadValue.Pair) {
        switch (pair.key, pair.value) {
        case ("device_id", .text(let text)): deviceID = text
        case ("lab_id", .text(let text)): labID = text
        case ("status", .text(let text)): status = text
        case ("entries", let value):
            guard let entries = value.maps else { return own.add(pair.key, value) }
            addEntries(entries, measurement: measurement, notes: [])
        case ("sensors", let value):
            guard let sensors = value.maps else { return own.add(pair.key, value) }
            for (index, sensor) in sensors.enumerated() { addSensor(sensor, index) }
        default: own.add(pair.key, pair.value)
        }
    }

    /// What an entry's number is called, by its key.
    private var measurement: (key: String, name: String)? {
        switch profile {
        case .esp32Pressure: ("value", "pressure_pa")
        case .stm32Gas: ("ppm", "concentration_ppm")
        case .asicMulti, .raspberryPi, .custom: nil
        }
    }

    /// A sensor's entries are called by its type, and described by all else that it says.
    private mutating func addSensor(_ sensor: [PayloadValue.Pair], _ index: Int) {
        guard let entries = sensor.first(where: { $0.key == "entries" })?.value.maps else {
            return own.add("sensors.\(index)", .map(sensor))
        }
        let type = sensor.first { $0.key == "type" }?.value.text
        var notes = Point()
        for pair in sensor where pair.key != "entries" && (pair.key != "type" || type == nil) {
            notes.add(pair.key, pair.value)
        }
        addEntries(entries, measurement: type.map { ("value", $0) }, notes: notes.fields)
    }

    private mutating func addEntries(
        _ entries: [[PayloadValue.Pair]], measurement: (key: String, name: String)?, notes: [Field]
    ) {
        for entry in entries {
            var point = Point()
            for pair in entry {
                if pair.key == "ts", case .number(let time) = pair.value {
                    point.ownTime = time
                } else {
                    let isMeasured = pair.key == measurement?.key
                    point.add(isMeasured ? measurement?.name ?? pair.key : pair.key, pair.value)
                }
            }
            point.fields += notes
            points.append(point)
        }
    }
}

extension InfluxPoints.Field {
    fileprivate var isNumber: Bool {
        if case .number = value { true } else { false }
    }
}

extension InfluxPoints.Point {
    /// Adds a value; what is inside another is named by the way to it: `battery.volts`, `axes.0`.
    fileprivate mutating func add(_ name: String, _ value: PayloadValue) {
        switch value {
        case .nothing: return
        // Line protocol has no text for the others.
        case .number(let number):
            if number.isFinite { fields.append(.init(name: name, value: value)) }
        case .boolean, .text: fields.append(.init(name: name, value: value))
        case .list(let items):
            for (index, item) in items.enumerated() { add("\(name).\(index)", item) }
        case .map(let pairs):
            for pair in pairs { add(name + "." + pair.key, pair.value) }
        }
    }
}
