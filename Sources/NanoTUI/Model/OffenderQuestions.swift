import NanoCore

/// What is done about addresses.
extension ConsoleModel {
    /// Seconds of a block from the console.
    private static let blockSeconds = 3_600
    /// How old a list of devices may be that a block is judged by, in seconds: views that show none
    /// have one every ten seconds.
    private static let secondsOfDevices = 30.0

    mutating func openOffenders() {
        lists[.offenders] = nil
        go(to: .offenders, showing: nil)
    }

    /// The address that the cursor is on, in the list of offenders.
    var chosenOffender: OffenderSnapshot? {
        guard view == .offenders, let index = cursor else { return nil }
        return offenders[index]
    }

    mutating func askToBlock(address: String?) {
        guard let address else {
            return say("there is no address to block", isFault: true)
        }
        let whom = whom(aBlockCutsOff: address)
        var text = [
            "Its connections are closed, and nobody is let in from there for an hour, honest "
                + "devices behind it neither."
        ]
        if let end = end(ofBlock: address) {
            let words = "blocked already, until \(Timestamp.short(unixSeconds: end / 1_000))"
            let now = live.gateway.unixMilliseconds
            guard end - now < Int64(1_000 * Self.blockSeconds) else {
                return say("\(SafeText.escaped(address)) is \(words)")
            }
            text.append("It is \(words); that becomes later.")
        }
        overlay = .confirmation(
            Confirmation(
                title: "Block \(SafeText.escaped(address)) for an hour?",
                text: text + whom.text, verb: "Block",
                effect: .perform(.blockAddress(address, seconds: Self.blockSeconds)),
                typed: whom.isMost ? TypedConsent(word: address) : nil))
    }

    /// When the block of just these addresses ends that an operator has made, in milliseconds of Unix
    /// time; nil where none is known.
    private func end(ofBlock addresses: String) -> Int64? {
        live.offenders.rows.first { $0.isByOperator && $0.source == addresses }?
            .untilUnixMilliseconds
    }

    /// Asks before the last block of addresses is taken back.
    mutating func askToTakeBack(blockOf addresses: String) {
        overlay = .confirmation(
            Confirmation(
                title: "Take the block of \(SafeText.escaped(addresses)) back?",
                text: ["It is let in again. A block that was there before stays, to its own end."],
                verb: "Take back", effect: .perform(.takeBackBlock(addresses))))
    }

    /// The devices, and those that were heard before the gateway's start alone, whatever the view shows; nil
    /// where there are some that were not listed of late.
    private var devicesOfLate: (devices: [DeviceSnapshot], former: [DeviceSnapshot])? {
        if !live.devices.isEmpty || live.formerDevices != nil {
            return (live.devices, live.formerDevices ?? [])
        }
        return rewind.devices(within: Self.secondsOfDevices)
            ?? (live.deviceCount == 0 ? ([], []) : nil)
    }

    /// Whom a block of addresses cuts off as far as the console knows, and whether that is most of
    /// what there is, or may be.
    private func whom(aBlockCutsOff addresses: String) -> (text: [String], isMost: Bool) {
        guard let network = try? IPNetwork(addresses) else { return ([], false) }
        let known = devicesOfLate
        let reach = BlockReach(
            of: network, among: known?.devices ?? [], former: known?.former ?? [],
            now: live.gateway.unixMilliseconds)
        var text: [String] = []
        if let family = network.wholeFamily { text.append("That is every address of \(family).") }
        if known == nil {
            text.append("Which devices are behind it is not known yet: it may be most of them.")
        } else if reach.within > 0 {
            text.append(reach.sentence)
        }
        let isShared = live.offenders.rows.contains { $0.source == addresses && $0.isShared }
        let hasHonest = live.topTalkers.contains { talker in
            talker.packets > talker.refused && network.contains(host: talker.address)
        }
        if isShared || hasHonest || reach.within > 0 {
            text.append("Honest devices are behind it: frames from there were accepted lately.")
        } else if network.wholeFamily != nil || network.contains(host: "127.0.0.1")
            || network.contains(host: "::1")
        {
            text.append("Honest devices may be behind it, and programs on this machine.")
        }
        return (text, network.wholeFamily != nil || known == nil || reach.isMost)
    }

    mutating func askToUnblockAddress(_ row: OffenderSnapshot?) {
        guard let row else {
            return say("there is no block to lift", isFault: true)
        }
        guard row.state == .blocked else {
            return say("\(SafeText.escaped(row.source)) is not blocked")
        }
        overlay = .confirmation(
            Confirmation(
                title: "Unblock \(SafeText.escaped(row.source))?",
                text: ["It is let in again, and what led to its block is forgotten."],
                verb: "Unblock", effect: .perform(.unblockAddress(row.source))))
    }

    /// The source that is the offender, or that of the packet that is open or under the cursor.
    var chosenAddress: String? {
        if let row = chosenOffender { return row.source }
        guard view == .rejections, let record = opened ?? cursor.map({ records[$0] }) else {
            return nil
        }
        return record.address.contains(":")
            ? AddressSource.text(of: AddressSource.host(of: record.address)) : nil
    }
}
