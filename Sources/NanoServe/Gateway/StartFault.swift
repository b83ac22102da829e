/// Why a gateway does not start, in one line with the remedy.
public protocol StartFault: Error, CustomStringConvertible {
    /// Whether settings have to be changed, or what they name; false where the machine is at fault,
    /// or another program is in the way.
    var isMisconfiguration: Bool { get }
}
