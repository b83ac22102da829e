extension Refusal {
    /// What was expected and what was found where a payload failed.
    var payloadWords: String {
        switch reason {
        case .profileViolation: profileWords
        case .cborLimit: limitWords
        case .decryptFailed: "the payload can't be decrypted"
        default: formWords
        }
    }

    private var formWords: String {
        switch detail {
        case .empty: "expected a map, found an empty payload"
        case .endOfInput: "the payload ends too early: \(bound) bytes expected, \(found) found"
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
        case .notSealed: "expected the array of device id, nonce and ciphertext"
        default: detail.name
        }
    }

    private var limitWords: String {
        let most = "expected at most \(bound) "
        return switch detail {
        case .textScalars: most + "scalars in a text string, found at least \(found)"
        case .byteStringBytes: most + "bytes in a byte string, found \(found)"
        case .arrayItems: most + "items in an array, found \(found)"
        case .mapPairs: most + "pairs in a map, found \(found)"
        case .nesting: most + "containers inside one another, found \(found)"
        case .tag: found.isEmpty ? "no tag is allowed" : "no tag is allowed, found tag \(found)"
        default: detail.name
        }
    }

    private var profileWords: String {
        let name = field?.name ?? "a field"
        return switch detail {
        case .missing: "\(name)\(alternative) is missing"
        case .wrongType: "\(name) has the wrong type, expected \(expectedType)"
        case .outOfRange:
            "\(name) is out of range: expected at \(bound == "0" ? "least" : "most") \(bound), "
                + "found \(found)"
        case .tooFew: "\(name) is empty, expected at least one item"
        case .deviceUnnamed: "device_id is missing, so no device's key can verify the frame"
        case .deviceUnknown:
            "the registry does not have this device; its frame holds under generation \(found)"
        case .deviceBlocked: "an operator has turned this device away"
        case .otherDevice: "device_id is another one than that in front of the ciphertext"
        case .otherCertificate: "device_id is another one than that of the connection's certificate"
        default: detail.name
        }
    }

    /// What would have done instead of the field that is missing.
    private var alternative: String {
        switch field {
        case .pressurePa, .concentrationPpm: " or entries"
        default: ""
        }
    }

    var expectedType: String {
        switch field {
        case .deviceID, .labID, .sensorType, .gasType, .sensorKind, .sensorUnit: "a text string"
        case .entries, .sensors: "an array of maps"
        default: "a number"
        }
    }
}
