/// What an operator decides about watching devices. Section `watch`.
public struct WatchRules: Equatable, Sendable {
    /// Whether devices that fall silent are looked for. Key `watch.silence.enabled`; default true.
    public var watchesSilence = true
    /// Usual pauses after which a device is silent. Key `watch.silence.intervals`; default 5.
    public var silentIntervals = 5.0
    /// Whether devices that send much more than usual are looked for. Key `watch.surge.enabled`;
    /// default true.
    public var watchesSurges = true
    /// How many times its usual rate a device has to send. Key `watch.surge.factor`; default 5.
    public var surgeFactor = 5.0
    /// Whether devices' clocks are watched. Key `watch.clocks.enabled`; default true.
    public var watchesClocks = true
    /// Seconds that a device's clock may wander. Key `watch.clocks.drift_s`; default 5.
    public var driftSeconds = 5.0
    /// Seconds from which on a device's clock has jumped. Key `watch.clocks.jump_s`; default 10.
    public var jumpSeconds = 10.0
    /// Whether what devices measure is watched. Key `watch.values.enabled`; default true.
    public var watchesValues = true
    /// Usual spreads that a measurement may be off what is usual. Key `watch.values.spreads`; default
    /// 10.
    public var valueSpreads = 10.0
    /// Seconds for which a device has to be known before what it measures is judged. Key
    /// `watch.values.learn_s`; default 600.
    public var valueLearningSeconds = 600.0

    public init() {}
}
