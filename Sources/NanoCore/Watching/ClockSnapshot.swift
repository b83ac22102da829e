/// How far the gateway's own clock can be trusted.
public struct ClockSnapshot: Codable, Equatable, Sendable {
    /// What the system says about its clock.
    public enum State: String, Codable, Sendable {
        /// Something keeps it right.
        case synchronised
        /// Nothing does.
        case unsynchronised
        /// The system does not tell, or this process may not ask.
        case unknown
    }

    public var state = State.unknown
    /// How wrong the system believes its clock to be; nil where it does not tell.
    public var estimatedErrorSeconds: Double?
    /// How wrong the clock can be at most; nil where the system does not tell.
    public var maximumErrorSeconds: Double?
    /// Whether devices are to be sent here only while the clock is synchronised.
    public var mustBeSynchronised = false
    /// What the devices' clocks say about it; nil until enough of them have spoken.
    public var consensus: ClockConsensus?
    /// The last time it was set since the start; nil when it was not.
    public var lastStep: ClockStep?
    /// How often it was set since the start.
    public var steps: UInt64 = 0

    public init() {}

    /// Why no devices should be sent here, in a sentence; nil when the clock is no reason.
    public var hindrance: String? {
        guard mustBeSynchronised else { return nil }
        return switch state {
        case .synchronised: nil
        case .unsynchronised:
            "the clock is not synchronised, and clock.require_synchronised is set"
        case .unknown:
            "the system does not tell whether the clock is synchronised, and "
                + "clock.require_synchronised is set"
        }
    }
}

/// What an operator decides about the gateway's clock. Section `clock`.
public struct ClockRules: Equatable, Sendable {
    /// Whether the gateway is ready only while its clock is synchronised. Key
    /// `clock.require_synchronised`; default false.
    public var mustBeSynchronised = false
    /// Whether a clock that is not synchronised is an alarm. Key `clock.alarm_unsynchronised`;
    /// default true.
    public var alarmsUnsynchronised = true
    /// Seconds from which on what most devices say of the clock is an alarm. Key `clock.offset_s`;
    /// default 5.
    public var offsetSeconds = 5.0
    /// Devices that it takes to judge the clock. Key `clock.least_devices`; default 5.
    public var leastDevices = 5
    /// Seconds from which on setting the clock is an alarm. Key `clock.step_s`; default 0.5.
    public var stepSeconds = 0.5

    public init() {}
}
