public import NanoCore
import Synchronization

/// One event for those who listen on `/events`.
public struct BusEvent: Sendable {
    /// Identity of the packet.
    public let id: String
    /// The payload type's name.
    public let type: String
    /// The same body that HTTP destinations get, as JSON.
    public let json: [UInt8]
    public let model: ModelID
    /// Nil where the payload names none.
    public let device: String?
    /// The security level's name.
    public let level: String

    /// What a listener's filter can ask for.
    var subject: FilterSubject {
        var subject = FilterSubject()
        (subject.model, subject.device) = (model, device)
        (subject.type, subject.level, subject.text) = (type, level, id)
        return subject
    }
}

/// Commands from devices, for whoever listens now. Those who are too slow miss events.
public final class LocalBus: Sendable {
    private struct State {
        var subscribers: [Int: AsyncStream<BusEvent>.Continuation] = [:]
        var next = 0
        var missed: UInt64 = 0
    }

    private let state = Mutex(State())

    /// The events from now on, until the stream's consumer goes away.
    ///
    /// - Parameter bufferedEvents: Events kept for a subscriber who is slow; the oldest go first.
    public func subscribe(bufferedEvents: Int) -> AsyncStream<BusEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: BusEvent.self, bufferingPolicy: .bufferingNewest(bufferedEvents))
        let number = state.withLock { state in
            state.next += 1
            state.subscribers[state.next] = continuation
            return state.next
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.subscribers.removeValue(forKey: number) }
        }
        return stream
    }

    /// Events that subscribers were too slow for, since the start.
    public var missedEvents: UInt64 { state.withLock { $0.missed } }

    func publish(_ event: BusEvent) {
        let subscribers = state.withLock { Array($0.subscribers.values) }
        var missed: UInt64 = 0
        for subscriber in subscribers {
            if case .dropped = subscriber.yield(event) { missed += 1 }
        }
        if missed > 0 { state.withLock { $0.missed += missed } }
    }

    /// Ends all subscriptions, because the gateway stops.
    func finish() {
        for subscriber in state.withLock({ Array($0.subscribers.values) }) { subscriber.finish() }
    }
}

/// Delivers to the local bus; being there is all that it takes.
final class LocalSink: Sink {
    private let bus: LocalBus

    init(bus: LocalBus) {
        self.bus = bus
    }

    func stop() {}

    func deliver(_ batch: DeliveryBatch, completion: @escaping (SinkAnswer) -> Void) {
        for place in batch.items.indices {
            guard let bounds = batch.bounds(of: place) else { continue }
            let device = CBORScan.deviceID(in: batch.bytes.span, bounds.content)
            var json: [UInt8] = []
            EventEncoder.appendJSON(frame: batch.bytes.span, bounds: bounds, id: false, into: &json)
            bus.publish(
                BusEvent(
                    id: EventIdentity.text(frame: batch.bytes.span, bounds),
                    type: bounds.header.type.name, json: json, model: bounds.header.model,
                    device: device?.text(in: batch.bytes.span), level: bounds.header.level.name))
        }
        completion(.all(.delivered, of: batch))
    }
}
