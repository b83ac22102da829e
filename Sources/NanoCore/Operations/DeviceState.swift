/// How a device does, by when it was last heard and what was decided about it.
package enum DeviceState: String, CaseIterable, Sendable {
    /// Heard within a minute.
    case live
    /// Heard within ten minutes.
    case late
    case silent
    /// Nothing of it is accepted any more, and frames with its name are refused.
    case refused
    case rejected
    /// An operator keeps it, or where its newest packet came from, out.
    case blocked

    /// - Parameter now: Milliseconds of Unix time.
    package init(of device: DeviceSnapshot, now: Int64) {
        switch device.standing {
        case .rejected: self = .rejected
        case .blocked: self = .blocked
        case .known, nil:
            if device.isAddressBlocked == true {
                self = .blocked
                return
            }
            if device.isRefused == true {
                self = .refused
                return
            }
            self =
                switch now - device.lastSeenUnixMilliseconds {
                case ..<60_000: .live
                case ..<600_000: .late
                default: .silent
                }
        }
    }
}
