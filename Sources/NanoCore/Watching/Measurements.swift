/// The numbers that a telemetry payload tells of its device: the first fields, for watching.
///
/// Of a list of entries the last counts, of a list of sensors the last entry of each. It reads payloads
/// that were found valid; over others it stops early.
struct Measurements {
    /// Fields that are read, at most.
    static let most = 4
    /// Numbers that measure nothing.
    private static let others: Set<String> = [
        "timestamp", "ts", "time", "seq", "sequence", "uptime",
    ]

    private(set) var fields: [(name: String, value: Double)] = []
    private let bytes: [UInt8]
    private var reader: CBORReader

    /// - Parameter record: An accepted packet; anything but telemetry has no measurements.
    init(of record: PacketRecord) {
        let packet = record.packet
        let frame = FrameBounds(packet: 0..<packet.count, in: packet.span)
        bytes = packet
        reader = CBORReader(frame?.content ?? 0..<0)
        guard frame?.header.type == .telemetry, let count = openMap() else { return }
        readPairs(count) { $0.readField($1) }
    }

    private mutating func readField(_ key: String) {
        switch key {
        case "entries":
            if let value = lastEntry() { add("entries", value) }
        case "sensors":
            guard let count = openArray() else { return }
            readItems(count) { $0.readSensor() }
        default:
            if let value = number(), !Self.others.contains(key) { add(key, value) }
        }
    }

    private mutating func readSensor() {
        guard let count = openMap() else { return }
        var (type, value): (String?, Double?)
        readPairs(count) { measurements, key in
            switch key {
            case "type": type = measurements.text()
            case "entries": value = measurements.lastEntry()
            default: measurements.skip()
            }
        }
        if let type, let value { add(type, value) }
    }

    private mutating func lastEntry() -> Double? {
        guard let count = openArray() else { return nil }
        var last: Double?
        readItems(count) { measurements in
            guard let count = measurements.openMap() else { return }
            measurements.readPairs(count) { measurements, key in
                guard key == "value" || key == "ppm" else { return measurements.skip() }
                last = measurements.number() ?? last
            }
        }
        return last
    }

    private mutating func add(_ name: String, _ value: Double) {
        guard fields.count < Self.most, value.isFinite else { return }
        fields.append((name, value))
    }

    // MARK: - Items; what is something else is read past

    /// The next item, and a reader behind it.
    private func peek() -> (item: CBORReader.Item?, behind: CBORReader) {
        var ahead = reader
        let item = ahead.next(in: bytes.span)
        return (item, ahead)
    }

    /// The number of its items, nil up to a break; nothing at all where there is no array.
    private mutating func openArray() -> Int?? {
        let (item, behind) = peek()
        guard case .array(let count)? = item else {
            skip()
            return nil
        }
        reader = behind
        return .some(count)
    }

    private mutating func openMap() -> Int?? {
        let (item, behind) = peek()
        guard case .map(let count)? = item else {
            skip()
            return nil
        }
        reader = behind
        return .some(count)
    }

    private mutating func number() -> Double? {
        let (item, _) = peek()
        skip()
        return switch item {
        case .unsigned(let value): Double(value)
        case .negative(let value): -1 - Double(value)
        case .real(let value): value
        default: nil
        }
    }

    private mutating func text() -> String? {
        let (item, _) = peek()
        skip()
        guard case .text(let text)? = item else { return nil }
        return text.text(in: bytes.span)
    }

    /// Reads past an item; at one that is none, past everything.
    private mutating func skip() {
        var ahead = reader
        let isItem = ahead.skip(in: bytes.span)
        reader = isItem ? ahead : CBORReader(reader.limit..<reader.limit)
    }

    /// - Parameter count: Nil for items up to a break.
    private mutating func readItems(_ count: Int?, _ read: (inout Measurements) -> Void) {
        var left = count ?? .max
        while left > 0, !isAtEnd(isOpen: count == nil) {
            read(&self)
            left -= 1
        }
    }

    private mutating func readPairs(
        _ count: Int?, _ read: (inout Measurements, String) -> Void
    ) {
        readItems(count) { measurements in
            guard let key = measurements.text() else { return measurements.skip() }
            read(&measurements, key)
        }
    }

    /// Whether nothing follows; reads the break of an indefinite length.
    private mutating func isAtEnd(isOpen: Bool) -> Bool {
        guard reader.position < reader.limit else { return true }
        let (item, behind) = peek()
        guard isOpen, item == .end else { return false }
        reader = behind
        return true
    }
}
