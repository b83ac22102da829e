import NanoCore

/// What is asked before something happens, and what follows from the answer.
extension ConsoleModel {
    mutating func answer(_ confirmation: Confirmation, _ key: Key) -> [Effect] {
        var confirmation = confirmation
        switch key {
        case .left, .right, .tab, .backTab, .character("h"), .character("l"):
            confirmation.isArmed.toggle()
            overlay = .confirmation(confirmation)
        case .enter:
            overlay = .none
            return confirmation.isArmed ? [confirmation.effect] : []
        case .character("y"):
            overlay = .none
            return [confirmation.effect]
        case .escape, .character("n"), .character("q"), .control("c"): overlay = .none
        default: break
        }
        return []
    }

    mutating func askToQuit() {
        let devices = Numbers.grouped(UInt64(live.connections.open))
        let undelivered = live.routes.reduce(UInt64(0)) { $0 + $1.waiting + $1.inFlight }
        var lines = ["The gateway stops too: \(devices) connections are closed."]
        if undelivered > 0 {
            let count = Numbers.grouped(undelivered)
            lines.append("\(count) packets wait for their destinations; what they do not")
            lines.append("take within a few seconds is lost.")
        }
        overlay = .confirmation(
            Confirmation(title: "Quit?", lines: lines, verb: "Quit", effect: .quit))
    }

    /// Resuming needs no question.
    mutating func pauseOrResume() -> [Effect] {
        guard view == .routes, let index = list(.routes).index(in: rowIDs) else {
            view = .routes
            return []
        }
        // The row may be frozen; what can be done about the route depends on what it does now.
        let row = shown.routes[index]
        let route = live.routes.first { $0.name == row.name } ?? row
        guard route.state != .paused else { return [.perform(.resumeRoute(route.name))] }
        let rate = Numbers.rate(history.rate("out/\(route.name)"))
        overlay = .confirmation(
            Confirmation(
                title: "Pause \(route.name)?",
                lines: [
                    "About \(rate) packets a second will wait in the gateway.",
                    "When its memory is full, devices have to wait too.",
                ], verb: "Pause", effect: .perform(.pauseRoute(route.name))))
        return []
    }

    mutating func askToRotate() {
        let secrets = shown.secrets
        guard let index = list(.secrets).index(in: rowIDs) else { return }
        let model = secrets[index].model
        let row = shown.models.first { $0.id == model }
        let devices = Numbers.grouped(UInt64(row?.devices ?? 0))
        overlay = .confirmation(
            Confirmation(
                title: "Rotate the secret of \(model) \(row?.name ?? "")?",
                lines: [
                    "\(devices) devices have to get the new secret before the grace",
                    "period of the old one ends. The new secret is written to a file",
                    "that only you can read; it is not shown.",
                ], verb: "Rotate", effect: .perform(.rotateSecret(model))))
    }

    mutating func askForDump() {
        let records = opened.map { [$0] } ?? records
        guard !records.isEmpty else {
            say("nothing is listed that could be dumped", isFault: true)
            return
        }
        overlay = .dump(records, .pcapng)
    }

    mutating func choose(
        _ format: DumpFormat, for records: [PacketRecord], _ key: Key
    ) -> [Effect] {
        let formats = DumpFormat.allCases
        let index = formats.firstIndex(of: format) ?? 0
        switch key {
        case .left, .up, .backTab, .character("h"), .character("k"):
            overlay = .dump(records, formats[(index + formats.count - 1) % formats.count])
        case .right, .down, .tab, .character("l"), .character("j"):
            overlay = .dump(records, formats[(index + 1) % formats.count])
        case .enter:
            overlay = .none
            return [.perform(.dump(records, format: format))]
        case .escape, .character("q"), .control("c"): overlay = .none
        default: break
        }
        return []
    }
}
