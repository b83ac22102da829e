import NanoCore

extension AdminRequest {
    /// A command as a request.
    init(_ command: Command) {
        self.init("")
        switch command {
        case .pauseRoute(let name): (act, route) = ("pause_route", name)
        case .resumeRoute(let name): (act, route) = ("resume_route", name)
        case .skipRoute(let name): (act, route) = ("skip_route", name)
        case .redrive(let name, let numbers):
            (act, route, letters) = ("redrive_dead_letters", name, numbers)
        case .dropDeadLetters(let name, let dropped):
            (act, route) = ("drop_dead_letters", name)
            switch dropped {
            case .numbers(let numbers): letters = numbers
            case .all(let highest): upTo = highest
            case .matching(let query, let most): write(query, atMost: most)
            }
        case .redriveMatching(let name, let query, let most):
            (act, route) = ("redrive_dead_letters", name)
            write(query, atMost: most)
        case .countDeadLetters(let name, let query):
            (act, route) = ("count_dead_letters", name)
            write(query, atMost: nil)
        case .rotateSecret(let id): (act, model) = ("rotate_secret", id.description)
        case .stageSecret(let id): (act, model) = ("stage_secret", id.description)
        case .promoteSecret(let id, let forced):
            (act, model, force) = ("promote_secret", id.description, forced)
        case .abortRotation(let id, let forced):
            (act, model, force) = ("abort_rotation", id.description, forced)
        case .revokeSecret(let id, let number, let forced):
            (act, model, generation, force) = ("revoke_secret", id.description, number, forced)
        case .extendGrace(let id, let number, let end):
            (act, model, generation, until) = ("extend_grace", id.description, number, end)
        case .provision(let id, let name):
            (act, model, device) = ("provision_device", id.description, name)
        case .dump(let packets, let kind):
            (act, records, format) = ("dump_packets", packets, kind.rawValue)
        case .keep(let text): (act, copy) = ("keep_copy", text)
        case .startCapture(let order): write(order)
        case .stopCapture: act = "stop_capture"
        case .follow(let id, let name):
            (act, model, device) = ("follow_device", id.description, name)
        case .register(let step): write(step)
        case .blockAddress(let name, let time):
            (act, address, seconds) = ("block_address", name, time)
        case .unblockAddress(let name): (act, address) = ("unblock_address", name)
        case .takeBackBlock(let name): (act, address) = ("take_back_block", name)
        case .acknowledgeAlarm(let id): (act, alarm) = ("acknowledge_alarm", id)
        case .reopenAlarm(let id): (act, alarm) = ("reopen_alarm", id)
        case .elevate: act = "elevate"
        case .stop: act = "stop"
        }
    }

    private mutating func write(_ query: LetterQuery, atMost most: Int?) {
        (filter, upTo, asOf, atMost) = (query.filter, query.upTo, query.asOf, most)
    }

    private mutating func write(_ step: RegistryStep) {
        act = step.action.rawValue
        switch step {
        case .approve(let name), .reject(let name), .block(let name), .unblock(let name),
            .remove(let name):
            (model, device) = (name.model.description, name.id)
        case .adopt(let names): devices = names
        }
    }

    private mutating func write(_ order: CaptureOrder) {
        act = "start_capture"
        (format, packets, bytes) = (order.format.rawValue, order.packets, order.bytes)
        seconds = order.seconds
        (files, fileBytes) = (order.ring?.files, order.ring?.fileBytes)
    }

    /// The names of all commands.
    static let commands = [
        "pause_route", "resume_route", "skip_route", "redrive_dead_letters", "drop_dead_letters",
        "count_dead_letters",
        "rotate_secret", "stage_secret", "promote_secret", "abort_rotation", "revoke_secret",
        "extend_grace", "provision_device", "dump_packets", "keep_copy", "start_capture",
        "stop_capture", "follow_device", "approve_device", "reject_device", "block_device",
        "unblock_device", "remove_device", "adopt_devices",
        "block_address", "unblock_address", "take_back_block", "acknowledge_alarm", "reopen_alarm",
        "elevate", "stop",
    ]

    /// For which an address may be blocked.
    private static let blockSeconds = 1...365 * 86_400

    /// The command that is asked for.
    ///
    /// - Throws: ``AdminFault`` that names the field at fault and what it may be.
    func command() throws(AdminFault) -> Command {
        let isForced = force ?? false
        switch act {
        case "pause_route": return .pauseRoute(try wanted(route, "route"))
        case "resume_route": return .resumeRoute(try wanted(route, "route"))
        case "skip_route": return .skipRoute(try wanted(route, "route"))
        case "redrive_dead_letters":
            let name = try wanted(route, "route")
            guard filter != nil else { return .redrive(name, letters: letters) }
            return .redriveMatching(
                name, try letterQuery(), atMost: try wanted(atMost, "at_most"))
        case "count_dead_letters":
            return .countDeadLetters(try wanted(route, "route"), try letterQuery())
        case "drop_dead_letters":
            let name = try wanted(route, "route")
            if filter != nil {
                let most = try wanted(atMost, "at_most")
                return .dropDeadLetters(
                    name, letters: .matching(try letterQuery(), atMost: most))
            }
            if let letters { return .dropDeadLetters(name, letters: .numbers(letters)) }
            return .dropDeadLetters(name, letters: .all(upTo: try wanted(upTo, "letters or up_to")))
        case "rotate_secret": return .rotateSecret(try modelID())
        case "stage_secret": return .stageSecret(try modelID())
        case "promote_secret": return .promoteSecret(try modelID(), forced: isForced)
        case "abort_rotation": return .abortRotation(try modelID(), forced: isForced)
        case "revoke_secret":
            return .revokeSecret(
                try modelID(), generation: try wanted(generation, "generation"), forced: isForced)
        case "extend_grace":
            return .extendGrace(
                try modelID(), generation: try wanted(generation, "generation"),
                untilUnixMilliseconds: try wanted(until, "until_unix_ms"))
        case "provision_device": return .provision(try modelID(), device: device)
        case "dump_packets":
            let kind = try dumpFormat()
            return .dump(try wanted(records, "records"), format: kind)
        case "keep_copy": return .keep(try wanted(copy, "copy"))
        case "start_capture": return .startCapture(try captureOrder())
        case "stop_capture": return .stopCapture
        case "follow_device":
            return .follow(try modelID(), device: try wanted(device, "device"))
        case "approve_device": return .register(.approve(try deviceName()))
        case "reject_device": return .register(.reject(try deviceName()))
        case "block_device": return .register(.block(try deviceName()))
        case "unblock_device": return .register(.unblock(try deviceName()))
        case "remove_device": return .register(.remove(try deviceName()))
        case "adopt_devices": return .register(.adopt(devices))
        case "block_address":
            let time = try wanted(seconds, "seconds")
            guard Self.blockSeconds.contains(time) else {
                throw AdminFault(
                    "\(act): \(time) seconds; use \(Self.blockSeconds.lowerBound)…"
                        + "\(Self.blockSeconds.upperBound)")
            }
            return .blockAddress(try wanted(address, "address"), seconds: time)
        case "unblock_address": return .unblockAddress(try wanted(address, "address"))
        case "take_back_block": return .takeBackBlock(try wanted(address, "address"))
        case "acknowledge_alarm": return .acknowledgeAlarm(try wanted(alarm, "alarm"))
        case "reopen_alarm": return .reopenAlarm(try wanted(alarm, "alarm"))
        case "elevate": return .elevate
        case "stop": return .stop
        default:
            throw AdminFault(
                "\"do\": \"\(SafeText.quotable(act, to: 40))\" is none; use hello, snapshot, "
                    + Self.commands.joined(separator: ", "))
        }
    }

    private func wanted<Value>(_ value: Value?, _ name: String) throws(AdminFault) -> Value {
        guard let value else { throw AdminFault("\(act): needs \(name)") }
        return value
    }

    private func letterQuery() throws(AdminFault) -> LetterQuery {
        LetterQuery(
            filter: try wanted(filter, "filter"), upTo: try wanted(upTo, "up_to"),
            asOf: try wanted(asOf, "as_of_unix_ms"))
    }

    private func dumpFormat() throws(AdminFault) -> DumpFormat {
        let names = DumpFormat.allCases.map(\.rawValue).joined(separator: ", ")
        guard let kind = DumpFormat(rawValue: try wanted(format, "format")) else {
            throw AdminFault("\(act): \"format\" is one of \(names)")
        }
        return kind
    }

    private func captureOrder() throws(AdminFault) -> CaptureOrder {
        var order = CaptureOrder(packets: packets, bytes: bytes, seconds: seconds)
        if format != nil { order.format = try dumpFormat() }
        if files != nil || fileBytes != nil {
            order.ring = CaptureOrder.Ring(
                files: try wanted(files, "files"), fileBytes: try wanted(fileBytes, "file_bytes"))
        }
        if let fault = order.fault { throw AdminFault("\(act): \(fault)") }
        return order
    }

    private func deviceName() throws(AdminFault) -> DeviceName {
        DeviceName(try modelID(), try wanted(device, "device"))
    }

    private func modelID() throws(AdminFault) -> ModelID {
        let text = try wanted(model, "model")
        guard let id = ModelID(text) else {
            throw AdminFault(
                "\(act): \"model\" is two hexadecimal digits as in 0x10, not "
                    + "\"\(SafeText.quotable(text, to: 20))\"")
        }
        return id
    }
}
