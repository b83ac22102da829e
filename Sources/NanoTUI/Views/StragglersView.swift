import NanoCore

/// The devices of the generation that the cursor is on, where that is not the current one; of a current
/// one those that still use another.
struct StragglersView {
    /// Rows that it takes at least.
    static let leastHeight = 2
    private static let nameColumns = 24

    private let title: String
    private let devices: [DeviceSnapshot]
    private let now: Int64

    /// - Returns: Nil where there is no device to name.
    init?(_ model: ConsoleModel) {
        guard let index = model.cursor, model.secrets.indices.contains(index) else { return nil }
        let secret = model.secrets[index]
        let now = model.shown.gateway.unixMilliseconds
        let isCurrent = secret.state == .current
        // A generation that waits for its promotion is ahead of the current one, not behind it.
        let ahead = Set(
            model.shown.secrets.filter { $0.model == secret.model && $0.state == .staged }
                .map(\.generation))
        devices = model.shown.devices.filter { device in
            device.model == secret.model && device.isActive(at: now)
                && (isCurrent
                    ? device.generation > 0 && device.generation != secret.generation
                        && !ahead.contains(device.generation)
                    : device.generation == secret.generation)
        }.sorted {
            ($1.lastSeenUnixMilliseconds, $0.id) < ($0.lastSeenUnixMilliseconds, $1.id)
        }
        guard !devices.isEmpty else { return nil }
        let count = Numbers.grouped(UInt64(devices.count))
        let name = model.shown.title(of: secret.model)
        title =
            isCurrent
            ? "\(name): not yet on generation \(secret.generation) · \(count)"
            : "\(name): on generation \(secret.generation) · \(count)"
        self.now = now
    }

    /// Draws their names with the time since they were heard, most recently heard first.
    func draw(in rect: Rect, on screen: inout Screen) {
        guard rect.height >= Self.leastHeight else { return }
        screen.rule(title, in: rect)
        let rows = rect.split(top: 1).rest
        let inner = Rect(x: rows.x + 2, y: rows.y, width: rows.width - 3, height: rows.height)
        let items = devices.map { device in
            let ago = Double(max(0, now - device.lastSeenUnixMilliseconds)) / 1_000
            return Tally.Item(
                name: TextWidth.fitted(SafeText.name(device.id), to: Self.nameColumns),
                count: Numbers.duration(ago))
        }
        Tally(items: items).draw(in: inner, on: &screen)
    }
}
