/// How much the replay guard remembers (`docs/protocol.md`, "Replay").
public struct ReplayMemorySnapshot: Codable, Equatable, Sendable {
    /// Frames that are known exactly.
    public var frames = 0
    /// Devices that are remembered one by one.
    public var devices = 0
    /// Devices that can be, at least; `replay.devices`.
    public var deviceCapacity = 0
    /// Devices that had to make room for others since the start, within the hour in which a frame of
    /// theirs could have been sent again.
    public var droppedDevices: UInt64 = 0
    /// Bytes of frames and devices.
    public var bytes = 0

    public init() {}

    public init(_ statistics: ReplayGuard.Statistics, deviceCapacity: Int) {
        frames = statistics.entries
        devices = statistics.devices
        self.deviceCapacity = deviceCapacity
        droppedDevices = statistics.droppedDevices
        bytes = statistics.bytes
    }
}
