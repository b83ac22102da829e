import NanoCore

/// All devices that have sent something genuine.
enum DevicesView {
    static let columns = [
        Table.Column("", 1), Table.Column("device", 16, flexible: true),
        Table.Column("model", 6, importance: 1), Table.Column("rate/s", 7, number: true),
        Table.Column("accepted", 11, number: true, importance: 2),
        Table.Column("refused", 8, number: true),
        Table.Column("clock s", 8, number: true, importance: 3),
        Table.Column("last seen", 9, number: true, importance: 1),
        Table.Column("address", 21, importance: 5, flexible: true),
    ]

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
        let table = Table(
            columns: columns, sorted: (model.deviceSort.column.place, model.deviceSort.isAscending))
        let now = model.shown.gateway.unixMilliseconds
        model.drawList(table, count: devices.count, in: rows, on: &screen) { index in
            row(devices[index], now: now)
        }
    }

    private static func row(_ device: DeviceSnapshot, now: Int64) -> [Table.Entry] {
        let silence = Double(max(0, now - device.lastSeenUnixMilliseconds)) / 1_000
        let (glyph, style): (String, Style) =
            switch DeviceState(of: device, now: now) {
            case .blocked, .rejected: ("⊘", .blocked)
            case .live: ("●", .good)
            case .late: ("◌", .warning)
            case .silent: ("✗", .silent)
            }
        let offset = device.clockOffsetSeconds
        return [
            Table.Entry(glyph, style), Table.Entry(SafeText.escaped(device.id)),
            Table.Entry("\(device.model)", .dim),
            Table.Entry(Numbers.rate(device.packetsPerSecond)),
            Table.Entry(Numbers.grouped(device.accepted)),
            Table.Entry(Numbers.grouped(device.refused), device.refused > 0 ? .warning : .dim),
            Table.Entry(
                offset == 0 ? "0" : "\(offset > 0 ? "+" : "-")\(Int(abs(offset)))",
                abs(offset) > 30 ? .warning : .dim),
            Table.Entry(Numbers.duration(silence), style),
            Table.Entry(SafeText.escaped(device.address), .dim),
        ]
    }
}

extension DeviceSort.Column {
    /// Its place in the table.
    fileprivate var place: Int {
        switch self {
        case .device: 1
        case .model: 2
        case .rate: 3
        case .accepted: 4
        case .refused: 5
        case .offset: 6
        case .lastSeen: 7
        case .address: 8
        }
    }
}
