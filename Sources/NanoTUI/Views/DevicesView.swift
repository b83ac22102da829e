import NanoCore

/// All devices that have sent something genuine.
enum DevicesView {
    static func draw(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        let devices = model.devices
        let title = model.listTitle("Devices", shown: devices.count, of: model.shown.deviceCount)
        screen.rule(title, right: RegistryView.summary(model.shown.registry), in: rect)
        let rows = rect.split(top: 1).rest
        guard !devices.isEmpty else {
            model.drawEmpty(
                "No device yet: they connect to TCP \(model.shown.gateway.devicePort).", in: rows,
                on: &screen)
            return
        }
        let sort = model.deviceSort
        let table = Table(columns: columns, sorted: (sort.column.rawValue + 1, sort.isAscending))
        let now = model.shown.gateway.unixMilliseconds
        model.drawList(table, count: devices.count, in: rows, on: &screen) { index in
            row(devices[index], now: now)
        }
    }

    /// Behind the glyph of the state those of ``DeviceSort/Column``, in its order.
    static let columns = [
        Table.Column("", 1), Table.Column("device", 16, growing: true),
        Table.Column("state", 8), Table.Column("model", 6, importance: 3),
        Table.Column("rate", 7, unit: "/s", number: true),
        Table.Column("accepted", 11, number: true, importance: 2),
        Table.Column("refused", 8, number: true, importance: 1),
        Table.Column("clock", 8, unit: "s", number: true, importance: 4),
        Table.Column("gen", 4, number: true, importance: 5),
        Table.Column("last seen", 10, number: true),
        Table.Column("address", 21, importance: 6, growing: true),
        Table.Column("first seen", 11, number: true, importance: 7),
        Table.Column("first address", 21, importance: 8, growing: true),
    ]

    private static func row(_ device: DeviceSnapshot, now: Int64) -> [Table.Entry] {
        func ago(_ time: Int64) -> String { Numbers.duration(Double(max(0, now - time)) / 1_000) }
        let state = DeviceState(of: device, now: now)
        let (glyph, style) = mark(of: state)
        let offset = device.clockOffsetSeconds
        return [
            Table.Entry(glyph, style), Table.Entry(SafeText.name(device.id)),
            Table.Entry(state.rawValue, style), Table.Entry("\(device.model)", .dim),
            Table.Entry(Numbers.rate(device.packetsPerSecond)),
            Table.Entry(Numbers.grouped(device.accepted)),
            Table.Entry(Numbers.grouped(device.refused), device.refused > 0 ? .warning : .dim),
            Table.Entry(
                offset == 0 ? "0" : "\(offset > 0 ? "+" : "-")\(Int(abs(offset)))",
                isFar(offset) ? .warning : .dim),
            Table.Entry("\(device.generation)", .dim),
            Table.Entry(ago(device.lastSeenUnixMilliseconds), style),
            Table.Entry(SafeText.escaped(device.address), .dim),
            Table.Entry(ago(device.firstSeenUnixMilliseconds), .dim),
            Table.Entry(SafeText.escaped(device.firstAddress ?? "–"), .dim),
        ]
    }

    /// How a state is drawn beside its word.
    static func mark(of state: DeviceState) -> (glyph: String, style: Style) {
        switch state {
        case .blocked, .rejected: ("⊘", .blocked)
        case .live: ("●", .good)
        case .late: ("◌", .warning)
        case .silent: ("✗", .silent)
        case .refused: ("⊘", .bad)
        }
    }

    /// Whether a clock, so many seconds ahead, is near what is refused.
    static func isFar(_ secondsAhead: Double) -> Bool { abs(secondsAhead) > 30 }
}
