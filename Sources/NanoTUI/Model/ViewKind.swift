public import NanoCore

/// The views, in the order of their number keys.
public enum ViewKind: Int, CaseIterable, Sendable {
    case overview = 1
    case devices, packets, rejections, routes, secrets, log

    var title: String {
        switch self {
        case .overview: "Overview"
        case .devices: "Devices"
        case .packets: "Packets"
        case .rejections: "Rejections"
        case .routes: "Routes"
        case .secrets: "Secrets"
        case .log: "Log"
        }
    }

    /// The title where there is no room for it.
    var short: String {
        switch self {
        case .overview: "Ovr"
        case .devices: "Dev"
        case .packets: "Pkt"
        case .rejections: "Rej"
        case .routes: "Rte"
        case .secrets: "Sec"
        case .log: "Log"
        }
    }

    /// The larger parts of a snapshot that the view shows.
    var parts: SnapshotParts {
        switch self {
        case .overview, .routes, .secrets: []
        case .devices: .devices
        case .packets: .packets
        case .rejections: .rejections
        case .log: .log
        }
    }
}

/// What a key asks of whoever runs the console.
public enum Effect: Equatable, Sendable {
    case perform(Command)
    case quit
    /// Show the next theme.
    case nextTheme
    /// Draw everything anew.
    case repaint
}
