/// Which letters go out once more, and who has them meanwhile.
extension DeadLetterOffice {
    func hasMarked(place: Int) -> Bool {
        state.withLock { $0.hasMarked[place] }
    }

    func fetch(
        _ count: Int, place: Int, behind waiting: Set<Int64>,
        _ completion: @escaping @Sendable ([DeadLetter]) -> Void
    ) {
        queue.async { completion(self.fetchNow(count, place, waiting)) }
    }

    func claim(_ numbers: [Int64], place: Int) -> Set<Int64> {
        state.withLock { state in
            let claimed = state.atHand[place].intersection(numbers)
            state.atHand[place].subtract(claimed)
            state.underWay[place].formUnion(claimed)
            return claimed
        }
    }

    func release(_ numbers: [Int64], place: Int) {
        state.withLock { state in
            state.atHand[place].subtract(numbers)
            state.underWay[place].subtract(numbers)
            state.hasMarked[place] = true
        }
    }

    private func fetchNow(
        _ count: Int, _ place: Int, _ waiting: Set<Int64>
    ) -> [DeadLetter] {
        do {
            var (letters, isFull) = ([DeadLetter](), true)
            while letters.isEmpty, isFull {
                let held = state.withLock { $0.held(place) }
                let found = try store.read { [routes] table in
                    try table.toBeRedriven(
                        count, of: routes[place], but: held, behind: waiting)
                }
                isFull = found.count == count
                try putAside(found.filter(\.isDamaged), place)
                letters = found.filter { !$0.isDamaged }
            }
            return state.withLock { state in
                state.hasFailedToFetch = false
                state.hasMarked[place] = isFull
                guard !state.isStopping else { return [] }
                state.atHand[place].formUnion(letters.map(\.number))
                return letters
            }
        } catch {
            // The next look finds the marks again.
            let isFirst = state.withLock { state in
                defer { state.hasFailedToFetch = true }
                state.hasMarked[place] = false
                state.othersVersion = nil
                return !state.hasFailedToFetch
            }
            if isFirst {
                logger.warning("dead letters cannot be read", metadata: ["error": "\(error)"])
            }
            return []
        }
    }

    /// Leaves letters that the disk has changed as they are: nobody may get what no device sent.
    private func putAside(_ damaged: [DeadLetter], _ place: Int) throws {
        guard !damaged.isEmpty else { return }
        let numbers = damaged.map(\.number)
        try store.write { try $0.unmark(numbers) }
        state.withLock { $0.isStale = true }
        logger.error(
            "dead letters are damaged on the disk, and are not sent",
            metadata: [
                "route": "\(routes[place])", "packets": "\(numbers.count)",
                "first": "\(numbers[0])",
            ])
    }
}
