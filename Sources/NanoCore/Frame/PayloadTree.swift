/// The items of a payload one by one, up to the one at fault.
struct PayloadTree {
    /// One item: its bytes (of a container its head), and what they say.
    struct Item {
        var range: Range<Int>
        var field: String
        var meaning: String
        var depth: Int
        var isFault = false
    }

    private struct Level {
        /// Items to come, keys and values alike; negative with an indefinite length.
        var left: Int
        var isMap: Bool
        /// The key in front of the container; empty at the top and in arrays.
        var key: String
    }

    private let frame: [UInt8]
    private let profile: Profile?
    private let fault: Refusal?
    /// Offset of the byte at fault; nil where the fault is in nothing that is there.
    private let faultOffset: Int?
    private var reader: CBORReader
    private var levels: [Level] = []

    /// - Parameters:
    ///   - profile: What telemetry is read by; nil for other payloads.
    ///   - fault: Why the payload was refused; its offset counts from the frame's start.
    init(_ frame: [UInt8], _ payload: Range<Int>, profile: Profile?, fault: Refusal?) {
        self.frame = frame
        self.profile = profile
        self.fault = fault
        let isOfWhole = fault?.detail == .missing || fault?.reason == .decryptFailed
        faultOffset = isOfWhole ? nil : fault?.offset
        reader = CBORReader(payload)
    }

    /// The items in reading order. The last is the one at fault, if one is.
    mutating func items() -> [Item] {
        var items: [Item] = []
        repeat {
            closeFinished()
            guard let item = next() else { break }
            items.append(item)
            if item.isFault { return items }
        } while !levels.isEmpty
        if let faultOffset, faultOffset < reader.limit {
            items.append(faulty(faultOffset, "", 0))
        }
        return items
    }

    private mutating func closeFinished() {
        while let level = levels.last, level.left == 0 { levels.removeLast() }
    }

    /// Reads one item, in a map with its key.
    private mutating func next() -> Item? {
        let start = reader.position
        let depth = levels.count
        var field = ""
        if let level = levels.last {
            if level.isMap {
                guard case .text(let key)? = read() else { return ending(start, depth) }
                field = SafeText.escaped(key.text(in: frame.span))
                if isFault(start..<reader.position) { return faulty(start, field, depth) }
            }
            levels[depth - 1].left -= level.left < 0 ? 0 : level.isMap ? 2 : 1
        } else if start > FrameHeader.length {
            return nil
        }
        let valueStart = reader.position
        guard let value = read(), value != .end else { return ending(valueStart, depth, field) }
        if isFault(valueStart..<reader.position) { return faulty(start, field, depth) }
        let meaning = describe(value, field) + derived(value, field)
        return Item(range: start..<reader.position, field: field, meaning: meaning, depth: depth)
    }

    private mutating func read() -> CBORReader.Item? {
        let frame = frame
        return reader.next(in: frame.span)
    }

    private func isFault(_ range: Range<Int>) -> Bool {
        faultOffset.map { $0 < range.upperBound } ?? false
    }

    /// The end of an indefinite length, or the bytes that can't be read.
    private mutating func ending(_ start: Int, _ depth: Int, _ field: String = "") -> Item? {
        if reader.position == start + 1, frame[start] == CBORHead.breakByte,
            let level = levels.last, level.left < 0, !isFault(start..<start + 1)
        {
            levels.removeLast()
            return Item(range: start..<start + 1, field: field, meaning: "end", depth: depth)
        }
        guard fault != nil else { return nil }
        return faulty(start, field, depth)
    }

    private func faulty(_ start: Int, _ field: String, _ depth: Int) -> Item {
        let offset = min(max(faultOffset ?? start, start), reader.limit)
        let end = min(reader.limit, max(reader.position, offset + 1))
        let range = min(start, end)..<end
        let meaning = fault?.payloadWords ?? ""
        return Item(range: range, field: field, meaning: meaning, depth: depth, isFault: true)
    }

    /// The number in the units that follow from its own, in parentheses.
    private func derived(_ value: CBORReader.Item, _ field: String) -> String {
        let number: Double
        switch value {
        case .unsigned(let value): number = Double(value)
        case .negative(let value): number = -1 - Double(value)
        case .real(let value): number = value
        default: return ""
        }
        guard let profile else { return "" }
        let path = levels.map(\.key).filter { !$0.isEmpty } + [field]
        let readings = DerivedReading.readings(of: number, at: path, profile: profile)
        return readings.isEmpty
            ? "" : " (" + readings.map(\.text).joined(separator: ", ") + ")"
    }

    private mutating func describe(_ value: CBORReader.Item, _ field: String) -> String {
        switch value {
        case .array(let count):
            levels.append(Level(left: count ?? -1, isMap: false, key: field))
            return count.map { "array of \($0)" } ?? "array until its end"
        case .map(let count):
            levels.append(Level(left: count.map { $0 * 2 } ?? -1, isMap: true, key: field))
            return count.map { "map of \($0)" } ?? "map until its end"
        default:
            return CBORDiagnostic.scalar(value, in: frame.span)
        }
    }
}
