import NanoCore

/// Why the admin socket cannot be had or used, in one line with the remedy.
public struct AdminFault: StartFault, Equatable {
    public let description: String
    public let isMisconfiguration: Bool

    init(_ description: String, isMisconfiguration: Bool = false) {
        self.description = SafeText.escaped(description)
        self.isMisconfiguration = isMisconfiguration
    }
}
