import NanoCore

/// Line protocol, as InfluxDB takes it (`docs/protocol.md`, "InfluxDB").
enum InfluxWire {
    private static let measurement = "nanogridata"
    /// Names that InfluxDB, or the tags here, have taken.
    private static let takenNames: Set<String> = [
        "time", "device_id", "lab_id", "model", "profile", "status",
    ]

    /// Appends the lines of all events, at least one for each.
    static func appendLines(
        of batch: DeliveryBatch, profiles: [ModelID: Profile], into body: inout [UInt8]
    ) {
        for place in batch.items.indices {
            guard let bounds = batch.bounds(of: place) else {
                preconditionFailure("the journal holds whole frames")
            }
            appendLines(frame: batch.bytes.span, bounds, profiles: profiles, into: &body)
        }
    }

    /// Appends the lines of one event.
    static func appendLines(
        frame bytes: Span<UInt8>, _ bounds: FrameBounds, profiles: [ModelID: Profile],
        into body: inout [UInt8]
    ) {
        let model = bounds.header.model
        let profile = profiles[model] ?? Profile.standard(for: model)
        let content = InfluxPoints(
            payload: PayloadValue(payload: bounds.content, of: bytes), profile: profile)
        let time = InfluxTime(frame: bytes, bounds)
        var series: [UInt8] = Array(measurement.utf8)
        // In the order of their names, which spares the database the sorting.
        appendTag("device_id", content.deviceID, into: &series)
        appendTag("lab_id", content.labID, into: &series)
        appendTag("model", model.description, into: &series)
        appendTag("profile", profile.name, into: &series)
        appendTag("status", content.status, into: &series)
        for (place, point) in content.points.enumerated() {
            body += series
            body.append(UInt8(ascii: " "))
            appendFields(point.fields, into: &body)
            body.append(UInt8(ascii: " "))
            JSONText.writeInteger(
                time.nanoseconds(ownTime: point.ownTime, place: place), into: &body)
            body.append(UInt8(ascii: "\n"))
        }
    }

    /// Line protocol has no empty values of tags.
    private static func appendTag(_ name: String, _ value: String?, into line: inout [UInt8]) {
        guard let value, !value.isEmpty else { return }
        line.append(UInt8(ascii: ","))
        line += name.utf8
        line.append(UInt8(ascii: "="))
        appendName(value, into: &line)
    }

    private static func appendFields(
        _ fields: [InfluxPoints.Field], into line: inout [UInt8]
    ) {
        // A line has at least one field.
        guard !fields.isEmpty else { return line += "empty=true".utf8 }
        for (index, field) in fields.enumerated() {
            if index > 0 { line.append(UInt8(ascii: ",")) }
            if isTaken(field.name) { line += "payload_".utf8 }
            appendName(field.name, into: &line)
            line.append(UInt8(ascii: "="))
            switch field.value {
            case .number(let value): line += value.description.utf8
            case .boolean(let value): line += (value ? "true" : "false").utf8
            case .text(let text): appendText(text, into: &line)
            case .nothing, .list, .map: preconditionFailure("points hold single values")
            }
        }
    }

    private static func isTaken(_ name: String) -> Bool {
        name.isEmpty || name.hasPrefix("_") || takenNames.contains(name)
    }

    /// Appends the name of a field or the value of a tag.
    ///
    /// Neither can hold a backslash for certain: the next character, or the end, would be read in
    /// another way. A full-width one takes its place.
    private static func appendName(_ text: String, into line: inout [UInt8]) {
        for byte in SafeText.escaped(text).utf8 {
            switch byte {
            case UInt8(ascii: ","), UInt8(ascii: "="), UInt8(ascii: " "):
                line.append(UInt8(ascii: "\\"))
                line.append(byte)
            case UInt8(ascii: "\\"): line += "\u{FF3C}".utf8
            default: line.append(byte)
            }
        }
    }

    /// Appends a field's text in quotes.
    private static func appendText(_ text: String, into line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        for byte in SafeText.escaped(text).utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                line.append(UInt8(ascii: "\\"))
            }
            line.append(byte)
        }
        line.append(UInt8(ascii: "\""))
    }
}
