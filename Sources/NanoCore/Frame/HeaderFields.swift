/// What the fields of a header say, and what is wrong with them.
extension FrameDissector {
    var modelName: String {
        let model = ModelID(rawValue: byte(3))
        return "\(model)" + (model.family.map { " " + $0 } ?? "")
    }

    var typeName: String {
        PayloadType(rawValue: byte(4))?.name.uppercased() ?? "type \(byte(4))"
    }

    var levelName: String { level?.name.uppercased() ?? "\(byte(5) & 0x0F)" }

    var time: String { Timestamp.short(unixSeconds: Int64(timestamp)) }

    /// What is wrong with version, model, type or level; nil where nothing is.
    var kindFault: String? {
        switch refusal?.reason {
        case .unsupportedVersion: "expected version 1, found \(byte(2))"
        case .unknownPayloadType: "expected a type of 1 to 5, found \(byte(4))"
        case .unknownSecurityLevel: "expected a level of 0 to 3, found \(byte(5) & 0x0F)"
        case .unknownModel: "no secret is provisioned for model \(ModelID(rawValue: byte(3)))"
        case .securityTooLow: "the level is below the model's minimum\(allowedLevel)"
        default: nil
        }
    }

    /// The same of length, timestamp and reserved bytes.
    var sizesFault: String? {
        switch refusal?.reason {
        case .payloadTooLarge:
            "expected a payload of at most \(FrameHeader.maximumPayloadLength) bytes, "
                + "found \(payloadLength)"
        case .reservedNotZero:
            "expected 00 00 in the reserved bytes, found " + Hexadecimal.text([byte(12), byte(13)])
        case .timestampFuture, .timestampDrift, .timestampAncient:
            refusal.map { time + ": " + $0.words }
        default: nil
        }
    }

    /// The minimum level that a refusal names.
    private var allowedLevel: String {
        guard case .unsigned(let value)? = refusal?.allowed, value <= 3,
            let level = SecurityLevel(rawValue: UInt8(value))
        else { return "" }
        return ", which is " + level.name.uppercased()
    }

    /// The offset of the field that is at fault; nil where none is.
    private var faultyField: Int? {
        switch refusal?.reason {
        case .unsupportedVersion: 2
        case .unknownModel: 3
        case .unknownPayloadType: 4
        case .unknownSecurityLevel, .securityTooLow: 5
        case .payloadTooLarge: 6
        case .timestampFuture, .timestampDrift, .timestampAncient: 8
        case .reservedNotZero: 12
        default: nil
        }
    }

    /// Adds a line for each field behind the magic.
    mutating func addHeaderFields() {
        let ignored = byte(5) >> 4
        addHeaderField(2..<3, "version", "\(byte(2))")
        addHeaderField(3..<4, "model", modelName)
        addHeaderField(4..<5, "type", typeName)
        addHeaderField(
            5..<6, "level", levelName + (ignored == 0 ? "" : " · flags \(ignored) ignored"))
        addHeaderField(6..<8, "length", "\(payloadLength) bytes")
        addHeaderField(8..<12, "timestamp", time)
        addHeaderField(12..<14, "reserved", "\(UInt16(byte(12)) << 8 | UInt16(byte(13)))")
    }

    private mutating func addHeaderField(_ range: Range<Int>, _ name: String, _ meaning: String) {
        add(range, name, meaning, faultyField == range.lowerBound ? .failed : .passed)
    }

    /// Adds a line for each stretch of bytes that no other has.
    mutating func addUnread() {
        var position = 0
        let read = lines.filter(\.isLeaf).map(\.range).sorted { $0.lowerBound < $1.lowerBound }
        for range in read + [frame.count..<frame.count] {
            if range.lowerBound > position {
                let gap = position..<range.lowerBound
                lines.append(
                    Dissection.Line(
                        offset: gap.lowerBound, bytes: Array(frame[gap]), field: "not read",
                        meaning: PlainWords.count(UInt64(gap.count), "byte"), mark: .none))
            }
            position = max(position, range.upperBound)
        }
    }
}
