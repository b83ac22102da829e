/// Parts of batches that a destination condemned as a whole. Of each batch one part at a time is
/// under way, and the others wait for it: they may hold packets of the same devices.
struct RouteParts {
    /// Those that wait; the next one is at the end.
    private var waiting: [DeliveryBatch] = []
    /// Batches of which a part is under way.
    private var underWay: Set<UInt64> = []

    /// Takes in the halves of a condemned batch.
    mutating func divide(_ batch: DeliveryBatch) {
        let middle = batch.items.count / 2
        for places in [middle..<batch.items.count, 0..<middle] {
            var part = batch.part(Array(places))
            part.failures = 0
            waiting.append(part)
        }
    }

    /// The next part that may set out; it is under way until it has landed.
    mutating func next() -> DeliveryBatch? {
        guard let index = nextIndex else { return nil }
        let part = waiting.remove(at: index)
        underWay.insert(part.flight)
        return part
    }

    /// Notes that a batch is no longer under way, whether it was a part or not.
    mutating func land(_ batch: DeliveryBatch) {
        underWay.remove(batch.flight)
    }

    /// A batch as one with the parts that were to follow it, which are no longer here: parts on
    /// their own could be taken at once, and overtake each other.
    mutating func reunite(_ batch: DeliveryBatch) -> DeliveryBatch {
        defer { waiting.removeAll { $0.flight == batch.flight } }
        return whole(batch)
    }

    /// Whether parts are to follow a batch, which have their bytes in common with it.
    func follow(_ batch: DeliveryBatch) -> Bool { waiting.contains { $0.flight == batch.flight } }

    /// A batch with the parts that are to follow it.
    func whole(_ batch: DeliveryBatch) -> DeliveryBatch {
        var whole = batch
        whole.items += waiting.reversed().filter { $0.flight == batch.flight }.flatMap(\.items)
        return whole
    }

    /// What is left of a batch of which no part is under way; nil when there is none.
    mutating func takeIdle() -> DeliveryBatch? {
        nextIndex.map { reunite(waiting.remove(at: $0)) }
    }

    private var nextIndex: Int? {
        waiting.lastIndex { !underWay.contains($0.flight) }
    }
}
