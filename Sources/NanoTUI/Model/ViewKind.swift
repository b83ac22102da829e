public import NanoCore

/// The views: those of the number keys, and one that another leads to.
public enum ViewKind: Int, CaseIterable, Sendable {
    case overview = 1
    case devices, packets, rejections, routes, secrets, alarms, log
    /// Those of one route; from ``routes``.
    case deadLetters
    /// One device with its packets and values; from ``devices``.
    case device
    /// Devices that are not heard; from ``devices``.
    case registry
    /// Addresses that flood, flap or are blocked; from ``rejections``.
    case offenders
    /// Refusals by what they have in common; from ``rejections``.
    case refusalGroups

    /// The views that have a number key, in their order.
    public static let allCases: [ViewKind] = [
        .overview, .devices, .packets, .rejections, .routes, .secrets, .alarms,
        .log,
    ]

    /// The view whose number key leads here.
    var tab: ViewKind {
        switch self {
        case .deadLetters: .routes
        case .device, .registry: .devices
        case .offenders, .refusalGroups: .rejections
        default: self
        }
    }

    var title: String {
        switch self {
        case .overview: "Overview"
        case .devices: "Devices"
        case .packets: "Packets"
        case .rejections: "Rejections"
        case .routes: "Routes"
        case .secrets: "Secrets"
        case .alarms: "Alarms"
        case .log: "Log"
        case .deadLetters: "Dead letters"
        case .device: "Device"
        case .registry: "Registry"
        case .offenders: "Offenders"
        case .refusalGroups: "Refusal groups"
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
        case .alarms: "Alm"
        case .log: "Log"
        case .deadLetters: "Dead"
        case .device: "Dev"
        case .registry: "Reg"
        case .offenders: "Off"
        case .refusalGroups: "Grp"
        }
    }

    /// Whether its rows may be thousands, so that one has to choose among them.
    var isLong: Bool {
        switch self {
        case .devices, .packets, .rejections, .log, .deadLetters, .device, .registry, .offenders,
            .refusalGroups:
            true
        case .overview, .routes, .secrets, .alarms: false
        }
    }

    /// Whether its rows are packets.
    var listsPackets: Bool { [.packets, .rejections, .device].contains(self) }

    /// The larger parts of a snapshot that the view shows.
    var parts: SnapshotParts {
        switch self {
        case .overview, .routes: []
        case .offenders: [.devices, .rejections]
        case .devices, .secrets, .registry: .devices
        case .device: [.devices, .packets, .rejections]
        case .packets: .packets
        case .rejections, .refusalGroups: .rejections
        case .alarms: .audit
        case .log: .log
        case .deadLetters: .deadLetters
        }
    }
}

/// What a key asks of whoever runs the console.
public enum Effect: Equatable, Sendable {
    case perform(Command)
    case quit
    /// Show the next theme.
    case nextTheme
    /// Show the theme of this name.
    case theme(String)
    /// Keep a command that was typed for later consoles.
    case remember(String)
    /// Put text on the terminal's clipboard.
    case copy(String)
    /// Write a file of a new name.
    case save(SavedText)
    /// Draw everything anew.
    case repaint
}
