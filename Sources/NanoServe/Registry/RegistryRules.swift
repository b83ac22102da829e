public import NanoCore

/// Which devices are heard.
public struct RegistryRules: Equatable, Sendable {
    /// What is done about devices that are not known.
    public enum Unknown: String, CaseIterable, Sendable {
        /// Their frames are refused.
        case refuse
        /// The same, and they are listed until somebody approves or rejects them.
        case quarantine
    }

    /// Whether devices have to be known.
    public var isClosed = false
    public var unknown = Unknown.quarantine
    /// Devices that are known without being in the state folder's registry.
    public var known: [DeviceName] = []

    /// Rules that have everybody heard.
    public init() {}
}
