/// Why a saved replay guard cannot be used. Whoever goes on without it has to call
/// `forget(timestamps:)`.
public enum ReplayGuardError: Error, Equatable, Sendable {
    /// The first bytes are not those of a saved replay guard.
    case notAReplayGuard
    /// Written by a newer gateway.
    case newerVersion(found: UInt16, supported: UInt16)
    /// The file ends before its contents do.
    case truncated(bytes: Int)
    /// The checksum differs: bytes have changed since it was written.
    case damaged(bytes: Int)
    /// What it says contradicts itself, at this offset.
    case inconsistent(offset: Int)
    /// It was kept under the other `replay.key`, which says nothing about this one.
    case keyModeChanged(saved: ReplayGuard.KeyMode, configured: ReplayGuard.KeyMode)
}

extension ReplayGuardError: CustomStringConvertible {
    /// The reason in a sentence for the operator.
    public var description: String {
        switch self {
        case .notAReplayGuard:
            "not a saved replay guard: it does not begin with NGREPLAY"
        case .newerVersion(let found, let supported):
            "saved by a newer gateway: its version is \(found), this gateway reads \(supported)"
        case .truncated(let bytes):
            "ends too early, after \(bytes) bytes"
        case .damaged(let bytes):
            "damaged: the checksum over its \(bytes) bytes differs"
        case .inconsistent(let offset):
            "contradicts itself at byte \(offset)"
        case .keyModeChanged(let saved, let configured):
            "kept with replay.key \(saved.name), but \(configured.name) is configured"
        }
    }
}

extension ReplayGuard.KeyMode {
    /// The value of `replay.key`.
    public var name: String {
        switch self {
        case .frame: "frame"
        case .modelTimestamp: "model-timestamp"
        }
    }

    /// The mode with this ``name``.
    public init?(name: String) {
        guard let mode = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = mode
    }
}
