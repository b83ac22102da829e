extension PayloadTree {
    /// What was expected and what was found where a payload failed.
    static func fault(_ refusal: Refusal) -> String {
        switch refusal.reason {
        case .profileViolation: profileFault(refusal)
        case .cborLimit: limitFault(refusal)
        case .decryptFailed: "the payload can't be decrypted"
        default: formFault(refusal)
        }
    }

    private static func formFault(_ refusal: Refusal) -> String {
        let found = text(refusal.observed)
        let allowed = text(refusal.allowed)
        return switch refusal.detail {
        case .empty: "expected a map, found an empty payload"
        case .endOfInput: "the payload ends too early: \(allowed) bytes expected, \(found) found"
        case .trailingBytes: "expected the payload's end, found \(found) bytes more"
        case .invalidUTF8: "expected UTF-8, found a sequence that is not well-formed"
        case .topNotMap: "expected a map at the top"
        case .keyNotText: "expected a text string as key"
        case .duplicateKey: "this key is in the map already"
        case .reservedInformation: "additional information without a meaning"
        case .unexpectedBreak: "expected an item, found a break"
        case .invalidChunk: "expected a chunk of the string's own type, with a definite length"
        case .invalidSimple: "expected a simple value of 32 or more, found \(found) in two bytes"
        case .oddMap: "expected a value for the last key, found a break"
        default: refusal.detail.name
        }
    }

    private static func limitFault(_ refusal: Refusal) -> String {
        let found = text(refusal.observed)
        let allowed = "expected at most \(text(refusal.allowed)) "
        return switch refusal.detail {
        case .textScalars: allowed + "scalars in a text string, found \(found)"
        case .byteStringBytes: allowed + "bytes in a byte string, found \(found)"
        case .arrayItems: allowed + "items in an array, found \(found)"
        case .mapPairs: allowed + "pairs in a map, found \(found)"
        case .nesting: allowed + "containers inside one another, found \(found)"
        case .tag: found.isEmpty ? "no tag is allowed" : "no tag is allowed, found tag \(found)"
        default: refusal.detail.name
        }
    }

    private static func profileFault(_ refusal: Refusal) -> String {
        let field = refusal.field?.name ?? "a field"
        return switch refusal.detail {
        case .missing: "\(field) is missing"
        case .wrongType: "\(field) has the wrong type, expected \(expectedType(refusal.field))"
        case .outOfRange:
            "\(field) is out of range: bound \(text(refusal.allowed)), "
                + "found \(text(refusal.observed))"
        case .tooFew: "\(field) is empty, expected at least one item"
        default: refusal.detail.name
        }
    }

    private static func expectedType(_ field: ProfileField?) -> String {
        switch field {
        case .deviceID, .labID, .sensorType, .gasType, .sensorKind, .sensorUnit: "a text string"
        case .entries, .sensors: "an array of maps"
        default: "a number"
        }
    }

    private static func text(_ quantity: Quantity) -> String {
        switch quantity {
        case .none: ""
        case .integer(let value): String(value)
        case .unsigned(let value): String(value)
        case .real(let value): value.description
        }
    }
}
