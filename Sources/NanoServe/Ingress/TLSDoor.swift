/// What the device port does about TLS.
struct TLSDoor: Sendable {
    /// What a listening socket takes.
    enum Speech: Sendable {
        /// Frames alone.
        case plain
        /// TLS alone.
        case tls
        /// Either: the first byte tells.
        case either
    }

    let tls: ServerTLS
    /// A port of TLS's own; nil where it shares that of plain connections. 0 picks a free one.
    var port: Int?
    /// Whether plain connections are taken.
    var takesPlain = true
    /// How certificates name devices; nil where they name none.
    var naming: DeviceNaming?

    /// What the device port itself takes.
    var speech: Speech {
        guard takesPlain else { return .tls }
        return port == nil ? .either : .plain
    }
}
