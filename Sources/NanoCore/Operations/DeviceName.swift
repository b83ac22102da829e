/// A device by its model and its id, which are compared as bytes and never by Unicode equivalence.
public struct DeviceName: Codable, Sendable {
    public var model: ModelID
    /// As sent; hostile text, to be escaped before it is shown. Empty for all devices of the model
    /// that send none.
    public var id: String

    public init(_ model: ModelID, _ id: String) {
        self.model = model
        self.id = id
    }

    /// Unicode scalars that a payload's text may have.
    package static let maximumScalars = 256

    /// Why a new device cannot be given this id, in a sentence; nil when it can. Devices may send worse
    /// ids, which are heard all the same.
    package static func fault(ofNew id: String) -> String? {
        // A space that nobody sees would be looked for long.
        guard (1...maximumScalars).contains(id.unicodeScalars.count), SafeText.escaped(id) == id,
            id.first?.isWhitespace == false, id.last?.isWhitespace == false
        else {
            return "\"\(SafeText.shortened(id, to: 64))\" can be no device_id here; use "
                + "1…\(maximumScalars) characters, none of them invisible, and no space at an end"
        }
        return nil
    }

    /// As sentences have it; safe to be shown.
    package var words: String {
        id.isEmpty ? "\(model) without an id" : "\(model) \(SafeText.shortened(id, to: 64))"
    }
}

extension DeviceName: Hashable, Comparable {
    public static func == (left: DeviceName, right: DeviceName) -> Bool {
        left.model == right.model && left.id.utf8.elementsEqual(right.id.utf8)
    }

    public static func < (left: DeviceName, right: DeviceName) -> Bool {
        left.model == right.model
            ? left.id.utf8.lexicographicallyPrecedes(right.id.utf8) : left.model < right.model
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(model)
        for byte in id.utf8 { hasher.combine(byte) }
    }
}
