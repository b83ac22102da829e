import NanoCore

/// What is done about devices that are not heard, or should not be.
extension ConsoleModel {
    mutating func openRegistry() {
        lists[.registry] = nil
        go(to: .registry, showing: nil)
    }

    /// The row of the registry that the cursor is on, or that of the device that is open.
    var chosenRow: RegistryRow? {
        if let openRegistryRow { return openRegistryRow }
        guard view == .registry, let index = cursor else { return nil }
        return unheard[index]
    }

    mutating func askToApprove(_ row: RegistryRow?) {
        guard let row else { return sayNobodyWaits() }
        guard row.standing != .known else {
            return say("\(row.name.words) is known already")
        }
        let before =
            row.frames == 0 && row.standing == nil
            ? "Nothing was decided about it before."
            : row.standing.map { "It was \($0.rawValue) before." }
                ?? "It has sent \(Numbers.counted(row.frames, "frame")) with a valid MAC, signed with "
                + "generation \(row.generation) of its model's secret, from "
                + "\(SafeText.escaped(row.address))."
        ask(
            "Approve \(row.name.words)?", [before, "What it sends from now on is accepted."],
            "Approve", .approve(row.name))
    }

    mutating func askToReject(_ row: RegistryRow?) {
        guard let row else { return sayNobodyWaits() }
        guard row.standing == nil else {
            return say("\(row.name.words) does not wait: it is \(row.stateName)")
        }
        ask(
            "Reject \(row.name.words)?",
            [
                "Its frames stay refused, and it is not listed as waiting any more.",
                "It can be approved later all the same.",
            ], "Reject", .reject(row.name))
    }

    /// Goes on to the next device that waits, since the row of a rejected one moves to the others'.
    mutating func leaveRow(of name: DeviceName) {
        guard view == .registry, let index = cursor, unheard[index].name == name else { return }
        let waiting = unheard.indices.filter { $0 != index && unheard[$0].standing == nil }
        guard let next = waiting.first(where: { $0 > index }) ?? waiting.last else { return }
        lists[view, default: ListState()].select(next, in: rowIDs)
    }

    mutating func askToRemove(_ row: RegistryRow?) {
        guard let row else { return sayNobodyWaits() }
        guard let standing = row.standing else {
            return say("\(row.name.words) is not in the registry: approve or reject it")
        }
        let isClosed = live.registry.isClosed
        let then =
            switch standing {
            case .known where isClosed:
                "Its frames are refused from then on, and it waits for approval when it sends some."
            case .known: "It is heard as before, since the registry is open."
            case .rejected, .blocked:
                isClosed
                    ? "It is unknown then: its frames stay refused, and it waits for approval when "
                        + "it sends some."
                    : "It is heard again, since the registry is open."
            }
        ask(
            "Forget that \(row.name.words) is \(standing.rawValue)?", [then], "Forget",
            .remove(row.name))
    }

    /// What was decided about the device that a key is about.
    var standingOfChosen: DeviceStanding? {
        guard let device = chosenDevice else { return chosenRow?.standing }
        return live.devices.first { DeviceName($0) == device.name }?.standing
    }

    mutating func askToBlockDevice() {
        if standingOfChosen == .blocked { return askToUnblockDevice() }
        if let device = chosenDevice {
            askToBlock(device)
        } else if let row = chosenRow {
            askToBlock(unheard: row)
        }
    }

    mutating func askToUnblockDevice() {
        if let name = chosenDevice?.name ?? chosenRow?.name { askToUnblock(name) }
    }

    mutating func askToBlock(unheard row: RegistryRow) {
        ask(
            "Block \(row.name.words)?",
            [
                "It is \(row.stateName), and none of its frames is accepted. They are refused as "
                    + "device_blocked from now on, until somebody unblocks it."
            ], "Block", .block(row.name))
    }

    mutating func askToUnblock(_ name: DeviceName) {
        ask(
            "Unblock \(name.words)?",
            [
                live.registry.isClosed
                    ? "It is again what it was before the block: heard if it was known, refused if it "
                        + "was not."
                    : "It is heard again, unless it was rejected before the block."
            ], "Unblock", .unblock(name))
    }

    mutating func askToBlock(_ device: DeviceSnapshot) {
        let name = device.name
        var text = [
            device.accepted + device.refused > 0
                ? wordsOfTraffic(of: device)
                    + "from now on, as device_blocked, until somebody unblocks it."
                : "It has not been heard since the start. What it sends is refused from now on, as "
                    + "device_blocked, until somebody unblocks it."
        ]
        if !device.isNamed { text.append("That holds for all of the model that send no id.") }
        ask("Block \(name.words)?", text, "Block", .block(name))
    }

    mutating func askToAdopt() {
        ask(
            "Adopt all devices seen so far?",
            wordsOfAdoption + [
                live.registry.isClosed
                    ? "The registry is closed: others stay refused."
                    : "The registry is open; devices.registry: closed lets only known ones be heard."
            ], "Adopt", .adopt(nil))
    }

    /// Which devices are known from then on, as far as the gateway tells.
    private var wordsOfAdoption: [String] {
        guard let adoption = live.registry.adoption else {
            return [
                "Those heard since the start, and those heard within the last day before it, also "
                    + "where they wait for approval, are known from now on. What was decided about "
                    + "some before stays."
            ]
        }
        func devices(_ count: Int) -> String { Numbers.counted(UInt64(count), "device") }
        let count = adoption.heard + adoption.heardBefore
        var parts: [String] = []
        if adoption.heard > 0 {
            parts.append("\(Numbers.grouped(UInt64(adoption.heard))) heard since the start")
        }
        if adoption.heardBefore > 0 {
            parts.append(
                "\(Numbers.grouped(UInt64(adoption.heardBefore))) heard within the last day, but not "
                    + "since the start")
        }
        var text = [
            count == 0
                ? "There is none that nothing was decided about: nothing changes."
                : "\(devices(count)) \(count == 1 ? "is" : "are") known from now on: "
                    + parts.joined(separator: ", ") + "."
        ]
        if adoption.waiting > 0 {
            text.append(
                "\(Numbers.grouped(UInt64(adoption.waiting))) of them "
                    + "\(adoption.waiting == 1 ? "waits" : "wait") for approval, and "
                    + "\(adoption.waiting == 1 ? "has" : "have") it then.")
        }
        if adoption.configured > 0 {
            text.append(
                "\(Numbers.grouped(UInt64(adoption.configured))) of them "
                    + "\(adoption.configured == 1 ? "is" : "are") so already, by devices.known.")
        }
        let others = live.registry.waiting - adoption.waiting
        if others > 0 {
            text.append(
                "\(devices(others)) that \(others == 1 ? "waits" : "wait") for approval and "
                    + "\(others == 1 ? "was" : "were") not heard of late "
                    + "\(others == 1 ? "goes" : "go") on waiting.")
        }
        if adoption.decided > 0 {
            text.append("What was decided about \(devices(adoption.decided)) before stays.")
        }
        return text
    }

    private mutating func ask(
        _ title: String, _ text: [String], _ verb: String, _ step: RegistryStep
    ) {
        overlay = .confirmation(
            Confirmation(
                title: title, text: text, verb: verb, effect: .perform(.register(step))))
    }

    private mutating func sayNobodyWaits() {
        say(
            view == .device
                ? "this device has not been heard since the start"
                : "no device waits, and none was turned away", isFault: true)
    }
}

extension DeviceSnapshot {
    /// As the registry has it.
    var name: DeviceName { DeviceName(model, isNamed ? id : "") }
}
