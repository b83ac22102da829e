import Hummingbird
import NanoCore
import ServiceLifecycle
import Synchronization

/// `/events`: commands from devices as server-sent events (WHATWG HTML, "Server-sent events").
///
/// A listener who leaves gives its place back at once: where nothing more comes from it, a comment
/// finds out whether it still reads. One who is slow misses events, which its bounded stream drops;
/// the gateway never waits.
final class EventStreams: Sendable {
    private let maximumListeners: Int
    private let heartbeat: Duration
    private let subscribe: Monitor.Subscription
    private let listeners = Mutex(0)

    init(
        maximumListeners: Int, heartbeat: Duration, subscribe: @escaping Monitor.Subscription
    ) {
        self.maximumListeners = maximumListeners
        self.heartbeat = heartbeat
        self.subscribe = subscribe
    }

    private static let headers: HTTPFields = [
        .contentType: "text/event-stream", .cacheControl: "no-store",
    ]

    var headAnswer: Response { Response(status: .ok, headers: Self.headers) }

    /// A stream that lasts until the listener goes away or the gateway stops.
    ///
    /// - Parameters:
    ///   - filter: Of events; what it does not match is left out.
    ///   - peer: The listener.
    func answer(only filter: Filter, for peer: HTTPPeer) -> Response {
        guard let seat = Seat.take(of: self) else {
            return .failure(
                .serviceUnavailable,
                "\(maximumListeners) listeners are the most; raise monitor.max_listeners")
        }
        let events = subscribe()
        return Response(
            status: .ok, headers: Self.headers,
            body: ResponseBody { [heartbeat] writer in
                defer { seat.leave() }
                try await writer.write(ByteBuffer(string: ": nanogridata \(Release.version)\n\n"))
                for await chunk in Self.chunks(events, filter, heartbeat, for: peer)
                    .cancelOnGracefulShutdown()
                {
                    try await writer.write(chunk)
                }
                try await writer.finish(nil)
            })
    }

    private static let comment = ByteBuffer(string: ": heartbeat\n\n")

    /// Events as they are written, with comments between them; ends with the events, and with the
    /// connection.
    private static func chunks(
        _ events: AsyncStream<BusEvent>, _ filter: Filter, _ heartbeat: Duration,
        for peer: HTTPPeer
    ) -> AsyncStream<ByteBuffer> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: ByteBuffer.self, bufferingPolicy: .bufferingNewest(64))
        let work = Task {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await event in events where filter.matches(event.subject, now: 0) {
                        continuation.yield(encoded(event))
                    }
                }
                group.addTask {
                    while (try? await Task.sleep(for: heartbeat)) != nil {
                        continuation.yield(comment)
                    }
                }
                await group.next()
                group.cancelAll()
            }
            continuation.finish()
        }
        continuation.onTermination = { _ in work.cancel() }
        peer.watch {
            continuation.yield(comment)
        } whenGone: {
            continuation.finish()
        }
        return stream
    }

    /// JSON holds no line's end, so it is one `data` field.
    private static func encoded(_ event: BusEvent) -> ByteBuffer {
        var chunk = ByteBuffer(string: "id: \(event.id)\nevent: \(event.type)\ndata: ")
        chunk.writeBytes(event.json)
        chunk.writeString("\n\n")
        return chunk
    }

    /// A listener's place, given back once: when its stream ends, or was never written.
    private final class Seat: Sendable {
        private let streams: EventStreams
        private let isTaken = Mutex(true)

        private init(of streams: EventStreams) {
            self.streams = streams
        }

        /// Nil when there is none. What is refused is never made: its end would give a place back.
        static func take(of streams: EventStreams) -> Seat? {
            let isFree = streams.listeners.withLock { count in
                guard count < streams.maximumListeners else { return false }
                count += 1
                return true
            }
            return isFree ? Seat(of: streams) : nil
        }

        deinit {
            leave()
        }

        func leave() {
            let wasTaken = isTaken.withLock { taken in
                defer { taken = false }
                return taken
            }
            if wasTaken { streams.listeners.withLock { $0 -= 1 } }
        }
    }
}
