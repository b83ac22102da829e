import NanoCore

/// Bytes that nothing may print: neither a log, an error, a debugger's dump nor string
/// interpolation shows them.
public struct Secret: Equatable, Sendable {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// As many random bytes as a secret has at least.
    package static func random() -> Secret {
        var generator = SystemRandomNumberGenerator()
        return Secret(
            (0..<SecretPolicy.minimumBytes).map { _ in UInt8.random(in: 0...255, using: &generator)
            })
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "(secret)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
