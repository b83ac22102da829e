import NanoCore

extension Gateway {
    /// Does what the operator asks for, and says what was done.
    func execute(_ command: Command, by actor: AuditActor) -> CommandResult {
        switch command {
        case .pauseRoute(let name): setPaused(true, name)
        case .resumeRoute(let name): setPaused(false, name)
        case .skipRoute(let name): skip(name)
        case .redrive(let name, let letters): redrive(name, letters)
        case .redriveMatching(let name, let query, let most):
            redrive(name, matching: query, atMost: most)
        case .dropDeadLetters(let name, let letters): drop(name, letters)
        case .countDeadLetters(let name, let query): countLetters(of: name, query)
        case .rotateSecret(let model): changeSecret { try keys.rotate(model, now: .now) }
        case .stageSecret(let model): changeSecret { try keys.stage(model, now: .now) }
        case .promoteSecret(let model, let forced): promote(model, forced)
        case .abortRotation(let model, let forced): abortRotation(model, forced)
        case .revokeSecret(let model, let generation, let forced):
            revoke(model, generation, forced)
        case .extendGrace(let model, let generation, let end):
            extendGrace(model, generation, end)
        case .provision(let model, let device): provision(model, device)
        case .dump(let records, let format): dump(records, format)
        case .keep(let copy): keep(copy)
        case .startCapture(let order): startCapture(order)
        case .stopCapture: stopCapture()
        case .follow(let model, let device): follow(model, device)
        case .register(let step): changeRegistry(step)
        case .blockAddress(let network, let seconds): blockAddress(network, seconds: seconds)
        case .unblockAddress(let network): unblockAddress(network)
        case .takeBackBlock(let network): takeBackBlock(network)
        case .acknowledgeAlarm(let id): acknowledge(id, by: actor)
        case .reopenAlarm(let id): acknowledge(id, by: nil)
        case .elevate: .done("this console steers the gateway, too")
        case .stop:
            {
                stop()
                return .done("draining and stopping")
            }()
        }
    }

    func route(_ name: String) -> Route? {
        routes.first { $0.configuration.name == name }
    }

    func noRoute(_ name: String) -> CommandResult {
        let names = routes.map(\.configuration.name).joined(separator: ", ")
        return .failed("there is no route \(SafeText.escaped(name)); there are \(names)")
    }

    private func setPaused(_ isPaused: Bool, _ name: String) -> CommandResult {
        guard let route = route(name) else { return noRoute(name) }
        let isNew = journal.setPaused(isPaused, route: route.place, byOperator: true)
        route.wake()
        let done = isPaused ? "\(name) is paused; its packets wait" : "\(name) flows again"
        do {
            try journal.keepHouse(now: .now)
        } catch {
            return .failed(
                "\(done), but the cursors cannot be saved: \(error); it is undone should the gateway "
                    + "be killed before that is mended")
        }
        return isNew
            ? .done(done) : .unchanged("\(name) is \(isPaused ? "paused" : "flowing") already")
    }

    private func skip(_ name: String) -> CommandResult {
        guard let route = route(name) else { return skipUnconfigured(name) }
        route.giveBackResting()
        let count = journal.skip(route: route.place)
        let inFlight = journal.skippedInFlight(route: route.place)
        guard count + inFlight > 0 else { return .unchanged("nothing waits for \(name)") }
        let packets = PlainWords.count(count, "packet")
        let others =
            inFlight > 0
            ? ", and \(PlainWords.count(inFlight)) in flight unless they arrive now" : ""
        do {
            try journal.keepHouse(now: .now)
            let isPaused = journal.isPaused(route: route.place)
            return .done(
                "\(packets) given up\(others); \(name) gets what comes from now on"
                    + (isPaused ? ", when it is resumed" : ""))
        } catch {
            return .failed(
                "\(packets) given up for \(name)\(others), but the cursors cannot be saved: "
                    + "\(error); they come back should the gateway be killed before that is mended")
        }
    }

    private func skipUnconfigured(_ name: String) -> CommandResult {
        let count = journal.skip(unconfigured: name)
        guard count > 0 else { return noRoute(name) }
        let done =
            "\(PlainWords.count(count, "packet")) given up for \(SafeText.escaped(name)), which is not "
            + "configured"
        do {
            try journal.keepHouse(now: .now)
            return .done(done)
        } catch {
            return .failed(
                "\(done), but the cursors cannot be saved: \(error); they come back should the gateway be "
                    + "killed before that is mended")
        }
    }

    private func follow(_ model: ModelID, _ device: String) -> CommandResult {
        var sum = LaneSum()
        for lane in lanes { lane.add(to: &sum, parts: [.devices], now: .now) }
        let name = SafeText.shortened(device, to: 64)
        guard let found = sum.devices.device(model, device) else {
            return .failed("\(model) \(name) has not been seen since the start")
        }
        for lane in lanes { lane.follow(device: found) }
        return .done("following \(name): its newest packets stay listed")
    }

    private func dump(_ records: [PacketRecord], _ format: DumpFormat) -> CommandResult {
        guard !records.isEmpty else { return .failed("nothing is selected to be dumped") }
        do {
            let file = try dumpFolder.write(records, as: format, now: .now)
            return .done(
                "\(PlainWords.count(UInt64(records.count), "packet")) written to \(file)")
        } catch {
            return .failed("\(error)")
        }
    }

    private func keep(_ copy: CopiedText) -> CommandResult {
        guard copy.text.utf8.count <= CopiedText.longest else {
            return .failed(
                "the copy has \(PlainWords.bytes(UInt64(copy.text.utf8.count))); at most "
                    + "\(PlainWords.bytes(UInt64(CopiedText.longest))) are written: mark fewer packets"
            )
        }
        do {
            // What was copied is in the command; whoever gave it wants to know the file.
            return .done(try dumpFolder.write(copy, now: .now))
        } catch {
            return .failed("\(error)")
        }
    }

    private var dumpFolder: DumpFolder { DumpFolder(path: folder.path + "/dumps") }
}

extension Command {
    /// For the log: what was asked for, without what was in it.
    var summary: String {
        switch self {
        case .pauseRoute(let name): "pause \(name)"
        case .resumeRoute(let name): "resume \(name)"
        case .skipRoute(let name): "skip what waits for \(name)"
        case .redrive(let name, let letters):
            "redrive \(letters.map { "\($0.count)" } ?? "all") dead letters of \(name)"
        case .redriveMatching(let name, let query, _):
            "redrive dead letters that match \(query.summary) of \(name)"
        case .countDeadLetters(let name, let query):
            "count dead letters that match \(query.summary) of \(name)"
        case .dropDeadLetters(let name, let letters):
            "drop \(letters.summary) of \(name)"
        case .rotateSecret(let model): "rotate \(model)"
        case .stageSecret(let model): "stage a secret of \(model)"
        case .promoteSecret(let model, let forced): "promote \(model)\(forced ? ", forced" : "")"
        case .abortRotation(let model, let forced):
            "abort the rotation of \(model)\(forced ? ", forced" : "")"
        case .revokeSecret(let model, let generation, let forced):
            "revoke \(model) generation \(generation)\(forced ? ", forced" : "")"
        case .extendGrace(let model, let generation, let end):
            "extend \(model) generation \(generation) until \(Timestamp.iso8601(end))"
        case .provision(let model, let device):
            "provision \(model) \(SafeText.shortened(device ?? "any device", to: 64))"
        case .dump(let records, let format): "dump \(records.count) packets as \(format.rawValue)"
        case .keep(let copy): "keep a copy of \(SafeText.shortened(copy.subject, to: 80))"
        case .startCapture(let order): "start a capture: \(order.summary)"
        case .elevate: "elevate the console"
        case .stopCapture: "stop the capture"
        case .follow(let model, let device): "follow \(model) \(SafeText.shortened(device, to: 64))"
        case .register(let step):
            "\(step.action.rawValue) \(SafeText.shortened(step.target, to: 80))"
        case .blockAddress(let network, let seconds):
            "block \(SafeText.shortened(network, to: 64)) for \(seconds) s"
        case .unblockAddress(let network): "unblock \(SafeText.shortened(network, to: 64))"
        case .takeBackBlock(let network):
            "take the last block of \(SafeText.shortened(network, to: 64)) back"
        case .acknowledgeAlarm(let id): "acknowledge \(SafeText.shortened(id, to: 80))"
        case .reopenAlarm(let id): "reopen \(SafeText.shortened(id, to: 80))"
        case .stop: "stop"
        }
    }
}

extension DroppedLetters {
    fileprivate var summary: String {
        switch self {
        case .numbers(let numbers): "\(numbers.count) dead letters"
        case .all(let highest): "all up to \(highest) of the dead letters"
        case .matching(let query, _): "dead letters that match \(query.summary)"
        }
    }
}

extension LetterQuery {
    fileprivate var summary: String { SafeText.shortened(filter, to: 80) }
}
