import NanoCore

/// What commands do that name what they are about. They ask the same questions as the keys.
extension ConsoleModel {
    mutating func run(_ invocation: Invocation) -> [Effect] {
        let arguments = invocation.arguments
        guard let first = arguments.first else {
            // The key is a switch, the word is none.
            if invocation.action == .pause, let name = chosenRoute?.name,
                live.routes.first(where: { $0.name == name })?.state == .paused
            {
                say("\(SafeText.escaped(name)) is paused already")
                return []
            }
            return perform(invocation.action)
        }
        if rewound != nil, !invocation.action.worksInThePast {
            // It says that this is the past.
            return perform(invocation.action)
        }
        if invocation.action.isCommand, sayUnanswered() { return [] }
        let second = arguments.dropFirst().first
        switch invocation.action {
        case .pause, .resume, .skip, .letters, .redrive, .redriveAll, .drop, .dropAll:
            return run(invocation.action, route: first, letter: second.flatMap { Int64($0) })
        case .stage, .promote, .abort, .rotate, .revoke, .extend:
            guard let model = ModelID(first) else { return [] }
            run(invocation.action, model: model, rest: Array(arguments.dropFirst()))
        case .provision:
            askToProvision(NewDevice(arguments.joined(separator: " ")))
        case .approve, .reject, .remove, .blockDevice, .unblockDevice:
            guard let model = ModelID(first), let second else { return [] }
            run(invocation.action, device: DeviceName(model, second))
        case .device:
            guard let model = ModelID(first), let second else { return [] }
            return open(device: DeviceName(model, second))
        case .blockAddress: askToBlock(address: AddressSource.text(of: first))
        case .unblockAddress: unblock(first)
        case .acknowledge:
            guard let alarm = live.alarms.first(where: { $0.id == first }) else {
                say("that alarm is over; there is nothing to look after")
                return []
            }
            return acknowledge(alarm)
        case .theme:
            lastChange = Change(Invocation(action: .theme, arguments: [themeName]))
            return [.theme(first)]
        case .sort:
            guard let column = DeviceSort.Column(name: first) else { return [] }
            var sort = DeviceSort(by: column)
            if let second { sort.isAscending = second == "ascending" }
            self.sort(sort)
        case .filter: filter(by: first)
        case .hideColumn, .showColumn: setColumn(first, isHidden: invocation.action == .hideColumn)
        case .hidePane, .showPane: setPane(first, isHidden: invocation.action == .hidePane)
        case .curves: if let form = StackedGraph.Form(rawValue: first) { setCurves(form) }
        case .split: if let split = PaneSplit(rawValue: first) { setSplit(split) }
        case .dump:
            guard let format = DumpFormat(rawValue: first) else { return [] }
            let records = chosenRecords(otherwise: records)
            guard !records.isEmpty else {
                say("nothing is listed that could be dumped", isFault: true)
                return []
            }
            return [.perform(.dump(records, format: format))]
        case .save: return saveLog(as: first)
        case .copy: return CopyForm(rawValue: first).map { copy(as: $0) } ?? []
        default: break
        }
        return []
    }

    private mutating func run(_ action: Action, route name: String, letter: Int64?) -> [Effect] {
        guard let route = live.routes.first(where: { $0.name == name }) else {
            say("there is no route \(SafeText.escaped(name)) any more", isFault: true)
            return []
        }
        switch action {
        case .pause: askToPause(route)
        case .resume: return resume(route)
        case .skip: askToSkip(route)
        case .letters: openLetters(of: route)
        case .redriveAll: askToRedriveAll(of: route)
        case .dropAll: askToDropAll(of: route)
        case .redrive: return letter.map { [.perform(.redrive(name, letters: [$0]))] } ?? []
        case .drop:
            guard let letter else { return [] }
            overlay = .confirmation(
                Confirmation(
                    title: "Drop dead letter \(letter) of \(SafeText.escaped(name))?",
                    text: ["It is given up for good, and counts as skipped."], verb: "Drop",
                    effect: .perform(.dropDeadLetters(name, letters: .numbers([letter])))))
        default: break
        }
        return []
    }

    private mutating func run(_ action: Action, model: ModelID, rest: [String]) {
        let secrets = live.secrets.filter { $0.model == model }
        let generation = rest.first.flatMap { Int($0) }
        let chosen =
            generation.map { number in secrets.first { $0.generation == number } }
            ?? secrets.first { $0.state == .current } ?? secrets.first
        guard let chosen else {
            let which = generation.map { "generation \($0)" } ?? "secret"
            return say("\(model) has no \(which)", isFault: true)
        }
        switch action {
        case .stage: askToStage(chosen)
        case .promote: askToPromote(chosen)
        case .abort: askToAbort(chosen)
        case .rotate: askToRotate(chosen)
        case .revoke: askToRevoke(chosen)
        case .extend:
            guard let span = rest.last else { return }
            guard chosen.state == .previous else {
                return say(
                    "only a former secret in its grace can be accepted for longer", isFault: true)
            }
            if let fault = fault(ofGrace: span, chosen) { return say(fault, isFault: true) }
            askToExtend(chosen, span)
        default: break
        }
    }

    private mutating func run(_ action: Action, device name: DeviceName) {
        let row = live.registry.rows.first { $0.name == name } ?? RegistryRow(name: name)
        switch action {
        case .approve: askToApprove(row)
        case .reject: askToReject(row)
        case .remove: askToRemove(row)
        case .unblockDevice: askToUnblock(name)
        case .blockDevice:
            if let device = live.devices.first(where: { $0.name == name }) {
                askToBlock(device)
            } else if row.frames > 0 || row.standing != nil {
                askToBlock(unheard: row)
            } else {
                askToBlock(DeviceSnapshot(model: name.model, id: name.id))
            }
        default: break
        }
    }

    private mutating func unblock(_ text: String) {
        let source = AddressSource.text(of: text)
        let row = live.offenders.rows.first { $0.source == source || $0.source == text }
        guard let row else {
            return say("\(SafeText.shortened(text, to: 40)) is not blocked", isFault: true)
        }
        askToUnblockAddress(row)
    }

    private mutating func filter(by source: String) {
        lastChange = Change(
            Invocation(action: .filter, arguments: [filter(view).source]), in: view)
        filters[view] = source.isEmpty ? nil : view.filter(source)
    }
}
