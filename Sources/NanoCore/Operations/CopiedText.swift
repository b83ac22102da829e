/// Text that an operator has copied, for where a terminal does not take it.
public struct CopiedText: Codable, Equatable, Sendable {
    public var form: CopyForm
    public var text: String
    /// What it is of, and in which form: `3 packets as hex`.
    public var subject: String

    /// Bytes of a text that a gateway writes.
    public static let longest = 4 << 20

    public init(form: CopyForm, text: String, subject: String) {
        self.form = form
        self.text = text
        self.subject = subject
    }
}

/// The forms that packets and rows are copied in.
public enum CopyForm: String, CaseIterable, Codable, Sendable {
    /// A line of hexadecimal digits a packet, as `nanogridata decode` reads it.
    case hex
    /// A C array a packet, for firmware and its tests.
    case c
    /// An object a packet, as `nanogridata decode --format json` writes it.
    case json
    /// A command that asks the monitoring page for packets like it.
    case curl
    /// What a row is about, in words: a name, an address, a sentence.
    case text

    /// Those of packets.
    public static let ofPackets: [CopyForm] = [.hex, .c, .json, .curl]

    /// What files of it end in.
    package var fileEnding: String {
        switch self {
        case .hex, .c, .json: rawValue
        case .curl: "sh"
        case .text: "txt"
        }
    }
}
