import Logging
package import NanoCore
import Synchronization

/// `waiting.json`: devices that wait for approval, as the gateway has written them down for a command
/// line.
package struct WaitingFile: Sendable {
    private let file: SharedFile<WaitingContent>

    package init(stateFolder: String) {
        file = SharedFile(folder: stateFolder)
    }

    /// The devices, the first to come first.
    ///
    /// - Throws: ``KeystoreError`` when there is a file that cannot be read.
    package func read() throws(KeystoreError) -> [RegistryRow] {
        try file.load()?.rows ?? []
    }

    func write(_ rows: [RegistryRow]) throws(KeystoreError) {
        try file.save(WaitingContent(rows))
    }
}

private struct WaitingContent: SharedContent {
    struct Device: Codable, Equatable {
        var model: String
        var device: String
        var address: String
        var firstSeenUnixMs: Int64
        var lastSeenUnixMs: Int64
        var frames: UInt64
        var generation: Int
    }

    static let fileName = "waiting.json"
    static let readVersion = 1

    var version = WaitingContent.readVersion
    private var devices: [Device] = []

    init() {}

    init(_ rows: [RegistryRow]) {
        devices = rows.map { row in
            Device(
                model: row.name.model.description, device: row.name.id, address: row.address,
                firstSeenUnixMs: row.firstSeenUnixMilliseconds,
                lastSeenUnixMs: row.lastSeenUnixMilliseconds, frames: row.frames,
                generation: row.generation)
        }
    }

    var fault: String? { nil }

    var rows: [RegistryRow] {
        devices.compactMap { device in
            guard let model = ModelID(device.model) else { return nil }
            var row = RegistryRow(name: DeviceName(model, device.device))
            row.address = device.address
            row.firstSeenUnixMilliseconds = device.firstSeenUnixMs
            row.lastSeenUnixMilliseconds = device.lastSeenUnixMs
            row.frames = device.frames
            row.generation = device.generation
            return row
        }
    }
}

/// Writes down which devices wait: at once when others do, and now and then how much they send.
final class WaitingBook: Sendable {
    private struct State {
        var names: [DeviceName] = []
        var frames: UInt64 = 0
        /// Monotonic nanoseconds.
        var writtenAt: UInt64 = 0
        var isFailing = false
    }

    private let file: WaitingFile
    private let logger: Logger
    private let state = Mutex(State())

    private static let intervalNanoseconds: UInt64 = 10_000_000_000

    init(stateFolder: String, logger: Logger) {
        file = WaitingFile(stateFolder: stateFolder)
        self.logger = logger
        // What waited before the start comes again, or does not.
        if (try? file.read())?.isEmpty == false { try? file.write([]) }
    }

    func note(_ rows: [RegistryRow], now: UInt64) {
        let (names, frames) = (rows.map(\.name), rows.reduce(0) { $0 &+ $1.frames })
        let isDue = state.withLock { state in
            guard state.names == names, !state.isFailing else { return true }
            return state.frames != frames && now &- state.writtenAt >= Self.intervalNanoseconds
        }
        guard isDue else { return }
        do {
            try file.write(rows)
            state.withLock { $0 = State(names: names, frames: frames, writtenAt: now) }
        } catch {
            let isNew = state.withLock { state in
                defer { state.isFailing = true }
                return !state.isFailing
            }
            guard isNew else { return }
            logger.warning(
                "which devices wait cannot be written down", metadata: ["error": "\(error)"])
        }
    }
}
