import NIOCore
import NIOEmbedded

@testable import NanoServe

/// Brings batches to a ``SimulatedReceiver``, whose answers take simulated time.
final class SimulatedSink: Sink {
    private let receiver: SimulatedReceiver
    private let loop: EmbeddedEventLoop
    private var underWay: [Int: (batch: DeliveryBatch, completion: (SinkAnswer) -> Void)] = [:]

    init(_ receiver: SimulatedReceiver, on loop: EmbeddedEventLoop) {
        self.receiver = receiver
        self.loop = loop
    }

    func deliver(_ batch: DeliveryBatch, completion: @escaping (SinkAnswer) -> Void) {
        let plan = receiver.begin(batch)
        underWay[plan.request] = (batch, completion)
        guard plan.milliseconds > 0 else { return end(plan.request, plan.answer) }
        loop.assumeIsolated().scheduleTask(in: .milliseconds(plan.milliseconds)) {
            self.end(plan.request, plan.answer)
        }
    }

    private func end(_ request: Int, _ answer: SinkAnswer, isKnown: Bool = true) {
        guard let ended = underWay.removeValue(forKey: request) else { return }
        receiver.end(request, isKnown: isKnown)
        ended.completion(answer)
    }

    func stop() {
        for (request, exchange) in underWay.sorted(by: { $0.key < $1.key }) {
            let answer = SinkAnswer.all(.retry, of: exchange.batch, error: "the gateway stops")
            end(request, answer, isKnown: false)
        }
    }
}
