/// What somebody did to a gateway or to what it keeps, by the fixed words of the audit trail.
public enum AuditAction: String, CaseIterable, Sendable {
    case pauseRoute = "pause_route"
    case resumeRoute = "resume_route"
    case skipRoute = "skip_route"
    case rotateSecret = "rotate_secret"
    case stageSecret = "stage_secret"
    case promoteSecret = "promote_secret"
    case abortRotation = "abort_rotation"
    case revokeSecret = "revoke_secret"
    case extendGrace = "extend_grace"
    case exportSecret = "export_secret"
    case provisionDevice = "provision_device"
    case rekeyKeystore = "rekey_keystore"
    case redriveDeadLetters = "redrive_dead_letters"
    case dropDeadLetters = "drop_dead_letters"
    case dumpPackets = "dump_packets"
    case keepCopy = "keep_copy"
    case startCapture = "start_capture"
    case stopCapture = "stop_capture"
    case approveDevice = "approve_device"
    case rejectDevice = "reject_device"
    case blockDevice = "block_device"
    case unblockDevice = "unblock_device"
    case removeDevice = "remove_device"
    case adoptDevices = "adopt_devices"
    case blockAddress = "block_address"
    case unblockAddress = "unblock_address"
    case acknowledgeAlarm = "acknowledge_alarm"
    case reopenAlarm = "reopen_alarm"
    case elevateConsole = "elevate_console"
    case start
    case stop

    /// Whether it loses or moves something, so that the trail tells of it before it is begun.
    package var isAnnounced: Bool {
        switch self {
        case .skipRoute, .rotateSecret, .stageSecret, .promoteSecret, .abortRotation,
            .revokeSecret, .extendGrace, .exportSecret, .provisionDevice,
            .rekeyKeystore, .redriveDeadLetters, .dropDeadLetters, .blockDevice, .removeDevice,
            .blockAddress:
            true
        case .pauseRoute, .resumeRoute, .dumpPackets, .keepCopy, .startCapture, .stopCapture,
            .approveDevice, .rejectDevice, .unblockDevice, .adoptDevices, .unblockAddress,
            .acknowledgeAlarm, .reopenAlarm, .elevateConsole, .start, .stop:
            false
        }
    }
}

extension Command {
    /// What the audit trail says of a command: the action, and what it is done to. Nil for what
    /// only watches.
    public var audited: (action: AuditAction, target: String)? {
        switch self {
        case .pauseRoute(let name): (.pauseRoute, name)
        case .resumeRoute(let name): (.resumeRoute, name)
        case .skipRoute(let name): (.skipRoute, name)
        case .redrive(let name, let letters): (.redriveDeadLetters, Self.target(name, letters))
        case .dropDeadLetters(let name, let letters):
            switch letters {
            case .numbers(let numbers): (.dropDeadLetters, Self.target(name, numbers))
            case .all(let highest): (.dropDeadLetters, "\(name): all up to \(highest)")
            case .matching(let query, _): (.dropDeadLetters, Self.target(name, query))
            }
        case .redriveMatching(let name, let query, _):
            (.redriveDeadLetters, Self.target(name, query))
        case .rotateSecret(let model): (.rotateSecret, model.description)
        case .stageSecret(let model): (.stageSecret, model.description)
        case .promoteSecret(let model, let forced):
            (.promoteSecret, Self.target(model, forced: forced))
        case .abortRotation(let model, let forced):
            (.abortRotation, Self.target(model, forced: forced))
        case .revokeSecret(let model, let generation, let forced):
            (.revokeSecret, Self.target(model, generation, forced: forced))
        case .extendGrace(let model, let generation, let end):
            (.extendGrace, "\(model) generation \(generation) until \(Timestamp.iso8601(end))")
        case .provision(let model, let device):
            (
                .provisionDevice,
                "\(model)" + (device.map { " device \(SafeText.shortened($0, to: 64))" } ?? "")
            )
        case .dump(let records, let format):
            (.dumpPackets, "\(records.count) packets as \(format.rawValue)")
        case .keep(let copy): (.keepCopy, SafeText.shortened(copy.subject, to: 80))
        case .startCapture(let order): (.startCapture, order.summary)
        case .stopCapture: (.stopCapture, "capture")
        case .follow, .countDeadLetters: nil
        case .register(let step): (step.action, step.target)
        case .blockAddress(let network, let seconds):
            (.blockAddress, "\(network) for \(PlainWords.time(seconds: Double(seconds)))")
        case .unblockAddress(let network): (.unblockAddress, network)
        case .takeBackBlock(let network): (.unblockAddress, "\(network): the last block")
        case .acknowledgeAlarm(let id): (.acknowledgeAlarm, id)
        case .reopenAlarm(let id): (.reopenAlarm, id)
        case .elevate: (.elevateConsole, "console")
        case .stop: (.stop, "gateway")
        }
    }

    private static func target(
        _ model: ModelID, _ generation: Int? = nil, forced: Bool
    ) -> String {
        model.description + (generation.map { " generation \($0)" } ?? "")
            + (forced ? ", forced" : "")
    }

    /// As the command line says it, and up to which letter.
    private static func target(_ route: String, _ query: LetterQuery) -> String {
        "\(route): \(query.filter), up to \(query.upTo)"
    }

    private static func target(_ route: String, _ letters: [Int64]?) -> String {
        guard let letters else { return "\(route): all" }
        return "\(route): \(letters.map(String.init).joined(separator: " "))"
    }
}
