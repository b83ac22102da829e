import NanoCore

/// The order of the devices.
struct DeviceSort: Equatable, Sendable {
    /// In the order of the table.
    enum Column: Int, CaseIterable, Sendable {
        case device, state, model, rate, accepted, refused, clock, generation, lastSeen, address
        case firstSeen, firstAddress

        /// As the table's is typed.
        var name: String { DevicesView.columns[rawValue + 1].name }

        /// By its name, or by that in files of older versions.
        init?(name: String) {
            let old = ["offset": Column.clock, "generation": .generation]
            guard let column = Self.allCases.first(where: { $0.name == name }) ?? old[name] else {
                return nil
            }
            self = column
        }
    }

    var column = Column.device
    var isAscending = true

    init(column: Column = .device, isAscending: Bool = true) {
        self.column = column
        self.isAscending = isAscending
    }

    /// The order in which one looks for something in a column: of numbers the largest come first, of
    /// states the worst.
    init(by column: Column) {
        self.column = column
        isAscending = [.device, .model, .address, .firstAddress].contains(column)
    }

    /// What brings it about.
    var invocation: Invocation {
        Invocation(
            action: .sort, arguments: [column.name, isAscending ? "ascending" : "descending"])
    }

    /// The places of the devices, sorted by the column, and by identity where that is equal, so that
    /// no row jumps about.
    ///
    /// - Parameters:
    ///   - start: The places in the order that was found last. Little has changed since, and what is
    ///     nearly sorted is sorted soon; it makes no difference to what comes out.
    ///   - now: Milliseconds of Unix time, which tell whether a device is late.
    func order(of devices: [DeviceSnapshot], from start: [Int], now: Int64) -> [Int] {
        let places = start.count == devices.count ? start : Array(devices.indices)
        return switch column {
        case .device: by(devices.map(\.id), devices, places)
        case .state: by(devices.map { DeviceState(of: $0, now: now).rank }, devices, places)
        case .model: by(devices.map(\.model), devices, places)
        case .rate: by(devices.map(\.packetsPerSecond), devices, places)
        case .accepted: by(devices.map(\.accepted), devices, places)
        case .refused: by(devices.map(\.refused), devices, places)
        case .clock: by(devices.map(\.clockOffsetSeconds), devices, places)
        case .generation: by(devices.map(\.generation), devices, places)
        case .lastSeen: by(devices.map(\.lastHeard), devices, places)
        case .address: by(devices.map(\.address), devices, places)
        case .firstSeen: by(devices.map(\.firstSeenUnixMilliseconds), devices, places)
        case .firstAddress: by(devices.map { $0.firstAddress ?? "" }, devices, places)
        }
    }

    private func by<Key: Comparable>(
        _ keys: [Key], _ devices: [DeviceSnapshot], _ places: [Int]
    ) -> [Int] {
        places.sorted { left, right in
            if keys[left] != keys[right] { return (keys[left] < keys[right]) == isAscending }
            let (first, second) = (devices[left], devices[right])
            return first.model != second.model ? first.model < second.model : first.id < second.id
        }
    }
}

extension DeviceState {
    /// The worse a state is, the higher.
    fileprivate var rank: Int {
        switch self {
        case .live: 0
        case .late: 1
        case .silent: 2
        case .refused: 3
        case .rejected: 4
        case .blocked: 5
        }
    }
}
