/// What an operator may ask of a running gateway. Together with ``Snapshot`` this is all that
/// passes between the gateway and whoever watches it.
public enum Command: Equatable, Sendable {
    /// Deliver nothing more to a route; its packets wait.
    case pauseRoute(String)
    /// Deliver again, from where the route stood.
    case resumeRoute(String)
    /// Give up everything that waits for a route; what comes from now on is delivered.
    case skipRoute(String)
    /// Send dead letters of a route once more, by their numbers; nil for all that it has.
    case redrive(String, letters: [Int64]?)
    /// The same with those that a filter matches, if they are no more than somebody was asked about.
    case redriveMatching(String, LetterQuery, atMost: Int)
    /// Give up dead letters of a route for good.
    case dropDeadLetters(String, letters: DroppedLetters)
    /// Say how many dead letters of a route a filter matches. Nothing is changed.
    case countDeadLetters(String, LetterQuery)
    /// Make a new secret for a model; the old one stays valid for the grace period.
    case rotateSecret(ModelID)
    /// Make a new secret for a model that is accepted beside the current one.
    case stageSecret(ModelID)
    /// Make the staged secret of a model the current one. Unless forced, not while devices that
    /// were active within a day have not used it.
    case promoteSecret(ModelID, forced: Bool)
    /// Give the staged secret of a model up. Unless forced, not while devices use it.
    case abortRotation(ModelID, forced: Bool)
    /// End the grace of a former secret. Unless forced, not while devices use it.
    case revokeSecret(ModelID, generation: Int, forced: Bool)
    /// Accept a former secret in its grace for longer.
    case extendGrace(ModelID, generation: Int, untilUnixMilliseconds: Int64)
    /// Write what the firmware of a device has to hold to a file for the operator: the model's secret,
    /// which is made if there is none, or the device's own key. Nil for any device of the model.
    case provision(ModelID, device: String?)
    /// Write packets to a file in the gateway's dump folder.
    case dump([PacketRecord], format: DumpFormat)
    /// Write text that an operator has copied to a file in the gateway's dump folder.
    case keep(CopiedText)
    /// Write all that comes in to files, until the order is met or the capture is stopped.
    case startCapture(CaptureOrder)
    case stopCapture
    /// Keep the newest frames of one device in the snapshots' packets, however much else comes in;
    /// until another is followed. The id is that of its ``DeviceSnapshot``.
    case follow(ModelID, device: String)
    /// Take a step with the registry of devices.
    case register(RegistryStep)
    /// Let nobody in from an address or a network for some time.
    case blockAddress(String, seconds: Int)
    /// Lift the blocks within an address or a network.
    case unblockAddress(String)
    /// Take the last block of exactly this address or network back: a block that was there before it
    /// stays, to its own end.
    case takeBackBlock(String)
    /// Note that the operator looks after an alarm, by its ``AlarmSnapshot/id``.
    case acknowledgeAlarm(String)
    /// Take back that somebody looks after an alarm.
    case reopenAlarm(String)
    /// Let the console that asks change the gateway, though another does.
    case elevate
    /// Drain and stop the gateway.
    case stop
}

/// Which dead letters of a route are given up.
public enum DroppedLetters: Equatable, Sendable {
    /// Those with these numbers.
    case numbers([Int64])
    /// All up to this number: those that there were when somebody decided so, not what has come
    /// since.
    case all(upTo: Int64)
    /// Those that a filter matches, if they are no more than this: what somebody was asked about.
    case matching(LetterQuery, atMost: Int)
}

/// Dead letters that a filter matches, of those that there were at one moment.
public struct LetterQuery: Equatable, Sendable {
    /// In the language of filters.
    public var filter: String
    /// The highest number of a letter then.
    public var upTo: Int64
    /// When that was, in milliseconds of Unix time: what was condemned later, also once more, is none of
    /// them, and times in the filter are counted back from it.
    public var asOf: Int64

    public init(filter: String, upTo: Int64, asOf: Int64) {
        self.filter = filter
        self.upTo = upTo
        self.asOf = asOf
    }
}

/// How dumped packets are written.
public enum DumpFormat: String, CaseIterable, Sendable {
    /// pcapng with link type USER0 and the verdict as the packet's comment.
    case pcapng
    /// One JSON object a line.
    case ndjson
    /// A line of hexadecimal digits a packet, as `nanogridata decode` reads it.
    case hex
}

/// What became of a command, in a sentence for the operator. It never holds a secret.
public enum CommandResult: Equatable, Sendable {
    case done(String)
    /// All was as it should become already.
    case unchanged(String)
    /// How many there are of what was to be counted.
    case counted(Int)
    case failed(String)

    /// For logs, with the sentence.
    package var words: String {
        switch self {
        case .done(let text): "done: \(text)"
        case .unchanged(let text): "nothing to do: \(text)"
        case .counted(let count): "counted: \(count)"
        case .failed(let text): "failed: \(text)"
        }
    }
}

/// What a console needs of a gateway, wherever that gateway runs.
public protocol GatewayPort: Sendable {
    /// The newest snapshot with the parts asked for. Returns at once and blocks nobody.
    func snapshot(_ parts: SnapshotParts) -> Snapshot
    /// Hands a command over and returns at once; the completion is called once, on any thread.
    func perform(_ command: Command, completion: @escaping @Sendable (CommandResult) -> Void)
    /// What the gateway lets this console do; nil where there are no others beside it.
    var standing: ConsoleStanding? { get }
}

extension GatewayPort {
    public var standing: ConsoleStanding? { nil }
}

/// What a console may do beside others at the same gateway.
public enum ConsoleStanding: Equatable, Sendable {
    /// Change the gateway.
    case steers
    /// Look, and steer as well when it asks for that; with whoever steers, where somebody does.
    case beside(String?)
    /// Look, and no more.
    case looks
}
