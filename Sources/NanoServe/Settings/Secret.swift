import Glibc
import NanoCore

/// Bytes that nothing may print: neither a log, an error, a debugger's dump nor string
/// interpolation shows them. Their memory is overwritten when the last copy of the value goes.
public struct Secret: Sendable {
    private let memory: SecretMemory

    public init(_ bytes: [UInt8]) {
        memory = SecretMemory(bytes)
    }

    /// A copy of the bytes, which nobody overwrites: for what outlives a call.
    public var bytes: [UInt8] { memory.copy }

    /// Calls `body` with a copy that is overwritten afterwards.
    func withBytes<Result>(_ body: ([UInt8]) -> Result) -> Result {
        var copy = memory.copy
        defer {
            copy.withUnsafeMutableBytes { bytes in
                if let base = bytes.baseAddress { explicit_bzero(base, bytes.count) }
            }
        }
        return body(copy)
    }

    /// As many random bytes as a secret has at least.
    package static func random() -> Secret {
        var generator = SystemRandomNumberGenerator()
        return Secret(
            (0..<SecretPolicy.minimumBytes).map { _ in UInt8.random(in: 0...255, using: &generator)
            })
    }
}

extension Secret: Equatable {
    public static func == (left: Secret, right: Secret) -> Bool {
        left.memory.equals(right.memory)
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "(secret)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

/// Memory that never changes, and is overwritten at its end.
private final class SecretMemory: Sendable {
    private nonisolated(unsafe) let buffer: UnsafeMutableBufferPointer<UInt8>

    init(_ bytes: [UInt8]) {
        buffer = .allocate(capacity: bytes.count)
        _ = buffer.initialize(fromContentsOf: bytes)
    }

    deinit {
        if let base = buffer.baseAddress { explicit_bzero(base, buffer.count) }
        buffer.deallocate()
    }

    var copy: [UInt8] { Array(buffer) }

    /// In a time that depends on the lengths alone.
    func equals(_ other: SecretMemory) -> Bool {
        guard buffer.count == other.buffer.count else { return false }
        return zip(buffer, other.buffer).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
