import NanoCore

/// A destination that takes everything and keeps nothing: for measuring, and for trying things out.
struct DiscardSink: Sink {
    func deliver(_ batch: DeliveryBatch) async -> SinkAnswer {
        .all(.delivered, of: batch)
    }
}
