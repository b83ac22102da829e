import NanoCore

/// How a journal that has filled the disk itself gets out of that.
extension Journal {
    /// Removes files that no destination needs any more, though the replay guard has not been saved with
    /// them, so that there is room to save it: nothing else may bring that back. A process that is killed
    /// before it is saved finds at the next start that they are missing, and refuses frames of their time.
    ///
    /// - Parameter guardBytes: What the saved guard will take. Where there would not be room for it and what is
    ///   gathered even so, others have filled the disk, and nothing is removed.
    /// - Returns: Whether there was one.
    func giveUpUnguarded(now: Moment, forGuardOf guardBytes: Int = 0) -> Bool {
        writer.withLock { writer in
            housekeeping.withLock { _ in
                let (saved, oldest) = cursorsToSave(now, needsGuard: false)
                let gathered = state.withLock(\.gathered)
                let free = (try? log.storage.freeBytes()) ?? 0
                let idle = oldest == log.end.segment ? log.bytes : 0
                let given = log.segments.reduce(idle) {
                    $0 + ($1.number < oldest ? $1.summary.size : 0)
                }
                guard free + given >= guardBytes + gathered else { return false }
                var needed = oldest
                if needed == log.end.segment, state.withLock({ $0.ledgers.allSatisfy(\.isIdle) }) {
                    // The last file goes too, when there is another one to write to.
                    cursors.giveBackRoom()
                    if (try? writer.goOn(now)) != nil { needed = log.end.segment }
                }
                guard let first = log.segments.first, first.number < needed,
                    (try? log.remove(before: needed)) != nil
                else { return false }
                // Should there be no room for them yet, those of before do: nothing of what is gone waits.
                try? cursors.write(saved)
                return true
            }
        }
    }
}
