import NanoCore

/// The order of the devices.
struct DeviceSort: Equatable, Sendable {
    enum Column: Int, CaseIterable, Sendable {
        case device, model, rate, accepted, refused, offset, lastSeen, address

        /// As it is typed.
        var name: String { self == .lastSeen ? "last-seen" : "\(self)" }
    }

    var column = Column.device
    var isAscending = true

    init(column: Column = .device, isAscending: Bool = true) {
        self.column = column
        self.isAscending = isAscending
    }

    /// The order in which one looks for something in a column: of numbers the largest come first.
    init(by column: Column) {
        self.column = column
        isAscending = [.device, .model, .address].contains(column)
    }

    /// What brings it about.
    var invocation: Invocation {
        Invocation(
            action: .sort, arguments: [column.name, isAscending ? "ascending" : "descending"])
    }

    /// The places of the devices, sorted by the column, and by identity where that is equal, so that
    /// no row jumps about.
    ///
    /// - Parameter start: The places in the order that was found last. Little has changed since, and
    ///   what is nearly sorted is sorted soon; it makes no difference to what comes out.
    func order(of devices: [DeviceSnapshot], from start: [Int]) -> [Int] {
        let places = start.count == devices.count ? start : Array(devices.indices)
        return switch column {
        case .device: by(devices.map(\.id), devices, places)
        case .model: by(devices.map(\.model), devices, places)
        case .rate: by(devices.map(\.packetsPerSecond), devices, places)
        case .accepted: by(devices.map(\.accepted), devices, places)
        case .refused: by(devices.map(\.refused), devices, places)
        case .offset: by(devices.map(\.clockOffsetSeconds), devices, places)
        case .lastSeen: by(devices.map(\.lastSeenUnixMilliseconds), devices, places)
        case .address: by(devices.map(\.address), devices, places)
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
