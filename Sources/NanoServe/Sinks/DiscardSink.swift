import NanoCore

/// A destination that takes everything and keeps nothing: for measuring, and for trying things out.
final class DiscardSink: Sink {
    func deliver(_ batch: DeliveryBatch, completion: @escaping (SinkAnswer) -> Void) {
        completion(.all(.delivered, of: batch))
    }

    func stop() {}
}
