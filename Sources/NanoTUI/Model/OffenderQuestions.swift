import NanoCore

/// What is done about addresses.
extension ConsoleModel {
    /// Seconds of a block from the console.
    private static let blockSeconds = 3_600

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
        let row = live.offenders.rows.first { $0.source == address }
        let hasHonest = live.topTalkers.contains { talker in
            talker.packets > talker.refused && AddressSource.text(of: talker.address) == address
        }
        var text = [
            "Its connections are closed, and nobody is let in from there for an hour, honest devices "
                + "behind it neither."
        ]
        if row?.isShared == true || hasHonest {
            text.append(
                "Honest devices are behind it: frames from there were accepted lately.")
        }
        overlay = .confirmation(
            Confirmation(
                title: "Block \(SafeText.escaped(address)) for an hour?", text: text,
                verb: "Block",
                effect: .perform(.blockAddress(address, seconds: Self.blockSeconds))))
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
        return record.address.lastIndex(of: ":").map {
            AddressSource.text(of: String(record.address[..<$0]))
        }
    }
}
