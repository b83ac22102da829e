/// A value in a refusal's facts.
public enum FactValue: Equatable, Sendable {
    case text(String)
    case integer(Int64)
    case unsigned(UInt64)
    /// The integer −1 − n, for this n.
    case negative(UInt64)
    case real(Double)
}

extension Refusal {
    /// What an operator and a program need to know of this refusal, in a fixed order
    /// (`docs/protocol.md`, "Judgement"): `detail`, `field`, `observed`, `allowed` as far as they
    /// are there, and always `offset`.
    ///
    /// Models and levels are given by name, numbers in the unit of what they count.
    public var facts: [(name: String, value: FactValue)] {
        var facts: [(name: String, value: FactValue)] = []
        if detail != .none { facts.append(("detail", .text(detail.name))) }
        if let field { facts.append(("field", .text(field.name))) }
        if let value = value(of: observed) { facts.append(("observed", value)) }
        if let value = value(of: allowed) { facts.append(("allowed", value)) }
        facts.append(("offset", .integer(Int64(offset))))
        return facts
    }

    /// Appends the facts as a JSON object.
    public func writeFacts(into json: inout [UInt8]) {
        json.append(UInt8(ascii: "{"))
        for (index, fact) in facts.enumerated() {
            if index > 0 { json.append(UInt8(ascii: ",")) }
            JSONText.writeString(fact.name, into: &json)
            json.append(UInt8(ascii: ":"))
            switch fact.value {
            case .text(let text): JSONText.writeString(text, into: &json)
            case .integer(let value): JSONText.writeInteger(value, into: &json)
            case .unsigned(let value): JSONText.writeInteger(value, into: &json)
            case .negative(let value): json.append(contentsOf: "\(-1 - Int128(value))".utf8)
            case .real(let value): JSONText.writeReal(value, into: &json)
            }
        }
        json.append(UInt8(ascii: "}"))
    }

    private func value(of quantity: Quantity) -> FactValue? {
        switch (quantity, reason) {
        case (.none, _): nil
        case (.unsigned(let value), .unknownModel):
            .text(ModelID(rawValue: UInt8(truncatingIfNeeded: value)).description)
        case (.unsigned(let value), .securityTooLow):
            .text(SecurityLevel(rawValue: UInt8(truncatingIfNeeded: value))?.name ?? "\(value)")
        case (.integer(let value), _): .integer(value)
        case (.unsigned(let value), _): .unsigned(value)
        case (.negative(let value), _): .negative(value)
        case (.real(let value), _): .real(value)
        }
    }
}
