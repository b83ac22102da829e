import Logging
import NanoCore
import Synchronization

// Addresses that flood or flap, and those that are blocked.
extension Gateway {
    func blockAddress(_ network: String, seconds: Int) -> CommandResult {
        changeBlocks { now throws(KeystoreError) in
            try offenders.block(network, seconds: seconds, now: now)
        }
    }

    func unblockAddress(_ network: String) -> CommandResult {
        changeBlocks { now throws(KeystoreError) in try offenders.unblock(network, now: now) }
    }

    func takeBackBlock(_ network: String) -> CommandResult {
        changeBlocks { now throws(KeystoreError) in try offenders.takeBack(network, now: now) }
    }

    private func changeBlocks(
        _ step: (Moment) throws(KeystoreError) -> SharedChange
    ) -> CommandResult {
        do {
            return CommandResult(try step(.now))
        } catch {
            return .failed("\(error)")
        }
    }

    /// Takes over blocks that a command line has changed.
    func takeOverBlocks() {
        do {
            guard try offenders.refresh(now: .now) else { return }
            logger.notice("the blocks of addresses were changed, and hold now")
        } catch {
            logger.error(
                "the blocks of addresses were changed and cannot be read; those from before hold",
                metadata: ["error": "\(error)"])
        }
    }

    /// Looks at the offenders in turn with commands: the lock of the blocks and the audit trail may be
    /// waited for there.
    func queueLookAtOffenders() {
        guard !isOffenderLookQueued.exchange(true, ordering: .acquiringAndReleasing) else {
            return
        }
        let isTaken = commands.run {
            self.lookAtOffenders(now: .now)
            self.saveVouched(now: .now)
            self.isOffenderLookQueued.store(false, ordering: .releasing)
        }
        if !isTaken { isOffenderLookQueued.store(false, ordering: .releasing) }
    }

    /// From where genuine frames came before. It is only a cache: one that cannot be gone by keeps nothing
    /// from starting, and the next one is written in its place.
    static func vouched(in stateFolder: String, _ logger: Logger) -> VouchedFile {
        VouchedFile(stateFolder: stateFolder) { fault in
            logger.warning(
                "it is not known from where genuine frames came before; this begins anew",
                metadata: ["error": "\(fault)"])
        }
    }

    /// Writes down from where genuine frames came.
    func saveVouched(now: Moment, isLast: Bool = false) {
        do {
            try offenders.save(now: now, isLast: isLast)
        } catch {
            logger.warning(
                "the addresses of genuine frames cannot be written down; a restart forgets them",
                metadata: ["error": "\(error)"])
        }
    }

    /// Ends blocks that are over, and tells of those that have begun.
    private func lookAtOffenders(now: Moment) {
        do {
            for row in try offenders.look(now: now) {
                let until = Timestamp.short(unixSeconds: (row.untilUnixMilliseconds ?? 0) / 1_000)
                let sentence = "blocked until \(until): \(row.evidence)"
                logger.warning(
                    "an address is blocked",
                    metadata: ["address": "\(row.source)", "why": "\(sentence)"])
                note(.blockAddress, .done(sentence), of: row.source, now: now)
            }
        } catch {
            logger.warning(
                "blocks cannot be written down; a restart forgets them",
                metadata: ["error": "\(error)"])
        }
    }
}
